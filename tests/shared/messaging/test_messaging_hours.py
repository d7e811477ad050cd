from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.messaging.messaging_hours import PROMOTIONAL_SMS, allowed, allowed_until, answers, next_allowed
from shared.salon.settings import QuietHours
from tests.zones import in_each_zone, wall

KOLKATA, NEW_YORK, MADRID = ZoneInfo("Asia/Kolkata"), ZoneInfo("America/New_York"), ZoneInfo("Europe/Madrid")
WHATSAPP = {"quiet": QuietHours(), "channel": "whatsapp", "marketing": True, "country": None}


def at(text: str, zone: ZoneInfo = KOLKATA) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("11-21T08:59:59.999999", False),
        ("11-21T09:00:00", True),
        ("11-21T20:29:59", True),
        ("11-21T20:30:00", False),
        ("11-21T00:00:00", False),
    ],
)
def test_messages_go_from_nine_until_just_before_half_past_eight(when, expected):
    assert allowed(at(when), zone=KOLKATA, **WHATSAPP) is expected


def test_the_clock_is_the_recipients():
    moment = at("11-21T10:00", KOLKATA)
    assert allowed(moment, zone=KOLKATA, **WHATSAPP)
    assert not allowed(moment, zone=NEW_YORK, **WHATSAPP)


@pytest.mark.parametrize(
    ("channel", "marketing", "country", "expected"),
    [
        ("sms", True, "IN", False),
        ("sms", False, "IN", True),
        ("whatsapp", True, "IN", True),
        ("sms", True, "US", True),
        ("sms", True, None, True),
    ],
)
def test_promotional_sms_in_india_waits_until_ten(channel, marketing, country, expected):
    hours = {"quiet": QuietHours(), "channel": channel, "marketing": marketing, "country": country}
    assert allowed(at("11-21T09:30"), zone=KOLKATA, **hours) is expected


CLASSES = [
    *[(channel, marketing, None) for channel in ("whatsapp", "sms") for marketing in (False, True)],
    *[("sms", True, country) for country in ("IN", "US", "AE")],
]
"""Everything that is said on our own account: offers for the waitlist, promotion, notices."""
ORDINARY, SHORT, LONG = "11-23", "03-29", "10-25"
"""Madrid has 23 hours on the second and 25 on the third."""


@pytest.mark.parametrize("day", [ORDINARY, SHORT, LONG])
@pytest.mark.parametrize(("channel", "marketing", "country"), CLASSES)
def test_every_class_of_message_ends_at_half_past_eight_on_the_wall_whatever_the_clocks_did(
    day, channel, marketing, country
):
    hours = {"quiet": QuietHours(), "channel": channel, "marketing": marketing, "country": country}
    assert allowed(at(f"{day}T20:29:59", MADRID), zone=MADRID, **hours)
    assert not allowed(at(f"{day}T20:30:00", MADRID), zone=MADRID, **hours)
    opens = "10:00:00" if country == "IN" else "09:00:00"
    first = at(f"{day}T{opens}", MADRID)
    assert allowed(first, zone=MADRID, **hours)
    assert not allowed(first - timedelta(seconds=1), zone=MADRID, **hours)
    assert next_allowed(first - timedelta(hours=5), zone=MADRID, **hours) == first


LAW = {"AE": ("07:00", "21:00"), "IN": ("10:00", "21:00"), "US": ("08:00", "21:00")}


@pytest.mark.parametrize("day", [ORDINARY, SHORT, LONG])
@pytest.mark.parametrize("country", PROMOTIONAL_SMS)
def test_a_salon_cannot_widen_what_the_law_allows_for_promotional_sms(country: str, day: str):
    opens, closes = (at(f"{day}T{clock}:00", MADRID) for clock in LAW[country])
    late = {"zone": MADRID, "quiet": QuietHours(start="23:30", end="06:00"), "channel": "sms", "country": country}
    second = timedelta(seconds=1)
    for edge, before, after in ((opens, False, True), (closes, True, False)):
        assert allowed(edge - second, marketing=True, **late) is before
        assert allowed(edge, marketing=True, **late) is after
        assert allowed(edge - second, marketing=False, **late) and allowed(edge, marketing=False, **late)


def test_quiet_hours_may_begin_after_midnight():
    night = {**WHATSAPP, "quiet": QuietHours(start="01:00", end="08:00")}
    assert allowed(at("11-21T00:59"), zone=KOLKATA, **night)
    assert not allowed(at("11-21T01:00"), zone=KOLKATA, **night)


@pytest.mark.parametrize("day", [ORDINARY, SHORT, LONG])
def test_what_is_said_within_ten_minutes_answers_their_message(day):
    theirs = at(f"{day}T02:55", MADRID)
    for later, expected in ((0, True), (600, True), (600.000001, False), (-0.000001, False)):
        assert answers(theirs + timedelta(seconds=later), theirs) is expected


def test_what_may_not_go_now_waits_for_the_morning():
    assert next_allowed(at("11-21T22:00"), zone=KOLKATA, **WHATSAPP) == at("11-22T09:00")
    assert next_allowed(at("11-21T03:00"), zone=KOLKATA, **WHATSAPP) == at("11-21T09:00")
    sms = {"quiet": QuietHours(), "channel": "sms", "marketing": True, "country": "IN"}
    assert next_allowed(at("11-21T22:00"), zone=KOLKATA, **sms) == at("11-22T10:00")


def test_what_may_go_now_goes_now():
    assert next_allowed(at("11-21T12:34:56"), zone=KOLKATA, **WHATSAPP) == at("11-21T12:34:56")


def test_the_morning_comes_an_hour_earlier_or_later_when_the_clocks_change():
    assert next_allowed(at("03-28T21:00", MADRID), zone=MADRID, **WHATSAPP) == datetime(2026, 3, 29, 7, tzinfo=UTC)
    assert next_allowed(at("10-24T21:00", MADRID), zone=MADRID, **WHATSAPP) == datetime(2026, 10, 25, 8, tzinfo=UTC)


def test_an_opening_the_clock_jumps_over_comes_with_the_jump():
    early = {**WHATSAPP, "quiet": QuietHours(start="20:30", end="02:30")}
    assert next_allowed(at("03-28T23:00", MADRID), zone=MADRID, **early) == datetime(2026, 3, 29, 1, tzinfo=UTC)


@in_each_zone
def test_quiet_hours_of_a_day_end_on_that_day(zone: ZoneInfo):
    day = {**WHATSAPP, "quiet": QuietHours(start="00:30", end="23:30")}
    for clock in ("00:30", "05:00", "12:30", "15:30", "16:30", "23:29"):
        assert next_allowed(wall(zone, clock), zone=zone, **day) == wall(zone, "23:30"), clock


def test_hours_that_never_meet_have_no_next_moment():
    never = {"quiet": QuietHours(start="09:00", end="07:00"), "channel": "sms", "marketing": True, "country": "IN"}
    assert next_allowed(at("11-21T12:00"), zone=KOLKATA, **never) is None


@given(
    moment=st.integers(0, 365 * 86400).map(lambda second: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second)),
    zone=st.sampled_from([KOLKATA, NEW_YORK, MADRID, ZoneInfo("Australia/Lord_Howe")]),
    start=st.times().map(lambda t: time(t.hour, t.minute)),
    end=st.times().map(lambda t: time(t.hour, t.minute)),
)
def test_the_next_moment_is_allowed_and_none_before_it_is(moment, zone, start, end):
    if start == end:
        return
    hours = {"zone": zone, "quiet": QuietHours(start=start, end=end)} | {
        "channel": "sms", "marketing": True, "country": "US"
    }  # fmt: skip
    found = next_allowed(moment, **hours)
    until = found or moment + timedelta(days=1)
    assert found is None or allowed(found, **hours)
    probe = moment
    while probe < until:
        assert not allowed(probe, **hours)
        probe += timedelta(minutes=7)


@pytest.mark.parametrize(("second", "goes"), [(-1, "09:00:00"), (0, "09:00:00"), (1, "09:00:01")])
def test_at_the_very_end_of_the_quiet_hours_it_goes(second, goes):
    moment = at("11-21T09:00") + timedelta(seconds=second)
    assert next_allowed(moment, zone=KOLKATA, **WHATSAPP) == at(f"11-21T{goes}")


def test_both_comings_of_a_time_that_the_clock_shows_twice_are_looked_at():
    """Half past two comes twice that night in Madrid, and quiet hours end at its first coming."""
    early = {**WHATSAPP, "quiet": QuietHours(start="20:30", end="02:30")}
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_allowed(first - timedelta(minutes=5), zone=MADRID, **early) == first
    between = first + timedelta(minutes=45)
    assert not allowed(between, zone=MADRID, **early), "it is a quarter past two again"
    assert next_allowed(between, zone=MADRID, **early) == first + timedelta(hours=1)


MINUTE = timedelta(minutes=1)
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")


@pytest.mark.parametrize(("zone", "change", "start", "end"), [
    (NEW_YORK, "11-01T01:00", "01:10", "02:50"),  # 1:00 comes again, in the middle of the quiet hours
    (NEW_YORK, "11-01T01:00", "01:50", "01:10"),
    (NEW_YORK, "11-01T01:00", "01:10", "01:50"),
    (NEW_YORK, "03-08T01:00", "01:10", "02:50"),
    (MADRID, "10-25T02:00", "02:10", "03:30"),
    (MADRID, "03-29T01:00", "02:10", "02:50"),
    (LORD_HOWE, "04-05T01:00", "01:40", "02:40"),
    (LORD_HOWE, "10-04T01:00", "01:40", "02:10"),
])  # fmt: skip
def test_where_the_clock_is_changed_the_next_moment_is_exact(zone: ZoneInfo, change: str, start: str, end: str):
    """Beside trying each minute from two hours before the change."""
    hours = {**WHATSAPP, "zone": zone, "quiet": QuietHours(start=start, end=end)}
    first = at(change, zone) - timedelta(hours=2)
    can = {first + minute * MINUTE: allowed(first + minute * MINUTE, **hours) for minute in range(36 * 60)}
    for moment in list(can)[: 6 * 60 : 5]:
        later = [each for each in can if each >= moment]
        assert next_allowed(moment, **hours) == next(each for each in later if can[each])
        ends = next((each for each in later if not can[each]), None)
        assert ends is None or allowed_until(moment, **hours) == ends


@pytest.mark.parametrize(("country", "quiet", "ends"), [
    (None, ("20:30", "09:00"), "20:30"), ("US", ("22:00", "06:00"), "21:00"), ("IN", ("20:30", "09:00"), "20:30"),
])  # fmt: skip
def test_somebody_may_be_written_to_until_the_earlier_of_the_salons_hours_and_the_laws(country, quiet, ends):
    start, end = quiet
    hours = {"quiet": QuietHours(start=start, end=end), "channel": "sms", "marketing": True, "country": country}
    assert allowed_until(at("11-21T20:10"), zone=KOLKATA, **hours) == at(f"11-21T{ends}")
