"""Who may be asked, on which channel, for what.

Consent is what the booking app recorded on the customer; a withdrawal is what the person told us since, in an
append-only ledger by address. Both must allow an ask. Answers, confirmations and reminders are no asks.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final, Literal

from shared.customers.customer import Customer
from shared.records.stored import Instant, StateDocument, natural_id
from shared.salon.salon import Salon

Channel = Literal["whatsapp", "sms"]
Purpose = Literal["service", "marketing"]
Source = Literal["message", "carrier", "link", "owner", "follow_customer"]

_CHANNELS: Final[tuple[Channel, ...]] = ("whatsapp", "sms")
_PURPOSES: Final[tuple[Purpose, ...]] = ("service", "marketing")


class ConsentRecord(StateDocument):
    """One thing that a person said about one channel and purpose. It is never changed, only followed by another.
    `identity` is the key of the address they said it from; `text` is what they wrote."""

    collection: ClassVar[str] = "consents"
    resource_type: ClassVar[str] = "consent"

    identity: str
    customer_ids: list[str]
    channel: Channel
    purpose: Purpose
    granted: bool
    source: Source
    text: str
    at: Instant


@dataclass(frozen=True)
class NoChannel:
    reason: str


def channel_for(
    customer: Customer, salon: Salon, purpose: Purpose, opted_out: AbstractSet[tuple[str, str]] = frozenset()
) -> Channel | NoChannel:
    """The channel by which this customer may be asked, WhatsApp first, or why there is none. `opted_out` are the
    (channel, purpose) pairs that they have withdrawn."""
    if customer.phone is None:
        return NoChannel("no address")
    consented = [channel for channel in _CHANNELS if customer.consents.allows(channel, purpose)]
    if not consented:
        return NoChannel(f"no consent for {purpose}")
    willing = [channel for channel in consented if (channel, purpose) not in opted_out]
    if not willing:
        return NoChannel("opted out")
    senders = {"whatsapp": salon.messaging.whatsapp_from, "sms": salon.messaging.sms_from}
    usable = [channel for channel in willing if senders[channel]]
    return usable[0] if usable else NoChannel(f"the salon has no number for {' or '.join(willing)}")


@dataclass(frozen=True)
class Statement:
    """What somebody said about being asked. `identity` is the key of the address they said it from, `customer_ids` are all who
    are reached there, `said_id` is the same however often the same word is worked on, and `by` is who had it written down."""

    identity: str
    said_id: str
    salon_id: str
    customer_ids: Sequence[str]
    source: Source
    text: str
    at: datetime
    by: str = "customer"


def stopped(said: Statement) -> list[ConsentRecord]:
    """The entries that a STOP makes. It ends the asks of every channel, whichever it came by, and for both purposes: an
    offer from the waitlist is an ask too."""
    return [_record(said, channel, purpose, granted=False) for channel in _CHANNELS for purpose in _PURPOSES]


def started(said: Statement, channel: Channel) -> list[ConsentRecord]:
    """The entries that a START makes. It restores only the channel it came by, and ends a withdrawal: it is no consent
    where none was recorded."""
    return [_record(said, channel, purpose, granted=True) for purpose in _PURPOSES]


def barred(said: Statement, channel: Channel) -> list[ConsentRecord]:
    """The entries that a refusal of the provider makes, because the person has stopped or blocked us on that
    channel."""
    return [_record(said, channel, purpose, granted=False) for purpose in _PURPOSES]


def withdrawn(records: Iterable[ConsentRecord]) -> frozenset[tuple[Channel, Purpose]]:
    """The pairs about which the latest word is a no. Give it the records of *all* addresses of one person, or a START
    by WhatsApp would not end a STOP by SMS."""
    return frozenset(pair for pair, granted in standing(records).items() if not granted)


def standing(records: Iterable[ConsentRecord]) -> dict[tuple[Channel, Purpose], bool]:
    """The latest word about each channel and purpose. Of two at the same instant the no counts."""
    in_order = sorted(records, key=lambda record: (record.at, not record.granted))
    return {(record.channel, record.purpose): record.granted for record in in_order}


def _record(said: Statement, channel: Channel, purpose: Purpose, *, granted: bool) -> ConsentRecord:
    return ConsentRecord(
        # The same message worked on again makes the same record.
        id=natural_id("con", said.identity, said.said_id, channel, purpose),
        salon_id=said.salon_id,
        created_at=said.at,
        updated_at=said.at,
        identity=said.identity,
        customer_ids=list(said.customer_ids),
        channel=channel,
        purpose=purpose,
        granted=granted,
        source=said.source,
        text=said.text,
        at=said.at,
    )
