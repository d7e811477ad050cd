"""Offers another open slot to a customer whose yes came too late, if one suits: an offer like any other, to this customer alone.

Several who come too late together may be offered the same slot: the commit fails where its gap, or the salon's count of asks,
was written meanwhile, and the caller looks again.
"""

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from functions.fill_gap.another_slot import could_suit, not_to_be_offered, suiting
from functions.fill_gap.candidates import CHAIN_DEPTH, Candidate
from functions.fill_gap.criteria import Criteria
from functions.fill_gap.load_offers import open_to_anybody
from functions.fill_gap.load_staff_name import load_staff_name
from functions.fill_gap.offer_purpose import offer_purpose
from functions.fill_gap.prospect import Prospect
from functions.fill_gap.round_documents import AGENT, RoundContext, proposal_of, round_decision
from functions.fill_gap.round_plan import Round
from functions.fill_gap.settings import Settings
from shared.asking.acceptance_rates import AcceptanceRates
from shared.asking.check_breaker import MayAsk, may_ask
from shared.asking.count_asks import counted, counters_to_change
from shared.asking.decision import decide
from shared.asking.load_people import load_people
from shared.asking.outreach import Outreach, another_id, request
from shared.asking.proposal import outreach_to
from shared.asking.slot import Slot
from shared.calendar.booking import LONGEST_BOOKING, Booking
from shared.calendar.gap import Gap, campaigned
from shared.calendar.load_booking import booking_of
from shared.calendar.load_calendar import given_back
from shared.calendar.load_rooms import all_services, bookings_around
from shared.calendar.occupied import resources_free
from shared.customers.customer import Customer
from shared.customers.load_customer import customer_of
from shared.customers.move_waitlist import waitlist_moved
from shared.customers.waitlist import WaitlistEntry
from shared.messaging.message import Inbound
from shared.messaging.rendering import unsigned_text
from shared.messaging.spoken import spoken_time
from shared.ports import Documents, Query, Reader, Snapshot, Write
from shared.records.commit import create, update
from shared.records.read_documents import readable, readable_one
from shared.records.stored import natural_id
from shared.sales import acceptance
from shared.salon.salon import Salon

LOOKED_AT = 20
"""How many open gaps are read, those that end soonest first."""
TRIED = 4
"""How many of the slots that suit are checked against the bookings before the search is given up."""
OWN_BOOKINGS = 30
"""How many of the customer's own bookings are read."""
BEFORE = timedelta(hours=12)
"""How long before the time they wanted a gap may end: it may lie earlier on the same day."""


@dataclass(frozen=True)
class LateYes:
    """A yes that came too late, and by which message, if by one."""

    lost: Outreach
    said: Inbound | None
    salon: Salon
    settings: Settings
    signing_key: bytes
    now: datetime

    @property
    def channel(self) -> Literal["whatsapp", "sms"]:
        if self.said is not None:
            return self.said.channel
        return "sms" if self.lost.channel == "sms" else "whatsapp"


def offer_another(late: LateYes, documents: Documents) -> list[Write] | None:
    """Finds another slot for the late yes and returns the writes that offer it, to be committed with the mark that it is
    answered. None where nothing suits or may be offered."""
    lost, now, settings = late.lost, late.now, late.settings
    wish = documents.get(f"waitlist/{lost.waitlist_entry_id}") if lost.waitlist_entry_id else None
    entry = readable_one(WaitlistEntry, wish)
    if lost.slot is None or (lost.waitlist_entry_id and entry is None):
        return None
    read = _open_gaps(lost.slot, documents, now)
    gaps = [Gap.model_validate(snapshot.data) for snapshot in read.values()]
    gaps = [gap for gap in gaps if could_suit(gap, lost.slot, entry, settings)]
    if not gaps or may_ask(AGENT, documents=documents, settings=settings, now=now) != MayAsk():
        return None
    # Read before the asks that it counts: whoever is asked meanwhile has counted, and the commit fails.
    counters, counters_read = counters_to_change(documents)
    prospect = _prospect(late, entry, documents)
    if prospect is None:
        return None
    allowance = counters.left(AGENT, limits=settings.limits, now=now, zone=late.salon.zone)
    criteria = _criteria(late, documents)
    if not_to_be_offered(prospect, lost, late.channel, allowance=allowance, criteria=criteria) is not None:
        return None
    for gap, candidate in suiting(prospect, lost, gaps, criteria, late.channel)[:TRIED]:
        if (checked := _checked(candidate, gap, documents)) is not None:
            count = counters.counted(AGENT, 1, now=now, zone=late.salon.zone)
            return [*_offer(checked, gap, read[gap.id], late, documents), counted(count, counters_read)]
    return None


def _open_gaps(wanted: Slot, documents: Reader, now: datetime) -> dict[str, Snapshot]:
    query = Query(
        "gaps",
        where=(
            ("services_fittable", "array_contains", wanted.service_id),
            ("status", "==", "open"),
            ("expires_at", ">", max(now, wanted.start - BEFORE)),
        ),
        order_by=("expires_at",),
        limit=LOOKED_AT,
    )
    return {snapshot.id: snapshot for snapshot in documents.query(query)}


def _prospect(late: LateYes, entry: WaitlistEntry | None, documents: Reader) -> Prospect | None:
    """The customer as a prospect, or None where what they wanted the slot for is over."""
    lost, customer = late.lost, customer_of(documents, late.lost.customer_id)
    if customer is None or lost.slot is None:
        return None
    moves = booking_of(documents, lost.moves_booking_id) if lost.moves_booking_id else None
    if lost.moves_booking_id and (moves is None or not moves.occupies):
        return None
    people = load_people([customer], documents, country=late.salon.country, signing_key=late.signing_key, now=late.now)
    person = people[customer.id]
    return Prospect(
        customer=person.customer,
        source="late_yes",
        service_id=lost.slot.service_id,
        entry=entry,
        moves=moves,
        segment=lost.segment,
        bookings=tuple(_bookings_of(customer, documents, late.now)),
        asks=person.asks,
        opted_out=person.opted_out,
        unanswered=person.unanswered,
    )


def _bookings_of(customer: Customer, documents: Reader, now: datetime) -> list[Booking]:
    query = Query(
        "bookings",
        where=(("customer_id", "==", customer.id), ("start_time", ">", now - LONGEST_BOOKING)),
        order_by=("start_time",),
        limit=OWN_BOOKINGS,
    )
    return readable(Booking, documents.query(query))


def _criteria(late: LateYes, documents: Reader) -> Criteria:
    learned = documents.get(AcceptanceRates.path)
    return Criteria(
        salon=late.salon,
        services={id: service for id, service in all_services(documents).items() if service.active},
        settings=late.settings,
        learned=AcceptanceRates.model_validate(learned.data) if learned else AcceptanceRates(),
        now=late.now,
    )


def _checked(candidate: Candidate, gap: Gap, documents: Reader) -> Candidate | None:
    """The candidate if the slot is free indeed, else None: its time may be promised to another, booked without the gap knowing,
    or out of a mover's reach."""
    slot, service = candidate.slot, candidate.service
    assert slot is not None and service is not None, "whoever may be offered something has a slot"
    if any(offer.slot and offer.slot.stretch.overlaps(slot.stretch) for offer in open_to_anybody(documents, gap.id)):
        return None
    services = all_services(documents)
    around = bookings_around(slot.stretch, services, documents)
    if acceptance.takes([each for each in around if each.staff_id == slot.staff_id], slot, services):
        return None
    if not resources_free(service, slot.stretch, around, services):
        return None
    if candidate.prospect.moves is None:
        return candidate
    depth = max((booking.chain_depth for booking in given_back(gap, documents)), default=0)
    return dataclasses.replace(candidate, chain_depth=depth + 1) if depth < CHAIN_DEPTH else None


def _offer(candidate: Candidate, gap: Gap, read: Snapshot, late: LateYes, documents: Reader) -> list[Write]:
    lost, now = late.lost, late.now
    assert lost.slot is not None and candidate.channel is not None
    context = RoundContext(gap, late.salon, late.settings, (), now, late.signing_key)
    plan = Round((candidate,), (), 0, now, candidate.probability, candidate.reasons)
    decision = round_decision(gap.campaign.round, plan, [candidate], [candidate], context).changed(
        id=natural_id("dec", lost.id, "another"), action_taken="another_slot_offered"
    )
    proposal = proposal_of([candidate], context, load_staff_name(gap, documents))
    made = outreach_to(proposal.people[0], proposal, decision.id, round=gap.campaign.round)
    purpose = offer_purpose(candidate.channel, made.customer_phone, instead=True)
    lost_when = spoken_time(lost.slot.start, late.salon.zone, made.locale, now=now)
    variables = {**made.variables, "lost_when": lost_when}
    made = made.changed(
        id=another_id(lost.id),
        outreach_type="rebooking",
        instead_of=lost.id,
        purpose=purpose,
        sms_purpose=offer_purpose("sms", made.customer_phone, instead=True),
        variables=variables,
        message=unsigned_text(purpose, made.locale, variables),
    )
    campaign = gap.campaign.changed(asked=gap.campaign.asked + 1, wave=gap.campaign.wave + 1)
    entry = candidate.prospect.entry
    return [
        *create(decide(decision, now=now)),
        *create(request(made, now=now, reasons=list(candidate.reasons))),
        *update(campaigned(gap, campaign, now=now, actor=AGENT, details={"outreach_id": made.id}), read),
        *(waitlist_moved(entry, "offered", salon_id=gap.salon_id, now=now, about=made.id) if entry else ()),
    ]
