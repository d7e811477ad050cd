from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.scan_gaps import scan_cursor
from functions.scan_gaps.scan_cursor import INTERVAL, ScanCursor, SeenBooking, due, remembered, seen_as, turn_at
from shared.calendar.booking import stand_in
from shared.values.stretches import Stretch

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@given(st.integers(0, 400), st.text(min_size=1, max_size=20), st.integers(0, 86399))
def test_in_each_turn_everybody_is_looked_at_exactly_once(count: int, salon_id: str, seconds: int) -> None:
    staff_ids = [f"staff{number}" for number in range(count)]
    now = NOW + timedelta(seconds=seconds)
    first, _ = turn_at(salon_id, now)
    looked_at: list[str] = []
    checked, turn = 0, first
    while turn <= first + 1:
        now += INTERVAL
        number, over = turn_at(salon_id, now)
        if number != turn:
            turn, checked = number, 0
        if turn == first + 1:
            looked_at += due(staff_ids, checked, over)
            checked += len(due(staff_ids, checked, over))
    assert looked_at == staff_ids


def test_a_scan_that_comes_late_makes_up_for_those_that_did_not_come() -> None:
    staff_ids = [f"staff{number}" for number in range(10)]
    assert due(staff_ids, 2, 0.75) == staff_ids[2:8]


def test_salons_begin_their_turns_at_different_times_of_day() -> None:
    begun = [turn_at(f"salon{number}", NOW)[1] for number in range(200)]
    assert min(begun) < 0.1 and max(begun) > 0.9


def test_where_bookings_stood_is_read_back_to_the_microsecond() -> None:
    stood = {
        f"b{number}": SeenBooking("mía/🙂"[:3], Stretch(NOW + timedelta(microseconds=number), NOW + HOUR), "seen")
        for number in range(1, 4)
    }
    assert cursor(remembered(stood, NOW)).seen_bookings() == stood


def test_what_is_over_is_forgotten_and_of_too_many_the_farthest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan_cursor, "MOST_BOOKINGS", 2)
    stood = {
        name: SeenBooking("mia", Stretch(NOW + start * HOUR, NOW + (start + 1) * HOUR), "seen")
        for name, start in (("over", -1), ("far", 30), ("near", 1), ("under way", 0))
    }
    assert set(cursor(remembered(stood, NOW)).seen_bookings()) == {"under way", "near"}


def test_a_note_leaves_a_booking_as_it_was_seen_and_a_change_of_its_time_does_not() -> None:
    booking = stand_in("b1", "mia", Stretch(NOW, NOW + HOUR))
    assert len(seen_as(booking)) == 12, "thousands of them fit into one document"
    assert seen_as(booking.changed(price=7)) == seen_as(booking)
    assert seen_as(booking.changed(status="completed")) == seen_as(booking)
    assert seen_as(booking.changed(end_time=NOW + 2 * HOUR)) != seen_as(booking)
    assert seen_as(booking.changed(status="no_show")) != seen_as(booking)


def cursor(text: str) -> ScanCursor:
    return ScanCursor(scanned_until=NOW, hours="h", settings_version=1, turn=1, staff_ids=[], checked=0, standing=text)


def test_a_turn_is_a_day_and_of_it_is_over_what_is_over_at_the_next_scan() -> None:
    turn, over = turn_at("s1", NOW)
    before = next(n for n in range(1, 289) if turn_at("s1", NOW - n * INTERVAL)[0] != turn)
    shares = [turn_at("s1", NOW - n * INTERVAL)[1] for n in range(before)]
    assert shares == [pytest.approx(over - n * (5 / 1440)) for n in range(before)]
    number, share = turn_at("s1", NOW - before * INTERVAL)
    assert number == turn - 1 and share == 1.0
    assert turn_at("s1", NOW + timedelta(days=1)) == (turn + 1, pytest.approx(over))


def test_a_salons_turn_is_the_same_in_every_process() -> None:
    assert [turn_at(salon_id, NOW) for salon_id in ("s1", "glow")] == [
        (20780, pytest.approx(0.8822222222222222)),
        (20780, pytest.approx(0.9913078703703704)),
    ]


@pytest.mark.parametrize(
    ("checked", "over", "found"), [(0, 0.3, 3), (0, 0.31, 4), (3, 0.3, 0), (9, 1.0, 1), (0, 1.0, 10)]
)
def test_so_many_are_due_as_the_share_that_is_over_rounded_up(checked: int, over: float, found: int) -> None:
    everybody = [f"staff{number}" for number in range(10)]
    assert due(iter(everybody), checked, over) == everybody[checked : checked + found]


def test_a_booking_that_ends_now_is_over_and_of_two_that_start_together_the_first_id_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scan_cursor, "MOST_BOOKINGS", 1)
    here = Stretch(NOW - HOUR, NOW + timedelta(microseconds=1))
    stood = {name: SeenBooking("mia", here, seen) for name, seen in (("b", "1"), ("a", "2"), ("c", "0"))}
    stood["over"] = SeenBooking("mia", Stretch(NOW - HOUR, NOW), "over")
    assert remembered(stood, NOW) == '{"a":["mia",1795422600000000,1795426200000001,"2"]}'
    assert remembered({"over": stood["over"]}, NOW) == "{}"


def test_a_booking_that_is_gone_stands_in_where_it_was_last_seen() -> None:
    stretch = Stretch(NOW, NOW + HOUR)
    booking = stand_in("b1", "mia", stretch)
    seen = SeenBooking.of(booking)
    assert seen == SeenBooking("mia", stretch, seen_as(booking))
    assert seen.as_booking("b1") == booking
