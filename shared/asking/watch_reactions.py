"""Pauses the promotional asks of an agent when people object to them. It looks when somebody has reacted, so that sending by
itself costs nothing."""

from datetime import UTC, datetime

from shared.asking.agent_state import AgentState, fresh, marketing_paused, state_path
from shared.asking.outreach import Outreach
from shared.asking.promotion_pause import LAST_SENDS, objection, reactions
from shared.customers.consent import ConsentRecord
from shared.ports import Clock, Documents, Query, Reader
from shared.records.commit import create, until_committed, update
from shared.records.read_documents import readable

ACTOR = "reactions"
NEVER_LEFT = 10
"""So many more asks are read, because some of them may not have been sent."""
LEDGER_AT_ONCE = 8 * LAST_SENDS
"""Withdrawals read at most; a STOP is one for each channel and purpose."""


def watch_reactions(agent: str, *, documents: Documents, clock: Clock) -> bool:
    """Looks at the last promotional asks, and returns whether this look paused them. Of several at the same moment one does,
    so the owner is told once."""

    def attempt() -> bool | None:
        now = clock.now()
        found = documents.get(state_path(agent))
        state = AgentState.model_validate(found.data) if found else fresh(documents.salon_id, agent, now)
        if state.marketing.stopped(now):
            return False
        sends = _sends(agent, state.marketing.counts_from(now), documents)
        reason = objection(reactions(sends, _withdrawals(sends, documents)), sends=len(sends))
        if reason is None:
            return False
        paused = marketing_paused(state, reason, now=now, actor=ACTOR)
        return documents.commit(*(update(paused, found) if found else create(paused))) or None

    return until_committed(attempt, clock=clock)


def _sends(agent: str, since: datetime | None, documents: Reader) -> list[Outreach]:
    """The last promotional asks that left, by one channel or another."""
    query = Query(
        "outreach",
        where=(
            ("agent_name", "==", agent),
            ("consent_purpose", "==", "marketing"),
            ("created_at", ">=", since or datetime(1970, 1, 1, tzinfo=UTC)),
        ),
        order_by=("-created_at",),
        limit=LAST_SENDS + NEVER_LEFT,
    )
    asks = readable(Outreach, documents.query(query))
    return [ask for ask in asks if ask.delivery.sent_at or ask.delivery.former_error][:LAST_SENDS]


def _withdrawals(sends: list[Outreach], documents: Reader) -> dict[str, datetime]:
    """When each customer last withdrew their consent to promotion, since the first of these asks was sent."""
    first = min((send.created_at for send in sends), default=None)
    if first is None:
        return {}
    query = Query("consents", where=(("at", ">=", first),), order_by=("at",), limit=LEDGER_AT_ONCE)
    records = [ConsentRecord.model_validate(snapshot.data) for snapshot in documents.query(query)]
    return {
        customer_id: record.at
        for record in records
        if record.purpose == "marketing" and not record.granted
        for customer_id in record.customer_ids
    }
