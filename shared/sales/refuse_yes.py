"""The kind no to a yes that came too late, once for each offer, with another open slot if one suits. It writes nothing that
the sale waits for."""

from shared.asking.answer_customer import REFUSALS, answer_to
from shared.asking.offer_another import Late, offer_another
from shared.asking.outreach import Outreach, responded
from shared.asking.release_wish import entry_waits_again
from shared.messaging.load_inbound import inbound
from shared.messaging.mark_handled import said_handled
from shared.messaging.message import say
from shared.messaging.messaging_hours import answers
from shared.ports import Clock, Documents
from shared.records.commit import create, replace, until_committed
from shared.sales.acceptance import Refusal
from shared.salon.salon import Salon
from shared.salon.settings import SalonSettings

ACTOR = "sell_slot"
TRIES_WITH_ANOTHER = 2
"""Of many who came too late together each hears at once: whoever was beaten to another slot so often gets the plain answer."""
COME_TOO_LATE: frozenset[Refusal] = frozenset({"slot_taken", "gap_closed", "too_late"})
"""Who is booked elsewhere at that time is offered nothing more."""


def refuse(
    outreach_id: str,
    refusal: Refusal,
    *,
    salon: Salon,
    settings: SalonSettings,
    documents: Documents,
    clock: Clock,
    signing_key: bytes,
    said_in: str | None,
) -> bool:
    """False when it has its answer already. No transaction: what it was decided on is named in the commit."""
    tries = TRIES_WITH_ANOTHER if refusal in COME_TOO_LATE else 0

    def attempt() -> bool | None:
        nonlocal tries
        snapshot = documents.get(f"outreach/{outreach_id}")
        if snapshot is None:
            raise LookupError(f"expected outreach {outreach_id}, found none")
        outreach = Outreach.model_validate(snapshot.data)
        if outreach.status == "responded":
            return False
        now = clock.now()
        said = documents.get(said_in) if said_in else None
        yes = inbound(said) if said else None
        # What could only be worked on later is answered, but another offer would be no answer any more.
        prompt = yes is None or answers(now, yes.received_at)
        late = Late(outreach, yes, salon, settings, signing_key, now)
        answer = offer_another(late, documents) if tries > 0 and prompt else None
        tries -= 1
        if answer is None:
            plain = answer_to(outreach, REFUSALS[refusal], salon, said_in=said, now=now)
            answer = [*create(say(plain, now=now, actor=ACTOR)), *entry_waits_again(outreach, documents, now)]
        committed = documents.commit(
            *replace(responded(outreach, answer="accept", result=refusal, now=now), snapshot),
            *answer,
            *said_handled(said, refusal, now),
        )
        return True if committed else None

    return until_committed(attempt, clock=clock)
