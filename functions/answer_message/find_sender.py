"""Finds out who wrote: by the address they wrote from, however it is spelt, by what they proved before, or by
something that only its addressee can answer: our button, or a message of ours that they wrote under.

WhatsApp may name a sender by a user id and no number. The button or the quoted message then proves which number we know
them by, as does a message that came with both; and the id is that person's from then on. A number is not learned so: whoever
has another one may have been handed the button.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.asking.outreach import Outreach
from shared.customers.customer import Customer
from shared.customers.find_customers import customers_at
from shared.customers.identity import Identity, identity_path
from shared.messaging import tokens
from shared.messaging.message import Inbound
from shared.ports import Clock, Documents, Query, Reader
from shared.records.commit import save, until_committed
from shared.salon.salon import Contact, Salon
from shared.values.identity import address_key, dialled


@dataclass(frozen=True)
class Sender:
    """Who wrote, by the address at which the salon knows them: the customers there, and the contact; a stranger is none of
    them. `keys` are those of that address and of the one they wrote from, mostly the same; the first names them in what is
    kept of them."""

    address: str
    keys: tuple[str, ...]
    customers: list[Customer]
    contact: Contact | None

    @property
    def is_stranger(self) -> bool:
        return not self.customers and self.contact is None


def find_sender(said: Inbound, salon: Salon, *, documents: Documents, signing_key: bytes, clock: Clock) -> Sender:
    """Who wrote this message. A stranger is known at no address but their own, and is nobody there."""
    named_by_number = dialled(said.sender) is not None
    learned = None if named_by_number else _learned(said.conversation_id, documents)
    sender = _at(learned or said.sender, said, salon, documents, signing_key)
    if sender.is_stranger:
        proven = next(_proven(said, salon, documents, signing_key), None)
        sender = _at(proven, said, salon, documents, signing_key) if proven else sender
        if proven and not named_by_number:
            _learn(said.conversation_id, proven, documents, clock)
    elif said.user_id and named_by_number:
        key = address_key(signing_key, said.channel, said.user_id)
        if _learned(key, documents) != said.sender:
            _learn(key, said.sender, documents, clock)
    return sender


def _learned(key: str, documents: Reader) -> str | None:
    found = documents.get(identity_path(key))
    return Identity.model_validate(found.data).writes_as if found else None


def _at(address: str, said: Inbound, salon: Salon, documents: Reader, signing_key: bytes) -> Sender:
    known_by = address_key(signing_key, said.channel, address, salon.country)
    return Sender(
        address=address,
        keys=tuple(dict.fromkeys((known_by, said.conversation_id))),
        customers=customers_at(address, known_by, documents, salon.country),
        contact=salon.contact_at(address),
    )


def _proven(said: Inbound, salon: Salon, documents: Reader, signing_key: bytes) -> Iterator[str]:
    """The addresses to which we sent the button that was pressed, or the message that was written under."""
    pressed = said.button_payload or ""
    offered = tokens.read(signing_key, pressed)
    if offered is not None and offered.salon_id == salon.id:
        found = documents.get(f"outreach/{offered.outreach_id}")
        yield from [str(found.data["customer_phone"])] if found else []
    if (offer := quoted_offer(said, documents)) is not None:
        yield offer.customer_phone
    if dialled(said.sender) is None:
        yield from _proven_contact(said, salon, documents, signing_key)


def _proven_contact(said: Inbound, salon: Salon, documents: Reader, signing_key: bytes) -> Iterator[str]:
    """The same of the salon's own people. A number that is none of theirs may not decide for the salon, whatever it presses."""
    asked = tokens.read_approval(signing_key, said.button_payload or "")
    numbers = [number for contact in salon.contacts if (number := dialled(contact.phone or "", salon.country))]
    keys = {address_key(signing_key, said.channel, number): number for number in numbers}
    if asked is not None and asked.salon_id == salon.id:
        yield from (number for key, number in keys.items() if tokens.binding(key) == asked.contact)
    for key, number in keys.items() if said.replied_to_sid else ():
        here = Query(
            f"conversations/{key}/messages", where=(("delivery.message_id", "==", said.replied_to_sid),), limit=1
        )
        yield from (number for _ in documents.query(here))


def quoted_offer(said: Inbound, documents: Reader) -> Outreach | None:
    """The offer that the message was written under, however old it is."""
    for field in ("delivery.message_id", "delivery.former_id") if said.replied_to_sid else ():
        for offer in documents.query(Query("outreach", where=((field, "==", said.replied_to_sid),), limit=1)):
            return Outreach.model_validate(offer.data)
    return None


def _learn(key: str, number: str, documents: Documents, clock: Clock) -> None:
    """Writes down that the user id of that key is whom we know by this number."""
    path = identity_path(key)

    def attempt() -> bool | None:
        found = documents.get(path)
        known = Identity.model_validate(found.data) if found else Identity(channel="whatsapp")
        return documents.commit(save(path, known.changed(writes_as=number), found)) or None

    until_committed(attempt, clock=clock)
