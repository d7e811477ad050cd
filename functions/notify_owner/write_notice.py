"""Writes a notice to one of the salon's own people as the messages that carry it."""

from collections.abc import Mapping
from datetime import datetime

from shared.messaging.message import KEEP_TRYING, Message, message_id
from shared.messaging.outgoing import Channel
from shared.ports import Deployment
from shared.salon.salon import Contact, Salon
from shared.values.identity import address_key, dialled

WITHOUT_BUTTONS = {"owner_approval": "owner_approval_link", "owner_reminder": "owner_reminder_link"}
"""The purpose under which a question goes by a channel without buttons: its text names a link."""


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
    """The notice to one of the salon's own people, once for each channel that reaches them."""
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
            locale=salon.spoken_to(contact.locale),
            variables={**variables, "salon": salon.name},
            expires_at=now + KEEP_TRYING,
            due_at=None,
        )
        for channel, address in _ways_to(contact, salon, deployment)
        for spoken in [purpose if channel == "whatsapp" else WITHOUT_BUTTONS.get(purpose, purpose)]
        for key in [address_key(deployment.signing_key, channel, address)]
    ]


def _ways_to(contact: Contact, salon: Salon, deployment: Deployment) -> list[tuple[Channel, str]]:
    texted: Channel = "whatsapp" if salon.messaging.whatsapp_from else "sms"
    has_number = salon.messaging.whatsapp_from or salon.messaging.sms_from
    ways: list[tuple[Channel, str | None]] = [
        (texted, dialled(contact.phone or "", salon.country) if has_number else None),
        ("email", contact.email if "email" in deployment.notices else None),
        ("push", contact.push_token if "push" in deployment.notices else None),
    ]
    return [(channel, address) for channel, address in ways if address]
