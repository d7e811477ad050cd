"""A wish for an earlier or any time, and the only place that changes its status."""

from datetime import datetime
from typing import Literal, Self

from pydantic import model_validator

from shared.records.app_document import AppDocument, Minutes
from shared.records.stored import DocumentId, Instant, Stored
from shared.values.stretches import Stretch

WaitlistStatus = Literal["waiting", "offered", "booked", "expired", "cancelled"]

_NEXT: dict[WaitlistStatus, frozenset[WaitlistStatus]] = {
    "waiting": frozenset({"offered", "booked", "expired", "cancelled"}),
    "offered": frozenset({"waiting", "booked", "expired", "cancelled"}),
    "booked": frozenset(),
    "expired": frozenset(),
    "cancelled": frozenset(),
}


class Window(Stored):
    start: Instant
    end: Instant

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.start >= self.end:
            raise ValueError(f"expected a window that ends after it starts, found {self.start} to {self.end}")
        return self

    @property
    def stretch(self) -> Stretch:
        return Stretch(self.start, self.end)


class WaitlistEntry(AppDocument):
    """A wish without `service_ids` is for any service, one without `staff_ids` for any staff member, one without `windows` for any
    time until it expires."""

    customer_id: DocumentId
    service_ids: list[DocumentId] = []
    staff_ids: list[DocumentId] = []
    windows: list[Window] = []
    minimum_notice_minutes: Minutes = 45
    priority: int = 0
    status: WaitlistStatus = "waiting"
    created_at: Instant | None = None
    expires_at: Instant | None = None

    @property
    def standing(self) -> bool:
        """Whether it still waits for a time, be it one that is offered at present."""
        return bool(_NEXT[self.status])

    def _become(self, status: WaitlistStatus) -> "WaitlistEntry":
        if status not in _NEXT[self.status]:
            raise ValueError(f"expected waitlist entry {self.id} to be able to become {status}, found it {self.status}")
        return self.changed(status=status)

    def offered(self) -> "WaitlistEntry":
        return self._become("offered")

    def waiting_again(self) -> "WaitlistEntry":
        """The wish as it waits on, because its offer ended without a booking."""
        return self._become("waiting")

    def booked(self) -> "WaitlistEntry":
        return self._become("booked")

    def expired(self) -> "WaitlistEntry":
        return self._become("expired")

    def over(self, now: datetime) -> bool:
        """Whether its time has passed, so that nothing can be offered for it any more."""
        ends = [window.end for window in self.windows]
        last = max(ends) if ends else None
        return (self.expires_at is not None and self.expires_at <= now) or (last is not None and last <= now)
