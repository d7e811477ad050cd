"""Records the answer to an ask that offers no slot. Nothing is sold and nothing is said: the room of the agent that asked hears
ASK_ANSWERED, acts, and speaks. An answer counts however late it comes, whatever has become of the guard: whether what was asked
about still stands, the room looks again when it hears of it."""

from typing import Literal

from shared.asking.outreach import Outreach, responded
from shared.asking.release_wish import entry_waits_again
from shared.messaging.mark_handled import said_handled
from shared.ports import Documents
from shared.records.commit import until_committed, update
from shared.sales.read_offer_answer import OfferAnswer

Answer = Literal["accept", "decline"]
Marked = Literal["answered", "answered before", "answered otherwise"]

RESULTS: dict[Answer, str] = {"accept": "accepted", "decline": "declined"}
SAY_NO = ("declined", "opted_out")


def mark_answered(given: OfferAnswer, answer: Answer) -> Marked:
    """Records the customer's yes or no. An ask that has its answer already keeps it; where that was another one, it is for a
    person to tell which of the two holds."""
    return until_committed(lambda: _marked(given, answer, given.documents), clock=given.clock)


def _marked(given: OfferAnswer, answer: Answer, documents: Documents) -> Marked | None:
    snapshot = given.asked(documents)
    outreach = Outreach.model_validate(snapshot.data)
    if outreach.status == "responded":
        same = (outreach.response.action in SAY_NO) == (answer == "decline")
        return "answered before" if same else "answered otherwise"
    now = given.clock.now()
    said = responded(outreach, answer=answer, result=RESULTS[answer], said_in=given.said_in, now=now)
    committed = documents.commit(
        *update(said, snapshot),
        *entry_waits_again(outreach, documents, now),
        *said_handled(given.said(documents), "answered", now, actor=given.actor),
    )
    return "answered" if committed else None
