"""Customers who do not exist, and how they answer. Priors to start from, no measurement of any salon.

Every draw is a hash of the seed and what it is about, so nobody's answer depends on what happened before it, or in which
order: the same offer gets the same answer under every policy that makes it.
"""

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from statistics import NormalDist
from typing import Any, Literal
from zoneinfo import ZoneInfo

Circumstance = Literal["waits_for_this", "waits_for_other", "booked_later", "due_again", "other"]
Answer = Literal["accept", "decline", "opt_out"]

ACCEPTS: dict[Circumstance, float] = {
    "waits_for_this": 0.25,
    "waits_for_other": 0.12,
    "booked_later": 0.10,
    "due_again": 0.08,
    "other": 0.02,
}
"""P(yes | delivered) for a slot that starts in 3 to 24 hours."""
DECLINES = 0.10
OPTS_OUT = {"marketing": 0.003, "service": 0.0005}
DELIVERED, READ = 0.93, 0.85
PRESSES_BUTTON = 0.85
"""The others type their answer."""
REPLY_MEDIAN = {"marketing": timedelta(minutes=26), "service": timedelta(minutes=20)}
REPLY_SIGMA = 1.6
ASLEEP_FROM, ASLEEP_UNTIL = time(23), time(7)
USUAL_INTERVAL = timedelta(days=31)
"""For somebody whose own interval is not known yet."""


def assumptions() -> dict[str, Any]:
    """The priors, as a report shows them."""
    return {
        "accepts": dict(ACCEPTS),
        "declines": DECLINES,
        "opts_out": dict(OPTS_OUT),
        "delivered": DELIVERED,
        "read": READ,
        "reply_median_minutes": {purpose: median.seconds // 60 for purpose, median in REPLY_MEDIAN.items()},
        "reply_sigma": REPLY_SIGMA,
    }


@dataclass(frozen=True)
class Draws:
    """Numbers from 0 to 1 that are the same whenever they are asked for by the same name."""

    seed: int
    about: str

    def uniform(self, name: str) -> float:
        digest = hashlib.blake2b(f"{self.seed}\x1f{self.about}\x1f{name}".encode(), digest_size=8).digest()
        # Never 0 or 1: an inverse distribution has no value there.
        return (int.from_bytes(digest) + 0.5) / 2**64

    def between(self, name: str, low: timedelta, high: timedelta) -> timedelta:
        return low + (high - low) * self.uniform(name)


@dataclass(frozen=True)
class Reaction:
    """What becomes of one offer. `answers_at` and `answer` are None for silence."""

    delivered: bool
    reported_at: datetime
    read_at: datetime | None = None
    answer: Answer | None = None
    answers_at: datetime | None = None
    presses_button: bool = True


def react(
    draws: Draws,
    *,
    circumstance: Circumstance,
    purpose: Literal["marketing", "service"],
    sent_at: datetime,
    starts_at: datetime,
    zone: ZoneInfo,
) -> Reaction:
    if draws.uniform("delivered") >= DELIVERED:
        return Reaction(False, sent_at + draws.between("undelivered", timedelta(seconds=20), timedelta(minutes=3)))
    reported_at = sent_at + draws.between("reported", timedelta(seconds=1), timedelta(seconds=9))
    read_at = None
    if draws.uniform("read") < READ:
        read_at = reported_at + draws.between("reads", timedelta(seconds=20), timedelta(minutes=15))
    answer = _answer(draws.uniform("answer"), ACCEPTS[circumstance] * lead_factor(starts_at - sent_at), purpose)
    answers_at = awake(sent_at + reply_time(draws.uniform("reply time"), purpose), draws, zone)
    if answer is None or answers_at >= starts_at:
        # An offer whose time has come and gone is answered by nobody.
        return Reaction(True, reported_at, read_at)
    if read_at is not None and read_at > answers_at:
        read_at = max(reported_at, answers_at - timedelta(seconds=5))
    return Reaction(True, reported_at, read_at, answer, answers_at, draws.uniform("button") < PRESSES_BUTTON)


def _answer(drawn: float, accepts: float, purpose: Literal["marketing", "service"]) -> Answer | None:
    shares: tuple[tuple[Answer, float], ...] = (
        ("accept", accepts),
        ("decline", DECLINES),
        ("opt_out", OPTS_OUT[purpose]),
    )
    for answer, share in shares:
        if drawn < share:
            return answer
        drawn -= share
    return None


def lead_factor(lead: timedelta) -> float:
    """How much readier people are to take a time this far away."""
    if lead < timedelta(hours=1):
        return 0.4
    if lead <= timedelta(hours=3):
        return 0.8
    return 1.0 if lead <= timedelta(hours=24) else 1.2


def reply_time(drawn: float, purpose: Literal["marketing", "service"]) -> timedelta:
    # Through the lognormal's quantile, so that one draw gives one time.
    spread = math.exp(REPLY_SIGMA * NormalDist().inv_cdf(drawn))
    seconds = REPLY_MEDIAN[purpose].total_seconds() * spread
    return timedelta(seconds=round(min(max(seconds, 10.0), 7 * 86_400.0)))


def awake(instant: datetime, draws: Draws, zone: ZoneInfo) -> datetime:
    """That instant, or within the first hour of the morning after it when people are asleep."""
    local = instant.astimezone(zone)
    if ASLEEP_UNTIL <= local.time() < ASLEEP_FROM:
        return instant
    morning = local.date() + timedelta(days=1) if local.time() >= ASLEEP_FROM else local.date()
    wakes = datetime.combine(morning, ASLEEP_UNTIL, zone).astimezone(instant.tzinfo)
    return wakes + draws.between("morning", timedelta(0), timedelta(hours=1))


def due_again(visits: list[datetime], now: datetime) -> bool:
    """Whether somebody with these visits, oldest first, would usually have come again by now."""
    if not visits:
        return False
    usual = (visits[-1] - visits[0]) / (len(visits) - 1) if len(visits) > 1 else USUAL_INTERVAL
    return now - visits[-1] >= usual
