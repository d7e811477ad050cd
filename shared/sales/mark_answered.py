"""Records the answer to an ask that offers no slot. Nothing is sold and nothing is said: the room of the agent that asked hears
ASK_ANSWERED, acts, and speaks."""

from typing import Literal

from shared.asking.outreach import Outreach, responded
from shared.asking.release_wish import entry_waits_again
from shared.messaging.mark_handled import said_handled
from shared.ports import Documents
from shared.records.commit import until_committed, update
from shared.sales.read_offer_answer import OfferAnswer

RESULTS: dict[Literal["accept", "decline"], str] = {"accept": "accepted", "decline": "declined"}


def mark_answered(given: OfferAnswer, answer: Literal["accept", "decline"]) -> Literal["answered"] | None:
    """Records the customer's yes or no. None where the ask has its answer already."""
    outcome = until_committed(lambda: _marked(given, answer, given.documents), clock=given.clock)
    return "answered" if outcome == "answered" else None


def _marked(
    given: OfferAnswer, answer: Literal["accept", "decline"], documents: Documents
) -> Literal["answered", "before"] | None:
    snapshot = given.asked(documents)
    outreach = Outreach.model_validate(snapshot.data)
    if outreach.status == "responded":
        return "before"
    now = given.clock.now()
    committed = documents.commit(
        *update(responded(outreach, answer=answer, result=RESULTS[answer], now=now), snapshot),
        *entry_waits_again(outreach, documents, now),
        *said_handled(given.said(documents), "answered", now, actor=given.actor),
    )
    return "answered" if committed else None
