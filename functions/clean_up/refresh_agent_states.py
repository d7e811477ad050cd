"""Brings the figures of a salon's agents up to date. Hourly, and never for a message: they are counted anew each time, so a run
that is repeated, late or lost leaves nothing wrong.

The figures are no state: they stand beside it, change no `revision`, and no audit record tells of them.
"""

from datetime import UTC, datetime
from typing import get_args

from functions.clean_up.figures import Activity, day_began, figures, looked_at_from
from shared.asking.agent_figures import Figures
from shared.asking.agent_state import AgentState, first_seen, fresh, showing
from shared.asking.count_asks import counters_of
from shared.asking.decision import GAP_FILL_AGENT, Agent, Decision
from shared.asking.limits import AskCounters
from shared.asking.outreach import Outreach
from shared.ports import Clock, Documents, Query, Reader, Update
from shared.records.commit import create
from shared.records.read_documents import readable
from shared.salon.load_salon import salon_to_tell
from shared.salon.load_settings import accepted_settings
from shared.salon.salon import Salon
from shared.salon.settings import SalonSettings

AT_MOST = 1000
"""The most documents of one kind that are read for one agent: more than `daily_actions` allows in two days, unless a
salon raises it."""


def refresh_agent_states(*, documents: Documents, clock: Clock) -> int:
    """Refreshes the figures of the gap filler and of every agent that has asked somebody or has a state; returns how many those
    are."""
    now = clock.now()
    salon, settings = salon_to_tell(documents, documents.salon_id), accepted_settings(documents)
    found = {snapshot.id: AgentState.model_validate(snapshot.data) for snapshot in documents.query(_states())}
    counters = counters_of(documents)
    agents: list[Agent] = [
        agent for agent in get_args(Agent) if agent == GAP_FILL_AGENT or agent in found or agent in counters.day_counts
    ]
    for agent in agents:
        state = found.get(agent) or fresh(documents.salon_id, agent, now)
        shown = showing(state, _figures(state, salon, settings, counters, documents, now))
        if agent not in found:
            documents.commit(*create(first_seen(shown, now=now)))
        elif changes := shown.changes():
            documents.commit(Update(shown.path, changes))
    return len(agents)


def _states() -> Query:
    return Query("agent_states", limit=len(get_args(Agent)))


def _figures(
    state: AgentState,
    salon: Salon,
    settings: SalonSettings,
    counters: AskCounters,
    documents: Reader,
    now: datetime,
) -> Figures:
    agent = state.agent_name
    asks = Query(
        "outreach",
        where=(("agent_name", "==", agent), ("created_at", ">=", looked_at_from(now, salon.zone))),
        order_by=("-created_at",),
        limit=AT_MOST,
    )
    sold = Query(
        "autonomous_decisions",
        where=(
            ("agent_name", "==", agent),
            ("outcome.status", "==", "success"),
            ("outcome.completed_at", ">=", day_began(now, salon.zone)),
        ),
        order_by=("-outcome.completed_at",),
        limit=AT_MOST,
    )
    activity = Activity(
        asks=readable(Outreach, documents.query(asks)),
        sold=readable(Decision, documents.query(sold)),
        counters=counters,
        last_execution=_last_decision(agent, documents),
        next_scheduled=_next_due(documents, now) if agent == GAP_FILL_AGENT else None,
    )
    return figures(agent, activity, breaker=state.circuit_breaker, settings=settings, now=now, zone=salon.zone)


def _last_decision(agent: str, documents: Reader) -> datetime | None:
    query = Query("autonomous_decisions", where=(("agent_name", "==", agent),), order_by=("-created_at",), limit=1)
    return next((decision.created_at for decision in readable(Decision, documents.query(query))), None)


def _next_due(documents: Reader, now: datetime) -> datetime | None:
    """The next instant at which the gap filler looks at a gap by itself; one that is overdue is looked at now."""
    query = Query("gaps", where=(("due_at", ">", datetime(1970, 1, 1, tzinfo=UTC)),), order_by=("due_at",), limit=1)
    due = next((snapshot.data["due_at"] for snapshot in documents.query(query)), None)
    return max(due, now) if due is not None else None
