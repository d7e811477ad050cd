"""The trade of a simulated salon: what its calendar frees, the offers it makes, what people answer, what is sold. All of it by
the suite's own pure decisions, driven directly: what is free (reconcile.reconcile), who may be asked (candidates.judged),
whether a yes still counts (acceptance.judge) and what else a late one may get (another_slot.suiting). Whom to ask when, a
policy says."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Literal, NamedTuple

from bench.policy_agenda import GAPS_DUE, HOURLY, OFFERS_END, Agenda
from bench.policy_answers import People
from bench.policy_calendar import Calendar
from bench.policy_clientele import Clientele
from bench.policy_world import START, World
from functions.clean_up.learn_acceptance import LATE_YES
from functions.fill_gap import best_slot, offered_slot
from functions.fill_gap.allowance import Allowance, allowance_of
from functions.fill_gap.another_slot import could_suit, not_to_be_offered, suiting
from functions.fill_gap.candidates import CHAIN_DEPTH, Candidate, judged, most_given_away
from functions.fill_gap.criteria import Criteria
from functions.fill_gap.discounts import discount_left, discount_of_round, discounted
from functions.fill_gap.offer_another import BEFORE, LOOKED_AT, OWN_BOOKINGS, TRIED, another_id
from functions.fill_gap.prospect import PURPOSE, Prospect
from functions.fill_gap.round_documents import AGENT
from functions.fill_gap.run_campaign import LOOKED_AT_AGAIN_AFTER
from local.customers import Reaction
from shared.asking.acceptance_rates import AcceptanceRates
from shared.asking.limits import AskCounters
from shared.asking.load_asks import RECENT
from shared.asking.outreach import OfferDetails, Outreach
from shared.calendar.booking import Booking, sold
from shared.calendar.campaign import Campaign
from shared.calendar.gap import Gap, campaigned, filled, looked_at
from shared.calendar.service import Service
from shared.customers.waitlist import WaitlistEntry
from shared.messaging.outgoing import Delivery, OutgoingStatus
from shared.records.audit import Amended
from shared.records.stored import natural_id
from shared.sales import acceptance
from shared.sales.acceptance import NotHonoured, Refusal
from shared.sales.refuse_yes import COME_TOO_LATE
from shared.values.stretches import Stretch

DAY = timedelta(days=1)


@contextmanager
def slots_remembered() -> Iterator[None]:
    """Where a service fits best in a gap as it is bounded is worked out once: it is most of the work."""
    found: dict[Any, Stretch | None] = {}

    def remembered(gap: Gap, service: Service, *, earliest_start: datetime, **rest: Any) -> Stretch | None:
        earliest = max(earliest_start, gap.start_time)
        bounds = (gap.start_time, gap.end_time, gap.sellable_from, tuple(gap.freed))
        others = (rest["window"], tuple(other.id for other in rest["services"]), tuple(rest["clear_of"]))
        key = (gap.staff_id, service.id, earliest, *bounds, *others)
        if key not in found:
            found[key] = best_slot.best_slot(gap, service, earliest_start=earliest, **rest)
        return found[key]

    original = offered_slot.best_slot
    offered_slot.best_slot = remembered
    try:
        yield
    finally:
        offered_slot.best_slot = original


@dataclass
class Freed:
    """What became of the time of one booking that was cancelled, or that a mover gave up."""

    booking: Booking
    cancelled_at: datetime
    given_up: bool = False
    asks: int = 0
    disappointed: int = 0
    filled_at: datetime | None = None
    sellable: bool = True
    predicted: float | None = None
    bound_by: tuple[str, ...] = ()
    """Of the adaptive policy's first round: the predicted chance, and what kept it from its target."""

    @property
    def lead(self) -> timedelta:
        return self.booking.start_time - self.cancelled_at


@dataclass
class Asked:
    """An offer that was made: `ask` as the suite sees it now."""

    ask: Outreach
    candidate: Candidate
    freed: Freed
    reaction: Reaction


class Offered(NamedTuple):
    at: datetime
    customer_id: str
    gap_id: str
    round: int
    source: str
    starts_at: datetime
    probability: float
    discount_percent: float


class Trade:
    """`learns` says whether what becomes of the offers moves the chances that the next ones are judged by."""

    def __init__(self, world: World, people: People, end: datetime, *, learns: bool) -> None:
        self.world = world
        self.agenda = Agenda(START)
        self.calendar = Calendar(world)
        self.clientele = Clientele(world, end)
        self.freed: list[Freed] = []
        self.offers: list[Offered] = []
        self.revenue = Decimal(0)
        self._people = people
        self._asked: dict[str, list[Asked]] = defaultdict(list)
        self._of_customer: dict[str, list[Asked]] = defaultdict(list)
        self._counters = AskCounters()
        self._learned = AcceptanceRates()
        self._unlearned: list[Asked] = []
        for day in range((end - START).days):
            self.agenda.at(START + DAY * day, self._new_day)
        for booking in world.bookings:
            if booking.id in world.cancelled:
                self.agenda.at(world.cancelled[booking.id], partial(self._cancel, booking))
        if learns:
            self.agenda.at(START + timedelta(minutes=7), self._learn, HOURLY)

    @property
    def now(self) -> datetime:
        return self.agenda.now

    def _new_day(self) -> None:
        self.clientele.reckon(self.now)
        horizon = self.now.date() + timedelta(days=self.world.settings.gap.horizon_days)
        for staff_id in sorted({booking.staff_id for booking in self.world.bookings}):
            self._reconcile(staff_id, horizon)

    # The calendar.

    def _cancel(self, booking: Booking) -> None:
        if not self.calendar.booking(booking).occupies:
            return  # They have moved.
        cancelled = booking.cancelled(by="customer", reason="", now=self.now)
        self._give_back(cancelled, Freed(booking, self.now))

    def _give_back(self, cancelled: Booking, freed: Freed) -> None:
        self.freed.append(freed)
        self.calendar.write(cancelled)
        self._reconcile(cancelled.staff_id, cancelled.start_time.date())
        freed.sellable = any(
            gap.is_open and gap.staff_id == cancelled.staff_id and gap.stretch.overlaps(cancelled.stretch)
            for gap in self.calendar.gaps.values()
        )

    def _reconcile(self, staff_id: str, day: date) -> None:
        for change in self.calendar.reconciled(staff_id, day, self.now):
            self._keep(change.document)
            if _announces(change):
                self.agenda.happened_to(change.document.id)

    def _keep(self, gap: Gap) -> None:
        self.calendar.keep(gap)
        if gap.due_at is not None:
            self.agenda.by_the_minute(gap.due_at, partial(self._due, gap.id, gap.due_at), GAPS_DUE, gap.id)

    def _due(self, gap_id: str, due_at: datetime) -> None:
        gap, now = self.calendar.gaps[gap_id], self.now
        if not gap.is_open or gap.due_at != due_at:
            return
        if now >= gap.expires_at:
            self._reconcile(gap.staff_id, date.fromisoformat(gap.date))
            return
        again_at = min(now + LOOKED_AT_AGAIN_AFTER, gap.expires_at)
        self._keep(looked_at(gap, again_at=again_at, now=now, actor=AGENT).document)
        self.agenda.happened_to(gap_id)

    def freed_at(self, staff_id: str, stretch: Stretch) -> list[Freed]:
        """Whose time this was, last given back first."""
        return [
            freed
            for freed in reversed(self.freed)
            if freed.booking.staff_id == staff_id and freed.booking.stretch.overlaps(stretch)
        ]

    # What a policy may do, and has to know.

    def standing(self, gap: Gap) -> list[Outreach]:
        """The offers of this gap that are still awaited; what it no longer holds is withdrawn."""
        offers = [asked for asked in self._asked[gap.id] if asked.ask.is_open]
        for asked in offers:
            if not gap.is_open or not _holds(gap, asked.ask):
                _become(asked, "expired", withdrawn=True)
                self.agenda.happened_to(gap.id)
        return [asked.ask for asked in offers if asked.ask.is_open]

    def asked_about(self, gap: Gap) -> int:
        return len(self._asked[gap.id])

    def campaign(self, gap: Gap, campaign: Campaign) -> Gap:
        if campaign == gap.campaign:
            return gap
        moved = campaigned(gap, campaign, now=self.now, actor=AGENT).document
        self._keep(moved)
        return moved

    def allowance(self) -> int:
        zone, limits = self.world.salon.zone, self.world.settings.limits
        return self._counters.left(AGENT, limits=limits, now=self.now, zone=zone)

    def allowance_of(self, gap: Gap) -> Allowance:
        """What of it this gap may use now."""
        return allowance_of(
            gap,
            list(self.calendar.gaps.values()),
            agent=AGENT,
            counters=self._counters,
            settings=self.world.settings,
            now=self.now,
            zone=self.world.salon.zone,
        )

    def allowance_again_at(self) -> datetime:
        zone, limits = self.world.salon.zone, self.world.settings.limits
        return self._counters.next_free_at(AGENT, limits=limits, now=self.now, zone=zone)

    def ask(self, chosen: Sequence[Candidate], gap: Gap, decision_id: str = "") -> None:
        """`decision_id` is that of the round that they are chosen for, if it is one."""
        self._count(chosen)
        for candidate in chosen:
            self._ask(candidate, gap, natural_id("out", gap.id, candidate.prospect.customer.id, decision_id))

    def judged(self, gap: Gap) -> list[Candidate]:
        given_back, discounts = self.calendar.given_back(gap), self.world.settings.discounts
        criteria = self._criteria(
            gap.services_fittable,
            cancelled_by=frozenset(booking.customer_id for booking in given_back if booking.customer_id),
            chain_depth=max((booking.chain_depth for booking in given_back), default=0),
            discount=discount_of_round(gap.campaign, discounts),
            discount_left=discount_left(
                discounts, given_away=self._counters.given_away_on(self.now, self.world.salon.zone)
            ),
        )
        return judged(self.clientele.prospects(gap, self._asks_of, self.now), gap, criteria)

    def _count(self, chosen: Sequence[Candidate]) -> None:
        now, zone = self.now, self.world.salon.zone
        counted = self._counters.counted(AGENT, len(chosen), now=now, zone=zone)
        self._counters = counted.gave_away(most_given_away(chosen), now, zone)

    def _criteria(self, service_ids: Iterable[str], **others: Any) -> Criteria:
        services = {id: self.world.services[id] for id in service_ids}
        return Criteria(self.world.salon, services, self.world.settings, self._learned, self.now, **others)

    def waits(self, wish: WaitlistEntry) -> bool:
        """Whoever has an offer open for their wish is not waiting meanwhile."""
        offered = any(ask.is_open and ask.waitlist_entry_id == wish.id for ask in self._asks_of(wish.customer_id))
        return self.clientele.waits(wish, self.now) and not offered

    def _asks_of(self, customer_id: str) -> list[Outreach]:
        return [asked.ask for asked in self._of_customer.get(customer_id, ())]

    # The offers.

    def _ask(self, candidate: Candidate, gap: Gap, id: str, instead_of: str | None = None) -> None:
        now, prospect, slot, service = self.now, candidate.prospect, candidate.slot, candidate.service
        assert slot is not None and service is not None and candidate.deadline is not None, (
            "whoever is chosen has a slot"
        )
        customer = prospect.customer
        reaction = self._people.react(
            customer_id=customer.id,
            about=gap.id,
            circumstance=self.clientele.circumstance(customer.id, slot, now),
            purpose=PURPOSE[prospect.source],
            ignored=prospect.ignored,
            sent_at=now,
            starts_at=slot.start,
        )
        price = discounted(service.price, candidate.discount_percent, self.world.salon.currency)
        ask = Outreach.model_construct(
            id=id,
            created_at=now,
            agent_name=AGENT,
            customer_id=customer.id,
            customer_phone=customer.phone,
            consent_purpose=PURPOSE[prospect.source],
            trigger_id=gap.id,
            round=gap.campaign.round,
            slot=slot,
            source=prospect.source,
            segment=prospect.segment,
            probability=candidate.probability,
            waitlist_entry_id=prospect.entry.id if prospect.entry else None,
            moves_booking_id=prospect.moves.id if prospect.moves else None,
            chain_depth=candidate.chain_depth,
            instead_of=instead_of,
            offer_details=OfferDetails.model_construct(price=price),
            status="delivered" if reaction.delivered else "sent",
            attempts=1,
            delivery=Delivery(message_id="SM", sent_at=now),
            expires_at=candidate.deadline,
        )
        asked = Asked(ask, candidate, self.freed_at(gap.staff_id, slot.stretch)[0], reaction)
        self._asked[gap.id].append(asked)
        self._of_customer[customer.id].append(asked)
        self._unlearned.append(asked)
        asked.freed.asks += 1
        likely, percent = candidate.probability, candidate.discount_percent
        self.offers.append(Offered(now, customer.id, gap.id, ask.round, ask.source, slot.start, likely, percent))
        self.agenda.by_the_minute(ask.expires_at, partial(self._end, asked, "expired"), OFFERS_END, ask.id)
        if not reaction.delivered:
            self.agenda.at(reaction.reported_at, partial(self._end, asked, "failed"))
        elif reaction.answer is not None and reaction.answers_at is not None:
            self.agenda.at(reaction.answers_at, partial(self._answer, asked))

    def _learn(self) -> None:
        """Hourly, from offers whose deadline is two hours past, as the suite's own cleaning up does."""
        due = [asked for asked in self._unlearned if asked.ask.expires_at <= self.now - LATE_YES]
        for asked in due:
            self._unlearned.remove(asked)
            if asked.ask.slot and asked.reaction.delivered:
                answer, answers_at = asked.reaction.answer, asked.reaction.answers_at
                self._learned = self._learned.with_answer(
                    asked.ask.source,
                    asked.ask.segment,
                    asked.ask.slot.start - asked.ask.created_at,
                    accepted=answer == "accept" and answers_at is not None and answers_at <= self.now,
                )
        self.agenda.at(self.now + timedelta(hours=1), self._learn, HOURLY)

    def _end(self, asked: Asked, status: Literal["expired", "failed"]) -> None:
        if asked.ask.is_open:
            _become(asked, status)
            self.agenda.happened_to(asked.ask.trigger_id)

    def _answer(self, asked: Asked) -> None:
        customer_id = asked.ask.customer_id
        match asked.reaction.answer:
            case "accept":
                self._accept(asked)
            case "decline":
                _become(asked, "responded")
                self.agenda.happened_to(asked.ask.trigger_id)
            case "opt_out":
                self.clientele.opted_out(customer_id)
                for one in self._of_customer[customer_id]:
                    if one.ask.is_open:
                        _become(one, "responded")
                        self.agenda.happened_to(one.ask.trigger_id)

    def _accept(self, asked: Asked) -> None:
        ask, slot, prospect, now = asked.ask, asked.ask.slot, asked.candidate.prospect, self.now
        assert slot is not None and ask.offer_details is not None, "an offer has its slot"
        moved = prospect.moves if prospect.moves and self.clientele.stands(prospect.moves, now) else None
        bookings, gaps = self.calendar.staff_day(slot)
        verdict = acceptance.judge(
            ask,
            gaps=gaps,
            staff_bookings=bookings,
            customer_bookings=[one for one in self.clientele.booked(ask.customer_id, now) if one is not moved],
            services={},
            minimum_notice_minutes=self.world.settings.gap.minimum_notice_minutes,
            now=now,
        )
        if isinstance(verdict, NotHonoured):
            asked.freed.disappointed += 1
            _become(asked, "responded")
            self._offer_another(asked, verdict.refusal)
            return
        _become(asked, "responded")
        sale = sold(
            id=natural_id("bkg", ask.id),
            customer_id=ask.customer_id,
            staff_id=slot.staff_id,
            service_ids=[slot.service_id],
            stretch=slot.stretch,
            price=ask.offer_details.price,
            outreach_id=ask.id,
            gap_id=verdict.gap.id,
            now=now,
            rescheduled_from=moved.id if moved else None,
        )
        self.revenue += sale.price - (moved.price if moved else 0)
        for freed in self.freed_at(slot.staff_id, slot.stretch):
            freed.filled_at = freed.filled_at or now
        self._keep(filled(verdict.gap, sale.id, now=now, actor=AGENT, ours=True).document)
        self.agenda.happened_to(verdict.gap.id)
        self.clientele.sold(sale)
        self.calendar.write(sale)
        self._reconcile(sale.staff_id, sale.start_time.date())
        if moved is not None:
            self.clientele.gave_up(moved, now)
            cancelled = moved.cancelled(by="customer", reason=f"moved to {sale.id}", now=now)
            self._give_back(cancelled.changed(chain_depth=ask.chain_depth), Freed(moved, now, given_up=True))

    def _offer_another(self, asked: Asked, refusal: Refusal) -> None:
        """Whoever said yes too late hears of another time, if one suits."""
        lost, prospect, now, settings = asked.ask, self._late(asked), self.now, self.world.settings
        if refusal not in COME_TOO_LATE or prospect is None or lost.slot is None:
            return
        after = max(now, lost.slot.start - BEFORE)
        gaps = [
            gap
            for gap in self.calendar.gaps.values()
            if gap.is_open and lost.slot.service_id in gap.services_fittable and gap.expires_at > after
        ]
        gaps = sorted(gaps, key=lambda gap: (gap.expires_at, gap.id))[:LOOKED_AT]
        gaps = [gap for gap in gaps if could_suit(gap, lost.slot, prospect.entry, settings)]
        criteria = self._criteria(self.world.services)
        if not gaps or not_to_be_offered(prospect, lost, "whatsapp", allowance=self.allowance(), criteria=criteria):
            return
        for gap, candidate in suiting(prospect, lost, gaps, criteria, "whatsapp")[:TRIED]:
            depth = max((booking.chain_depth for booking in self.calendar.given_back(gap)), default=0)
            if self._promised(gap, candidate) or (prospect.moves and depth >= CHAIN_DEPTH):
                continue
            campaign = gap.campaign
            gap = self.campaign(gap, campaign.changed(asked=campaign.asked + 1, wave=campaign.wave + 1))
            self._count([candidate])
            candidate = replace(candidate, chain_depth=depth + 1 if prospect.moves else 0)
            self._ask(candidate, gap, another_id(lost.id), instead_of=lost.id)
            return

    def _late(self, asked: Asked) -> Prospect | None:
        """As somebody who has just said yes to something like it. None where what they wanted it for is over."""
        lost, before, now = asked.ask, asked.candidate.prospect, self.now
        if before.moves and not self.clientele.stands(before.moves, now):
            return None
        if before.entry and self.clientele.has_been_served(before.entry):
            return None
        booked = (one for one in self.clientele.booked(lost.customer_id, now) if one.start_time > now - DAY)
        return Prospect(
            customer=before.customer,
            source="late_yes",
            service_id=lost.slot.service_id if lost.slot else "",
            entry=before.entry,
            moves=before.moves,
            segment=lost.segment,
            bookings=tuple(sorted(booked, key=lambda one: one.start_time)[:OWN_BOOKINGS]),
            asks=tuple(ask for ask in self._asks_of(lost.customer_id) if ask.created_at > now - RECENT),
            opted_out=self.clientele.withdrawn(lost.customer_id),
        )

    def _promised(self, gap: Gap, candidate: Candidate) -> bool:
        slot = candidate.slot
        theirs = (asked.ask for asked in self._asked[gap.id] if asked.ask.is_open)
        return slot is None or any(ask.slot and ask.slot.stretch.overlaps(slot.stretch) for ask in theirs)


def _become(asked: Asked, status: OutgoingStatus, *, withdrawn: bool = False) -> None:
    asked.ask = asked.ask.model_copy(update={"status": status, "withdrawn": withdrawn})


def _holds(gap: Gap, ask: Outreach) -> bool:
    return ask.slot is not None and gap.stretch.contains(ask.slot.stretch)


def _announces(change: Amended[Gap]) -> bool:
    return change.record.announces is not None
