"""Times, outcomes and reasons in words, as they are put into the texts of messages."""

import re
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton, format_time

from shared.messaging.phrases import in_form, phrases
from shared.values.cldr import cldr_locale, plainly_spaced


def spoken_time(instant: datetime, zone: ZoneInfo, locale: str, *, now: datetime | None) -> str:
    """Says a time as people there do: "today at 14:00", "Sat, Nov 28 at 2:00 p.m.". `now` is when it will be read, because
    "today" written in the evening is wrong in the morning; None, where nobody knows when that is, always names the day."""
    local = instant.astimezone(zone)
    day = _spoken_day(local, now and now.astimezone(zone), locale)
    return _with_hour(phrases(__file__, locale)["at"], local, locale, day=day)


def spoken_deadline(instant: datetime, zone: ZoneInfo, locale: str, *, now: datetime) -> str:
    """Says a time as it follows "until": the hour alone when it is today, as `spoken_time` when it is not."""
    local = instant.astimezone(zone)
    if local.date() == now.astimezone(zone).date():
        return _with_hour(phrases(__file__, locale)["until"], local, locale)
    return spoken_time(instant, zone, locale, now=now)


def spoken_outcome(status: str, locale: str) -> str:
    """Says what became of an approval, as a word within a sentence."""
    return str(phrases(__file__, locale)["outcome"].get(status, status))


def spoken_reason(reason: str, locale: str, *, when: str) -> str:
    """Says why a message waits for a person, as it follows "about". `when` is the time it is about, or empty."""
    return str(phrases(__file__, locale)["reason"][reason]).replace("{when}", when).strip()


def spoken_why_not(reason: str, locale: str) -> str:
    """Says why somebody was not asked, or nothing came of an approval, by the reason that is kept for the record. One without words
    of its own tells of our workings, and is said as what it comes to."""
    words = phrases(__file__, locale)["why_not"]
    kept = re.sub(r"\d+(\.\d+)?", "N", reason)
    found = [words[part] for part in (kept, *reversed(kept.split(": "))) if part in words]
    return str(next(iter(found), words["other"]))


def _spoken_day(local: datetime, now: datetime | None, locale: str) -> str:
    words = phrases(__file__, locale)
    match (local.date() - now.date()).days if now else None:
        case 0:
            return str(words["today"])
        case 1:
            return str(words["tomorrow"])
    return plainly_spaced(format_skeleton(words["day"], local, locale=cldr_locale(locale)))


def _with_hour(forms: Mapping[str, str], local: datetime, locale: str, **said: str) -> str:
    """The form of the phrase that goes with this hour: "a la 1:30", "a las 2:30". A language that says its hours otherwise than
    CLDR's shortest way names CLDR's skeleton for them."""
    there, skeleton = cldr_locale(locale), phrases(__file__, locale).get("hour")
    hour = format_skeleton(skeleton, local, locale=there) if skeleton else format_time(local, "short", locale=there)
    number = int("".join(filter(str.isdigit, hour.partition(":")[0])))
    return in_form(forms, number, locale).format(hour=plainly_spaced(hour), **said)
