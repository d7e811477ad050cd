"""Job ask_back -> everybody who has nothing booked is asked back; ASK_ANSWERED -> the owner hears what they say."""

from datetime import timedelta
from decimal import Decimal

import functions_framework

from shared.adapters import clock, deliveries, firestore, settings, triggers
from shared.asking.ask_people import ask_people
from shared.asking.decision import Context, Decision, RevenueImpact
from shared.asking.guard import Condition
from shared.asking.load_people import load_people
from shared.asking.person import Excluded, Person, reachable
from shared.asking.proposal import Allowed, Asked, Choice, Group, NobodyAsked, Proposal, Selected
from shared.customers.customer import Customer
from shared.ports import Documents, Query, Reader
from shared.records.audit import record_fact
from shared.records.commit import fact
from shared.records.events import SalonEvent
from shared.records.read_documents import readable
from shared.records.stored import natural_id
from shared.salon.load_salon import salon_of
from shared.salon.load_settings import accepted_settings


@functions_framework.cloud_event
@triggers.on_any
def ask_back(event: deliveries.Event) -> triggers.Outcome:
    match event:
        case SalonEvent():
            return _tell(event, firestore.store().salon(event.salon_id))
        case deliveries.Job():
            return _ask(firestore.store().salon(event.salon_id))
    raise triggers.unexpected(event)


def _ask(documents: Documents) -> Asked | NobodyAsked:
    salon, in_force, now = salon_of(documents, documents.salon_id), accepted_settings(documents), clock.clock().now()
    key = settings.deployment().signing_key
    customers = readable(Customer, documents.query(Query("customers", limit=50)))
    people = load_people(customers, documents, signing_key=key, now=now)

    def selected(person: Person) -> Selected | None:
        channel = reachable(person, "marketing", salon=salon, settings=in_force, now=now)
        if isinstance(channel, Excluded):
            return None
        return Selected(
            person=person,
            consent="marketing",
            channel=channel,
            source="overdue",
            purpose="slot_offer",
            variables={"name": person.customer.called, "salon": salon.name, "service": "a cut", "staff": "us"}
            | {"when": "again", "price": "the usual price", "until": "tonight"},
            deadline=now + timedelta(hours=2),
            guard=(Condition(condition="no_future_booking", about=person.customer.id),),
        )

    proposal = Proposal(
        agent="retention_agent",
        outreach_type="retention",
        trigger_id="today",
        trigger_type="schedule",
        people=[found for person in people.values() if (found := selected(person)) is not None],
        salon=salon,
        settings=in_force,
        now=now,
        signing_key=key,
    )

    def choose(_: None, allowed: Allowed) -> Choice | NobodyAsked:
        chosen = tuple(each.id for each in proposal.ready(allowed)[: allowed.left])
        if not chosen:
            return NobodyAsked("nobody to ask")
        why_not = {id: why.reason for id, why in allowed.excluded.items()}
        decision = Decision(
            id=natural_id("dec", proposal.agent, now),
            salon_id=salon.id,
            created_at=now,
            updated_at=now,
            agent_name=proposal.agent,
            decision_type="retention",
            autonomy_level="full_auto",
            context=Context(trigger_id="today", trigger_type="schedule"),
            action_taken="outreach_initiated",
            action_details={"asked": list(chosen)},
            reasons=["they have nothing booked"],
            considered=[{"customer_id": each.id, "excluded": why_not.get(each.id)} for each in proposal.people],
            settings_version=in_force.version,
            dry_run=not proposal.live,
            revenue_impact=RevenueImpact(potential=Decimal(0), actual=Decimal(0), currency=salon.currency),
            expires_at=now + timedelta(hours=2),
        )
        return Choice(alone=Group(chosen, decision))

    def load(reader: Reader) -> None:
        return None

    return ask_people(
        proposal, load=load, choose=choose, pointless=lambda: None, documents=documents, clock=clock.clock()
    )


def _tell(event: SalonEvent, documents: Documents) -> triggers.Outcome:
    said = f"a customer was asked back: {event.payload['result']}"
    record = record_fact(
        salon_id=documents.salon_id,
        resource_type="outreach",
        resource_id=event.resource_id,
        version=event.event_id,
        now=clock.clock().now(),
        actor="ask_back",
        event="alert_triggered",
        action="An answer came in",
        announces="ALERT_TRIGGERED",
        payload={"reason": said},
    )
    documents.commit(fact(record))
    return "told"
