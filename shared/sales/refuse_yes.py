"""Refuses a yes. What came too late is announced for whoever asked to answer it, with another slot if one suits; every other
no is said at once. It writes nothing that the sale waits for."""

from shared.asking.answer_customer import REFUSALS, answer_to
from shared.asking.outreach import Outreach, lost, responded
from shared.asking.release_wish import entry_waits_again
from shared.messaging.load_inbound import inbound
from shared.messaging.mark_handled import said_handled
from shared.messaging.message import say
from shared.messaging.messaging_hours import answers
from shared.ports import Clock, Documents, Write
from shared.records.commit import create, until_committed, update
from shared.sales.acceptance import Refusal
from shared.salon.salon import Salon

ACTOR = "sell_slot"
COME_TOO_LATE: frozenset[Refusal] = frozenset({"slot_taken", "gap_closed", "too_late"})
"""Who is booked elsewhere at that time is offered nothing more."""


def refuse(
    outreach_id: str, refusal: Refusal, *, salon: Salon, documents: Documents, clock: Clock, said_in: str | None
) -> bool:
    """False when it has its answer already. No transaction: what it was decided on is named in the commit."""

    def attempt() -> bool | None:
        snapshot = documents.get(f"outreach/{outreach_id}")
        if snapshot is None:
            raise LookupError(f"expected outreach {outreach_id}, found none")
        outreach = Outreach.model_validate(snapshot.data)
        if outreach.status == "responded":
            return False
        now = clock.now()
        said = documents.get(said_in) if said_in else None
        # What could only be worked on later is answered, but another offer would be no answer any more.
        prompt = said is None or answers(now, inbound(said).received_at)
        refused: tuple[Write, ...]
        if refusal in COME_TOO_LATE and prompt:
            refused = update(lost(outreach, result=refusal, said_in=said_in, now=now), snapshot)
        else:
            plain = answer_to(outreach, REFUSALS[refusal], salon, said_in=said, now=now)
            responded_to = responded(outreach, answer="accept", result=refusal, now=now)
            refused = (*update(responded_to, snapshot), *create(say(plain, now=now, actor=ACTOR)))
        committed = documents.commit(
            *refused, *entry_waits_again(outreach, documents, now), *said_handled(said, refusal, now)
        )
        return True if committed else None

    return until_committed(attempt, clock=clock)
