"""One salon month under one policy. `adaptive` is the suite's own pure decisions, driven directly: who may be asked
(candidates.judged), what comes next (campaign.next_step) and how many at once (campaign.plan_round), under its limits.
`sequential` and `blast` ask the same people in the same order under the same limits; only how many and when differ.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, Literal

from bench.policy_answers import People
from bench.policy_clientele import Clientele
from bench.policy_world import MONTH, START, World
from local.customers import Reaction
from shared.domain import candidates, plan
from shared.domain.booking import Booking
from shared.domain.campaign import Ask, End, NoRound, Situation, Wait, next_step, nobody_retry, one_each, plan_round
from shared.domain.candidates import PURPOSE, Candidate, Terms, judged
from shared.domain.gap import Campaign, Gap, gap_id
from shared.domain.learned import Learned
from shared.domain.limits import AskCounters
from shared.domain.outgoing import Delivery
from shared.domain.outreach import Outreach
from shared.domain.reply_model import Awaited
from shared.domain.round_size import FAR_AHEAD
from shared.domain.service import Service
from shared.domain.stored import natural_id
from shared.domain.stretches import Stretch
from shared.use_cases.clean_up import LATE_YES

Policy = Literal["sequential", "blast", "adaptive"]
POLICIES: tuple[Policy, ...] = ("sequential", "blast", "adaptive")
SEQUENTIAL_ASKS, SEQUENTIAL_WAITS = 5, timedelta(minutes=15)
BLAST_ASKS = 20
AGENT = "gap_fill_agent"
REACHED = "nothing: the target is reached"
SETTLES_UNLESS_WITHIN = timedelta(hours=2)
MOMENT = timedelta(seconds=1)
NOBODY_RETRY = timedelta(minutes=30)
DAY = timedelta(days=1)


@contextmanager
def slots_remembered() -> Iterator[None]:
    """The gaps of a study keep their bounds, so where a service fits best is worked out once: it is most of the work."""
    found: dict[Any, Stretch | None] = {}

    def remembered(gap: Gap, service: Service, *, earliest_start: datetime, **rest: Any) -> Stretch | None:
        earliest = max(earliest_start, gap.start_time)
        others = (rest["window"], tuple(other.id for other in rest["services"]), tuple(rest["clear_of"]))
        key = (gap.id, service.id, earliest, *others)
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
    """What became of one cancelled booking."""

    booking: Booking
    cancelled_at: datetime
    asks: int = 0
    disappointed: int = 0
    filled_at: datetime | None = None
    revenue: Decimal = Decimal(0)
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
    about: str
    reaction: Reaction


@dataclass
class Outcome:
    freed: list[Freed]
    opt_outs: int
    asks: list[tuple[datetime, str, str]]
    """When, whom, about which booking."""


@dataclass
class Month:
    world: World
    policy: Policy
    people: People
    end: datetime = START + MONTH
    _now: datetime = START
    _heap: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _numbers: Any = field(default_factory=count)
    _gaps: dict[str, Gap] = field(default_factory=dict)
    _freed: dict[str, Freed] = field(default_factory=dict)
    _asked: dict[str, list[Asked]] = field(default_factory=lambda: defaultdict(list))
    _of_customer: dict[str, list[Asked]] = field(default_factory=lambda: defaultdict(list))
    _counters: AskCounters = field(default_factory=AskCounters)
    _learned: Learned = field(default_factory=Learned)
    _unlearned: list[Asked] = field(default_factory=list)
    _done: list[tuple[datetime, str, str]] = field(default_factory=list)
    _limited: set[str] = field(default_factory=set)
    """What a baseline could not ask yet, for want of allowance."""

    def run(self) -> Outcome:
        self._clientele = Clientele(self.world, self.end)
        for booking in self.world.bookings:
            if booking.id in self.world.cancelled:
                self._at(self.world.cancelled[booking.id], lambda booking=booking: self._cancel(booking))
        if self.policy == "adaptive":
            self._at(START + timedelta(minutes=7), self._learn)
        with slots_remembered():
            while self._heap and self._heap[0][0] < self.end:
                self._now, _, action = heapq.heappop(self._heap)
                action()
        return Outcome(list(self._freed.values()), self._clientele.opt_outs, self._done)

    def _at(self, at: datetime, action: Callable[[], None]) -> None:
        heapq.heappush(self._heap, (at, next(self._numbers), action))

    def _by_the_minute(self, at: datetime, action: Callable[[], None]) -> None:
        """What is due is found by a tick a minute."""
        self._at(_minute(at), action)

    # The gap.

    def _cancel(self, booking: Booking) -> None:
        if self._clientele.has_given_up(booking):
            return
        now, gap_settings = self._now, self.world.settings.gap
        self._freed[booking.id] = freed = Freed(booking, now)
        stretch = booking.stretch
        shortest = min(service.duration_minutes for service in self.world.services.values())
        last_call = stretch.end - timedelta(
            minutes=max(gap_settings.min_gap_minutes, shortest) + gap_settings.minimum_notice_minutes
        )
        if now > last_call:
            freed.sellable = False
            return
        sellable_from = max(stretch.start, now + timedelta(minutes=gap_settings.minimum_notice_minutes))
        length = stretch.end - sellable_from
        soon = stretch.start <= now + SETTLES_UNLESS_WITHIN
        settles_at = now if soon else now + timedelta(seconds=gap_settings.settle_seconds)
        self._gaps[booking.id] = Gap(
            id=gap_id(self.world.salon.id, booking.staff_id, stretch, 1),
            salon_id=self.world.salon.id,
            created_at=now,
            updated_at=now,
            staff_id=booking.staff_id,
            staff_name=booking.staff_id,
            date=booking.start_time.date().isoformat(),
            start_time=stretch.start,
            end_time=stretch.end,
            duration_minutes=stretch.minutes,
            priority="medium",
            potential_revenue=booking.price,
            services_fittable=sorted(id for id, service in self.world.services.items() if service.duration <= length),
            origin="freed",
            sellable_from=sellable_from,
            opened_start=stretch.start,
            opened_end=stretch.end,
            freed=[stretch],
            campaign=Campaign().settling(settles_at),
            expires_at=last_call + MOMENT,
        )
        if settles_at <= now:
            self._look(booking.id)
        else:
            self._by_the_minute(settles_at, lambda: self._look(booking.id))
        self._by_the_minute(last_call + MOMENT, lambda: self._over(booking.id))

    def _over(self, about: str) -> None:
        if self._gaps[about].is_open:
            self._close(about, "expired")

    def _close(self, about: str, status: Literal["filled", "expired"]) -> None:
        self._gaps[about] = self._gaps[about].model_copy(update={"status": status})
        for asked in self._asked[about]:
            if asked.ask.is_open:
                asked.ask = asked.ask.model_copy(update={"status": "expired", "withdrawn": True})

    # The policies.

    def _look(self, about: str) -> None:
        if not self._gaps[about].is_open or self._now >= self._gaps[about].expires_at:
            return
        if self.policy == "adaptive":
            self._adaptive(about)
        elif self._quiet():
            self._at(self._morning(), lambda: self._look(about))
        elif self.policy == "sequential":
            self._sequential(about)
        else:
            self._blast(about)

    def _adaptive(self, about: str) -> None:
        gap, now, settings = self._gaps[about], self._now, self.world.settings
        open_offers = [asked.ask for asked in self._asked[about] if asked.ask.is_open]
        step = next_step(gap, salon=self.world.salon, settings=settings, open_offers=len(open_offers), now=now)
        match step:
            case Wait(until, reason):
                self._campaign(about, gap.campaign.postponed(until, reason))
            case End(reason):
                self._campaign(about, gap.campaign.ended(reason))
            case Ask():
                pass
            case _:
                return
        if not isinstance(step, Ask):
            return
        lead = gap.end_time - now
        if gap.start_time - now > FAR_AHEAD and open_offers:
            # One at a time, and one is out; saying so at once saves judging everybody.
            round: Any = NoRound(
                now + timedelta(minutes=settings.offers.response_deadline_minutes), "enough_asked", "one offer is out"
            )
        elif self._quiet():
            # All would be excluded until the morning.
            round = NoRound(min(now + nobody_retry(lead), self._morning()), "no_candidates", "quiet hours")
        else:
            round = plan_round(
                self._judged(gap, about),
                step,
                Situation(
                    awaited=tuple(Awaited(ask.probability, now - ask.created_at) for ask in open_offers),
                    allowance=self._allowance(),
                    allowance_again_at=self._allowance_again_at(),
                    lead=lead,
                ),
                campaign=gap.campaign,
                settings=settings,
                now=now,
            )
        if isinstance(round, NoRound):
            if step.top_up:
                self._campaign(about, gap.campaign.changed(wave=len(open_offers)))
            elif round.kind == "enough_asked":
                self._campaign(about, gap.campaign.changed(wave=len(open_offers), next_round_at=round.retry_at))
            else:
                self._campaign(about, gap.campaign.postponed(round.retry_at, round.reason))
            return
        freed = self._freed[about]
        if freed.predicted is None:
            freed.predicted = round.predicted
            unreachable = "target_unreachable" in round.reasons
            freed.bound_by = (
                round.reasons[round.reasons.index("target_unreachable") + 1 :] if unreachable else (REACHED,)
            )
        campaign = gap.campaign.running(asked=len(round.chosen), next_round_at=round.next_at, now=now, wave=round.wave)
        self._campaign(about, campaign)
        self._counters = self._counters.counted(AGENT, len(round.chosen), now=now, zone=self.world.salon.zone)
        for candidate in round.chosen:
            self._ask(candidate, about, candidate.deadline or now)

    def _campaign(self, about: str, campaign: Campaign) -> None:
        before = self._gaps[about].campaign
        self._gaps[about] = self._gaps[about].model_copy(update={"campaign": campaign})
        if campaign.next_round_at is not None and campaign.next_round_at != before.next_round_at:
            self._by_the_minute(campaign.next_round_at, lambda: self._look(about))

    def _sequential(self, about: str) -> None:
        """The original: one customer, a quarter of an hour, the next; five in all."""
        asked = self._asked[about]
        if len(asked) >= SEQUENTIAL_ASKS or any(one.ask.is_open for one in asked):
            return
        self._ask_of_the_best(about, 1, lambda candidate: min(self._now + SEQUENTIAL_WAITS, candidate.deadline))

    def _blast(self, about: str) -> None:
        if not self._asked[about] or about in self._limited:
            self._ask_of_the_best(about, BLAST_ASKS - len(self._asked[about]), lambda candidate: candidate.deadline)

    def _ask_of_the_best(self, about: str, most: int, deadline: Callable[[Any], Any]) -> None:
        if most <= 0:
            return
        self._limited.discard(about)
        allowance = self._allowance()
        if allowance > 0:
            ready = one_each([c for c in self._judged(self._gaps[about], about) if c.excluded is None])
            chosen = ready[: min(most, allowance)]
            if not chosen and not self._asked[about]:
                self._at(self._now + NOBODY_RETRY, lambda: self._look(about))
            self._counters = self._counters.counted(AGENT, len(chosen), now=self._now, zone=self.world.salon.zone)
            for candidate in chosen:
                self._ask(candidate, about, deadline(candidate))
        if allowance < most:
            self._limited.add(about)
            self._by_the_minute(self._allowance_again_at(), lambda: self._look(about))

    def _allowance(self) -> int:
        zone, limits = self.world.salon.zone, self.world.settings.limits
        return self._counters.left(AGENT, limits=limits, now=self._now, zone=zone)

    def _allowance_again_at(self) -> datetime:
        zone, limits = self.world.salon.zone, self.world.settings.limits
        return self._counters.next_free_at(AGENT, limits=limits, now=self._now, zone=zone)

    def _quiet(self) -> bool:
        quiet = self.world.settings.quiet_hours
        local = self._now.astimezone(self.world.salon.zone).time()
        return local >= quiet.start or local < quiet.end

    def _morning(self) -> datetime:
        local = self._now.astimezone(self.world.salon.zone)
        quiet = self.world.settings.quiet_hours
        day = local.date() + (DAY if local.time() >= quiet.start else timedelta())
        return datetime.combine(day, quiet.end, local.tzinfo)

    # The offers.

    def _ask(self, candidate: Candidate, about: str, deadline: datetime) -> None:
        now, prospect, slot = self._now, candidate.prospect, candidate.slot
        assert slot is not None and candidate.deadline is not None, "whoever is chosen has a slot"
        customer = prospect.customer
        reaction = self.people.react(
            customer_id=customer.id,
            about=about,
            circumstance=self._clientele.circumstance(customer.id, slot, now),
            purpose=PURPOSE[prospect.source],
            ignored=prospect.ignored,
            sent_at=now,
            starts_at=slot.start,
        )
        ask = Outreach.model_construct(
            id=natural_id("out", about, customer.id, now),
            created_at=now,
            customer_id=customer.id,
            consent_purpose=PURPOSE[prospect.source],
            trigger_id=about,
            slot=slot,
            probability=candidate.probability,
            status="delivered" if reaction.delivered else "sent",
            attempts=1,
            withdrawn=False,
            delivery=Delivery(message_id="SM", sent_at=now),
        )
        asked = Asked(ask, candidate, about, reaction)
        self._asked[about].append(asked)
        self._of_customer[customer.id].append(asked)
        self._unlearned.append(asked)
        self._freed[about].asks += 1
        self._done.append((now, customer.id, about))
        self._by_the_minute(deadline, lambda: self._expire(asked))
        if not reaction.delivered:
            self._at(reaction.reported_at, lambda: self._failed(asked))
        elif reaction.answer is not None and reaction.answers_at is not None:
            self._at(reaction.answers_at, lambda: self._answer(asked))

    def _learn(self) -> None:
        """Hourly, from offers whose deadline is two hours past, as the suite's own cleaning up does."""
        due = [asked for asked in self._unlearned if (asked.candidate.deadline or self._now) <= self._now - LATE_YES]
        for asked in due:
            self._unlearned.remove(asked)
            if asked.ask.slot and asked.reaction.delivered:
                answer, answers_at = asked.reaction.answer, asked.reaction.answers_at
                self._learned = self._learned.with_answer(
                    asked.candidate.prospect.source,
                    asked.candidate.prospect.segment,
                    asked.ask.slot.start - asked.ask.created_at,
                    accepted=answer == "accept" and answers_at is not None and answers_at <= self._now,
                )
        self._at(self._now + timedelta(hours=1), self._learn)

    def _expire(self, asked: Asked) -> None:
        if asked.ask.is_open:
            asked.ask = asked.ask.model_copy(update={"status": "expired"})
            self._look(asked.about)

    def _failed(self, asked: Asked) -> None:
        if asked.ask.is_open:
            delivery = asked.ask.delivery.changed(error="63024")
            asked.ask = asked.ask.model_copy(update={"status": "failed", "delivery": delivery})
            self._look(asked.about)

    def _answer(self, asked: Asked) -> None:
        customer_id = asked.ask.customer_id
        if asked.reaction.answer == "accept":
            self._accept(asked)
        elif asked.reaction.answer == "opt_out":
            self._clientele.opted_out(customer_id)
            theirs = [one for one in self._of_customer[customer_id] if one.ask.is_open]
            for one in theirs:
                one.ask = one.ask.model_copy(update={"status": "expired", "withdrawn": True})
            for one in theirs:
                self._look(one.about)
        else:
            awaited = asked.ask.is_open
            asked.ask = asked.ask.model_copy(update={"status": "responded"})
            if awaited:
                self._look(asked.about)

    def _accept(self, asked: Asked) -> None:
        slot, freed, prospect = asked.ask.slot, self._freed[asked.about], asked.candidate.prospect
        customer_id = prospect.customer.id
        assert slot is not None and asked.candidate.service is not None, "an offer has its slot"
        asked.ask = asked.ask.model_copy(update={"status": "responded"})
        notice = timedelta(minutes=self.world.settings.gap.minimum_notice_minutes)
        gone = prospect.moves is not None and not self._clientele.stands(prospect.moves, self._now)
        busy = any(
            booking.stretch.overlaps(slot.stretch) and booking is not prospect.moves
            for booking in self._clientele.booked(customer_id, self._now)
        )
        if not self._gaps[asked.about].is_open or slot.start < self._now + notice or busy or gone:
            freed.disappointed += 1
            return
        freed.filled_at = self._now
        self._close(asked.about, "filled")
        if prospect.entry is not None:
            self._clientele.served(prospect.entry)
        if prospect.moves is not None:
            # What they give up may or may not be sold again: it is counted as lost.
            self._clientele.gave_up(prospect.moves)
        freed.revenue = asked.candidate.service.price - (prospect.moves.price if prospect.moves else 0)
        sale = Booking(
            id=f"sale-{asked.about}",
            customer_id=customer_id,
            staff_id=slot.staff_id,
            service_ids=[slot.service_id],
            start_time=slot.start,
            end_time=slot.end,
            price=asked.candidate.service.price,
            source="smart_fill",
            status="confirmed",
            created_at=self._now,
        )
        self._clientele.sold(sale)

    def _judged(self, gap: Gap, about: str) -> list[Candidate]:
        terms = Terms(
            salon=self.world.salon,
            services={id: self.world.services[id] for id in gap.services_fittable},
            settings=self.world.settings,
            learned=self._learned,
            now=self._now,
            cancelled_by=frozenset({self._freed[about].booking.customer_id or ""}),
        )
        return judged(self._clientele.prospects(gap, self._asks_of, self._now), gap, terms)

    def _asks_of(self, customer_id: str) -> list[Outreach]:
        return [asked.ask for asked in self._of_customer.get(customer_id, ())]


def _minute(at: datetime) -> datetime:
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + timedelta(minutes=1)


def busiest(outcome: Outcome) -> int:
    return max(Counter(customer for _, customer, _ in outcome.asks).values(), default=0)


def daytime(freed: Freed) -> bool:
    """Given back when people may be written to, for a time within 24 hours."""
    return time(9) <= freed.cancelled_at.time() < time(20, 30) and freed.lead <= DAY


def far(freed: Freed) -> bool:
    return freed.lead > DAY
