"""Somebody who wrote to a salon and is no customer of it yet."""

from typing import Literal, Self

from shared.messaging.message import Inbound
from shared.records.retention import HALF_A_YEAR, Kept
from shared.records.stored import Instant, Stored


class Stranger(Stored):
    """`strangers/{address_key}`: what the booking app needs to make a customer of somebody who wrote. `locale` is that in
    which they were answered first."""

    retained = Kept(HALF_A_YEAR, "last_wrote_at")

    phone: str
    channel: Literal["whatsapp", "sms"]
    locale: str
    first_wrote_at: Instant
    last_wrote_at: Instant

    @classmethod
    def first_heard(cls, said: Inbound, locale: str) -> Self:
        return cls(
            phone=said.sender,
            channel=said.channel,
            locale=locale,
            first_wrote_at=said.received_at,
            last_wrote_at=said.received_at,
        )

    def heard_again(self, said: Inbound) -> Self:
        return self.changed(last_wrote_at=max(self.last_wrote_at, said.received_at))
