"""Which stretches should be gaps: checked against a minute grid that shares nothing with the engine but the rules."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.calendar.booking import NOT_FREE, Booking
from shared.calendar.gap import Finding, Gap
from shared.calendar.staff_day import Freed, StaffDay, findings, freed_by_change, freed_time, not_free
from shared.salon.settings import GapSettings
from tests.shared.calendar.schedules import (
    DAY,
    WEEK,
    a_booking,
    a_day,
    a_salon,
    a_service,
    a_stylist,
    at,
    between,
    shown,
)
from tests.shared.sales.test_acceptance import gap

MORNING = at("06:00")


def found(staff_day: StaffDay, now: datetime = MORNING) -> list[str]:
    return [shown(finding.stretch) for finding in findings(staff_day, now=now)]


def only(staff_day: StaffDay, now: datetime = MORNING, freed: list[Freed] | None = None) -> Finding:
    (finding,) = findings(staff_day, now=now, freed=freed or [])
    return finding


def test_a_gap_is_what_bookings_leave_of_working_time():
    assert found(a_day()) == ["10:00-18:00"]
    assert found(a_day(a_booking("11:00", "12:00"))) == ["10:00-11:00", "12:00-18:00"]


def test_a_gap_is_at_least_as_long_as_the_salon_wants():
    day = a_day(a_booking("10:40", "17:20"), settings=GapSettings(min_gap_minutes=45))
    assert found(day) == []
    assert found(a_day(a_booking("10:45", "17:20"), settings=GapSettings(min_gap_minutes=45))) == ["10:00-10:45"]


def test_a_gap_fits_some_service_of_this_stylist_with_its_buffers():
    long_cut = a_service("cut", 40, buffer_before_minutes=5, buffer_after_minutes=10)
    for end, expected in (("10:54", []), ("10:55", ["10:00-10:55"])):
        day = a_day(a_booking(end, "18:00", "gone"), services={"cut": long_cut})
        assert found(day) == expected


def test_services_that_are_not_offered_or_not_theirs_make_no_gap():
    assert found(a_day(staff=a_stylist(service_ids=[]))) == []
    assert found(a_day(staff=a_stylist(service_ids=["massage"]))) == []
    assert found(a_day(services={"cut": a_service("cut", 30, active=False)})) == []


def test_services_fittable_are_what_still_fits_the_sellable_part():
    finding = only(a_day(a_booking("10:00", "16:30")), now=at("15:00"))
    assert finding.services_fittable == ("colour", "cut")
    assert only(a_day(a_booking("10:00", "16:30")), now=at("16:05")).services_fittable == ("cut",)


def test_a_gap_under_way_keeps_its_bounds_and_is_sellable_after_the_notice():
    finding = only(a_day(), now=at("12:07"))
    assert finding.stretch == between("10:00", "18:00")
    assert finding.sellable_from == at("12:37")


def test_a_gap_lasts_until_nothing_that_fits_can_be_sold_any_more():
    day = a_day()
    expires_at = only(day).expires_at
    assert findings(day, now=expires_at - timedelta(seconds=1))
    assert not findings(day, now=expires_at)


def test_days_outside_the_horizon_have_no_gaps():
    for day, expected in ((DAY - timedelta(days=1), []), (DAY + timedelta(days=14), 1), (DAY + timedelta(days=15), [])):
        assert len(findings(a_day(day=day), now=MORNING)) == (expected or 0)


def test_a_booking_of_somebody_else_is_none_of_this_stylists_time():
    assert found(a_day(a_booking("11:00", "12:00", staff_id="meera"))) == ["10:00-18:00"]


def test_a_stylist_is_free_while_colour_is_processing():
    assert found(a_day(a_booking("10:00", "11:30", "colour"), a_booking("11:30", "18:00"))) == ["10:30-11:10"]


def test_a_booking_from_before_midnight_still_takes_time_after_it():
    salon = a_salon(opening_hours={"mon": [["00:00", "02:00"]]})
    night = a_booking("23:30", "25:00", day=DAY - timedelta(days=1))
    assert found(a_day(night, salon=salon), now=at("12:00", DAY - timedelta(days=1))) == ["01:00-02:00"]


def test_time_nobody_ever_booked_is_idle():
    finding = only(a_day())
    assert (finding.origin, finding.freed) == ("idle", ())


def test_a_cancelled_booking_makes_the_stretch_around_it_freed():
    finding = only(a_day(a_booking("14:00", "15:00", status="cancelled", cancelled_by="customer")))
    assert (finding.origin, finding.freed, finding.salon_freed) == ("freed", (between("14:00", "15:00"),), ())


def test_time_cancelled_by_the_salon_is_told_apart():
    finding = only(a_day(a_booking("14:00", "15:00", status="cancelled", cancelled_by="salon")))
    assert finding.salon_freed == (between("14:00", "15:00"),)


def test_freed_time_that_is_over_makes_no_freed_gap():
    day = a_day(a_booking("10:00", "11:00", status="cancelled"))
    assert only(day, now=at("10:29")).origin == "freed"
    assert only(day, now=at("10:30")).origin == "idle"


def test_a_moved_a_shortened_and_a_deleted_booking_free_what_they_leave():
    before = a_booking("14:00", "15:00")
    for after, expected in (
        (a_booking("16:00", "17:00", id=before.id), ["14:00-15:00"]),
        (a_booking("14:00", "14:20", id=before.id), ["14:20-15:00"]),
        (a_booking("14:30", "15:30", id=before.id), ["14:00-14:30"]),
        (a_booking("14:00", "15:00", id=before.id, staff_id="meera"), ["14:00-15:00"]),
        (None, ["14:00-15:00"]),
    ):
        freed = freed_by_change(before, after)
        assert [shown(part.stretch) for part in freed["rahul"]] == expected
    day = a_day(a_booking("14:00", "14:20"), a_booking("10:00", "14:00", id="b2"))
    finding = only(day, freed=freed_by_change(before, a_booking("14:00", "14:20", id=before.id))["rahul"])
    assert (finding.origin, finding.freed) == ("freed", (between("14:20", "15:00"),))


def test_a_change_that_gives_nothing_back_frees_nothing():
    before = a_booking("14:00", "15:00")
    assert freed_by_change(None, before) == {}
    assert freed_by_change(before, a_booking("14:00", "16:00", id=before.id)) == {}
    assert freed_by_change(before.changed(status="cancelled"), None) == {}
    # The cancelled booking says so itself, for as long as it is there.
    assert freed_by_change(before, before.changed(status="cancelled")) == {}


def test_freed_time_settles_first_unless_it_starts_soon():
    day = a_day(a_booking("14:00", "15:00", status="cancelled"))
    assert only(day, now=at("11:59")).settles_at == at("11:59") + timedelta(seconds=90)
    assert only(day, now=at("12:00")).settles_at == at("12:00")


def test_time_of_a_no_show_is_offered_after_a_grace():
    day = a_day(a_booking("14:00", "15:30", status="no_show"), a_booking("15:30", "18:00"))
    finding = only(day, now=at("14:02"))
    assert (finding.origin, finding.settles_at) == ("no_show", at("14:20"))
    assert shown(finding.stretch) == "10:00-15:30"


def test_standing_bookings_in_time_off_or_a_closure_are_conflicts():
    staff = a_stylist(time_off=[{"start": at("09:00"), "end": at("13:00")}])
    salon = a_salon(closures=[{"start": at("17:00"), "end": at("18:00")}])
    bookings = [a_booking("10:00", "11:00"), a_booking("12:30", "13:30"), a_booking("14:00", "15:00"),
                a_booking("16:30", "17:30"), a_booking("11:00", "12:00", status="cancelled")]  # fmt: skip
    day = a_day(*bookings, staff=staff, salon=salon)
    assert [b.id for b in day.conflicts(MORNING)] == ["b10:00", "b12:30", "b16:30"]
    assert [b.id for b in day.conflicts(at("11:30"))] == ["b12:30", "b16:30"]


@pytest.mark.parametrize(
    ("at_least", "notice", "expires"),
    [(30, 30, "17:00:01"), (45, 30, "16:45:01"), (30, 0, "17:30:01"), (5, 30, "17:00:01")],
)
def test_the_last_call_is_the_last_second_at_which_the_shortest_service_fits(at_least: int, notice: int, expires: str):
    settings = GapSettings(min_gap_minutes=at_least, minimum_notice_minutes=notice)
    hours, minutes, seconds = map(int, expires.split(":"))
    last = at("00:00") + timedelta(hours=hours, minutes=minutes, seconds=seconds)
    assert only(a_day(settings=settings)).expires_at == last


def test_a_gap_knows_what_it_could_earn_and_how_much_it_matters():
    """Of eight hours booked for four, with the rest at the end of the day, beginning in eight hours."""
    finding = only(a_day(a_booking("10:00", "14:00")))
    assert finding.services_fittable == ("colour", "cut")
    assert finding.potential_revenue == 2 * 2000 + 2 * 400
    assert finding.priority_parts == {
        "peak": 25.0,
        "duration": 20.0,
        "utilisation": 7.5,
        "value": 20.0,
        "nearness": 18.3,
    }
    assert (finding.priority_score, finding.priority) == (91, "critical")


@pytest.mark.parametrize(
    ("booked", "share"), [([], 0), ([("10:00", "14:00")], 0.5), ([("09:00", "12:00")], 0.25), ([("10:00", "18:00")], 1)]
)
def test_a_day_is_as_full_as_the_rostered_time_that_is_booked(booked: list[tuple[str, str]], share: float):
    assert a_day(*(a_booking(start, end) for start, end in booked)).utilisation == share
    assert a_day(staff=a_stylist(active=False)).utilisation == 0


@pytest.mark.parametrize(
    ("starts", "now", "waits"),
    [
        (["14:00"], "11:59:59", 90),
        (["14:00"], "12:00:00", 0),
        (["14:00", "17:00"], "12:00:00", 0),
        (["17:00", "14:00"], "11:00:00", 90),
        ([], "08:00:00", 0),
    ],
)
def test_what_starts_within_two_hours_settles_at_once_with_all_of_its_gap(starts: list[str], now: str, waits: int):
    cancelled = [a_booking(start, f"{int(start[:2]) + 1}:00", status="cancelled") for start in starts]
    moment = at(now[:5]) + timedelta(seconds=int(now[6:]))
    assert only(a_day(*cancelled), now=moment).settles_at == moment + timedelta(seconds=waits)


@pytest.mark.parametrize(("no_show", "cancelled", "now", "settles"), [
    ("14:00", None, "14:05", "14:20"), ("14:00", None, "14:25", "14:25"), ("14:00", "15:00", "14:05", "14:20"),
    ("12:00", "17:00", "11:58", "12:20"),
])  # fmt: skip
def test_a_no_show_has_its_grace_whatever_else_was_given_back(
    no_show: str, cancelled: str | None, now: str, settles: str
):
    gone = [a_booking(no_show, f"{int(no_show[:2]) + 1}:00", status="no_show")]
    if cancelled:
        gone.append(a_booking(cancelled, f"{int(cancelled[:2]) + 1}:00", status="cancelled"))
    finding = only(a_day(*gone), now=at(now))
    assert finding.settles_at == at(settles)
    assert finding.origin == ("freed" if cancelled else "no_show")


@pytest.mark.parametrize(("length", "fits"), [(29, []), (30, ["cut"]), (89, ["cut"]), (90, ["colour", "cut"])])
def test_what_fits_into_a_stretch_is_counted_to_the_minute(length: int, fits: list[str]):
    stretch = between("12:00", "12:00")
    stretch = stretch.widened(timedelta(), timedelta(minutes=length))
    assert [service.id for service in a_day().fitting(stretch)] == fits
    assert a_day().sellable([between("12:00", "12:00"), stretch]) is bool(fits)
    strict = a_day(settings=GapSettings(min_gap_minutes=90))
    assert [service.id for service in strict.fitting(stretch)] == (fits if length == 90 else [])


def test_nothing_is_ahead_of_what_is_over_and_all_is_of_what_is_far():
    day = a_day()
    assert day.ahead(between("12:00", "13:00"), at("11:30")) == between("12:00", "13:00")
    assert day.ahead(between("12:00", "13:00"), at("11:31")) == between("12:01", "13:00")


@pytest.mark.parametrize(("now", "conflicts"), [("12:59", 1), ("13:00", 0)])
def test_a_booking_that_is_over_is_no_conflict_any_more(now: str, conflicts: int):
    day = a_day(a_booking("12:00", "13:00"), staff=a_stylist(time_off=[{"start": at("12:59"), "end": at("14:00")}]))
    assert len(day.conflicts(at(now))) == conflicts
    beside = a_day(a_booking("12:00", "13:00"), staff=a_stylist(time_off=[{"start": at("13:00"), "end": at("14:00")}]))
    assert beside.conflicts(MORNING) == []


def test_what_the_bookings_show_as_given_back_names_its_cause():
    booked = [
        a_booking("10:00", "11:00"),
        a_booking("11:00", "12:00", status="cancelled", cancelled_by="salon"),
        a_booking("12:00", "13:00", status="cancelled", cancelled_by="customer"),
        a_booking("13:00", "14:00", status="no_show"),
    ]
    assert freed_time(booked) == [
        Freed(between("11:00", "12:00"), "cancelled", by_salon=True),
        Freed(between("12:00", "13:00"), "cancelled"),
        Freed(between("13:00", "14:00"), "no_show"),
    ]
    [moved] = freed_by_change(booked[0], None)["rahul"]
    assert moved == Freed(between("10:00", "11:00"), "moved")


SAID = at("07:00")
OWNER_SAID = gap(
    status="ignored", closed_reason="owner", closed_at=SAID, start_time=at("12:00"), end_time=at("14:00")
)  # fmt: skip


def cancelled(start: str, end: str, when: datetime | None, **fields: object) -> Booking:
    return a_booking(start, end, status="cancelled").changed(cancelled_at=when, **fields)


@pytest.mark.parametrize(
    ("stored", "bookings", "not_free_then"),
    [
        ([OWNER_SAID], [], ["12:00-14:00"]),
        ([OWNER_SAID.changed(status="filled")], [], []),
        ([OWNER_SAID.changed(closed_reason="closure")], [], []),
        ([OWNER_SAID.changed(closed_at=None)], [], []),
        ([OWNER_SAID], [cancelled("12:30", "13:00", SAID)], ["12:00-14:00"]),
        ([OWNER_SAID], [cancelled("12:30", "13:00", SAID + timedelta(seconds=1))], ["12:00-12:30", "13:00-14:00"]),
        ([OWNER_SAID], [cancelled("12:30", "13:00", None, updated_at=at("08:00"))], ["12:00-12:30", "13:00-14:00"]),
        ([OWNER_SAID], [cancelled("12:30", "13:00", at("06:00"), updated_at=at("08:00"))], ["12:00-14:00"]),
        ([OWNER_SAID], [a_booking("12:30", "13:00").changed(cancelled_at=at("08:00"))], ["12:00-14:00"]),
        ([], [cancelled("15:00", "16:00", SAID, cancellation_reason=NOT_FREE)], ["15:00-16:00"]),
        ([], [cancelled("15:00", "16:00", SAID, cancellation_reason="ill")], []),
        ([], [a_booking("15:00", "16:00").changed(cancellation_reason=NOT_FREE, updated_at=SAID)], []),
    ],
)
def test_what_the_owner_said_is_not_free_stays_so_until_somebody_cancels_later_on(
    stored: list[Gap], bookings: list[Booking], not_free_then: list[str]
):
    assert [shown(stretch) for stretch in not_free(stored, bookings)] == not_free_then


# --- against a minute grid ---

GRID = 5
clocks = st.integers(0, 24 * 60 // GRID).map(lambda step: f"{step * GRID // 60:02}:{step * GRID % 60:02}")
spans = st.tuples(clocks, clocks).map(sorted).filter(lambda pair: pair[0] < pair[1])
some_spans = st.lists(spans, max_size=3)
buffers = st.sampled_from([0, 0, 5, 10])


@st.composite
def services(draw: st.DrawFn) -> dict[str, object]:
    made = {}
    for id in ("cut", "colour", "other"):
        minutes = draw(st.sampled_from([15, 30, 45, 60, 90, 120]))
        after = draw(st.integers(0, minutes // GRID)) * GRID
        free = draw(st.integers(0, (minutes - after) // GRID)) * GRID
        made[id] = a_service(
            id,
            minutes,
            buffer_before_minutes=draw(buffers),
            buffer_after_minutes=draw(buffers),
            processing=draw(st.sampled_from([None, {"after_minutes": after, "minutes": free}])),
        )
    return made


@st.composite
def bookings(draw: st.DrawFn) -> list[Booking]:
    made = []
    for number in range(draw(st.integers(0, 5))):
        start, end = draw(spans)
        made.append(
            a_booking(
                start,
                end,
                *draw(st.lists(st.sampled_from(["cut", "colour", "gone"]), min_size=1, max_size=3)),
                id=f"b{number}",
                status=draw(st.sampled_from(["pending", "confirmed", "completed", "cancelled", "no_show"])),
                staff_id=draw(st.sampled_from(["rahul", "rahul", "rahul", "meera"])),
            )
        )
    return made


@st.composite
def days(draw: st.DrawFn) -> StaffDay:
    hours = draw(some_spans)
    staff_hours = draw(st.sampled_from([None, {"mon": draw(some_spans)}]))
    off = [{"start": at(start), "end": at(end)} for start, end in draw(st.lists(spans, max_size=1))]
    closed = [{"start": at(start), "end": at(end)} for start, end in draw(st.lists(spans, max_size=1))]
    return a_day(
        *draw(bookings()),
        salon=a_salon(opening_hours={"mon": hours}, closures=closed),
        staff=a_stylist(working_hours=staff_hours, breaks={"mon": draw(some_spans)}, time_off=off),
        services=draw(services()),
        settings=GapSettings(min_gap_minutes=draw(st.sampled_from([15, 30, 60]))),
    )


def in_hours(minute: int, hours: list) -> bool:
    def number(clock: str) -> int:
        return int(clock[:2]) * 60 + int(clock[3:])

    return any(number(stretch.start) <= minute < number(stretch.end) for stretch in hours)


def works(day: StaffDay, minute: int) -> bool:
    instant = at("00:00") + timedelta(minutes=minute)
    own = day.staff.working_hours
    return (
        in_hours(minute, day.salon.opening_hours["mon"])
        and (own is None or in_hours(minute, own["mon"]))
        and not in_hours(minute, day.staff.breaks["mon"])
        and not any(a.start <= instant < a.end for a in [*day.staff.time_off, *day.salon.closures])
    )


def is_taken(day: StaffDay, minute: int) -> bool:
    return any(takes(booking, day, at("00:00") + timedelta(minutes=minute)) for booking in day.bookings)


def takes(booking: Booking, day: StaffDay, instant: datetime) -> bool:
    if booking.staff_id != "rahul" or booking.status in ("cancelled", "no_show"):
        return False
    known = [day.services.get(id) for id in booking.service_ids]
    before = known[0].buffer_before if known[0] else timedelta()
    after = known[-1].buffer_after if None not in known else timedelta()
    if not booking.start_time - before <= instant < booking.end_time + after:
        return False
    at_service = booking.start_time
    for number, service in enumerate(known):
        if service is None:
            return True
        last = number == len(known) - 1
        over = booking.end_time if last else min(booking.end_time, at_service + service.duration)
        if service.processing:
            free_from = at_service + timedelta(minutes=service.processing.after_minutes)
            free_until = min(free_from + timedelta(minutes=service.processing.minutes), over)
            if free_from <= instant < free_until:
                return False
        at_service = over
    return True


def expected_gaps(day: StaffDay, now: datetime) -> list[str]:
    free = [works(day, m) and not is_taken(day, m) for m in range(0, 24 * 60, GRID)] + [False]
    gaps, start = [], None
    for step, is_free in enumerate(free):
        if is_free and start is None:
            start = step
        elif not is_free and start is not None:
            opens, closes = at("00:00") + timedelta(minutes=start * GRID), at("00:00") + timedelta(minutes=step * GRID)
            sellable = closes - max(opens, now + timedelta(minutes=day.settings.minimum_notice_minutes))
            needed = [
                s.buffer_before_minutes + s.duration_minutes + s.buffer_after_minutes
                for id, s in day.services.items() if id in ("cut", "colour")
            ]  # fmt: skip
            if sellable >= timedelta(minutes=max(day.settings.min_gap_minutes, min(needed))):
                gaps.append(f"{opens:%H:%M}-{closes:%H:%M}")
            start = None
    return gaps


@settings(max_examples=300)
@given(days(), st.integers(0, 24 * 60 // GRID))
def test_the_gaps_are_those_of_the_minute_grid_none_missing_and_none_more(day: StaffDay, step: int):
    now = at("00:00") + timedelta(minutes=step * GRID)
    assert found(day, now) == expected_gaps(day, now)


@settings(max_examples=100)
@given(days(), st.randoms(use_true_random=False))
def test_the_order_in_which_bookings_are_read_does_not_matter(day: StaffDay, random: object):
    shuffled = list(day.bookings)
    random.shuffle(shuffled)
    again = a_day(
        *shuffled,
        salon=day.salon,
        staff=day.staff,
        services=dict(reversed(day.services.items())),
        settings=day.settings,
    )
    assert findings(again, now=MORNING) == findings(day, now=MORNING)


def changes_of(zone: ZoneInfo) -> list[date]:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    offsets = [datetime(day.year, day.month, day.day, tzinfo=zone).utcoffset() for day in [*days, date(2027, 1, 1)]]
    return [day for day, now, then in zip(days, offsets, offsets[1:], strict=False) if now != then]


@pytest.mark.parametrize("part", range(4))
def test_the_gaps_are_right_on_the_change_days_of_every_zone(part: int):
    """Around the clock with one booking: the gaps and the booking make up the whole day, however long it is."""
    changed = 0
    for name in sorted(available_timezones())[part::4]:
        zone = ZoneInfo(name)
        for day in changes_of(zone):
            changed += 1
            salon = a_salon(timezone=name, opening_hours={weekday: [["00:00", "24:00"]] for weekday in WEEK})
            noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
            booking = a_booking("12:00", "13:00").changed(start_time=noon, end_time=noon + timedelta(hours=1))
            before = noon - timedelta(days=2)
            gaps = [f.stretch for f in findings(a_day(booking, salon=salon, day=day), now=before)]
            assert [gap.start.astimezone(zone).date() for gap in gaps] == [day, day], (name, day)
            assert gaps[0].end == noon and gaps[1].start == noon + timedelta(hours=1)
            just_before, tomorrow = gaps[1].end - timedelta(seconds=1), day + timedelta(days=1)
            assert (just_before.astimezone(zone).date(), gaps[1].end.astimezone(zone).date()) == (day, tomorrow)
            earlier = gaps[0].start - timedelta(seconds=1)
            assert earlier.astimezone(zone).date() < day
    assert changed >= 60
