"""Records a customer's no to an offer; and finds out whether what a yes booked has been called off."""

from typing import Literal

from shared.asking.answer_customer import answer_to
from shared.asking.outreach import Outreach, responded
from shared.asking.release_wish import entry_waits_again
from shared.calendar.load_booking import booking_of
from shared.messaging.mark_handled import said_handled
from shared.messaging.message import say
from shared.ports import Documents
from shared.records.commit import create, until_committed, update
from shared.sales.read_offer_answer import OfferAnswer


def called_off(booking_id: str | None, documents: Documents) -> bool:
    """Whether what a yes booked has been given up since."""
    booking = booking_of(documents, booking_id) if booking_id else None
    return booking is not None and booking.status in ("cancelled", "no_show")


def decline(given: OfferAnswer) -> Literal["declined"] | None:
    """Records the customer's no and answers it. None where the offer has its answer already."""
    documents, clock = given.documents, given.clock

    def attempt() -> Literal["declined", "before"] | None:
        snapshot = given.asked(documents)
        outreach = Outreach.model_validate(snapshot.data)
        if outreach.status == "responded":
            return "before"
        now, said = clock.now(), given.said(documents)
        answer = answer_to(outreach, "offer_declined", given.salon, said_in=said, now=now)
        committed = documents.commit(
            *update(responded(outreach, answer="decline", result="declined", now=now), snapshot),
            *entry_waits_again(outreach, documents, now),
            *create(say(answer, now=now, actor=given.actor)),
            *said_handled(said, "declined", now, actor=given.actor),
        )
        return "declined" if committed else None

    outcome = until_committed(attempt, clock=clock)
    return "declined" if outcome == "declined" else None
