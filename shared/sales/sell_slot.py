"""Turns a customer's yes into a booking, exactly once: one staff member's time is never sold twice, and one customer is never
booked in two places.

Locks make a sale exclusive among ourselves. Their holder's transaction reads the bookings again, those of the app included,
and writes everything together. A refusal writes nothing that others wait for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Literal

from shared.asking.answer_customer import confirmation_of
from shared.asking.decision import Decision, conclude
from shared.asking.outreach import Outreach, responded
from shared.asking.slot import Slot
from shared.calendar.booking import LONGEST_BOOKING, Booking, sold
from shared.calendar.gap import Gap, filled
from shared.calendar.load_rooms import all_services, rooms_free
from shared.calendar.service import Service
from shared.customers.move_waitlist import waitlist_moved
from shared.customers.waitlist import WaitlistEntry
from shared.messaging.mark_handled import said_handled
from shared.messaging.message import say
from shared.ports import Create, Query, Reader, Snapshot, Transaction, Update, Write
from shared.records.audit import AuditRecord, record_fact
from shared.records.commit import create, fact, update
from shared.records.hold_locks import holding, person_day, release
from shared.records.read_documents import readable, readable_one
from shared.records.stored import natural_id
from shared.sales import acceptance
from shared.sales.acceptance import Honoured, NotHonoured, Refusal
from shared.sales.read_offer_answer import OfferAnswer
from shared.sales.refuse_yes import refuse
from shared.salon.salon import Salon
from shared.salon.settings import SalonSettings


class Sale:
    """What came of a yes: Sold, NotSold or AnsweredBefore."""


@dataclass(frozen=True)
class Sold(Sale):
    booking: Booking


@dataclass(frozen=True)
class NotSold(Sale):
    refusal: Refusal


@dataclass(frozen=True)
class AnsweredBefore(Sale):
    """The outreach already has its answer; `action` says which, and the customer has been told."""

    action: str | None
    booking_id: str | None


def sell_slot(answer: OfferAnswer, settings: SalonSettings) -> Sale:
    """Books the slot of the offer that this yes is to, and returns what came of it."""
    documents, clock, salon = answer.documents, answer.clock, answer.salon

    def refused(refusal: Refusal) -> Sale:
        told = refuse(answer, refusal)
        return NotSold(refusal) if told else _answered(answer.offer(documents)) or NotSold(refusal)

    outreach = answer.offer(documents)
    if (before := _answered(outreach)) is not None:
        return before
    slot = outreach.slot
    if slot is None:
        return refused("gap_closed")
    room = _Room.of(slot, documents)
    locks = [
        *person_day("staff", slot.staff_id, slot.start, slot.end, salon.zone),
        *person_day("customer", outreach.customer_id, slot.start, slot.end, salon.zone),
        *room.locks(slot, salon),
    ]

    def pointless() -> Sale | None:
        around = _bookings_around(documents, "staff_id", slot.staff_id, slot, room.buffers)
        if acceptance.takes(around, slot, room.services):
            # Perhaps by this very customer's other tap.
            return _answered(answer.offer(documents)) or NotSold("slot_taken")
        return None

    sell = partial(_sell, answer, settings, room, locks)
    sale: Sale = holding(locks, sell, documents=documents, clock=clock, pointless=pointless)
    return refused(sale.refusal) if isinstance(sale, NotSold) else sale


def refusal_now(answer: OfferAnswer, settings: SalonSettings) -> Refusal | None:
    """Why a yes to this offer would be refused now, or None. Nothing is written, and the sale judges once more."""
    outreach, documents = answer.offer(answer.documents), answer.documents
    if outreach.slot is None:
        return "gap_closed"
    moved = _given_up(documents, outreach, outreach.slot)
    room = _Room.of(outreach.slot, documents)
    verdict = _judged(answer, outreach, outreach.slot, moved, settings, room, documents, answer.clock.now())
    return verdict.refusal if isinstance(verdict, NotHonoured) else None


@dataclass(frozen=True)
class _Room:
    """What the slot's service needs besides its staff member; mostly nothing (`service` is then None)."""

    service: Service | None
    services: Mapping[str, Service]

    @classmethod
    def of(cls, slot: Slot, documents: Reader) -> "_Room":
        services = all_services(documents)
        service = services.get(slot.service_id)
        return cls(service if service and service.resource_ids else None, services)

    @property
    def buffers(self) -> timedelta:
        before = max((service.buffer_before for service in self.services.values()), default=timedelta())
        after = max((service.buffer_after for service in self.services.values()), default=timedelta())
        return before + after

    def locks(self, slot: Slot, salon: Salon) -> list[str]:
        ids = sorted(set(self.service.resource_ids)) if self.service else []
        return [lock for id in ids for lock in person_day("resource", id, slot.start, slot.end, salon.zone)]

    def free(self, slot: Slot, reader: Reader) -> bool:
        return self.service is None or rooms_free(self.service, slot.stretch, self.services, reader)


def _answered(outreach: Outreach) -> AnsweredBefore | None:
    if outreach.status != "responded":
        return None
    return AnsweredBefore(outreach.response.action, outreach.response.booking_id)


def _bookings_around(
    reader: Reader,
    field: Literal["staff_id", "customer_id"],
    value: str,
    slot: Slot,
    buffers: timedelta = timedelta(),
) -> Sequence[Booking]:
    """The bookings of this staff member, or of this customer, that may touch the slot. `buffers` is how long before its start a
    booking may take time, and how long after its end the slot does."""
    query = Query(
        "bookings",
        where=(
            (field, "==", value),
            ("start_time", ">", slot.start - LONGEST_BOOKING),
            ("start_time", "<", slot.end + buffers),
        ),
        order_by=("start_time",),
    )
    return readable(Booking, reader.query(query))


def _sell(answer: OfferAnswer, settings: SalonSettings, room: _Room, locks: Sequence[str]) -> Sale:
    salon, actor, now = answer.salon, answer.actor, answer.clock.now()

    def work(transaction: Transaction) -> Sale:
        outreach = answer.offer(transaction)
        slot = outreach.slot
        said = answer.said(transaction)
        if (before := _answered(outreach)) is not None or slot is None:
            transaction.write(*release(locks))
            return before or NotSold("gap_closed")
        moved = _given_up(transaction, outreach, slot)
        verdict = _judged(answer, outreach, slot, moved, settings, room, transaction, now)
        if isinstance(verdict, NotHonoured):
            transaction.write(*release(locks))
            return NotSold(verdict.refusal)
        decision = transaction.get(f"autonomous_decisions/{outreach.decision_id}")
        entry = transaction.get(f"waitlist/{outreach.waitlist_entry_id}") if outreach.waitlist_entry_id else None
        booking = sold(
            id=natural_id("bkg", outreach.id),  # the offer's own, so that no offer can make two
            customer_id=outreach.customer_id,
            staff_id=slot.staff_id,
            service_ids=[slot.service_id],
            stretch=slot.stretch,
            price=outreach.offer_details.price if outreach.offer_details else Decimal(0),
            outreach_id=outreach.id,
            gap_id=verdict.gap.id,
            now=now,
            rescheduled_from=moved.id if moved else None,
        )
        transaction.write(
            Create(f"bookings/{booking.id}", booking.stored()),
            fact(_announced(booking, outreach, salon.id, now)),
            *update(filled(verdict.gap, booking.id, now=now, actor=actor, ours=True)),
            *update(
                responded(
                    outreach, answer="accept", result="booked", booking_id=booking.id, said_in=answer.said_in, now=now
                )
            ),
            *_concluded(decision, booking, now),
            *_off_the_waitlist(entry, outreach, now),
            *_moved_away(moved, booking, outreach, salon.id, now),
            *create(say(confirmation_of(outreach, salon, said_in=said, now=now), now=now, actor=actor)),
            *said_handled(said, "booked", now, actor=actor),
            *release(locks),
        )
        return Sold(booking)

    return answer.documents.transact(work)


def _judged(
    answer: OfferAnswer,
    outreach: Outreach,
    slot: Slot,
    moved: Booking | None,
    settings: SalonSettings,
    room: _Room,
    reader: Reader,
    now: datetime,
) -> Honoured | NotHonoured:
    """Judges a yes by what stands now. `moved` is the booking that is given up for the slot."""
    theirs = _bookings_around(reader, "customer_id", outreach.customer_id, slot)
    verdict = acceptance.judge(
        outreach,
        gaps=_gaps_of_day(reader, slot, answer.salon),
        staff_bookings=_bookings_around(reader, "staff_id", slot.staff_id, slot, room.buffers),
        customer_bookings=[booking for booking in theirs if moved is None or booking.id != moved.id],
        services=room.services,
        minimum_notice_minutes=settings.gap.minimum_notice_minutes,
        now=now,
    )
    if isinstance(verdict, NotHonoured) or room.free(slot, reader):
        return verdict
    return NotHonoured("slot_taken", "the room is taken")


def _gaps_of_day(reader: Reader, slot: Slot, salon: Salon) -> list[Gap]:
    day = salon.date_of(slot.start).isoformat()
    found = reader.query(Query("gaps", where=(("staff_id", "==", slot.staff_id), ("date", "==", day))))
    return readable(Gap, found)


def _announced(booking: Booking, outreach: Outreach, salon_id: str, now: datetime) -> AuditRecord:
    return record_fact(
        salon_id=salon_id,
        resource_type="booking",
        resource_id=booking.id,
        version="created",
        now=now,
        actor=outreach.agent_name,
        event="booking_created",
        action="Booking created from an accepted offer",
        details={"outreach_id": outreach.id, "gap_id": booking.gap_id},
        announces="BOOKING_CREATED",
        payload={"booking_id": booking.id, "customer_id": outreach.customer_id, "outreach_id": outreach.id},
    )


def _concluded(snapshot: Snapshot | None, booking: Booking, now: datetime) -> tuple[Write, ...]:
    if snapshot is None:
        return ()
    decision = Decision.model_validate(snapshot.data)
    concluded = conclude(
        decision, status="success", result="sold", now=now, booking_id=booking.id, revenue=booking.price
    )
    return update(concluded) if concluded else ()


def _given_up(reader: Reader, outreach: Outreach, slot: Slot) -> Booking | None:
    """The later booking that the customer gives up for the slot, or None where they give up none: it is over, or the app has
    given it to somebody else since, or moved it so that they come sooner already."""
    found = reader.get(f"bookings/{outreach.moves_booking_id}") if outreach.moves_booking_id else None
    booking = Booking.from_document(found.id, found.data) if found else None
    if booking is None or booking.customer_id != outreach.customer_id or booking.start_time <= slot.start:
        return None
    return booking if booking.status in ("pending", "confirmed") else None


def _moved_away(
    moved: Booking | None, booking: Booking, outreach: Outreach, salon_id: str, now: datetime
) -> tuple[Write, ...]:
    """The writes that cancel the booking which is given up, for the commit that makes the new one. Its time becomes a gap like
    that of any cancelled booking."""
    if moved is None:
        return ()
    given_up = moved.cancelled(now=now, by="customer", reason=f"moved to {booking.id}")
    names = ("status", "cancelled_at", "cancelled_by", "cancellation_reason", "updated_at")
    fields = {name: getattr(given_up, name) for name in names}
    record = record_fact(
        salon_id=salon_id,
        resource_type="booking",
        resource_id=moved.id,
        version=given_up.cancellation_reason,
        now=now,
        actor=outreach.agent_name,
        event="booking_cancelled",
        action="Booking given up for an earlier time",
        details={"outreach_id": outreach.id, "moved_to": booking.id},
        announces="BOOKING_CANCELLED",
        payload={"booking_id": moved.id, "customer_id": outreach.customer_id},
    )
    return Update(f"bookings/{moved.id}", {**fields, "chain_depth": outreach.chain_depth}), fact(record)


def _off_the_waitlist(snapshot: Snapshot | None, outreach: Outreach, now: datetime) -> tuple[Write, ...]:
    entry = readable_one(WaitlistEntry, snapshot)
    if entry is None or not entry.standing:
        return ()
    return waitlist_moved(entry, "booked", salon_id=outreach.salon_id, now=now, about=outreach.id)
