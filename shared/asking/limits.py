"""How many asks may still be made: per salon and agent, and per customer and address across all agents.

An ask that is known never to have left (refused, or withdrawn before it was handed to the provider) bothered nobody and
does not count; one whose answer was lost may have left, and counts.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from shared.asking.destination import never_reached
from shared.asking.outreach import Outreach
from shared.records.stored import Instant, Money, Stored
from shared.salon.settings import LimitSettings

HOUR = timedelta(hours=1)
IDLE = "idle"
IDLE_SHARE = 0.2
"""The share of the hourly limit that idle time may use: time that was given back comes first."""
WEEK = timedelta(days=7)
NEW_AGAIN_AFTER = timedelta(hours=24)
"""How long WhatsApp counts a person as reached before it counts them anew."""


class Ask(Stored):
    at: Instant
    agent: str
    count: int


class Reached(Stored):
    """Somebody asked by WhatsApp, by the keyed hash of their address, until they count as a new person again. Their
    message may leave until its deadline, so the 24 hours begin there."""

    key: str
    until: Instant


class AskCounters(Stored):
    """One document per salon for all agents: the asks of the last hour, those of the salon's day by agent, and whom
    WhatsApp counts as reached."""

    asks: list[Ask] = []
    day: str = ""
    day_counts: dict[str, int] = {}
    given_away: Money = Decimal(0)
    reached: list[Reached] = []

    def left(self, agent: str, *, limits: LimitSettings, now: datetime, zone: ZoneInfo) -> int:
        """How many asks the limits leave to this agent now."""
        hour, today = self.in_last_hour(agent, now), self.today(agent, now, zone)
        return max(0, min(limits.hourly_actions - hour, limits.daily_actions - today))

    def in_last_hour(self, agent: str, now: datetime) -> int:
        return sum(ask.count for ask in self.asks if ask.agent == agent and ask.at > now - HOUR)

    def today(self, agent: str, now: datetime, zone: ZoneInfo) -> int:
        return self.day_counts.get(agent, 0) if self.day == self._day(now, zone) else 0

    def left_for_idle(self, agent: str, *, limits: LimitSettings, now: datetime, zone: ZoneInfo) -> int:
        """How many asks the limits leave to idle time. They are counted for the agent as well."""
        used = self.in_last_hour(f"{agent}:{IDLE}", now)
        share = int(limits.hourly_actions * IDLE_SHARE) - used
        return max(0, min(share, self.left(agent, limits=limits, now=now, zone=zone)))

    def counted_for_idle(self, agent: str, count: int, *, now: datetime, zone: ZoneInfo) -> "AskCounters":
        """The counters with so many of the agent's asks counted once more, as asks for idle time."""
        return self.counted(f"{agent}:{IDLE}", count, now=now, zone=zone)

    def next_free_at(self, agent: str, *, limits: LimitSettings, now: datetime, zone: ZoneInfo) -> datetime:
        """When asking may be possible again for an agent that has nothing left now."""
        if self.today(agent, now, zone) >= limits.daily_actions:
            tomorrow = now.astimezone(zone).date() + timedelta(days=1)
            return datetime.combine(tomorrow, datetime.min.time(), zone).astimezone(now.tzinfo)
        recent = [ask.at for ask in self.asks if ask.agent == agent and ask.at > now - HOUR]
        return min(recent, default=now) + HOUR

    def counted(self, agent: str, count: int, *, now: datetime, zone: ZoneInfo) -> "AskCounters":
        day = self._day(now, zone)
        counts = dict(self.day_counts) if self.day == day else {}
        counts[agent] = counts.get(agent, 0) + count
        recent = [ask for ask in self.asks if ask.at > now - HOUR]
        return self.changed(
            asks=[*recent, Ask(at=now, agent=agent, count=count)],
            day=day,
            day_counts=counts,
            given_away=self.given_away_on(now, zone),
        )

    def given_away_on(self, now: datetime, zone: ZoneInfo) -> Decimal:
        """What the discounts that were offered today can cost."""
        return self.given_away if self.day == self._day(now, zone) else Decimal(0)

    def gave_away(self, amount: Decimal, now: datetime, zone: ZoneInfo) -> "AskCounters":
        return self.changed(day=self._day(now, zone), given_away=self.given_away_on(now, zone) + amount)

    def reaching(self, asked: Mapping[str, datetime], now: datetime) -> "AskCounters":
        """The counters with these asks by WhatsApp, by address and deadline. Each address is in it once, and nobody
        whose time is over."""
        untils = {each.key: each.until for each in self.reached if each.until > now}
        for key, deadline in asked.items():
            untils[key] = max(untils.get(key, deadline), deadline + NEW_AGAIN_AFTER)
        return self.changed(reached=[Reached(key=key, until=until) for key, until in untils.items()])

    def _day(self, now: datetime, zone: ZoneInfo) -> str:
        """The salon's day, but never one before a day that was counted already: a round planned before midnight may be
        committed after one planned later."""
        return max(self.day, now.astimezone(zone).date().isoformat())


def bothered(outreach: Outreach) -> bool:
    """Whether the ask may have reached the person by any channel. One that went on by another channel had left by the
    first."""
    return outreach.delivery.former_id is not None or may_have_left(outreach)


def may_have_left(outreach: Outreach) -> bool:
    """Whether the ask may have left by the channel that it is on now."""
    if never_reached(outreach):
        return False
    revoked = outreach.status == "responded" and outreach.response.action == "opted_out"
    if not (revoked or outreach.status in ("failed", "expired")) or outreach.delivery.sent_at is not None:
        return True
    return outreach.attempts > 0 and outreach.delivery.error is None


class PastAsk(NamedTuple):
    at: datetime
    marketing: bool


def past_asks(recent: Sequence[Outreach]) -> list[PastAsk]:
    """Those of the asks that may have bothered somebody."""
    return [PastAsk(ask.created_at, ask.consent_purpose == "marketing") for ask in recent if bothered(ask)]


def contact_limit(
    asks: Sequence[PastAsk],
    *,
    marketing: bool,
    limits: LimitSettings,
    now: datetime,
    zone: ZoneInfo,
    answering: bool = False,
) -> str | None:
    """Why this person may not be asked now, or None. `asks` are at least those of the last seven days to this customer
    or to their address, of any agent. With `answering`, an ask that answers what they have just written, it may follow
    another within the hour."""
    if not answering and sum(ask.at > now - HOUR for ask in asks) >= limits.per_customer_hourly:
        return f"asked {limits.per_customer_hourly} time(s) within the hour already"
    today: date = now.astimezone(zone).date()
    if sum(ask.at.astimezone(zone).date() == today for ask in asks) >= limits.per_customer_daily:
        return f"asked {limits.per_customer_daily} time(s) today already"
    if marketing:
        promotions = [ask.at for ask in asks if ask.marketing and ask.at > now - WEEK]
        if len(promotions) >= limits.marketing_per_customer_weekly:
            return f"{limits.marketing_per_customer_weekly} promotional asks within seven days already"
        if promotions and now - max(promotions) < timedelta(hours=limits.marketing_hours_between):
            return f"a promotional ask less than {limits.marketing_hours_between} hours ago"
    return None
