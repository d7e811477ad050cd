"""Whoever came too late is offered another hour only where nothing speaks against it; else they hear at once that theirs is
gone. Each thing that may speak against it, and what does not.
"""

from datetime import timedelta

import pytest

from shared.asking.agent_state import fresh, state_path
from tests.functions.fill_gap.test_tiers import Makes, asks, at_their_phone, customer, nothing, said_stop, settings
from tests.shared.messaging.test_outgoing import outreach
from tests.shared.sales.test_acceptance import END, NOW, START
from tests.stories.one_hour import BOTH, DAY, HOUR, OneHour, booking

ANOTHER, PLAIN = "another time offered", "told that it is gone"
SECOND_HOUR = START + 2 * HOUR


def the_second_hour(**fields: object) -> Makes:
    return lambda hour: hour.second_hour(**fields)


def hours_later(by: timedelta) -> Makes:
    return the_second_hour(start_time=START + by, end_time=END + by, expires_at=END + by)


def campaign(**fields: object) -> Makes:
    return the_second_hour(campaign={"status": "running", "round": 1, **fields})


def the_salon(**fields: object) -> Makes:
    return lambda hour: hour.update(".", **fields)


def near_only_where_they_are_booked(hour: OneHour) -> None:
    edge = START + 3 * DAY
    hour.second_hour(start_time=edge - HOUR, end_time=edge + 2 * HOUR, expires_at=edge + HOUR)
    hour.put("bookings/b1", **booking(edge - HOUR, 90, staff_id="noah", customer_id="c1"))


def promised(**fields: object) -> Makes:
    """The second hour is offered to somebody else."""
    slot = {"start": SECOND_HOUR, "end": SECOND_HOUR + HOUR, "service_id": "cut", "staff_id": "mia"}

    def make(hour: OneHour) -> None:
        ask = outreach(
            **{"id": "out_9", "customer_id": "c9", "trigger_id": "gap_2", "slot": slot, "status": "read", **fields}
        )
        hour.put(ask.path, **ask.stored())

    return make


def booked(start: object = SECOND_HOUR, **fields: object) -> Makes:
    return lambda hour: hour.put("bookings/b1", **booking(start, **fields))  # type: ignore[arg-type]


def the_room_is_in_use(hour: OneHour) -> None:
    hour.update("services/cut", resource_ids=["chair"])
    hour.put("bookings/b1", **booking(SECOND_HOUR, staff_id="noah"))


def the_agent_is_paused(hour: OneHour) -> None:
    state = fresh("s1", "gap_fill_agent", NOW).changed(status="paused")
    hour.put(state_path("gap_fill_agent"), **state.stored())


def the_salon_has_asked_enough(hour: OneHour) -> None:
    hour.put("counters/asks", asks=[{"at": NOW, "agent": "gap_fill_agent", "count": 20}])


def the_yes_was_long_ago(hour: OneHour) -> None:
    hour.clock.move_to(NOW + timedelta(minutes=11))


CASES: dict[str, tuple[Makes, str]] = {
    "nothing": (nothing, ANOTHER),
    "the salon runs dry": (settings(mode="dry_run"), PLAIN),
    "the agent runs dry": (settings(agent_modes={"gap_fill_agent": "dry_run"}), PLAIN),
    "another agent runs dry": (settings(agent_modes={"upsell_agent": "dry_run"}), ANOTHER),
    "the salon is paused": (the_salon(status="paused"), PLAIN),
    "the agent is paused": (the_agent_is_paused, PLAIN),
    "works here": (customer(is_staff=True), PLAIN),
    "blocked": (customer(blocked=True), PLAIN),
    "complains": (customer(open_complaint=True), PLAIN),
    "what they wrote waits for a person": (lambda hour: hour.wrote(), PLAIN),
    "what they wrote was answered": (lambda hour: hour.wrote(answered=True), ANOTHER),
    "has another phone": (customer(phone="+919876500002"), PLAIN),
    "no consent for service": (customer(consents={"whatsapp": {"marketing": True}}), PLAIN),
    "no consent for marketing": (customer(consents={"whatsapp": {"service": True}}), ANOTHER),
    "consent for another channel": (customer(consents={"sms": BOTH}), PLAIN),
    "stopped service": (said_stop("service"), PLAIN),
    "stopped marketing": (said_stop("marketing"), ANOTHER),
    "no number any more": (the_salon(messaging={"account_sid": "AC1", "sms_from": "+14155238886"}), PLAIN),
    "holds an offer": (asks(2 * HOUR, status="read", slot={"start": START + DAY, "end": END + DAY, "service_id": "cut", "staff_id": "noah"}), PLAIN),
    "their phone holds an offer": (at_their_phone(2 * HOUR, status="read", slot={"start": START + DAY, "end": END + DAY, "service_id": "cut", "staff_id": "noah"}), PLAIN),
    "the salon has asked enough": (the_salon_has_asked_enough, PLAIN),
    "asked thrice today": (asks(2 * HOUR, 3 * HOUR), PLAIN),
    "asked twice today": (asks(2 * HOUR), ANOTHER),
    "asked within the hour": (asks(timedelta(minutes=59)), ANOTHER),
    "asked about it": (asks(2 * HOUR, slot={"start": SECOND_HOUR, "end": SECOND_HOUR + HOUR, "service_id": "cut", "staff_id": "mia"}), PLAIN),
    "in their quiet hours": (customer(timezone="Pacific/Auckland"), ANOTHER),
    "it is filled": (the_second_hour(status="filled"), PLAIN),
    "it waits for the owner": (the_second_hour(awaits_owner=True), PLAIN),
    "the owner is asked about it": (campaign(status="waiting_owner"), PLAIN),
    "it settles": (campaign(status="settling"), PLAIN),
    "its campaign has ended": (campaign(status="ended"), ANOTHER),
    "nobody ever booked it": (the_second_hour(origin="idle"), ANOTHER),
    "the salon offers no idle time": (lambda hour: (the_second_hour(origin="idle")(hour), hour.settle(gap={"fill_idle": "none"}))[1], PLAIN),
    "as many were asked as may be": (campaign(asked=16), PLAIN),
    "one fewer was asked": (campaign(asked=15), ANOTHER),
    "another service fits": (the_second_hour(services_fittable=["wash"]), PLAIN),
    "the service is inactive": (lambda hour: hour.update("services/cut", active=False), PLAIN),
    "it is three days away": (hours_later(3 * DAY), PLAIN),
    "it is nearly three days away": (hours_later(3 * DAY - timedelta(minutes=1)), ANOTHER),
    "only what is theirs already is near": (near_only_where_they_are_booked, PLAIN),
    "it is an hour sooner": (hours_later(-HOUR), ANOTHER),
    "it is another's, whom they like": (lambda hour: (the_second_hour(staff_id="noah")(hour), hour.update("customers/c1", preferred_staff_ids=["noah"]))[1], ANOTHER),
    "it is another's, and they like hers": (lambda hour: (the_second_hour(staff_id="noah")(hour), hour.update("customers/c1", preferred_staff_ids=["mia"]))[1], PLAIN),
    "it is another's": (the_second_hour(staff_id="noah"), ANOTHER),
    "it is promised to another": (promised(), PLAIN),
    "it was promised to another": (promised(status="expired"), ANOTHER),
    "it is booked without the gap knowing": (booked(), PLAIN),
    "they are booked then": (booked(staff_id="noah", customer_id="c1", status="pending"), PLAIN),
    "the room is in use": (the_room_is_in_use, PLAIN),
    "the yes was long ago": (the_yes_was_long_ago, PLAIN),
}  # fmt: skip


@pytest.mark.parametrize(("happens", "hears"), CASES.values(), ids=CASES)
def test_whether_another_hour_is_offered(happens: Makes, hears: str) -> None:
    hour = OneHour()
    happens(hour)
    assert hour.late_yes() == hears
    assert hour.told() == ([] if hears == ANOTHER else ["slot_taken"])
    assert not hour.get("outreach/out_1")["response"]["owed"]
    assert bool([each for each in hour.all("outreach").values() if each["instead_of"]]) is (hears == ANOTHER)


@pytest.mark.parametrize(("windows", "hears"), [
    ([(SECOND_HOUR, SECOND_HOUR + HOUR)], ANOTHER), ([(START, END)], PLAIN), ([(START, END + HOUR)], PLAIN),
])  # fmt: skip
def test_who_named_their_times_is_offered_none_but_these(windows: list[tuple[object, object]], hears: str) -> None:
    hour = OneHour()
    named = [{"start": start, "end": end} for start, end in windows]
    hour.put("waitlist/w1", customer_id="c1", service_ids=["cut"], status="waiting", created_at=NOW, windows=named)
    assert hour.late_yes(waitlist_entry_id="w1") == hears


@pytest.mark.parametrize(("source", "hears"), [("regular", PLAIN), ("overdue", ANOTHER), ("waitlist_partial", ANOTHER)])
def test_a_regular_of_hers_is_offered_no_time_with_another(source: str, hears: str) -> None:
    hour = OneHour()
    hour.second_hour(staff_id="noah")
    assert hour.late_yes(source=source) == hears


@pytest.mark.parametrize(("depth", "hears"), [(0, ANOTHER), (1, ANOTHER), (2, PLAIN)])
def test_a_mover_is_offered_no_time_that_two_others_moved_from(depth: int, hears: str) -> None:
    hour = OneHour()
    hour.put("bookings/later", **booking(START + 2 * DAY, customer_id="c1"))
    hour.put("bookings/moved", **booking(SECOND_HOUR, status="cancelled", cancelled_by="customer", chain_depth=depth))
    assert hour.late_yes(source="sooner", moves_booking_id="later") == hears
    if hears == ANOTHER:
        [made] = [each for each in hour.all("outreach").values() if each["instead_of"]]
        assert (made["chain_depth"], made["moves_booking_id"]) == (depth + 1, "later")


def test_a_mover_is_offered_nothing_later_than_what_they_have() -> None:
    hour = OneHour()
    hour.put("bookings/later", **booking(START + HOUR, customer_id="c1"))
    assert hour.late_yes(source="sooner", moves_booking_id="later") == PLAIN


@pytest.mark.parametrize(("segment", "hears"), [("vip", PLAIN), ("high_value", ANOTHER)])
def test_a_vip_who_waits_for_nothing_is_offered_no_other_time_without_the_owner(segment: str, hears: str) -> None:
    assert OneHour().late_yes(segment=segment) == hears
