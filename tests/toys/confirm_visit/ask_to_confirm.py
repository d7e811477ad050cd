"""Asks whoever comes within a day whether their appointment still stands: once for each booking."""

from datetime import timedelta

from functions.confirm_visit.ask_once import ask_once
from shared.asking.decision import Agent
from shared.asking.guard import Condition
from shared.asking.load_people import load_people
from shared.asking.person import Excluded, reachable
from shared.asking.proposal import Asked, Proposal, Selected
from shared.asking.slot import Slot
from shared.calendar.booking import Booking
from shared.customers.load_customer import customer_of
from shared.messaging.greeting import greeted_by
from shared.messaging.spoken import spoken_time
from shared.ports import Clock, Deployment, Documents, Query
from shared.records.read_documents import readable
from shared.salon.load_salon import salon_of
from shared.salon.load_settings import accepted_settings

AGENT: Agent = "no_show_prevention_agent"
AHEAD = timedelta(days=1)
LATEST = timedelta(hours=2)
"""So long before the visit the answer must be there: the time can still be offered to others."""
AT_MOST = 100


def ask_to_confirm(*, documents: Documents, clock: Clock, deployment: Deployment) -> Asked:
    now = clock.now()
    query = Query(
        "bookings",
        where=(("start_time", ">", now + LATEST), ("start_time", "<=", now + AHEAD)),
        order_by=("start_time",),
        limit=AT_MOST,
    )
    asked = 0
    for booking in readable(Booking, documents.query(query)):
        proposal = _about(booking, documents, clock, deployment) if booking.status == "confirmed" else None
        if proposal is not None:
            came = ask_once(proposal, documents=documents, clock=clock)
            asked += came.customers if isinstance(came, Asked) else 0
    return Asked(asked)


def _about(booking: Booking, documents: Documents, clock: Clock, deployment: Deployment) -> Proposal | None:
    customer = customer_of(documents, booking.customer_id) if booking.customer_id else None
    if customer is None or not booking.service_ids:
        return None
    salon, settings, now = salon_of(documents, documents.salon_id), accepted_settings(documents), clock.now()
    people = load_people([customer], documents, country=salon.country, signing_key=deployment.signing_key, now=now)
    person = people[customer.id]
    channel = reachable(person, "service", salon=salon, settings=settings, now=now)
    if isinstance(channel, Excluded) or channel != "whatsapp":
        return None
    slot = Slot(
        start=booking.start_time,
        end=booking.end_time,
        service_id=booking.service_ids[0],
        staff_id=booking.staff_id,
    )
    when = spoken_time(booking.start_time, salon.zone, salon.spoken_to(customer.locale), now=now)
    question = Selected(
        person=person,
        consent="service",
        channel=channel,
        source="booked",
        purpose="visit_question",
        variables={"name": greeted_by(customer.name), "when": when, "salon": salon.name},
        deadline=booking.start_time - LATEST,
        guard=(Condition(condition="booking_stands", about=booking.id, slot=slot),),
    )
    return Proposal(
        agent=AGENT,
        outreach_type="no_show_prevention",
        trigger_id=booking.id,
        trigger_type="booking",
        people=[question],
        salon=salon,
        settings=settings,
        now=now,
        signing_key=deployment.signing_key,
    )
