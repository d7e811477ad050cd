"""The owner says that a time is not free: walk-ins are often entered only when they pay. An open gap is ignored, and its
offers are taken back when that is announced; of a sale the customer is told, and the owner is asked to find them another
time."""

from datetime import datetime
from typing import Literal

from shared.asking.answer_customer import answer_to
from shared.asking.outreach import Outreach
from shared.calendar.booking import NOT_FREE, Booking
from shared.calendar.gap import Gap, ignored
from shared.messaging.message import Message, say
from shared.ports import Clock, Documents, Transaction, Update
from shared.records.audit import AuditRecord, record_fact
from shared.records.commit import create, fact, update
from shared.salon.load_salon import salon_of
from shared.salon.salon import Salon

Outcome = Literal["ignored", "sale taken back", "closed before", "no such gap"]
Withdrawn = Literal["sale taken back", "no sale of ours", "ended before"]


def ignore_gap(gap_id: str, *, said_by: str, documents: Documents, clock: Clock) -> Outcome:
    """`said_by` is the owner's user id. A gap that was sold meanwhile is a sale taken back."""

    def work(transaction: Transaction) -> Gap | None:
        found = transaction.get(f"gaps/{gap_id}")
        if found is None:
            return None
        gap = Gap.model_validate(found.data)
        if gap.is_open:
            transaction.write(*update(ignored(gap, "owner", now=clock.now(), actor=said_by)))
        return gap

    gap = documents.transact(work)
    if gap is None:
        return "no such gap"
    if gap.is_open:
        return "ignored"
    if gap.filled_by is not None:
        withdrawn = take_back_sale(gap.filled_by, said_by=said_by, documents=documents, clock=clock)
        if withdrawn == "sale taken back":
            return withdrawn
    return "closed before"


def take_back_sale(booking_id: str, *, said_by: str, documents: Documents, clock: Clock) -> Withdrawn:
    """The booking is cancelled by the salon, and its time stays closed. The customer hears of it in the same commit."""
    salon = salon_of(documents, documents.salon_id)

    def work(transaction: Transaction) -> Withdrawn:
        now = clock.now()
        found = transaction.get(f"bookings/{booking_id}")
        booking = Booking.from_document(found.id, found.data) if found else None
        if booking is None or booking.outreach_id is None:
            return "no sale of ours"
        if booking.status not in ("pending", "confirmed"):
            return "ended before"
        offered = transaction.get(f"outreach/{booking.outreach_id}")
        cancelled = booking.cancelled(by="salon", reason=NOT_FREE, now=now)
        changed = ("status", "cancelled_at", "cancelled_by", "cancellation_reason", "updated_at")
        writes = [
            # Only these fields: the app may keep its own beside them.
            Update(f"bookings/{booking_id}", {name: getattr(cancelled, name) for name in changed}),
            fact(_handed_over(cancelled, salon.id, said_by, now)),
        ]
        if offered is not None:
            told = _told(cancelled, Outreach.model_validate(offered.data), salon, now)
            writes += create(say(told, now=now, actor=said_by))
        transaction.write(*writes)
        return "sale taken back"

    return documents.transact(work)


def _handed_over(booking: Booking, salon_id: str, said_by: str, now: datetime) -> AuditRecord:
    return record_fact(
        salon_id=salon_id,
        resource_type="booking",
        resource_id=booking.id,
        version=NOT_FREE,
        now=now,
        actor=said_by,
        event="manual_override",
        action="A sale was taken back: the owner said its time is not free",
        details={"booking_id": booking.id, "customer_id": booking.customer_id},
        announces="AGENT_ACTION_REQUIRED",
        payload={
            "reason": "a sold time was not free: its customer has been told and waits for another time",
            "booking_id": booking.id,
            "customer_id": booking.customer_id,
        },
        severity="warning",
    )


def _told(booking: Booking, outreach: Outreach, salon: Salon, now: datetime) -> Message:
    message = answer_to(outreach, "booking_withdrawn", salon, said_in=None, now=now)
    return message.changed(is_answer=False, moment=booking.start_time)
