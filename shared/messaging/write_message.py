"""Messages that are no asks, as they are first written: what is said, to whom, about what."""

from collections.abc import Mapping
from datetime import datetime

from shared.messaging.message import KEEP_TRYING, Inbound, Message, message_id
from shared.messaging.messaging_hours import answers
from shared.messaging.outgoing import Channel
from shared.ports import Deployment
from shared.salon.salon import Contact, Salon
from shared.values.identity import address_key


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
