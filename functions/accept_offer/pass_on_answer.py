"""Passes on to the salon an answer by the link that contradicts an earlier one. It is stored as what the customer said, as if they
had pressed the button of the offer's message; `answer_message` then does what it does for the chat."""

from typing import Final

from functions.accept_offer.offer_state import Word
from shared.asking.outreach import Outreach
from shared.messaging.message import ANSWER_LEASE, Inbound, inbound_collection
from shared.messaging.store_inbound import store_inbound
from shared.messaging.tokens import OfferToken, read, sign
from shared.ports import Clock, Documents, Reader
from shared.records.commit import until_committed
from shared.records.stored import natural_id

AT_MOST: Final = 4
"""How many changes of mind about one offer are passed on: a person reads each."""


def words_passed_on(outreach: Outreach, documents: Reader, signing_key: bytes) -> list[Word]:
    """What was passed on about this offer, in order."""
    here = inbound_collection(outreach.address_key)
    found = documents.get_all([f"{here}/{_id(outreach, place)}" for place in range(AT_MOST)])
    payloads = {snapshot.id: str(snapshot.data["button_payload"]) for snapshot in found}
    stored = [payloads[id] for place in range(AT_MOST) if (id := _id(outreach, place)) in payloads]
    tokens = [read(signing_key, payload) for payload in stored]
    return ["accept" if token and token.answer == "accept" else "decline" for token in tokens]


def pass_on(
    pressed: Word, outreach: Outreach, *, label: str, documents: Documents, clock: Clock, signing_key: bytes
) -> None:
    """Stores what was pressed, under the `label` of its button. The same word twice, or in two tabs at once, is one."""

    def attempt() -> bool | None:
        before = words_passed_on(outreach, documents, signing_key)
        if before[-1:] == [pressed] or len(before) == AT_MOST:
            return True
        now = clock.now()
        said = Inbound(
            id=_id(outreach, len(before)),
            salon_id=outreach.salon_id,
            created_at=now,
            updated_at=now,
            conversation_id=outreach.address_key,
            channel="sms" if outreach.channel == "sms" else "whatsapp",
            account_sid="",
            sender=outreach.customer_phone,
            recipient="",
            body=label,
            button_payload=sign(signing_key, OfferToken(outreach.salon_id, outreach.id, pressed)),
            replied_to_sid=None,
            media_count=0,
            opt_out=None,
            by_link=True,
            received_at=now,
            due_at=now + ANSWER_LEASE,
        )
        return store_inbound(said, documents, now=now) or None

    until_committed(attempt, clock=clock)


def _id(outreach: Outreach, place: int) -> str:
    return natural_id("lnk", outreach.id, place)
