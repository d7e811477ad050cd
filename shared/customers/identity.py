"""One address on one channel, as a salon knows it."""

from datetime import datetime, timedelta
from typing import Literal

from shared.records.retention import YEAR, Kept
from shared.records.stored import Instant, Stored

SESSION = timedelta(hours=24)
"""How long after their last message WhatsApp lets us answer in our own words."""
SESSION_MARGIN = timedelta(minutes=5)
"""By so much we end the session early: Twilio judges it at its own time, and a message at its very edge would be
lost."""


class Identity(Stored):
    """`identities/{address_key}`. Several customers may share an address, so it names all of them; `consented_at` says of each when
    the source of their consent was written, as far as the app names one. `last_inbound_at` opens WhatsApp's 24-hour window.
    `writes_as` is the number under which we know somebody whom WhatsApp names by a user id only."""

    retained = Kept(YEAR, "last_inbound_at")

    channel: Literal["whatsapp", "sms"]
    customer_ids: list[str] = []
    consented_at: dict[str, Instant | None] = {}
    last_inbound_at: Instant | None = None
    writes_as: str | None = None

    def in_session(self, now: datetime) -> bool:
        return self.last_inbound_at is not None and now - self.last_inbound_at < SESSION - SESSION_MARGIN

    def having(self, customer_id: str, consented_at: datetime | None) -> "Identity":
        others = self.without(customer_id)
        ids, sources = others.customer_ids, others.consented_at
        ids = self.customer_ids if customer_id in self.customer_ids else [*ids, customer_id]
        return self.changed(customer_ids=ids, consented_at={**sources, customer_id: consented_at})

    def without(self, customer_id: str) -> "Identity":
        sources = {id: at for id, at in self.consented_at.items() if id != customer_id}
        return self.changed(customer_ids=[id for id in self.customer_ids if id != customer_id], consented_at=sources)


def identity_path(address_key: str) -> str:
    return f"identities/{address_key}"
