"""When a person may be written to, by the clock where they are.

Hours include their start and exclude their end: with quiet hours from 20:30, 20:29:59 is allowed and 20:30:00 is not.
Whoever plans a message asks for the moment it will be *delivered*.
"""

from bisect import bisect_left
from datetime import UTC, datetime, time, timedelta
from typing import Literal, TypedDict, Unpack
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
_DAY = 24 * 60


class Hours(TypedDict):
    """What says when somebody may be written to: their zone, the quiet hours, and what the law has to do with it. `country` (ISO
    3166) is where their address belongs to."""

    zone: ZoneInfo
    quiet: QuietHours
    channel: Literal["whatsapp", "sms"]
    marketing: bool
    country: str | None


def answers(at: datetime, their_message: datetime) -> bool:
    """Whether a message sent then answers the person's own. It may come at any hour: nobody who just wrote is disturbed
    by a reply."""
    return timedelta(0) <= at - their_message <= ANSWER_WITHIN


def allowed(at: datetime, **hours: Unpack[Hours]) -> bool:
    """Whether a person may be written to at this instant."""
    local, quiet = at.astimezone(hours["zone"]).time(), hours["quiet"]
    return not _within(local, quiet.start, quiet.end) and all(
        _within(local, start, end) for start, end in _windows(hours)
    )


def next_allowed(at: datetime, **hours: Unpack[Hours]) -> datetime | None:
    """The first instant from `at` on at which a person may be written to, or None when the salon's hours and the law's
    never meet."""
    if allowed(at, **hours):
        return at
    openings = [hours["quiet"].end, *(start for start, _ in _windows(hours))]
    return next((moment for moment in _moments(at, openings, hours["zone"]) if allowed(moment, **hours)), None)


def allowed_until(at: datetime, **hours: Unpack[Hours]) -> datetime | None:
    """The first instant from `at` on at which a person may no longer be written to, or None where there is none within the next
    days."""
    if not allowed(at, **hours):
        return at
    closings = [hours["quiet"].start, *(end for _, end in _windows(hours))]
    return next((moment for moment in _moments(at, closings, hours["zone"]) if not allowed(moment, **hours)), None)


def _within(local: time, start: time, end: time) -> bool:
    return start <= local < end if start <= end else local >= start or local < end


def _windows(hours: Hours) -> list[tuple[time, time]]:
    law = PROMOTIONAL_SMS.get(hours["country"] or "") if hours["channel"] == "sms" and hours["marketing"] else None
    return [law] if law else []


def _moments(at: datetime, hours: list[time], zone: ZoneInfo) -> list[datetime]:
    """What comes after `at`, in order: each of these hours today and on the next two days, both of them where the clock shows it
    twice, and each change of the clock, which may jump over an hour or bring one back."""
    days = [at.astimezone(zone).date() + timedelta(days=day) for day in range(3)]
    shown = {
        datetime.combine(day, hour.replace(fold=fold), zone).astimezone(UTC)
        for day in days
        for hour in hours
        for fold in (0, 1)
    }
    return sorted(moment for moment in shown | _clock_changes(at, zone) if moment > at)


def _clock_changes(at: datetime, zone: ZoneInfo) -> set[datetime]:
    """When the clock is changed within three days from `at`. No zone does so twice within a day."""
    first = at.replace(second=0, microsecond=0).astimezone(UTC)
    found = set()
    for begins in (first + timedelta(days=day) for day in range(3)):

        def is_changed(minute: int, since: datetime = begins) -> bool:
            return (since + minute * _MINUTE).astimezone(zone).utcoffset() != since.astimezone(zone).utcoffset()

        if is_changed(_DAY):
            found.add(begins + bisect_left(range(_DAY), True, key=is_changed) * _MINUTE)
    return found
