"""Asks whoever waits for a service that fits a new gap whether its time would suit them."""

from datetime import timedelta

from functions.ask_waitlist.ask_everybody import ask_everybody
from shared.asking.decision import Agent
from shared.asking.guard import Condition
from shared.asking.load_people import load_people
from shared.asking.person import Excluded, Person, reachable
from shared.asking.proposal import Asked, NobodyAsked, Proposal, Selected
from shared.asking.slot import Slot
from shared.calendar.gap import Gap
from shared.customers.customer import Customer
from shared.customers.waitlist import WaitlistEntry
from shared.messaging.greeting import greeted_by
from shared.messaging.spoken import spoken_time
from shared.ports import Clock, Deployment, Documents, Query
from shared.records.read_documents import readable, readable_one
from shared.salon.load_salon import salon_of
from shared.salon.load_settings import accepted_settings

AGENT: Agent = "waitlist_agent"
ANSWER_WITHIN = timedelta(hours=1)
AT_MOST = 20


def ask_about_gap(gap_id: str, *, documents: Documents, clock: Clock, deployment: Deployment) -> Asked | NobodyAsked:
    gap = readable_one(Gap, documents.get(f"gaps/{gap_id}"))
    if gap is None or not gap.is_open or not gap.freed:
        return NobodyAsked("no time that was given back")
    salon, settings, now = salon_of(documents, documents.salon_id), accepted_settings(documents), clock.now()
    service_id, freed = gap.services_fittable[0], gap.freed[0]
    slot = Slot(start=freed.start, end=freed.end, service_id=service_id, staff_id=gap.staff_id)
    on_offer = Condition(condition="slot_on_offer", about=gap.id, slot=slot)

    def selected(person: Person) -> Selected | None:
        channel = reachable(person, "service", salon=salon, settings=settings, now=now)
        if isinstance(channel, Excluded) or channel != "whatsapp":
            return None
        locale = salon.spoken_to(person.customer.locale)
        when = spoken_time(slot.start, salon.zone, locale, now=now)
        return Selected(
            person=person,
            consent="service",
            channel=channel,
            source="waitlist",
            purpose="waitlist_question",
            variables={"name": greeted_by(person.customer.name), "when": when, "salon": salon.name},
            deadline=min(now + ANSWER_WITHIN, slot.start),
            guard=(on_offer,),
        )

    waiting = Query(
        "waitlist",
        where=(("service_ids", "array_contains", service_id), ("status", "==", "waiting")),
        order_by=("created_at",),
        limit=AT_MOST,
    )
    ids = dict.fromkeys(entry.customer_id for entry in readable(WaitlistEntry, documents.query(waiting)))
    customers = readable(Customer, documents.get_all([f"customers/{id}" for id in ids]))
    people = load_people(customers, documents, country=salon.country, signing_key=deployment.signing_key, now=now)
    proposal = Proposal(
        agent=AGENT,
        outreach_type="waitlist_promotion",
        trigger_id=gap.id,
        trigger_type="gap",
        people=[found for person in people.values() if (found := selected(person)) is not None],
        salon=salon,
        settings=settings,
        now=now,
        signing_key=deployment.signing_key,
    )
    return ask_everybody(proposal, documents=documents, clock=clock)
