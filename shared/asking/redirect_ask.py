"""Redirects an ask that the provider could not deliver to another channel while there is time, and enters an opt-out that the
provider knew of before us."""

from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from shared.asking.fallback import OPTED_OUT, fallen_back, next_channel
from shared.asking.outreach import Outreach
from shared.customers.address_keys import keys_of
from shared.customers.consent import Statement, barred, withdrawn
from shared.customers.load_customer import customer_of
from shared.customers.read_consents import entered, withdrawal_records
from shared.messaging.message import Message
from shared.ports import Documents, Write
from shared.records.audit import Amended
from shared.salon.load_salon import salon_of
from shared.values.identity import address_key


def by_another_channel(
    message: Outreach | Message,
    code: int | None,
    *,
    message_sid: str | None,
    documents: Documents,
    signing_key: bytes,
    now: datetime,
    actor: str,
) -> Amended[Any] | None:
    """The ask as it goes on by another channel, or None when there is no other way to ask this customer in time."""
    if not isinstance(message, Outreach) or (channel := next_channel(message, code, now=now)) is None:
        return None
    salon = salon_of(documents, documents.salon_id)
    customer = customer_of(documents, message.customer_id)
    if channel != "sms" or not salon.messaging.sms_from or customer is None:
        return None
    if not customer.consents.allows(channel, message.consent_purpose):
        return None
    ledger = withdrawal_records(documents, keys_of(customer.dialled_in(salon.country), signing_key))
    if (channel, message.consent_purpose) in withdrawn(chain.from_iterable(ledger.values())):
        return None
    key = address_key(signing_key, channel, message.customer_phone)
    return fallen_back(message, channel, address_key=key, message_sid=message_sid, now=now, actor=actor, code=code)


def opt_out_told_by(
    code: int | None, message: Outreach | Message, *, documents: Documents, now: datetime
) -> Sequence[Write]:
    """The ledger's entries for an opt-out that this error tells of; none where the same message has entered it already."""
    channel = OPTED_OUT.get(code or 0)
    if channel not in ("whatsapp", "sms") or not isinstance(message, Outreach):
        return ()
    said = Statement(
        identity=message.address_key,
        said_id=message.id,
        salon_id=message.salon_id,
        customer_ids=[message.customer_id],
        source="carrier",
        text=f"error {code}",
        at=now,
    )
    records = barred(said, channel)
    known = {snapshot.path for snapshot in documents.get_all([record.path for record in records])}
    return entered([record for record in records if record.path not in known], now, actor="carrier")
