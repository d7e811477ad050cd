"""Refuses a yes. One that came too late is announced, so that whoever asked answers it, with another slot if one suits; every
other yes is refused in words at once. It writes nothing that a sale waits for."""

from shared.asking.answer_customer import REFUSALS, answer_to
from shared.asking.outreach import Outreach, lost, responded
from shared.asking.release_wish import entry_waits_again
from shared.messaging.load_inbound import load_inbound
from shared.messaging.mark_handled import said_handled
from shared.messaging.message import say
from shared.messaging.messaging_hours import answers
from shared.ports import Write
from shared.records.commit import create, until_committed, update
from shared.sales.acceptance import Refusal
from shared.sales.read_offer_answer import OfferAnswer

COME_TOO_LATE: frozenset[Refusal] = frozenset({"slot_taken", "gap_closed", "too_late"})
"""The refusals that another offer may answer; whoever is booked elsewhere at that time is offered nothing more."""


def refuse(answer: OfferAnswer, refusal: Refusal) -> bool:
    """Refuses the yes, and returns whether that is its answer now: False where it has another already."""
    documents, clock = answer.documents, answer.clock

    def attempt() -> bool | None:
        snapshot = answer.asked(documents)
        outreach = Outreach.model_validate(snapshot.data)
        if outreach.status == "responded":
            return False
        now, said = clock.now(), answer.said(documents)
        # What could only be worked on later is answered, but another offer would be no answer any more.
        prompt = said is None or answers(now, load_inbound(said).received_at)
        refused: tuple[Write, ...]
        if refusal in COME_TOO_LATE and prompt:
            refused = update(lost(outreach, result=refusal, said_in=answer.said_in, now=now), snapshot)
        else:
            plain = answer_to(outreach, REFUSALS[refusal], answer.salon, said_in=said, now=now)
            responded_to = responded(outreach, answer="accept", result=refusal, now=now)
            refused = (*update(responded_to, snapshot), *create(say(plain, now=now, actor=answer.actor)))
        committed = documents.commit(
            *refused,
            *entry_waits_again(outreach, documents, now),
            *said_handled(said, refusal, now, actor=answer.actor),
        )
        return True if committed else None

    return until_committed(attempt, clock=clock)
