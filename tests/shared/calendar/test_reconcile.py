from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.calendar.booking import Booking
from shared.calendar.gap import Gap, filled, ignored, released
from shared.calendar.reconcile import reconcile
from shared.calendar.staff_day import StaffDay, findings, freed_by_change
from shared.salon.settings import GapSettings
from shared.values.stretches import merged
from tests.shared.calendar.schedules import (
    DAY,
    SERVICES,
    Calendar,
    a_booking,
    a_day,
    a_salon,
    a_service,
    a_stylist,
    at,
    between,
    shown,
)

MORNING = at("08:00")


def cancelled(booking: Booking, by: str = "customer", when: str = "09:00") -> Booking:
    return booking.changed(status="cancelled", cancelled_by=by, cancelled_at=at(when), updated_at=at(when))


def test_a_free_stretch_opens_a_gap_and_a_second_look_changes_nothing():
    calendar = Calendar()
    (change,) = calendar.reconcile(a_day(), MORNING)
    assert change.record.announces == "GAP_DETECTED"
    gap = calendar.gap_at("10:00")
    assert (shown(gap.stretch), gap.date, gap.staff_name, gap.status) == ("10:00-18:00", "2026-11-23", "Rahul", "open")
    assert calendar.reconcile(a_day(), MORNING) == []


def test_a_booking_over_part_of_a_gap_moves_its_bounds_and_the_earliest_piece_keeps_the_id():
    calendar = Calendar()
    calendar.reconcile(a_day(), MORNING)
    before = calendar.gap_at("10:00")
    changes = calendar.reconcile(a_day(a_booking("12:00", "13:00")), MORNING)
    assert [change.record.announces for change in changes] == ["GAP_CHANGED", "GAP_DETECTED"]
    assert calendar.shown == ["10:00-12:00", "13:00-18:00"]
    assert calendar.gap_at("10:00").id == before.id != calendar.gap_at("13:00").id


def test_a_booking_over_all_of_a_gap_fills_it():
    calendar = Calendar()
    calendar.reconcile(a_day(a_booking("10:00", "16:00")), MORNING)
    calendar.reconcile(a_day(a_booking("10:00", "16:00"), a_booking("16:00", "18:00", id="walk-in")), MORNING)
    (gap,) = calendar.gaps.values()
    assert (gap.status, gap.filled_by, gap.closed_reason) == ("filled", "walk-in", "booked")
    assert gap.due_at is None and gap.campaign.status == "ended"


def test_a_booking_that_leaves_only_what_cannot_be_sold_fills_the_gap():
    calendar = Calendar()
    calendar.reconcile(a_day(a_booking("10:00", "16:00")), MORNING)
    most, rest = a_booking("16:10", "17:50", id="most"), a_booking("17:50", "17:55", id="rest")
    calendar.reconcile(a_day(a_booking("10:00", "16:00"), rest, most), MORNING)
    (gap,) = calendar.gaps.values()
    assert (gap.status, gap.filled_by) == ("filled", "most")


def test_a_gap_under_way_is_filled_by_who_books_what_was_left_to_sell():
    calendar = Calendar()
    calendar.reconcile(a_day(a_booking("10:00", "16:00")), MORNING)
    late = a_booking("17:00", "18:00", id="late")
    calendar.reconcile(a_day(a_booking("10:00", "16:00"), late), at("16:20"))
    (gap,) = calendar.gaps.values()
    assert (gap.status, gap.filled_by) == ("filled", "late")


def test_our_sale_of_a_part_fills_the_gap_and_opens_gaps_for_the_rest():
    calendar = Calendar()
    calendar.reconcile(a_day(), MORNING)
    sold_from = calendar.gap_at("10:00")
    sale = a_booking("12:00", "13:00", id="sale", source="smart_fill", gap_id=sold_from.id)
    calendar.keep(filled(sold_from, "sale", now=MORNING, actor="sell_slot", ours=True))
    calendar.reconcile(a_day(sale), MORNING)
    assert calendar.shown == ["10:00-12:00", "13:00-18:00"]
    assert all(gap.id != sold_from.id for gap in calendar.open)


def test_a_sale_that_nobody_wrote_into_its_gap_is_recognised_as_ours():
    calendar = Calendar()
    calendar.reconcile(a_day(), MORNING)
    gap = calendar.gap_at("10:00")
    sale = a_booking("12:00", "13:00", id="sale", source="smart_fill", gap_id=gap.id)
    changes = calendar.reconcile(a_day(sale), MORNING)
    assert calendar.gaps[gap.id].filled_by == "sale"
    assert changes[0].record.payload == {"booking_id": "sale", "ours": True}
    assert calendar.shown == ["10:00-12:00", "13:00-18:00"]


def test_a_slot_sold_and_cancelled_again_is_a_new_opening():
    calendar = Calendar()
    around = [a_booking("10:00", "14:00"), a_booking("15:00", "18:00")]
    slot = a_booking("14:00", "15:00", id="slot")
    for round in (1, 2, 3):
        calendar.reconcile(a_day(*around, cancelled(slot)), MORNING)
        assert calendar.gap_at("14:00").ordinal == round
        calendar.reconcile(a_day(*around, slot), MORNING)
    assert len(calendar.gaps) == 3 and {gap.status for gap in calendar.gaps.values()} == {"filled"}


def test_gaps_that_grow_together_live_on_in_the_earliest():
    calendar = Calendar()
    booking = a_booking("12:00", "13:00")
    calendar.reconcile(a_day(booking), MORNING)
    first, second = calendar.open
    calendar.reconcile(a_day(cancelled(booking)), MORNING)
    (gap,) = calendar.open
    assert gap.id == first.id and shown(gap.stretch) == "10:00-18:00"
    closed = calendar.gaps[second.id]
    assert (closed.status, closed.closed_reason, closed.superseded_by) == ("ignored", "superseded", first.id)


def test_a_cancellation_turns_an_idle_gap_into_a_freed_one_that_settles():
    calendar = Calendar()
    booking = a_booking("12:00", "13:00")
    calendar.reconcile(a_day(booking), MORNING)
    assert {(gap.origin, gap.campaign.status) for gap in calendar.open} == {("idle", "idle")}
    calendar.reconcile(a_day(cancelled(booking)), MORNING)
    (gap,) = calendar.open
    assert (gap.origin, gap.freed) == ("freed", [between("12:00", "13:00")])
    assert (gap.campaign.status, gap.campaign.next_round_at) == ("settling", MORNING + timedelta(seconds=90))
    assert gap.due_at == MORNING + timedelta(seconds=90)


def test_a_customer_who_cancels_and_books_again_leaves_the_gap_idle():
    calendar = Calendar()
    booking = a_booking("12:00", "13:00")
    calendar.reconcile(a_day(booking), MORNING)
    calendar.reconcile(a_day(cancelled(booking)), MORNING)
    again = a_booking("12:00", "13:00", id="again")
    calendar.reconcile(a_day(cancelled(booking), again), MORNING + timedelta(seconds=60))
    assert calendar.shown == ["10:00-12:00", "13:00-18:00"]
    assert {(gap.origin, gap.campaign.status) for gap in calendar.open} == {("idle", "idle")}


def test_time_freed_by_a_move_stays_freed_when_a_scan_sees_no_trace_of_it():
    calendar = Calendar()
    before, after = a_booking("12:00", "13:00"), a_booking("16:00", "17:00", id="b12:00")
    calendar.reconcile(a_day(before), MORNING)
    calendar.reconcile(a_day(after), MORNING, freed_by_change(before, after)["rahul"])
    gap = calendar.gap_at("12:00")
    assert (gap.origin, gap.freed) == ("freed", [between("12:00", "13:00")])
    assert calendar.reconcile(a_day(after), MORNING + timedelta(minutes=5)) == []


def test_a_reschedule_across_staff_frees_the_one_and_fills_the_other():
    before, after = a_booking("12:00", "13:00"), a_booking("12:00", "13:00", staff_id="meera")
    rahul, meera = Calendar(), Calendar()
    theirs = a_stylist(name="Meera")
    meeras = a_day(a_booking("10:00", "12:00"), staff=theirs)
    meeras = replace(meeras, staff=theirs.model_copy(update={"id": "meera"}), bookings=[])
    rahul.reconcile(a_day(before), MORNING)
    meera.reconcile(meeras, MORNING)
    freed = freed_by_change(before, after)
    assert set(freed) == {"rahul"}
    rahul.reconcile(a_day(after), MORNING, freed["rahul"])
    meera.reconcile(replace(meeras, bookings=[after]), MORNING)
    assert rahul.shown == ["10:00-18:00"] and rahul.gap_at("10:00").origin == "freed"
    assert meera.shown == ["10:00-12:00", "13:00-18:00"]
    assert {gap.origin for gap in meera.open} == {"idle"}


def test_a_gap_under_way_keeps_its_id_and_bounds_until_it_is_too_short_to_sell():
    calendar = Calendar()
    day = a_day(a_booking("10:00", "16:00"))
    calendar.reconcile(day, MORNING)
    before = calendar.gap_at("16:00")
    calendar.reconcile(day, at("16:40"))
    assert calendar.gap_at("16:00").id == before.id and calendar.shown == ["16:00-18:00"]
    calendar.reconcile(day, at("17:00"))
    assert calendar.gap_at("16:00").status == "open"
    calendar.reconcile(day, at("17:01"))
    assert (calendar.gaps[before.id].status, calendar.gaps[before.id].closed_reason) == ("expired", "time_over")


def test_a_gap_is_over_by_the_time_it_says_and_not_before():
    calendar = Calendar()
    calendar.reconcile(a_day(), MORNING)
    expires_at = calendar.gap_at("10:00").expires_at
    calendar.reconcile(a_day(), expires_at - timedelta(seconds=1))
    assert calendar.shown == ["10:00-18:00"]
    calendar.reconcile(a_day(), expires_at)
    assert calendar.shown == [] and len(calendar.gaps) == 1


def test_a_gap_that_was_booked_is_filled_even_when_that_is_noticed_late():
    calendar = Calendar()
    calendar.reconcile(a_day(a_booking("10:00", "16:00")), MORNING)
    calendar.reconcile(a_day(a_booking("10:00", "16:00"), a_booking("16:00", "18:00", id="late")), at("19:00"))
    (gap,) = calendar.gaps.values()
    assert (gap.status, gap.filled_by) == ("filled", "late")


def test_a_sick_day_closes_the_days_gaps_as_ignored_and_opens_none():
    calendar = Calendar()
    booking = a_booking("12:00", "13:00")
    calendar.reconcile(a_day(booking), MORNING)
    sick = a_day(booking, staff=a_stylist(time_off=[{"start": at("00:00"), "end": at("24:00"), "reason": "sick"}]))
    calendar.reconcile(sick, MORNING)
    assert {(gap.status, gap.closed_reason) for gap in calendar.gaps.values()} == {("ignored", "time_off")}
    assert [b.id for b in sick.conflicts(MORNING)] == [booking.id]
    by_salon = replace(sick, bookings=[cancelled(booking, by="salon")])
    assert calendar.reconcile(by_salon, MORNING) == []


def test_early_closing_cuts_the_gap_and_closes_those_behind_it():
    calendar = Calendar()
    booking = a_booking("14:00", "15:00")
    calendar.reconcile(a_day(booking), MORNING)
    early = a_salon(closures=[{"start": at("13:00"), "end": at("18:00"), "reason": "strike"}])
    calendar.reconcile(a_day(booking, salon=early), MORNING)
    assert calendar.shown == ["10:00-13:00"]
    assert [(gap.closed_reason, shown(gap.stretch)) for gap in calendar.closed] == [("closure", "15:00-18:00")]


def test_a_swapped_shift_closes_the_gaps_of_the_old_one_and_opens_those_of_the_new():
    calendar = Calendar()
    early, late = [["10:00", "14:00"]], [["14:00", "18:00"]]
    calendar.reconcile(a_day(staff=a_stylist(working_hours={"mon": early})), MORNING)
    calendar.reconcile(a_day(staff=a_stylist(working_hours={"mon": early}, shifts={DAY.isoformat(): late})), MORNING)
    assert calendar.shown == ["14:00-18:00"]
    assert [(gap.status, gap.closed_reason) for gap in calendar.closed] == [("ignored", "hours")]


def test_a_service_that_is_no_longer_offered_closes_its_gaps():
    calendar = Calendar()
    calendar.reconcile(a_day(), MORNING)
    calendar.reconcile(a_day(staff=a_stylist(service_ids=[])), MORNING)
    assert [(gap.status, gap.closed_reason) for gap in calendar.closed] == [("ignored", "not_offered")]


def test_the_front_desk_lengthens_a_booking_and_the_gap_behind_it_starts_later():
    calendar = Calendar()
    calendar.reconcile(a_day(a_booking("10:00", "12:00")), MORNING)
    before = calendar.gap_at("12:00")
    calendar.reconcile(a_day(a_booking("10:00", "12:45")), MORNING)
    gap = calendar.gap_at("13:00")
    assert (gap.id, shown(gap.stretch), gap.duration_minutes) == (before.id, "12:45-18:00", 315)
    assert gap.opened_start == at("12:00")


def test_an_overlapping_colour_and_cut_leave_what_neither_takes():
    calendar = Calendar()
    colour, cut = a_booking("10:00", "11:30", "colour"), a_booking("10:30", "11:00", id="cut")
    calendar.reconcile(a_day(colour, cut, services={**SERVICES, "cut": a_service("cut", 10)},
                             settings=GapSettings(min_gap_minutes=10)), MORNING)  # fmt: skip
    assert calendar.shown == ["11:00-11:10", "11:30-18:00"]


def test_time_cancelled_by_the_salon_waits_for_the_owner_until_it_is_released():
    calendar = Calendar()
    booking = a_booking("12:00", "13:00")
    day = a_day(cancelled(booking, by="salon"))
    calendar.reconcile(day, MORNING)
    gap = calendar.gap_at("12:00")
    assert gap.awaits_owner and (gap.campaign.status, gap.campaign.next_round_at) == ("waiting_owner", None)
    assert calendar.reconcile(day, MORNING) == []
    calendar.keep(released(gap, now=at("09:00"), actor="owner"))
    assert calendar.reconcile(day, at("09:00")) == []
    gap = calendar.gap_at("12:00")
    assert not gap.awaits_owner and (gap.campaign.status, gap.due_at) == ("settling", at("09:00"))


def test_an_idle_gap_that_the_salons_own_cancellation_widens_waits_for_the_owner():
    calendar = Calendar()
    booking = a_booking("12:00", "13:00")
    calendar.reconcile(a_day(booking), MORNING)
    calendar.reconcile(a_day(cancelled(booking, by="salon")), MORNING)
    gap = calendar.gap_at("12:00")
    assert gap.awaits_owner and gap.campaign.status == "waiting_owner"
    assert gap.ordinal == 1 and shown(gap.stretch) == "10:00-18:00"


def test_a_gap_stops_waiting_for_the_owner_when_the_time_is_booked_again():
    calendar = Calendar()
    booking = a_booking("12:00", "13:00")
    calendar.reconcile(a_day(cancelled(booking, by="salon")), MORNING)
    calendar.reconcile(a_day(cancelled(booking, by="salon"), a_booking("12:00", "13:00", id="b2")), MORNING)
    assert {(gap.awaits_owner, gap.campaign.status) for gap in calendar.open} == {(False, "idle")}


def test_what_the_owner_says_is_not_free_stays_closed():
    calendar = Calendar()
    booking = a_booking("12:00", "13:00")
    calendar.reconcile(a_day(booking), MORNING)
    calendar.keep(ignored(calendar.gap_at("10:00"), "owner", now=at("09:00"), actor="owner"))
    assert calendar.reconcile(a_day(booking), at("09:05")) == []
    assert calendar.shown == ["13:00-18:00"]


def test_the_owners_word_ends_when_a_booking_of_that_time_is_cancelled_later():
    calendar = Calendar()
    calendar.reconcile(a_day(a_booking("12:00", "18:00")), MORNING)
    calendar.keep(ignored(calendar.gap_at("10:00"), "owner", now=at("09:00"), actor="owner"))
    earlier, later = (cancelled(a_booking("10:30", "11:30"), when=when) for when in ("08:30", "09:30"))
    assert calendar.reconcile(a_day(a_booking("12:00", "18:00"), earlier), at("09:35")) == []
    calendar.reconcile(a_day(a_booking("12:00", "18:00"), later), at("09:35"))
    assert calendar.shown == ["10:30-11:30"]


def test_a_campaign_that_ended_starts_again_when_more_time_is_freed():
    calendar = Calendar()
    first, second = a_booking("12:00", "13:00"), a_booking("14:00", "15:00")
    day = a_day(cancelled(first), second)
    calendar.reconcile(day, MORNING)
    gap = calendar.gap_at("12:00")
    ended = gap.campaign.running(asked=16, next_round_at=None, now=MORNING).ended("all asked")
    calendar.gaps[gap.id] = gap.changed(campaign=ended)
    assert calendar.reconcile(day, MORNING) == []
    calendar.reconcile(a_day(cancelled(first), cancelled(second)), MORNING)
    campaign = calendar.gap_at("12:00").campaign
    assert (campaign.status, campaign.round, campaign.asked) == ("settling", 1, 0)


def test_a_running_campaign_is_told_of_more_freed_time_but_not_restarted():
    calendar = Calendar()
    first, second = a_booking("12:00", "13:00"), a_booking("14:00", "15:00")
    calendar.reconcile(a_day(cancelled(first), second), MORNING)
    gap = calendar.gap_at("12:00")
    running = gap.campaign.running(asked=2, next_round_at=at("08:30"), now=MORNING)
    calendar.gaps[gap.id] = gap.changed(campaign=running)
    changes = calendar.reconcile(a_day(cancelled(first), cancelled(second)), MORNING)
    assert calendar.gap_at("12:00").campaign == running
    assert ("GAP_CHANGED", {"reason": "freed"}) in [(c.record.announces, c.record.payload) for c in changes]


def test_a_new_price_is_recorded_and_not_announced():
    calendar = Calendar()
    calendar.reconcile(a_day(), MORNING)
    dearer = {**SERVICES, "cut": a_service("cut", 30, 5000)}
    (change,) = calendar.reconcile(a_day(services=dearer), MORNING)
    assert change.record.announces is None
    assert change.document.potential_revenue == 16 * 5000


def test_the_mere_passage_of_time_announces_nothing_until_the_gap_is_over():
    calendar = Calendar()
    day = a_day(cancelled(a_booking("10:00", "11:00")), a_booking("12:00", "18:00"))
    calendar.reconcile(day, MORNING)
    announced = []
    for minutes in range(0, 300, 5):
        changes = calendar.reconcile(day, MORNING + timedelta(minutes=minutes))
        announced += [change.record.announces for change in changes if change.record.announces]
    # When the freed hour is past, what is left is idle time: that is news.
    assert announced == ["GAP_CHANGED", "GAP_EXPIRED"]


# --- whatever happens in between ---

clocks = st.integers(0, 24).map(lambda step: f"{10 + step // 3:02}:{step % 3 * 20:02}")


@st.composite
def a_booking_or_none(draw: st.DrawFn, number: int) -> Booking | None:
    start, end = sorted([draw(clocks), draw(clocks)])
    if start == end or draw(st.booleans()):
        return None
    status = draw(st.sampled_from(["confirmed", "confirmed", "pending", "cancelled", "no_show", "completed"]))
    by: dict[str, Any] = {}
    if status == "cancelled":
        by = {"cancelled_by": draw(st.sampled_from(["customer", "salon"])), "cancelled_at": at("07:00")}
    return a_booking(start, end, id=f"b{number}", status=status, **by)


@st.composite
def a_state(draw: st.DrawFn) -> StaffDay:
    bookings = [draw(a_booking_or_none(number)) for number in range(4)]
    off = draw(st.sampled_from([[], [], [], [{"start": at("12:00"), "end": at("14:00")}]]))
    return a_day(*(b for b in bookings if b is not None), staff=a_stylist(time_off=off))


states = st.lists(a_state(), min_size=1, max_size=5)
steps = st.integers(0, 60 * 10)


def lived(history: list[StaffDay], minutes: list[int]) -> tuple[Calendar, Any]:
    calendar, now = Calendar(), MORNING
    for state, passed in zip(history, minutes, strict=False):
        now = max(now, MORNING + timedelta(minutes=passed))
        calendar.reconcile(state, now)
    return calendar, now


@settings(max_examples=250)
@given(states, st.lists(steps, min_size=5, max_size=5).map(sorted))
def test_whatever_happened_before_the_open_gaps_are_what_the_calendar_says(history: list[StaffDay], minutes: list[int]):
    calendar, now = lived(history, minutes)
    expected = [shown(finding.stretch) for finding in findings(history[-1], now=now)]
    assert calendar.shown == expected
    assert len(merged(gap.stretch for gap in calendar.open)) == len(calendar.open)


@settings(max_examples=250)
@given(states, st.lists(steps, min_size=5, max_size=5).map(sorted))
def test_running_again_on_the_result_changes_nothing(history: list[StaffDay], minutes: list[int]):
    calendar, now = lived(history, minutes)
    assert calendar.reconcile(history[-1], now) == []


@settings(max_examples=150)
@given(states, a_state(), st.lists(steps, min_size=5, max_size=5).map(sorted), st.randoms(use_true_random=False))
def test_the_order_in_which_gaps_are_read_does_not_matter(
    history: list[StaffDay], last: StaffDay, minutes: list[int], random: Any
):
    calendar, now = lived(history, minutes)
    stored: list[Gap] = list(calendar.gaps.values())
    random.shuffle(stored)
    once = reconcile(last, stored, now=now, actor="test")
    assert once == reconcile(last, calendar.gaps.values(), now=now, actor="test")


@settings(max_examples=150)
@given(states, st.lists(steps, min_size=5, max_size=5).map(sorted))
def test_a_closed_gap_never_changes_again_and_says_why_it_closed(history: list[StaffDay], minutes: list[int]):
    calendar, now = Calendar(), MORNING
    closed: dict[str, Gap] = {}
    for state, passed in zip(history, minutes, strict=False):
        now = max(now, MORNING + timedelta(minutes=passed))
        calendar.reconcile(state, now)
        assert closed.items() <= calendar.gaps.items()
        closed = {gap.id: gap for gap in calendar.closed}
        for gap in closed.values():
            assert gap.closed_reason is not None and gap.closed_at is not None and gap.due_at is None
            assert (gap.filled_by is not None) == (gap.status == "filled")
        # What is open can always be moved on by its time.
        assert all(gap.due_at is not None for gap in calendar.open)


@pytest.mark.parametrize("status", ["cancelled", "no_show"])
def test_a_gap_opened_by_a_no_show_or_a_cancellation_says_so(status: str):
    calendar = Calendar()
    day = a_day(
        a_booking("10:00", "14:00", id="b1"), a_booking("14:00", "17:00", status=status), a_booking("17:00", "18:00")
    )
    calendar.reconcile(day, at("14:05"))
    gap = calendar.gap_at("14:30")
    assert gap.origin == ("freed" if status == "cancelled" else "no_show")
    offers_from = at("14:05") if status == "cancelled" else at("14:20")
    assert (gap.campaign.status, gap.campaign.next_round_at) == ("settling", offers_from)
