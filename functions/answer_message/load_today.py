"""Loads what there is to say of a salon's day: what waits for its people, what was sold, what is out, and what is free."""

from datetime import UTC, datetime, time

from functions.answer_message.switch_asking import is_paused
from functions.answer_message.today import Sale, Today
from shared.approvals.settle_approval import waiting
from shared.asking.outreach import OPEN, Outreach
from shared.calendar.booking import Booking
from shared.calendar.gap import Gap
from shared.messaging.conversation import Conversation
from shared.ports import Documents, Query
from shared.records.read_documents import readable
from shared.salon.salon import Salon

AT_MOST = 100
"""So much of each kind is read; far less of it fits into one message."""


def load_today(salon: Salon, documents: Documents, now: datetime) -> Today:
    midnight = datetime.combine(salon.date_of(now), time.min, salon.zone).astimezone(UTC)
    answered = Query("outreach", where=(("response.responded_at", ">=", midnight),), limit=AT_MOST)
    out = Query("outreach", where=(("status", "in", list(OPEN)),), limit=AT_MOST)
    free = Query(
        "gaps", where=(("date", "==", salon.date_of(now).isoformat()), ("status", "==", "open")), limit=AT_MOST
    )
    gaps = [gap for gap in readable(Gap, documents.query(free)) if gap.expires_at > now]
    offers = [offer for offer in readable(Outreach, documents.query(out)) if offer.delivery.sent_at is not None]
    return Today(
        paused=is_paused(documents),
        approvals=waiting(documents, now),
        conversations=waiting_conversations(documents),
        sales=_sales(readable(Outreach, documents.query(answered)), documents),
        offers=sorted(offers, key=lambda offer: (offer.expires_at, offer.id)),
        gaps=sorted(gaps, key=lambda gap: (gap.start_time, gap.id)),
    )


def waiting_conversations(documents: Documents) -> list[Conversation]:
    """The messages that wait for a person, the oldest first."""
    ever = datetime.min.replace(tzinfo=UTC)
    query = Query("conversations", where=(("waiting_since", ">", ever),), order_by=("waiting_since",), limit=AT_MOST)
    return readable(Conversation, documents.query(query))


def _sales(answered: list[Outreach], documents: Documents) -> list[Sale]:
    booked = {each.response.booking_id: each for each in answered if each.response.booking_id}
    found = documents.get_all([f"bookings/{id}" for id in booked])
    standing = [booking for booking in readable(Booking, found) if booking.occupies]
    return [
        Sale(booked[booking.id], booking)
        for booking in sorted(standing, key=lambda booking: (booking.start_time, booking.id))
    ]
