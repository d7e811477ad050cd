"""When a person may be written to, by the clock where they are.

Hours include their start and exclude their end: with quiet hours from 20:30, 20:29:59 is allowed and 20:30:00 is not.
Whoever plans a message asks for the moment it will be *delivered*.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from shared.salon.settings import QuietHours

ANSWER_WITHIN = timedelta(minutes=10)
"""How soon after a person's message one of ours counts as its answer."""

PROMOTIONAL_SMS: dict[str, tuple[time, time]] = {
    "AE": (time(7), time(21)),
    "IN": (time(10), time(21)),
    "US": (time(8), time(21)),
}
"""The hours within which the law allows promotional SMS, by country. They narrow the salon's own hours and never widen
them."""

_MINUTE = timedelta(minutes=1)


def answers(at: datetime, their_message: datetime) -> bool:
    """Whether a message sent then answers the person's own. It may come at any hour: nobody who just wrote is disturbed
    by a reply."""
    return timedelta(0) <= at - their_message <= ANSWER_WITHIN


def allowed(
    at: datetime,
    *,
    zone: ZoneInfo,
    quiet: QuietHours,
    channel: Literal["whatsapp", "sms"],
    marketing: bool,
    country: str | None,
) -> bool:
    """Whether a person may be written to at this instant. `country` (ISO 3166) is where their address belongs to."""
    local = at.astimezone(zone).time()
    return not _within(local, quiet.start, quiet.end) and all(
        _within(local, start, end) for start, end in _windows(channel, marketing, country)
    )


def next_allowed(
    at: datetime,
    *,
    zone: ZoneInfo,
    quiet: QuietHours,
    channel: Literal["whatsapp", "sms"],
    marketing: bool,
    country: str | None,
) -> datetime | None:
    """The first instant from `at` on at which a person may be written to, or None when the salon's hours and the law's
    never meet."""

    def is_allowed(moment: datetime) -> bool:
        return allowed(moment, zone=zone, quiet=quiet, channel=channel, marketing=marketing, country=country)

    if is_allowed(at):
        return at
    openings = [quiet.end, *(start for start, _ in _windows(channel, marketing, country))]
    for moment in _moments(at, openings, zone):
        if moment > at and is_allowed(moment):
            # An opening that the clock jumps over in spring comes with the jump, not an hour after it.
            while moment - _MINUTE > at and is_allowed(moment - _MINUTE):
                moment -= _MINUTE
            return moment
    return None


def _within(local: time, start: time, end: time) -> bool:
    return start <= local < end if start <= end else local >= start or local < end


def _windows(channel: str, marketing: bool, country: str | None) -> list[tuple[time, time]]:
    return [PROMOTIONAL_SMS[country]] if channel == "sms" and marketing and country in PROMOTIONAL_SMS else []


def _moments(at: datetime, openings: list[time], zone: ZoneInfo) -> Iterator[datetime]:
    """Each opening today and on the next two days, in order; both of them where the clock shows it twice."""
    today = at.astimezone(zone).date()
    yield from sorted(
        {
            datetime.combine(today + timedelta(days=days), opening.replace(fold=fold), zone).astimezone(UTC)
            for days in range(3)
            for opening in openings
            for fold in (0, 1)
        }
    )
