"""One salon month under one policy. `adaptive` is the suite's own pure decisions, driven directly: what is free
(reconcile.reconcile), who may be asked (candidates.judged), what comes next (campaign.next_step), how many at once
(campaign.plan_round), whether a yes still counts (acceptance.judge) and what else a late one may get (another_slot.suiting),
under its limits. `sequential` and `blast` ask the same people in the same order under the same limits; only how many and when
differ.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Literal, NamedTuple

from bench.policy_agenda import GAPS_DUE, HOURLY, OFFERS_END, Agenda
from bench.policy_answers import People
from bench.policy_calendar import Calendar
from bench.policy_clientele import Clientele
from bench.policy_world import MONTH, START, World
from local.customers import Reaction
from shared.domain import acceptance, candidates, plan
from shared.domain.acceptance import NotHonoured, Refusal
from shared.domain.another_slot import could_suit, not_to_be_offered, suiting
from shared.domain.audit import Amended
from shared.domain.booking import Booking, sold
from shared.domain.campaign import Ask, End, NoRound, Situation, Wait, next_step, one_each, plan_round
from shared.domain.candidates import CHAIN_DEPTH, PURPOSE, Candidate, Prospect, Terms, judged
from shared.domain.discounts import discount_of_round, discounted, most_given_away
from shared.domain.gap import Campaign, Gap, announced_due, campaigned, filled
from shared.domain.learned import Learned
from shared.domain.limits import AskCounters
from shared.domain.outgoing import Delivery, OutgoingStatus
from shared.domain.outreach import OfferDetails, Outreach
from shared.domain.reply_model import Awaited
from shared.domain.service import Service
from shared.domain.stored import natural_id
from shared.domain.stretches import Stretch
from shared.use_cases.clean_up import LATE_YES
from shared.use_cases.expire_outreach import ANNOUNCE_AGAIN
from shared.use_cases.find_prospects import REMEMBERED
from shared.use_cases.offer_another import BEFORE, LOOKED_AT, OWN_BOOKINGS, TRIED, another_id
from shared.use_cases.refuse import COME_TOO_LATE
from shared.use_cases.round_documents import AGENT

Policy = Literal["sequential", "blast", "adaptive"]
POLICIES: tuple[Policy, ...] = ("sequential", "blast", "adaptive")
SEQUENTIAL_ASKS, SEQUENTIAL_WAITS = 5, timedelta(minutes=15)
BLAST_ASKS = 20
REACHED = "nothing: the target is reached"
NOBODY_RETRY = timedelta(minutes=30)
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
            found[key] = plan.slot_at(gap, service, earliest_start=earliest, **rest)
        return found[key]

    original = candidates.slot_at
    candidates.slot_at = remembered
    try:
        yield
    finally:
        candidates.slot_at = original


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
    """An offer that was made: `ask` as the domain sees it now."""

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


@dataclass(frozen=True)
class Outcome:
    """`revenue` is what was sold less what movers gave up."""

    freed: list[Freed]
    gaps: dict[str, Gap]
    asks: list[Offered]
    opt_outs: int
    revenue: Decimal


@dataclass
class Month:
    world: World
    policy: Policy
    people: People
    end: datetime = START + MONTH
    _agenda: Agenda = field(default_factory=lambda: Agenda(START))
    _freed: list[Freed] = field(default_factory=list)
    _asked: dict[str, list[Asked]] = field(default_factory=lambda: defaultdict(list))
    _of_customer: dict[str, list[Asked]] = field(default_factory=lambda: defaultdict(list))
    _counters: AskCounters = field(default_factory=AskCounters)
    _learned: Learned = field(default_factory=Learned)
    _unlearned: list[Asked] = field(default_factory=list)
    _done: list[Offered] = field(default_factory=list)
    _revenue: Decimal = Decimal(0)
    _limited: set[str] = field(default_factory=set)
    """What a baseline could not ask yet, for want of allowance."""

    def run(self) -> Outcome:
        self._clientele = Clientele(self.world, self.end)
        self._calendar = Calendar(self.world)
        for day in range((self.end - START).days):
            self._agenda.at(START + DAY * day, self._new_day)
        for booking in self.world.bookings:
            if booking.id in self.world.cancelled:
                self._agenda.at(self.world.cancelled[booking.id], partial(self._cancel, booking))
        if self.policy == "adaptive":
            self._agenda.at(START + timedelta(minutes=7), self._learn, HOURLY)
        with slots_remembered():
            self._agenda.run(self.end, self._look)
        return Outcome(self._freed, self._calendar.gaps, self._done, self._clientele.opt_outs, self._revenue)

    @property
    def _now(self) -> datetime:
        return self._agenda.now

    def _new_day(self) -> None:
        self._clientele.reckon(self._now)
        horizon = self._now.date() + timedelta(days=self.world.settings.gap.horizon_days)
        for staff_id in sorted({booking.staff_id for booking in self.world.bookings}):
            self._reconcile(staff_id, horizon)

    # The calendar.

    def _cancel(self, booking: Booking) -> None:
        if not self._calendar.booking(booking).occupies:
            return  # They have moved.
        cancelled = booking.cancelled(by="customer", reason="", now=self._now)
        self._give_back(cancelled, Freed(booking, self._now))

    def _give_back(self, cancelled: Booking, freed: Freed) -> None:
        self._freed.append(freed)
        self._calendar.write(cancelled)
        self._reconcile(cancelled.staff_id, cancelled.start_time.date())
        freed.sellable = any(
            gap.is_open and gap.staff_id == cancelled.staff_id and gap.stretch.overlaps(cancelled.stretch)
            for gap in self._calendar.gaps.values()
        )

    def _reconcile(self, staff_id: str, day: date) -> None:
        for change in self._calendar.reconciled(staff_id, day, self._now):
            self._keep(change.document)
            if _announces(change):
                self._agenda.happened_to(change.document.id)

    def _keep(self, gap: Gap) -> None:
        self._calendar.keep(gap)
        if gap.due_at is not None:
            self._agenda.by_the_minute(gap.due_at, partial(self._due, gap.id, gap.due_at), GAPS_DUE, gap.id)

    def _due(self, gap_id: str, due_at: datetime) -> None:
        gap, now = self._calendar.gaps[gap_id], self._now
        if not gap.is_open or gap.due_at != due_at:
            return
        if now >= gap.expires_at:
            self._reconcile(gap.staff_id, date.fromisoformat(gap.date))
            return
        again_at = min(now + ANNOUNCE_AGAIN, gap.expires_at)
        self._keep(announced_due(gap, reason="round_due", again_at=again_at, now=now, actor=AGENT).document)
        self._agenda.happened_to(gap_id)

    def _freed_at(self, staff_id: str, stretch: Stretch) -> list[Freed]:
        """Whose time this was, last given back first."""
        return [
            freed
            for freed in reversed(self._freed)
            if freed.booking.staff_id == staff_id and freed.booking.stretch.overlaps(stretch)
        ]

    # The policies.

    def _look(self, gap_id: str) -> None:
        gap = self._calendar.gaps[gap_id]
        offers = [asked for asked in self._asked[gap_id] if asked.ask.is_open]
        gone = [asked for asked in offers if not gap.is_open or not _holds(gap, asked.ask)]
        for asked in gone:
            _become(asked, "expired", withdrawn=True)
            self._agenda.happened_to(gap_id)
        if not gap.is_open:
            return
        if self.policy == "adaptive":
            self._adaptive(gap, [asked.ask for asked in offers if asked.ask.is_open])
            return
        if gap.campaign.status == "settling":
            if gap.campaign.next_round_at and self._now < gap.campaign.next_round_at:
                return
            gap = self._campaign(gap, gap.campaign.changed(status="running", next_round_at=None))
        if self._quiet():
            self._agenda.at(self._morning(), partial(self._agenda.happened_to, gap_id), GAPS_DUE)
        elif self.policy == "sequential":
            self._sequential(gap)
        else:
            self._blast(gap)

    def _adaptive(self, gap: Gap, offers: list[Outreach]) -> None:
        now, settings = self._now, self.world.settings
        step = next_step(gap, salon=self.world.salon, settings=settings, open_offers=len(offers), now=now)
        match step:
            case Wait(until, reason):
                self._campaign(gap, gap.campaign.postponed(until, reason))
            case End(reason):
                self._campaign(gap, gap.campaign.ended(reason))
            case Ask():
                self._round(gap, step, offers)

    def _round(self, gap: Gap, step: Ask, offers: list[Outreach]) -> None:
        now, settings = self._now, self.world.settings
        round = plan_round(
            self._judged(gap),
            step,
            Situation(
                awaited=tuple(Awaited(ask.probability, now - ask.created_at) for ask in offers),
                allowance=self._allowance(),
                allowance_again_at=self._allowance_again_at(),
                lead=gap.end_time - now,
            ),
            campaign=gap.campaign,
            settings=settings,
            now=now,
        )
        if isinstance(round, NoRound):
            if step.top_up:
                self._campaign(gap, gap.campaign.changed(wave=len(offers)))
            elif round.kind == "enough_asked":
                self._campaign(gap, gap.campaign.changed(wave=len(offers), next_round_at=round.retry_at))
            else:
                self._campaign(gap, gap.campaign.postponed(round.retry_at, round.reason))
            return
        for freed in self._freed_at(gap.staff_id, gap.stretch):
            if freed.predicted is None:
                freed.predicted = round.predicted
                unreachable = "target_unreachable" in round.reasons
                freed.bound_by = (
                    round.reasons[round.reasons.index("target_unreachable") + 1 :] if unreachable else (REACHED,)
                )
        campaign = gap.campaign.running(asked=len(round.chosen), next_round_at=round.next_at, now=now, wave=round.wave)
        gap = self._campaign(gap, campaign)
        self._count(round.chosen)
        decision_id = natural_id("dec", gap.id, campaign.round, "full_auto")
        for candidate in round.chosen:
            self._ask(candidate, gap, decision_id)

    def _campaign(self, gap: Gap, campaign: Campaign) -> Gap:
        if campaign == gap.campaign:
            return gap
        moved = campaigned(gap, campaign, now=self._now, actor=AGENT).document
        self._keep(moved)
        return moved

    def _sequential(self, gap: Gap) -> None:
        """The original: one customer, a quarter of an hour, the next; five in all."""
        asked = self._asked[gap.id]
        if len(asked) >= SEQUENTIAL_ASKS or any(one.ask.is_open for one in asked):
            return
        self._ask_of_the_best(gap, 1, SEQUENTIAL_WAITS)

    def _blast(self, gap: Gap) -> None:
        if not self._asked[gap.id] or gap.id in self._limited:
            self._ask_of_the_best(gap, BLAST_ASKS - len(self._asked[gap.id]), DAY)

    def _ask_of_the_best(self, gap: Gap, most: int, patience: timedelta) -> None:
        if most <= 0:
            return
        self._limited.discard(gap.id)
        allowance = self._allowance()
        if allowance > 0:
            ready = one_each([c for c in self._judged(gap) if c.excluded is None])
            chosen = ready[: min(most, allowance)]
            if not chosen and not self._asked[gap.id]:
                self._agenda.at(self._now + NOBODY_RETRY, partial(self._agenda.happened_to, gap.id), GAPS_DUE)
            self._count(chosen)
            for candidate in chosen:
                deadline = min(self._now + patience, candidate.deadline or self._now)
                self._ask(replace(candidate, deadline=deadline), gap, "")
        if allowance < most:
            self._limited.add(gap.id)
            again_at = self._allowance_again_at()
            self._agenda.by_the_minute(again_at, partial(self._agenda.happened_to, gap.id), GAPS_DUE, gap.id)

    def _allowance(self) -> int:
        zone, limits = self.world.salon.zone, self.world.settings.limits
        return self._counters.left(AGENT, limits=limits, now=self._now, zone=zone)

    def _allowance_again_at(self) -> datetime:
        zone, limits = self.world.salon.zone, self.world.settings.limits
        return self._counters.next_free_at(AGENT, limits=limits, now=self._now, zone=zone)

    def _count(self, chosen: Iterable[Candidate]) -> None:
        chosen, now, zone = list(chosen), self._now, self.world.salon.zone
        counted = self._counters.counted(AGENT, len(chosen), now=now, zone=zone)
        self._counters = counted.gave_away(most_given_away(chosen), now, zone)

    def _quiet(self) -> bool:
        quiet = self.world.settings.quiet_hours
        local = self._now.astimezone(self.world.salon.zone).time()
        return local >= quiet.start or local < quiet.end

    def _morning(self) -> datetime:
        local = self._now.astimezone(self.world.salon.zone)
        quiet = self.world.settings.quiet_hours
        day = local.date() + (DAY if local.time() >= quiet.start else timedelta())
        return datetime.combine(day, quiet.end, local.tzinfo)

    def _judged(self, gap: Gap) -> list[Candidate]:
        given_back = self._calendar.given_back(gap)
        terms = self._terms(
            gap.services_fittable,
            cancelled_by=frozenset(booking.customer_id for booking in given_back if booking.customer_id),
            chain_depth=max((booking.chain_depth for booking in given_back), default=0),
            discount=discount_of_round(
                gap.campaign,
                self.world.settings.discounts,
                given_away=self._counters.given_away_on(self._now, self.world.salon.zone),
            ),
        )
        return judged(self._clientele.prospects(gap, self._asks_of, self._now), gap, terms)

    def _terms(self, service_ids: Iterable[str], **others: Any) -> Terms:
        services = {id: self.world.services[id] for id in service_ids}
        return Terms(self.world.salon, services, self.world.settings, self._learned, self._now, **others)

    def _asks_of(self, customer_id: str) -> list[Outreach]:
        return [asked.ask for asked in self._of_customer.get(customer_id, ())]

    # The offers.

    def _ask(self, candidate: Candidate, gap: Gap, decision_id: str, instead_of: str | None = None) -> None:
        now, prospect, slot, service = self._now, candidate.prospect, candidate.slot, candidate.service
        assert slot is not None and service is not None and candidate.deadline is not None, (
            "whoever is chosen has a slot"
        )
        customer = prospect.customer
        reaction = self.people.react(
            customer_id=customer.id,
            about=gap.id,
            circumstance=self._clientele.circumstance(customer.id, slot, now),
            purpose=PURPOSE[prospect.source],
            ignored=prospect.ignored,
            sent_at=now,
            starts_at=slot.start,
        )
        price = discounted(service.price, candidate.discount_percent, self.world.salon.currency)
        id = another_id(instead_of) if instead_of else natural_id("out", gap.id, customer.id, decision_id)
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
        asked = Asked(ask, candidate, self._freed_at(gap.staff_id, slot.stretch)[0], reaction)
        self._asked[gap.id].append(asked)
        self._of_customer[customer.id].append(asked)
        self._unlearned.append(asked)
        asked.freed.asks += 1
        likely, percent = candidate.probability, candidate.discount_percent
        self._done.append(Offered(now, customer.id, gap.id, ask.round, ask.source, slot.start, likely, percent))
        self._agenda.by_the_minute(ask.expires_at, partial(self._end, asked, "expired"), OFFERS_END, ask.id)
        if not reaction.delivered:
            self._agenda.at(reaction.reported_at, partial(self._end, asked, "failed"))
        elif reaction.answer is not None and reaction.answers_at is not None:
            self._agenda.at(reaction.answers_at, partial(self._answer, asked))

    def _learn(self) -> None:
        """Hourly, from offers whose deadline is two hours past, as the suite's own cleaning up does."""
        due = [asked for asked in self._unlearned if asked.ask.expires_at <= self._now - LATE_YES]
        for asked in due:
            self._unlearned.remove(asked)
            if asked.ask.slot and asked.reaction.delivered:
                answer, answers_at = asked.reaction.answer, asked.reaction.answers_at
                self._learned = self._learned.with_answer(
                    asked.ask.source,
                    asked.ask.segment,
                    asked.ask.slot.start - asked.ask.created_at,
                    accepted=answer == "accept" and answers_at is not None and answers_at <= self._now,
                )
        self._agenda.at(self._now + timedelta(hours=1), self._learn, HOURLY)

    def _end(self, asked: Asked, status: Literal["expired", "failed"]) -> None:
        if asked.ask.is_open:
            _become(asked, status)
            self._agenda.happened_to(asked.ask.trigger_id)

    def _answer(self, asked: Asked) -> None:
        customer_id = asked.ask.customer_id
        match asked.reaction.answer:
            case "accept":
                self._accept(asked)
            case "decline":
                _become(asked, "responded")
                self._agenda.happened_to(asked.ask.trigger_id)
            case "opt_out":
                self._clientele.opted_out(customer_id)
                for one in self._of_customer[customer_id]:
                    if one.ask.is_open:
                        _become(one, "responded")
                        self._agenda.happened_to(one.ask.trigger_id)

    def _accept(self, asked: Asked) -> None:
        ask, slot, prospect, now = asked.ask, asked.ask.slot, asked.candidate.prospect, self._now
        assert slot is not None and ask.offer_details is not None, "an offer has its slot"
        moved = prospect.moves if prospect.moves and self._clientele.stands(prospect.moves, now) else None
        bookings, gaps = self._calendar.staff_day(slot)
        verdict = acceptance.judge(
            ask,
            gaps=gaps,
            staff_bookings=bookings,
            customer_bookings=[one for one in self._clientele.booked(ask.customer_id, now) if one is not moved],
            services={},
            minimum_notice_minutes=self.world.settings.gap.minimum_notice_minutes,
            now=now,
        )
        if isinstance(verdict, NotHonoured):
            asked.freed.disappointed += 1
            self._offer_another(asked, verdict.refusal)
            _become(asked, "responded")
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
        self._revenue += sale.price - (moved.price if moved else 0)
        for freed in self._freed_at(slot.staff_id, slot.stretch):
            freed.filled_at = freed.filled_at or now
        self._keep(filled(verdict.gap, sale.id, now=now, actor=AGENT, ours=True).document)
        self._agenda.happened_to(verdict.gap.id)
        self._clientele.sold(sale)
        self._calendar.write(sale)
        self._reconcile(sale.staff_id, sale.start_time.date())
        if moved is not None:
            self._clientele.gave_up(moved, now)
            cancelled = moved.cancelled(by="customer", reason=f"moved to {sale.id}", now=now)
            self._give_back(cancelled.changed(chain_depth=ask.chain_depth), Freed(moved, now, given_up=True))

    def _offer_another(self, asked: Asked, refusal: Refusal) -> None:
        """Whoever said yes too late hears of another time, if one suits."""
        lost, prospect, now, settings = asked.ask, self._late(asked), self._now, self.world.settings
        if refusal not in COME_TOO_LATE or prospect is None or lost.slot is None:
            return
        after = max(now, lost.slot.start - BEFORE)
        gaps = [
            gap
            for gap in self._calendar.gaps.values()
            if gap.is_open and lost.slot.service_id in gap.services_fittable and gap.expires_at > after
        ]
        gaps = sorted(gaps, key=lambda gap: (gap.expires_at, gap.id))[:LOOKED_AT]
        gaps = [gap for gap in gaps if could_suit(gap, lost.slot, prospect.entry, settings)]
        terms = self._terms(self.world.services)
        if not gaps or not_to_be_offered(prospect, lost, "whatsapp", allowance=self._allowance(), terms=terms):
            return
        for gap, candidate in suiting(prospect, lost, gaps, terms, "whatsapp")[:TRIED]:
            depth = max((booking.chain_depth for booking in self._calendar.given_back(gap)), default=0)
            if self._promised(gap, candidate) or (prospect.moves and depth >= CHAIN_DEPTH):
                continue
            campaign = gap.campaign
            gap = self._campaign(gap, campaign.changed(asked=campaign.asked + 1, wave=campaign.wave + 1))
            self._count([candidate])
            self._ask(replace(candidate, chain_depth=depth + 1 if prospect.moves else 0), gap, "", lost.id)
            return

    def _late(self, asked: Asked) -> Prospect | None:
        """As somebody who has just said yes to something like it. None where what they wanted it for is over."""
        lost, before, now = asked.ask, asked.candidate.prospect, self._now
        if before.moves and not self._clientele.stands(before.moves, now):
            return None
        if before.entry and self._clientele.has_been_served(before.entry):
            return None
        booked = (one for one in self._clientele.booked(lost.customer_id, now) if one.start_time > now - DAY)
        return Prospect(
            customer=before.customer,
            source="late_yes",
            service_id=lost.slot.service_id if lost.slot else "",
            entry=before.entry,
            moves=before.moves,
            segment=lost.segment,
            bookings=tuple(sorted(booked, key=lambda one: one.start_time)[:OWN_BOOKINGS]),
            asks=tuple(ask for ask in self._asks_of(lost.customer_id) if ask.created_at > now - REMEMBERED),
            opted_out=self._clientele.withdrawn(lost.customer_id),
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


def busiest(outcome: Outcome) -> int:
    return max(Counter(ask.customer_id for ask in outcome.asks).values(), default=0)


def daytime(freed: Freed) -> bool:
    """Given back when people may be written to, for a time within 24 hours."""
    return time(9) <= freed.cancelled_at.time() < time(20, 30) and freed.lead <= DAY


def far(freed: Freed) -> bool:
    return freed.lead > DAY
