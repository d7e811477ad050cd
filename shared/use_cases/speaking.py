"""Messages that are no asks, as they are first written: what is said, to whom, about what."""

from collections.abc import Mapping
from datetime import datetime

from shared.domain import money
from shared.domain.booking import Booking
from shared.domain.identity import address_key
from shared.domain.message import KEEP_TRYING, Inbound, Message, message_id
from shared.domain.messaging_hours import answers
from shared.domain.outgoing import Channel
from shared.domain.outreach import Outreach
from shared.domain.salon import Contact, Salon
from shared.domain.wording import spoken_deadline, spoken_time
from shared.ports import Deployment, Snapshot
from shared.use_cases.loading import inbound


def confirmation_of(
    booking: Booking, outreach: Outreach, salon: Salon, *, said_in: Snapshot | None, now: datetime
) -> Message:
    return _to_customer(
        outreach,
        "booking_confirmed",
        {
            **said_now(outreach, salon, now),
            "price": money.display(booking.price, salon.currency, outreach.locale),
            "address": salon.address or salon.name,
        },
        salon,
        said_in=said_in,
        now=now,
    )


def answer_to(outreach: Outreach, purpose: str, salon: Salon, *, said_in: Snapshot | None, now: datetime) -> Message:
    """What the customer of an offer hears back. The same purpose about the same offer is said once, however often and
    through whichever door they answered."""
    return _to_customer(outreach, purpose, said_now(outreach, salon, now), salon, said_in=said_in, now=now)


def said_now(outreach: Outreach, salon: Salon, now: datetime) -> dict[str, str]:
    """The words of an offer with its times as they are said now: "tomorrow" was right when it was requested."""
    slot = outreach.slot
    when = {"when": spoken_time(slot.start, salon.zone, outreach.locale, now=now)} if slot else {}
    until = spoken_deadline(outreach.expires_at, salon.zone, outreach.locale, now=now)
    return {**outreach.variables, **when, "until": until}


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
    said = inbound(said_in) if said_in else None
    return Message(
        id=message_id(outreach.id, purpose, outreach.address_key),
        salon_id=salon.id,
        created_at=now,
        updated_at=now,
        conversation_id=said.conversation_id if said else outreach.address_key,
        audience="customer",
        to=outreach.customer_phone,
        about=outreach.id,
        is_answer=said is None or answers(now, said.received_at),
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


def reply_to(
    said: Inbound, purpose: str, salon: Salon, *, locale: str, variables: Mapping[str, str], now: datetime
) -> Message:
    """An answer to what somebody wrote that is about no single offer."""
    return Message(
        id=message_id(said.id, purpose, said.conversation_id),
        salon_id=salon.id,
        created_at=now,
        updated_at=now,
        conversation_id=said.conversation_id,
        audience="customer",
        to=said.sender,
        about=said.id,
        is_answer=answers(now, said.received_at),
        account_sid=said.account_sid,
        sender=said.recipient,
        channel=said.channel,
        purpose=purpose,
        locale=locale,
        variables={**variables, "salon": salon.name},
        expires_at=now + KEEP_TRYING,
        due_at=None,
    )


def notices_to(
    contact: Contact,
    purpose: str,
    salon: Salon,
    *,
    about: str,
    variables: Mapping[str, str],
    deployment: Deployment,
    now: datetime,
) -> list[Message]:
    """What one of the salon's own people hears, once for each channel that reaches them."""
    return [
        Message(
            id=message_id(about, spoken, key),
            salon_id=salon.id,
            created_at=now,
            updated_at=now,
            conversation_id=key,
            audience="owner",
            to=address,
            about=about,
            is_answer=False,
            channel=channel,
            purpose=spoken,
            locale=contact.locale or salon.locale,
            variables={**variables, "salon": salon.name},
            expires_at=now + KEEP_TRYING,
            due_at=None,
        )
        for channel, address in _ways_to(contact, salon, deployment)
        for spoken in [purpose if channel == "whatsapp" else WITHOUT_BUTTONS.get(purpose, purpose)]
        for key in [address_key(deployment.signing_key, channel, address)]
    ]


WITHOUT_BUTTONS = {"owner_approval": "owner_approval_link", "owner_reminder": "owner_reminder_link"}


def _ways_to(contact: Contact, salon: Salon, deployment: Deployment) -> list[tuple[Channel, str]]:
    texted: Channel = "whatsapp" if salon.messaging.whatsapp_from else "sms"
    has_number = salon.messaging.whatsapp_from or salon.messaging.sms_from
    ways: list[tuple[Channel, str | None]] = [
        (texted, contact.phone if has_number else None),
        ("email", contact.email if "email" in deployment.notices else None),
        ("push", contact.push_token if "push" in deployment.notices else None),
    ]
    return [(channel, address) for channel, address in ways if address]
