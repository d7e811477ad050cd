"""Whether an agent may ask at present, and what an attempt at the provider does to its circuit breaker.

What goes well writes nothing while the breaker is closed and counts no fault: no document is shared by all messages.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.asking.agent_state import AgentState, broken, fresh, paused, reset, state_path
from shared.asking.breaker import RECENT, Breaker, attempting, delivered, stops_until, went_well, went_wrong
from shared.asking.destination import SETUP_FAULTS
from shared.ports import Accepted, AnswerLost, Clock, Documents, Query, Refused, Snapshot
from shared.records.audit import Amended
from shared.records.commit import create, until_committed, update
from shared.salon.settings import SalonSettings

ACTOR = "circuit_breaker"
LOOK_AGAIN = timedelta(minutes=15)
"""When it is looked at again whether an agent may ask that only its owner lets go on."""


@dataclass(frozen=True)
class Stopped:
    """The agent may not ask, and is looked at again `until`."""

    until: datetime
    reason: str


@dataclass(frozen=True)
class MayAsk:
    """The agent may ask. With `trial` it may make only so many asks: the provider has to prove that it works again."""

    trial: int | None = None


def may_ask(agent: str, *, documents: Documents, settings: SalonSettings, now: datetime) -> Stopped | MayAsk:
    """Whether the agent may ask at present."""
    state, _ = _state(agent, documents, now)
    return verdict(state, settings, now)


def verdict(state: AgentState, settings: SalonSettings, now: datetime) -> Stopped | MayAsk:
    """Whether an agent in this state may ask."""
    if state.status == "paused":
        return Stopped(now + LOOK_AGAIN, "the owner has paused this agent")
    until = stops_until(state.circuit_breaker, settings=settings.circuit_breaker, now=now)
    if until is not None:
        return Stopped(min(until, now + LOOK_AGAIN), "the circuit breaker is open")
    closed = state.circuit_breaker.state == "closed"
    return MayAsk(None if closed else settings.circuit_breaker.half_open_attempts)


def is_paused(agent: str, *, documents: Documents, now: datetime) -> bool:
    """Whether the owner has paused the agent, which nobody else ends."""
    return _state(agent, documents, now)[0].status == "paused"


def admitted(
    agent: str, *, documents: Documents, settings: SalonSettings, clock: Clock, now: datetime
) -> Stopped | Breaker:
    """The breaker with which an attempt may begin, or why none may. Where the breaker allows one trial only, whoever
    commits it first has it."""

    def attempt() -> tuple[Stopped | None, Breaker] | None:
        state, found = _state(agent, documents, now)
        stands = verdict(state, settings, now)
        if isinstance(stands, Stopped):
            return stands, state.circuit_breaker
        moved = attempting(state.circuit_breaker, settings=settings.circuit_breaker, now=now)
        unchanged = moved == state.circuit_breaker
        if unchanged or _commit(broken(state, moved, now=now, actor=ACTOR), found, documents):
            return None, moved
        return None

    stopped, breaker = until_committed(attempt, clock=clock)
    return stopped or breaker


def attempted(
    agent: str,
    answer: Accepted | Refused | AnswerLost,
    *,
    before: Breaker,
    documents: Documents,
    settings: SalonSettings,
    clock: Clock,
) -> None:
    """Records what an attempt at the provider says about it. A fault of the recipient proves that the provider
    works; one of the set-up stops its destination instead."""
    if isinstance(answer, AnswerLost):
        fault(agent, answer.reason, documents=documents, settings=settings, clock=clock)
    elif isinstance(answer, Refused) and answer.provider_fault and answer.code not in SETUP_FAULTS:
        fault(agent, str(answer.code), documents=documents, settings=settings, clock=clock)
    elif before.state != "closed" or before.error_count:
        _moved(
            agent,
            lambda breaker: went_well(breaker, settings=settings.circuit_breaker),
            documents=documents,
            clock=clock,
        )


def delivery(agent: str, *, documents: Documents, clock: Clock) -> None:
    """Records that a message of the agent was delivered."""
    _moved(agent, delivered, documents=documents, clock=clock)


def fault(agent: str, error: str, *, documents: Documents, settings: SalonSettings, clock: Clock) -> None:
    """Records a fault of the provider or of our own."""

    def well_since(since: datetime) -> int:
        query = Query(
            "outreach",
            where=(("agent_name", "==", agent), ("delivery.sent_at", ">", since)),
            order_by=("-delivery.sent_at",),
            limit=2 * RECENT,
        )
        return sum(snapshot.data["status"] != "failed" for snapshot in documents.query(query))

    def wrong(breaker: Breaker) -> Breaker:
        return went_wrong(
            breaker, error=error, well_since=well_since, settings=settings.circuit_breaker, now=clock.now()
        )

    _moved(agent, wrong, documents=documents, clock=clock)


def pause_agent(agent: str, *, documents: Documents, clock: Clock, actor: str) -> AgentState:
    """Stops an agent at its owner's word. Its open offers can still be accepted."""
    return _by_owner(agent, lambda state, now: paused(state, now=now, actor=actor), documents=documents, clock=clock)


def reset_agent(agent: str, *, documents: Documents, clock: Clock, actor: str) -> AgentState:
    """Lets an agent go on at its owner's word, whatever stopped it."""
    return _by_owner(agent, lambda state, now: reset(state, now=now, actor=actor), documents=documents, clock=clock)


def _by_owner(
    agent: str,
    move: Callable[[AgentState, datetime], Amended[AgentState]],
    *,
    documents: Documents,
    clock: Clock,
) -> AgentState:
    def attempt() -> AgentState | None:
        now = clock.now()
        state, found = _state(agent, documents, now)
        moved = move(state, now)
        return moved.document if _commit(moved, found, documents) else None

    return until_committed(attempt, clock=clock)


def _moved(agent: str, move: Callable[[Breaker], Breaker], *, documents: Documents, clock: Clock) -> None:
    def attempt() -> bool | None:
        now = clock.now()
        state, found = _state(agent, documents, now)
        breaker = move(state.circuit_breaker)
        if breaker == state.circuit_breaker:
            return True
        return _commit(broken(state, breaker, now=now, actor=ACTOR), found, documents) or None

    until_committed(attempt, clock=clock)


def _state(agent: str, documents: Documents, now: datetime) -> tuple[AgentState, Snapshot | None]:
    found = documents.get(state_path(agent))
    return (AgentState.model_validate(found.data) if found else fresh(documents.salon_id, agent, now)), found


def _commit(moved: Amended[AgentState], found: Snapshot | None, documents: Documents) -> bool:
    return documents.commit(*(update(moved, found) if found else create(moved)))
