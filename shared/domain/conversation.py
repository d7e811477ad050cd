"""One address on one channel, as a salon knows it. `last_inbound_at` opens WhatsApp's 24-hour window."""

from datetime import datetime, timedelta
from typing import Literal

from shared.domain.stored import Instant, Stored

SESSION = timedelta(hours=24)
SESSION_MARGIN = timedelta(minutes=5)
"""Twilio judges the window at its own time; a message at its very edge would be lost."""


class Identity(Stored):
    """`identities/{address_key}`. Several customers may share an address, so it names all of them."""

    channel: Literal["whatsapp", "sms"]
    customer_ids: list[str] = []
    last_inbound_at: Instant | None = None

    def in_session(self, now: datetime) -> bool:
        return self.last_inbound_at is not None and now - self.last_inbound_at < SESSION - SESSION_MARGIN


def identity_path(address_key: str) -> str:
    return f"identities/{address_key}"
