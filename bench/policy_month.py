"""One salon month under one policy. `adaptive` is the suite's own: what comes next (next_step.next_step) and how many at once
(round_plan.plan_round). `sequential` and `blast` ask the same people in the same order under the same limits; only how many and
when differ."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Literal

from bench.policy_agenda import GAPS_DUE
from bench.policy_answers import People
from bench.policy_trade import Freed, Offered, Trade, slots_remembered
from bench.policy_world import MONTH, START, World
from functions.fill_gap.meet_wish import LOOKED_AT, TRIED, suited
from functions.fill_gap.next_step import Ask, End, Wait, next_step
from functions.fill_gap.reply_model import Awaited
from functions.fill_gap.round_plan import NoRound, RoundConditions, one_each, plan_round, without_round
from functions.fill_gap.round_size import UNREACHABLE
from shared.asking.outreach import Outreach
from shared.calendar.gap import Gap
from shared.customers.waitlist import WaitlistEntry
from shared.records.stored import natural_id

Policy = Literal["sequential", "blast", "adaptive"]
POLICIES: tuple[Policy, ...] = ("sequential", "blast", "adaptive")
SEQUENTIAL_ASKS, SEQUENTIAL_WAITS = 5, timedelta(minutes=15)
BLAST_ASKS = 20
REACHED = "nothing: the target is reached"
NOBODY_RETRY = timedelta(minutes=30)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Outcome:
    """`revenue` is what was sold less what movers gave up."""

    freed: list[Freed]
    gaps: dict[str, Gap]
    asks: list[Offered]
    opt_outs: int
    revenue: Decimal


class Month:
    def __init__(self, world: World, policy: Policy, people: People, end: datetime = START + MONTH) -> None:
        self._world = world
        self._policy = policy
        self._end = end
        self._trade = Trade(world, people, end, learns=policy == "adaptive")
        self._limited: set[str] = set()
        """What a baseline could not ask yet, for want of allowance."""

    def run(self) -> Outcome:
        trade = self._trade
        for wish in self._world.wishes if self._policy == "adaptive" else ():
            if wish.created_at is not None and START < wish.created_at < self._end:
                trade.agenda.at(wish.created_at, partial(self._meets, wish))
        with slots_remembered():
            trade.agenda.run(self._end, self._look)
        return Outcome(trade.freed, trade.calendar.gaps, trade.offers, trade.clientele.opt_outs, trade.revenue)

    def _look(self, gap_id: str) -> None:
        trade = self._trade
        gap = trade.calendar.gaps[gap_id]
        offers = trade.standing(gap)
        if not gap.is_open:
            return
        if self._policy == "adaptive":
            self._adaptive(gap, offers)
            return
        if gap.campaign.status == "settling":
            if gap.campaign.next_round_at and trade.now < gap.campaign.next_round_at:
                return
            gap = trade.campaign(gap, gap.campaign.changed(status="running", next_round_at=None))
        if self._quiet():
            trade.agenda.at(self._morning(), partial(trade.agenda.happened_to, gap_id), GAPS_DUE)
        elif self._policy == "sequential":
            self._sequential(gap, offers)
        else:
            self._blast(gap)

    def _meets(self, wish: WaitlistEntry) -> None:
        """A new wish meets the gaps that are open, as in the suite."""
        trade = self._trade
        wanted_from = max(trade.now, min((window.start for window in wish.windows), default=trade.now))
        gaps = [gap for gap in trade.calendar.gaps.values() if gap.is_open and gap.expires_at > wanted_from]
        gaps.sort(key=lambda gap: (gap.expires_at, gap.id))
        for gap in suited(wish, gaps[:LOOKED_AT])[:TRIED]:
            if not trade.waits(wish):
                break
            self._adaptive(gap, trade.standing(gap), new_wish=True)

    def _adaptive(self, gap: Gap, offers: list[Outreach], *, new_wish: bool = False) -> None:
        now, settings = self._trade.now, self._world.settings
        step = next_step(
            gap,
            salon=self._world.salon,
            settings=settings,
            open_offers=len(offers),
            now=now,
            new_wish=new_wish,
        )
        match step:
            case Wait(until, reason):
                self._trade.campaign(gap, gap.campaign.postponed(until, reason))
            case End(reason):
                self._trade.campaign(gap, gap.campaign.ended(reason))
            case Ask():
                self._round(gap, step, offers)

    def _round(self, gap: Gap, step: Ask, offers: list[Outreach]) -> None:
        now, settings = self._trade.now, self._world.settings
        round = plan_round(
            self._trade.judged(gap),
            step,
            RoundConditions(
                awaited=tuple(Awaited(ask.probability, now - ask.created_at) for ask in offers),
                allowance=self._trade.allowance_of(gap),
                lead=gap.end_time - now,
            ),
            campaign=gap.campaign,
            settings=settings,
            now=now,
        )
        if isinstance(round, NoRound):
            campaign = without_round(gap.campaign, round, step, open_offers=len(offers))
            self._trade.campaign(gap, campaign)
            return
        for freed in self._trade.freed_at(gap.staff_id, gap.stretch):
            if freed.predicted is None:
                freed.predicted = round.predicted
                unreachable = UNREACHABLE in round.reasons
                freed.bound_by = round.reasons[round.reasons.index(UNREACHABLE) + 1 :] if unreachable else (REACHED,)
        campaign = gap.campaign.running(asked=len(round.chosen), next_round_at=round.next_at, now=now, wave=round.wave)
        decision_id = natural_id("dec", gap.id, campaign.round, "full_auto")
        self._trade.ask(round.chosen, self._trade.campaign(gap, campaign), decision_id)

    def _sequential(self, gap: Gap, offers: list[Outreach]) -> None:
        """The original: one customer, a quarter of an hour, the next; five in all."""
        if not offers and self._trade.asked_about(gap) < SEQUENTIAL_ASKS:
            self._ask_of_the_best(gap, 1, SEQUENTIAL_WAITS)

    def _blast(self, gap: Gap) -> None:
        if not self._trade.asked_about(gap) or gap.id in self._limited:
            self._ask_of_the_best(gap, BLAST_ASKS - self._trade.asked_about(gap), DAY)

    def _ask_of_the_best(self, gap: Gap, most: int, patience: timedelta) -> None:
        if most <= 0:
            return
        trade, now = self._trade, self._trade.now
        look_again = partial(trade.agenda.happened_to, gap.id)
        self._limited.discard(gap.id)
        allowance = trade.allowance()
        if allowance > 0:
            ready = one_each([c for c in trade.judged(gap) if c.excluded is None])[: min(most, allowance)]
            if not ready and not trade.asked_about(gap):
                trade.agenda.at(now + NOBODY_RETRY, look_again, GAPS_DUE)
            trade.ask([replace(c, deadline=min(now + patience, c.deadline or now)) for c in ready], gap)
        if allowance < most:
            self._limited.add(gap.id)
            trade.agenda.by_the_minute(trade.allowance_again_at(), look_again, GAPS_DUE, gap.id)

    def _quiet(self) -> bool:
        quiet = self._world.settings.quiet_hours
        local = self._trade.now.astimezone(self._world.salon.zone).time()
        return local >= quiet.start or local < quiet.end

    def _morning(self) -> datetime:
        local = self._trade.now.astimezone(self._world.salon.zone)
        quiet = self._world.settings.quiet_hours
        day = local.date() + (DAY if local.time() >= quiet.start else timedelta())
        return datetime.combine(day, quiet.end, local.tzinfo)


def busiest(outcome: Outcome) -> int:
    return max(Counter(ask.customer_id for ask in outcome.asks).values(), default=0)


def daytime(freed: Freed) -> bool:
    """Given back when people may be written to, for a time within 24 hours."""
    return time(9) <= freed.cancelled_at.time() < time(20, 30) and freed.lead <= DAY


def far(freed: Freed) -> bool:
    return freed.lead > DAY
