"""A booking. The booking app writes them; we write one when a customer accepts an offer (`source` smart_fill). The only
place that assigns a status to a booking: `confirmed`, and `pending | confirmed -> cancelled`. The app writes the others."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Final, Literal, Self

from pydantic import model_validator

from shared.records.app_document import AppDocument, Count
from shared.records.stored import DocumentId, Instant, Money
from shared.values.stretches import Stretch

BookingStatus = Literal["pending", "confirmed", "completed", "cancelled", "no_show"]
NOT_FREE: Final = "not free"
"""The reason of a cancellation by which the owner says that the time is not free: it is offered to nobody else."""
LONGEST_BOOKING = timedelta(hours=24)
"""No booking runs longer, so one that ends this long after an instant began after it: queries are bounded by that."""
OCCUPYING: frozenset[BookingStatus] = frozenset({"pending", "confirmed", "completed"})


class Booking(AppDocument):
    """`customer_id` null is a customer whom nobody entered; the time is occupied all the same. `chain_depth` counts how many
    customers in a row moved for its time to be free. Bookings may overlap: the app allows it, so it is a fact and no
    error."""

    customer_id: DocumentId | None = None
    staff_id: DocumentId
    service_ids: list[DocumentId] = []
    start_time: Instant
    end_time: Instant
    price: Money = Decimal(0)
    source: Literal["app", "walk_in", "import", "smart_fill"] = "app"
    status: BookingStatus
    created_at: Instant | None = None
    updated_at: Instant | None = None
    confirmed_at: Instant | None = None
    cancelled_at: Instant | None = None
    cancelled_by: Literal["customer", "salon"] | None = None
    cancellation_reason: str | None = None
    rescheduled_from: DocumentId | None = None
    chain_depth: Count = 0
    outreach_id: DocumentId | None = None
    gap_id: DocumentId | None = None

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.start_time >= self.end_time:
            raise ValueError(
                f"expected booking {self.id} to end after it starts, found {self.start_time} to {self.end_time}"
            )
        return self

    @cached_property
    def stretch(self) -> Stretch:
        """The appointment itself, without buffers."""
        return Stretch(self.start_time, self.end_time)

    @property
    def occupies(self) -> bool:
        return self.status in OCCUPYING

    def cancelled(self, *, by: Literal["customer", "salon"], reason: str, now: datetime) -> "Booking":
        if self.status not in ("pending", "confirmed"):
            raise ValueError(f"expected booking {self.id} to be able to become cancelled, found it {self.status}")
        return self.changed(
            status="cancelled", cancelled_at=now, cancelled_by=by, cancellation_reason=reason, updated_at=now
        )


def stand_in(id: str, staff_id: str, stretch: Stretch) -> Booking:
    """A booking that stands for one as it was earlier, of which only the id, the staff member and the time are known."""
    return Booking(id=id, staff_id=staff_id, start_time=stretch.start, end_time=stretch.end, status="confirmed")


def sold(
    *,
    id: str,
    customer_id: str,
    staff_id: str,
    service_ids: list[str],
    stretch: Stretch,
    price: Decimal,
    outreach_id: str,
    gap_id: str,
    now: datetime,
    rescheduled_from: str | None = None,
) -> Booking:
    """The booking that an accepted offer makes."""
    return Booking(
        id=id,
        customer_id=customer_id,
        staff_id=staff_id,
        service_ids=service_ids,
        start_time=stretch.start,
        end_time=stretch.end,
        price=price,
        source="smart_fill",
        status="confirmed",
        created_at=now,
        updated_at=now,
        confirmed_at=now,
        rescheduled_from=rescheduled_from,
        outreach_id=outreach_id,
        gap_id=gap_id,
    )
