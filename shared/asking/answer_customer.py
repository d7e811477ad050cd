"""Writes the answers to whoever was asked: the confirmation of a sale, and what else they hear back."""

from collections.abc import Mapping
from datetime import datetime

from shared.asking.outreach import Outreach
from shared.messaging.load_inbound import load_inbound
from shared.messaging.message import KEEP_TRYING, Message, message_id
from shared.messaging.messaging_hours import answers
from shared.ports import Snapshot
from shared.salon.salon import Salon

REFUSALS: dict[str, str] = {
    "slot_taken": "slot_taken",
    "gap_closed": "slot_no_longer_free",
    "too_late": "slot_no_longer_free",
    "customer_busy": "slot_no_longer_free",
}
"""The purpose of the answer to a yes that is refused, by the reason of the refusal."""


def confirmation_of(outreach: Outreach, salon: Salon, *, said_in: Snapshot | None, now: datetime) -> Message:
    """The confirmation of the booking that a yes to this offer made, at the price it named. `said_in` is the message that said yes, if one did."""
    return _to_customer(
        outreach,
        "booking_confirmed",
        {**outreach.variables, "place": salon.place},
        salon,
        said_in=said_in,
        now=now,
    )


def answer_to(outreach: Outreach, purpose: str, salon: Salon, *, said_in: Snapshot | None, now: datetime) -> Message:
    """The answer to the customer of an offer. The same purpose about the same offer is said once, however often they answer
    and whichever way their answers take."""
    return _to_customer(outreach, purpose, outreach.variables, salon, said_in=said_in, now=now)


def _to_customer(
    outreach: Outreach,
    purpose: str,
    variables: Mapping[str, str],
    salon: Salon,
    *,
    said_in: Snapshot | None,
    now: datetime,
) -> Message:
    # Over the number they wrote to, which need not be the one we asked from.
    said = load_inbound(said_in) if said_in else None
    written_at = said.received_at if said else outreach.response.responded_at or now
    return Message(
        id=message_id(outreach.id, purpose, outreach.address_key),
        salon_id=salon.id,
        created_at=now,
        updated_at=now,
        conversation_id=said.conversation_id if said else outreach.address_key,
        audience="customer",
        to=said.sender if said else outreach.customer_phone,
        about=outreach.id,
        is_answer=answers(now, written_at),
        account_sid=said.account_sid if said else None,
        sender=said.recipient if said else None,
        channel=said.channel if said else outreach.channel,
        purpose=purpose,
        locale=outreach.locale,
        variables={**variables, "salon": salon.name},
        moment=outreach.slot.start if outreach.slot else None,
        expires_at=now + KEEP_TRYING,
        due_at=None,
    )
