"""Whom a freed time is offered to, when, and to how many: through the doors, on the whole suite."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.in_process import Suite
from tests.stories.salon import (
    NOW,
    ROOT,
    arrive,
    asked,
    booking,
    cancel,
    customer,
    decisions,
    freed_gaps,
    offers,
    outreach_of,
    phone,
    regular,
    salon,
    waitlist_entry,
    waits,
    why_not,
)

NEXT_MONDAY = (NOW + timedelta(days=7)).replace(hour=13, minute=0)


def free_up(suite: Suite, start: datetime, *, id: str = "x1", **fields: Any) -> None:
    """A booking that was there and is cancelled now."""
    suite.put(f"{ROOT}/bookings/{id}", booking(start, **fields))
    suite.run_until_idle()
    cancel(suite, id)


def earlier_ask(suite: Suite, customer_id: str, ago: timedelta, **fields: Any) -> None:
    """An ask of the past, to this customer, as it would be stored."""
    asks = suite.list(f"{ROOT}/outreach")
    at = suite.clock.now() - ago
    model = {
        **next(iter(asks.values())),
        "id": f"old-{len(asks)}",
        "customer_id": customer_id,
        "address_key": f"key of {customer_id}",
        "status": "expired",
        "created_at": at,
        "updated_at": at,
        "due_at": None,
        "slot": None,
        "delivery": {"message_id": None, "sent_at": at, "delivered_at": None, "read_at": None, "error": None},
        **fields,
    }
    suite.put(f"{ROOT}/outreach/{model['id']}", model)


def test_the_waitlist_comes_before_regulars_by_priority_and_then_by_time_waited():
    with salon(waiting=2) as suite:
        regular(suite, "often", visits=5)
        regular(suite, "sometimes", visits=2)
        waits(suite, "urgent", 40, entry={"priority": 5, "created_at": NOW - timedelta(minutes=1)})
        cancel(suite)
        suite.advance(minutes=5)
        assert asked(suite) == ["urgent", "c0", "c1", "often", "sometimes"]
        assert [message.sending.to for message in offers(suite)][:3] == [phone(40), phone(0), phone(1)]


def test_one_visit_with_two_services_makes_no_regular():
    with salon(waiting=1) as suite:
        suite.put(f"{ROOT}/customers/once", customer(60))
        past = booking(NOW - timedelta(days=20), customer_id="once", status="completed", service_ids=["cut", "wash"])
        suite.put(f"{ROOT}/bookings/past", past)
        cancel(suite)
        assert asked(suite) == ["c0"]


def test_regulars_are_those_of_this_staff_member():
    with salon(waiting=1) as suite:
        regular(suite, "hers")
        regular(suite, "his")
        for visit in range(2):
            suite.update(f"{ROOT}/bookings/his-{visit}", staff_id="noah")
        cancel(suite)
        assert asked(suite) == ["c0", "hers"]


def test_a_waitlist_with_many_other_wishes_hides_nobody_who_waits_for_this():
    with salon(waiting=1) as suite:
        for number in range(60):
            other = waitlist_entry(f"o{number}", NOW - timedelta(days=2), staff_ids=["noah"])
            suite.put(f"{ROOT}/waitlist/o{number}", other)
        cancel(suite)
        assert asked(suite) == ["c0"]


def test_a_wish_for_another_service_or_time_is_no_match():
    day = {"start": NOW.replace(hour=0), "end": NOW.replace(hour=23)}
    evening = {"start": NOW.replace(hour=15), "end": NOW.replace(hour=23)}
    with salon(waiting=0) as suite:
        waits(suite, "fits", 1, entry={"windows": [day], "staff_ids": ["mia"]})
        waits(suite, "other_service", 2, entry={"service_ids": ["colour"]})
        waits(suite, "other_time", 4, entry={"windows": [evening]})
        waits(suite, "over", 5, entry={"expires_at": NOW - timedelta(minutes=1)})
        waits(suite, "booked", 6, entry={"status": "booked"})
        cancel(suite)
        assert asked(suite) == ["fits"]


def test_who_waits_for_another_stylist_is_asked_only_if_they_take_promotions():
    with salon(waiting=0) as suite:
        waits(suite, "open", 1, entry={"staff_ids": ["noah"]})
        waits(suite, "strict", 2, entry={"staff_ids": ["noah"]})
        suite.update(f"{ROOT}/customers/strict", consents={"whatsapp": {"service": True, "marketing": False}})
        cancel(suite)
        assert asked(suite) == ["open"]


def test_a_slot_lies_inside_the_window_somebody_waits_for():
    window = {"start": NOW.replace(hour=13, minute=30), "end": NOW.replace(hour=15)}
    with salon(waiting=0) as suite:
        waits(suite, "late", 1, entry={"windows": [window]})
        cancel(suite, "b14")
        cancel(suite)
        assert [outreach_of(suite, "late")["slot"]["start"]] == [NOW.replace(hour=14, minute=0)]


def set_consents(**consents: Any) -> Callable[[Suite], None]:
    return lambda suite: suite.update(f"{ROOT}/customers/c0", consents=consents)


def book_c0(start: datetime, **fields: Any) -> Callable[[Suite], None]:
    elsewhere = booking(start, customer_id="c0", staff_id="noah", **fields)
    return lambda suite: suite.put(f"{ROOT}/bookings/theirs", elsewhere)


@pytest.mark.parametrize(
    ("make_it_so", "reason"),
    [
        (set_consents(), "no consent for service"),
        (book_c0(NOW.replace(hour=12, minute=30), status="pending"), "booked at that time"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_no_consent_at_all_and_a_booking_that_only_overlaps_are_reasons_as_well(
    make_it_so: Callable[[Suite], None], reason: str
):
    with salon(waiting=2) as suite:
        make_it_so(suite)
        cancel(suite)
        assert asked(suite) == ["c1"]
        assert why_not(suite) == {"c0": reason}


@pytest.mark.parametrize("start", [NOW.replace(hour=12, minute=0), NOW.replace(hour=14, minute=0)])
def test_a_booking_that_only_touches_the_time_is_no_obstacle(start: datetime):
    with salon(waiting=1) as suite:
        book_c0(start)(suite)
        cancel(suite)
        assert asked(suite) == ["c0"]


def test_a_cancelled_booking_at_that_time_is_no_obstacle():
    with salon(waiting=1) as suite:
        book_c0(NOW.replace(hour=13, minute=0), status="cancelled")(suite)
        cancel(suite)
        assert asked(suite) == ["c0"]


def test_a_regular_is_only_asked_with_consent_for_marketing():
    with salon(waiting=1) as suite:
        regular(suite, "willing", consents={"whatsapp": {"marketing": True, "service": False}})
        regular(suite, "unwilling", consents={"whatsapp": {"marketing": False, "service": True}})
        cancel(suite)
        assert asked(suite) == ["c0", "willing"]
        assert why_not(suite) == {"unwilling": "no consent for marketing"}


def test_who_gave_the_time_back_is_not_asked_to_take_it():
    with salon(waiting=1) as suite:
        suite.put(f"{ROOT}/waitlist/again", waitlist_entry("holder", NOW - timedelta(days=1)))
        cancel(suite)
        assert asked(suite) == ["c0"] and why_not(suite)["holder"] == "gave this very time back"


def test_who_did_not_come_is_not_asked_to_take_what_is_left_of_their_time():
    with salon(waiting=0) as suite:
        suite.put(f"{ROOT}/services/quick", {"name": "Fringe", "duration_minutes": 30, "price": 40})
        suite.update(f"{ROOT}/staff/mia", service_ids=["cut", "quick"])
        suite.put(f"{ROOT}/bookings/b1", booking(NOW.replace(hour=13, minute=0), minutes=120))
        suite.delete(f"{ROOT}/bookings/b14")
        for id in ("holder", "c0"):
            entry = waitlist_entry(id, NOW - timedelta(days=1), service_ids=["quick"])
            suite.put(f"{ROOT}/waitlist/{id}", entry)
        suite.put(f"{ROOT}/customers/c0", customer(0))
        suite.advance_to(NOW.replace(hour=13, minute=5))
        suite.update(f"{ROOT}/bookings/b1", status="no_show", updated_at=suite.clock.now())
        suite.advance_to(NOW.replace(hour=13, minute=25))
        assert asked(suite) == ["c0"] and why_not(suite) == {"holder": "gave this very time back"}


def test_who_gave_back_more_than_what_is_free_now_is_not_asked_either():
    """Their two hours were cancelled, and the first of them is booked again."""
    with salon(waiting=1, settings={"gap": {"settle_seconds": 60}}) as suite:
        suite.put(f"{ROOT}/waitlist/again", waitlist_entry("holder", NOW - timedelta(days=1)))
        suite.put(f"{ROOT}/bookings/b1", booking(NOW.replace(hour=13, minute=0), minutes=120))
        suite.delete(f"{ROOT}/bookings/b14")
        cancel(suite)
        suite.put(f"{ROOT}/bookings/again", booking(NOW.replace(hour=13, minute=0), customer_id="somebody_else"))
        suite.advance(minutes=3)
        assert asked(suite) == ["c0"] and why_not(suite) == {"holder": "gave this very time back"}


def test_who_gave_back_another_time_may_be_asked():
    with salon(waiting=1) as suite:
        suite.put(f"{ROOT}/waitlist/again", waitlist_entry("holder", NOW - timedelta(days=1)))
        suite.update(f"{ROOT}/bookings/b1", customer_id="somebody_else")
        cancel(suite)
        assert asked(suite) == ["holder", "c0"]


def test_one_phone_is_asked_once_however_many_customers_it_is():
    with salon(waiting=1) as suite:
        waits(suite, "twin", 0)
        cancel(suite)
        assert asked(suite) == ["c0"]
        assert len(offers(suite)) == 1


def test_a_second_gap_of_the_same_hour_is_not_offered_to_who_holds_an_open_offer():
    with salon(waiting=1) as suite:
        cancel(suite)
        waits(suite, "twin", 0)
        cancel(suite, "b15")
        assert asked(suite) == ["c0"]


def test_two_customers_of_one_phone_share_its_limits_on_both_channels():
    """One is asked by WhatsApp, the other would be by SMS."""
    with salon(waiting=1, messaging={"account_sid": "AC" + "0" * 31 + "1", "whatsapp_from": "+14155238886",
                                     "sms_from": "+447700900800"}) as suite:  # fmt: skip
        cancel(suite)
        suite.reply(offers(suite)[0], button=1)
        suite.run_until_idle()
        waits(suite, "twin", 0, consents={"sms": {"marketing": True, "service": True}})
        cancel(suite, "b15")
        assert asked(suite) == ["c0"]


def free_next_monday(suite: Suite, asks: list[timedelta], *, as_regular: bool = False, **fields: Any) -> list[str]:
    """Today's time is offered to c0, who declines, and is booked again. Then c1 comes, has had these asks, and a time of
    next Monday is freed: who is asked about that?"""
    cancel(suite)
    suite.reply(offers(suite)[0], button=1)
    suite.put(f"{ROOT}/bookings/again", booking(NOW.replace(hour=13, minute=0)))
    suite.advance(minutes=1)
    suite.delete(f"{ROOT}/waitlist/w0")
    if as_regular:
        regular(suite, "c1")
    else:
        waits(suite, "c1", 1)
    for ago in asks:
        earlier_ask(suite, "c1", ago, **fields)
    suite.run_until_idle()
    before = len(decisions(suite))
    free_up(suite, NEXT_MONDAY)
    return [each for decision in decisions(suite)[before:] for each in decision["action_details"]["asked"]]


SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("asks", "fields", "reason"),
    [
        ([HOUR - SECOND], {}, "asked 1 time(s) within the hour already"),
        ([HOUR], {}, None),
        ([HOUR, 3 * HOUR], {}, None),
        ([HOUR, 3 * HOUR, 5 * HOUR], {}, "asked 3 time(s) today already"),
        # 09:31 in London less so much is yesterday on the salon's wall.
        ([HOUR, 3 * HOUR, 10 * HOUR], {}, None),
        ([HOUR - SECOND], {"status": "failed", "delivery": {"error": "63024"}, "attempts": 1}, None),
        ([HOUR - SECOND], {"status": "expired", "delivery": {}, "attempts": 0}, None),
        ([HOUR - SECOND], {"status": "expired", "delivery": {}, "attempts": 1}, "asked 1 time(s) within the hour already"),
        ([HOUR - SECOND], {"agent_name": "retention_agent"}, "asked 1 time(s) within the hour already"),
    ],
)  # fmt: skip
def test_one_ask_an_hour_and_three_a_day_of_all_agents(
    asks: list[timedelta], fields: dict[str, Any], reason: str | None
):
    with salon(waiting=1) as suite:
        people = free_next_monday(suite, asks, **fields)
        assert people == ([] if reason else ["c1"])
        if reason:
            assert {gap["campaign"]["reason"] for gap in freed_gaps(suite)} >= {"nobody to ask at present"}


@pytest.mark.parametrize(
    ("asks", "may"),
    [
        ([DAY - SECOND], False),
        ([DAY], True),
        ([DAY, 3 * DAY], True),
        ([DAY, 3 * DAY, 7 * DAY - SECOND], False),
        ([DAY, 3 * DAY, 7 * DAY], True),
    ],
)
def test_three_promotional_asks_in_seven_days_and_a_day_between_two(asks: list[timedelta], may: bool):
    with salon(waiting=1) as suite:
        people = free_next_monday(suite, asks, as_regular=True, consent_purpose="marketing")
        assert people == (["c1"] if may else [])


def test_offers_from_the_waitlist_do_not_count_as_promotion():
    with salon(waiting=1) as suite:
        assert free_next_monday(suite, [2 * HOUR], as_regular=True, consent_purpose="service") == ["c1"]


@pytest.mark.parametrize(("ago", "may"), [(DAY - SECOND, False), (DAY, True)])
def test_nobody_is_asked_twice_about_one_time_within_a_day(ago: timedelta, may: bool):
    """Whatever the gap and however they answered."""
    overlapping = {"start": NEXT_MONDAY - HOUR, "end": NEXT_MONDAY + SECOND, "service_id": "cut", "staff_id": "noah"}
    with salon(waiting=1) as suite:
        assert free_next_monday(suite, [ago], slot=overlapping, status="responded") == (["c1"] if may else [])


def test_a_time_next_to_one_already_offered_is_another_time():
    beside = {"start": NEXT_MONDAY - HOUR, "end": NEXT_MONDAY, "service_id": "cut", "staff_id": "mia"}
    with salon(waiting=1) as suite:
        assert free_next_monday(suite, [2 * HOUR], slot=beside, status="responded") == ["c1"]


def test_twenty_asks_in_any_sixty_minutes_and_then_the_rest():
    eager = {"max_wave_size": 30, "max_asks_per_gap": 30, "target_fill_probability": 0.999, "max_disappointed": 50}
    with salon(waiting=24, settings={"offers": eager}) as suite:
        cancel(suite)
        suite.advance(minutes=10)
        assert len(asked(suite)) == 20
        assert any("the salon's limit leaves no more" in decision["reasons"] for decision in decisions(suite))
        suite.advance_to(NOW + HOUR - SECOND)
        assert len(asked(suite)) == 20
        assert freed_gaps(suite)[0]["campaign"]["reason"] == "the salon's limit of asks is reached"
        suite.advance_to(NOW + HOUR)
        assert len(asked(suite)) == 24


def test_a_hundred_asks_a_day_and_the_next_day_again():
    limits = {"hourly_actions": 1000, "daily_actions": 5}
    with salon(waiting=8, settings={"limits": limits, "offers": {"max_asks_per_gap": 30}}) as suite:
        free_up(suite, NEXT_MONDAY)
        suite.advance_to(NOW.replace(hour=20))
        assert len(asked(suite)) == 5
        # At midnight the day's limit is new, but people sleep; at nine they are asked.
        suite.advance_to(NOW + DAY + 4 * HOUR)
        assert set(asked(suite)) == {f"c{number}" for number in range(8)}
        days = Counter(outreach["created_at"].date() for outreach in suite.list(f"{ROOT}/outreach").values())
        assert max(days.values()) <= 5
        assert outreach_of(suite, asked(suite)[-1])["created_at"] >= (NOW + DAY).replace(hour=9, minute=0)


def test_a_round_is_no_larger_than_the_wave_and_a_gap_asks_no_more_than_its_limit():
    with salon(waiting=12, settings={"offers": {"max_wave_size": 3, "max_asks_per_gap": 7}}) as suite:
        cancel(suite)
        rounds = []
        for _ in range(6):
            rounds.append(len(asked(suite)))
            arrive(suite)
            suite.advance(minutes=10)
        assert rounds == [3, 6, 7, 7, 7, 7]
        assert freed_gaps(suite)[0]["campaign"]["status"] == "ended"


def test_the_next_round_comes_after_round_minutes_to_people_not_yet_asked():
    with salon(waiting=5, settings={"offers": {"max_wave_size": 2, "round_minutes": 12}}) as suite:
        cancel(suite)
        arrive(suite)
        suite.advance_to(NOW + timedelta(minutes=12) - SECOND)
        assert asked(suite) == ["c0", "c1"]
        suite.advance_to(NOW + timedelta(minutes=12))
        assert asked(suite) == ["c0", "c1", "c2", "c3"]
        arrive(suite)
        suite.advance(minutes=12)
        assert asked(suite) == ["c0", "c1", "c2", "c3", "c4"]


@pytest.mark.parametrize(
    ("now", "timezone", "may"),
    [
        (datetime(2026, 11, 23, 20, 29, 59, tzinfo=UTC), None, True),
        (datetime(2026, 11, 23, 20, 30, tzinfo=UTC), None, False),
        (datetime(2026, 11, 23, 8, 59, 59, tzinfo=UTC), None, False),
        (datetime(2026, 11, 23, 9, tzinfo=UTC), None, True),
        # 20:29:59 and 20:30 in Kolkata.
        (datetime(2026, 11, 23, 14, 59, 59, tzinfo=UTC), "Asia/Kolkata", True),
        (datetime(2026, 11, 23, 15, tzinfo=UTC), "Asia/Kolkata", False),
        # The clocks of London went back at 2:00 on 25 October: 09:00 is 09:00 UTC that day, 08:00 UTC the day before.
        (datetime(2026, 10, 25, 8, 59, 59, tzinfo=UTC), None, False),
        (datetime(2026, 10, 25, 9, tzinfo=UTC), None, True),
        (datetime(2026, 10, 24, 8, tzinfo=UTC), None, True),
        # Those of Berlin go forward on 28 March: 20:30 is 18:30 UTC, and was 19:30 the evening before.
        (datetime(2027, 3, 28, 18, 29, 59, tzinfo=UTC), "Europe/Berlin", True),
        (datetime(2027, 3, 28, 18, 30, tzinfo=UTC), "Europe/Berlin", False),
        (datetime(2027, 3, 27, 19, 29, 59, tzinfo=UTC), "Europe/Berlin", True),
    ],
)
def test_nobody_is_asked_in_quiet_hours_where_they_are(now: datetime, timezone: str | None, may: bool):
    hours = [{"start": "00:00", "end": "24:00"}]
    week = {day: hours for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    with salon(now=now, waiting=0, opening_hours=week) as suite:
        waits(suite, "c0", 0, timezone=timezone)
        free_up(suite, (now + 3 * DAY).replace(hour=13, minute=0, second=0))
        assert asked(suite) == (["c0"] if may else [])


def test_a_no_after_enough_were_asked_is_made_up_for_at_once():
    with salon(waiting=3, settings={"offers": {"target_fill_probability": 0.01}}) as suite:
        cancel(suite)
        suite.report(offers(suite)[0], "delivered")
        suite.advance(minutes=11)
        assert asked(suite) == ["c0"]
        suite.reply(offers(suite)[0], button=1)
        suite.run_until_idle()
        assert asked(suite) == ["c0", "c1"]


def test_who_could_not_be_asked_in_quiet_hours_is_asked_when_they_are_over():
    evening = NOW.replace(hour=20, minute=30)
    with salon(now=evening, waiting=1) as suite:
        free_up(suite, NEXT_MONDAY)
        assert asked(suite) == []
        suite.advance_to((NOW + DAY).replace(hour=9, minute=0))
        assert asked(suite) == ["c0"]


def test_a_freed_time_settles_before_it_is_offered():
    with salon(waiting=1, settings={"gap": {"settle_seconds": 90}}) as suite:
        cancel(suite)
        suite.advance(seconds=89)
        assert asked(suite) == []
        suite.advance(seconds=31)
        assert asked(suite) == ["c0"]


def test_who_books_again_while_it_settles_is_not_competed_with():
    with salon(waiting=1, settings={"gap": {"settle_seconds": 90}}) as suite:
        cancel(suite)
        suite.advance(seconds=60)
        suite.put(f"{ROOT}/bookings/again", booking(NOW.replace(hour=13, minute=0)))
        suite.advance(hours=3)
        assert asked(suite) == [] and offers(suite) == []


@pytest.mark.parametrize(("now", "asked_at_once"), [((11, 0), True), ((10, 59), False)])
def test_within_two_hours_of_its_start_nothing_settles(now: tuple[int, int], asked_at_once: bool):
    with salon(
        now=NOW.replace(hour=now[0], minute=now[1]), waiting=1, settings={"gap": {"settle_seconds": 90}}
    ) as suite:
        cancel(suite)
        assert asked(suite) == (["c0"] if asked_at_once else [])


def test_time_that_was_never_booked_starts_no_campaign():
    with salon(waiting=1) as suite:
        suite.delete(f"{ROOT}/bookings/b17")
        suite.put(f"{ROOT}/staff/noah", {"name": "Noah", "service_ids": ["cut"]})
        suite.update(ROOT, opening_hours={"mon": [{"start": "10:00", "end": "19:00"}]})
        suite.run_until_idle()
        idle = [gap for gap in suite.list(f"{ROOT}/gaps").values() if gap["origin"] == "idle"]
        assert {gap["staff_id"] for gap in idle} == {"mia", "noah"}
        suite.advance(hours=2)
        assert {gap["staff_id"] for gap in freed_gaps(suite)} == {"mia"}
        assert {outreach["slot"]["staff_id"] for outreach in suite.list(f"{ROOT}/outreach").values()} == {"mia"}


def test_time_cancelled_by_the_salon_waits_for_the_owners_word():
    with salon(waiting=1) as suite:
        cancel(suite, by="salon")
        suite.advance(hours=2)
        assert asked(suite) == []
        [gap] = freed_gaps(suite)
        assert (gap["awaits_owner"], gap["campaign"]["status"]) == (True, "waiting_owner")


def test_time_of_somebody_who_did_not_come_is_offered_after_a_grace():
    long = {"name": "Colour", "duration_minutes": 30, "price": 40}
    with salon(waiting=0) as suite:
        suite.put(f"{ROOT}/services/quick", long)
        suite.update(f"{ROOT}/staff/mia", service_ids=["cut", "quick"])
        suite.put(f"{ROOT}/bookings/b1", booking(NOW.replace(hour=13, minute=0), minutes=120))
        suite.delete(f"{ROOT}/bookings/b14")
        waits(suite, "c0", 0, entry={"service_ids": ["quick"]})
        suite.advance_to(NOW.replace(hour=13, minute=5))
        suite.update(f"{ROOT}/bookings/b1", status="no_show", updated_at=suite.clock.now())
        suite.advance_to(NOW.replace(hour=13, minute=19, second=59))
        assert asked(suite) == []
        suite.advance_to(NOW.replace(hour=13, minute=20))
        assert asked(suite) == ["c0"]
        assert outreach_of(suite, "c0")["slot"]["start"] >= NOW.replace(hour=14, minute=5)


@pytest.mark.parametrize("notice", [0, 30, 45, 180])
def test_an_offer_ends_no_later_than_its_customer_and_salon_need_to_know(notice: int):
    with salon(waiting=1, settings={"offers": {"response_deadline_minutes": 600}}) as suite:
        suite.update(f"{ROOT}/customers/c0", minimum_notice_minutes=notice)
        suite.update(f"{ROOT}/waitlist/w0", minimum_notice_minutes=0)
        cancel(suite)
        outreach = outreach_of(suite, "c0")
        assert outreach["expires_at"] == outreach["slot"]["start"] - timedelta(minutes=max(notice, 30))
        assert outreach["offer_details"]["valid_until"] == outreach["expires_at"]


def test_who_wants_little_notice_is_not_offered_what_the_salon_cannot_keep():
    """A yes within the salon's own notice would be refused."""
    with salon(now=NOW.replace(hour=12, minute=20), waiting=1) as suite:
        suite.update(f"{ROOT}/customers/c0", minimum_notice_minutes=0)
        suite.update(f"{ROOT}/waitlist/w0", minimum_notice_minutes=0)
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.advance(minutes=1)
        assert [outreach_of(suite, "c0")["response"]["action"]] == ["booked"]


def test_an_offer_says_thirty_minutes_where_there_is_time():
    with salon(waiting=1) as suite:
        cancel(suite)
        assert outreach_of(suite, "c0")["expires_at"] == NOW + timedelta(minutes=30)
        assert "until 10:00" in offers(suite)[0].text


def test_a_decision_keeps_everybody_who_was_considered_with_their_reasons():
    with salon(waiting=3, settings={"offers": {"max_wave_size": 1}}) as suite:
        regular(suite, "regular")
        suite.update(f"{ROOT}/customers/c1", blocked=True)
        cancel(suite)
        [decision] = decisions(suite)
        considered = {each["customer_id"]: each for each in decision["considered"]}
        assert set(considered) == {"c0", "c1", "c2", "regular"}
        assert considered["c0"]["reasons"] == ["waits for exactly this"]
        assert considered["regular"]["reasons"] == ["regular of this staff member (2 visits)"]
        assert considered["c1"]["excluded"] == "blocked by the salon"
        assert all(each["reasons"] for each in considered.values())
        assert decision["reasons"][0] == "3 of 4 could be asked, 1 are"
        [record] = [r for r in suite.list(f"{ROOT}/audit_logs").values() if r["resource_id"] == decision["id"]]
        assert record["event_type"] == "decision_made" and record["details"]["reasons"] == decision["reasons"]


def test_who_was_considered_is_kept_also_when_nobody_could_be_asked():
    with salon(waiting=2) as suite:
        suite.update(f"{ROOT}/customers/c0", blocked=True)
        suite.update(f"{ROOT}/customers/c1", consents={})
        cancel(suite)
        [decision] = decisions(suite)
        assert (decision["action_taken"], decision["reasons"]) == ("nobody_asked", ["nobody to ask at present"])
        assert why_not(suite) == {"c0": "blocked by the salon", "c1": "no consent for service"}
        assert decision["settings_version"] == 1 and decision["outcome"]["result"] == "nobody was asked"


def test_why_nobody_is_asked_is_written_again_when_it_is_for_other_reasons_and_only_then():
    def written(suite: Suite) -> list[str]:
        records = suite.list(f"{ROOT}/audit_logs").values()
        return [record["action"] for record in records if record["event_type"] == "decision_made"]

    with salon(waiting=1) as suite:
        suite.update(f"{ROOT}/customers/c0", blocked=True)
        cancel(suite)
        suite.advance(hours=1)
        assert written(suite) == ["Decision: gap_fill"]
        suite.update(f"{ROOT}/customers/c0", blocked=False, consents={})
        suite.advance(minutes=30)
        assert sorted(written(suite)) == ["Considered again: gap_fill", "Decision: gap_fill"]
        [decision] = decisions(suite)
        assert decision["considered"][0]["excluded"] == "no consent for service"


def test_time_freed_beside_a_gap_that_found_nobody_is_offered_at_once():
    with salon(waiting=0) as suite:
        cancel(suite)
        assert freed_gaps(suite)[0]["campaign"]["reason"] == "nobody to ask at present"
        waits(suite, "c0", 0)
        suite.advance(minutes=1)
        cancel(suite, "b14")
        assert asked(suite) == ["c0"]


def test_nobody_to_ask_is_looked_at_again_later():
    with salon(waiting=0) as suite:
        cancel(suite)
        assert freed_gaps(suite)[0]["campaign"]["reason"] == "nobody to ask at present"
        waits(suite, "late", 1)
        suite.advance(minutes=46)
        assert asked(suite) == ["late"]


def test_what_an_app_writes_and_nobody_understands_stops_no_campaign():
    with salon(waiting=1) as suite:
        suite.put(f"{ROOT}/customers/c7", {"name": 7})
        suite.put(f"{ROOT}/waitlist/w7", waitlist_entry("c7", NOW))
        suite.put(f"{ROOT}/waitlist/w8", {"service_ids": ["cut"], "status": "waiting", "created_at": NOW, "windows": 3})
        suite.put(f"{ROOT}/services/broken", {"name": "?"})
        cancel(suite)
        assert asked(suite) == ["c0"]
