"""Each status that a booking can have, and what it means to each who reads it. A status that nobody knows is set aside: such a
booking says nothing.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.clean_up.learn_acceptance import learn_acceptance
from local.owner.ignore_gap import take_back_sale
from shared.calendar.booking import Booking
from shared.calendar.booking_changes import over_our_sales, what_happened
from shared.calendar.calendar import Calendar
from shared.calendar.load_calendar import load_bookings, load_calendar
from shared.calendar.reconcile_staff_day import reconcile_staff_day
from shared.records.read_documents import readable_one
from tests.shared.sales.test_acceptance import END, NOW, START
from tests.stories.one_hour import DAY, HOUR, OneHour, booking

LONG = NOW - 8 * HOUR, 20 * 60
"""When a booking of 20 hours begins that is under way, and how many minutes it takes."""
STATUSES = ("pending", "confirmed", "completed", "cancelled", "no_show", "maybe")
BUSY, GONE, GAVE_BACK = "booked at that time", "no time that suits, with their notice", "gave this very time back"
Reads = Callable[[OneHour, str], object]


def waits(hour: OneHour) -> None:
    hour.put("waitlist/w1", customer_id="c1", service_ids=["cut"], status="waiting", created_at=NOW - HOUR)


def reconciled(hour: OneHour) -> None:
    reconcile_staff_day("mia", "2026-11-23", documents=hour.documents, clock=hour.clock, actor="detect_gaps")


def the_calendar(hour: OneHour, status: str) -> object:
    """Mia has it: as what the hour is found free, if at all."""
    hour.delete("gaps/gap_1")
    hour.put("bookings/b1", **booking(status=status, cancelled_at=NOW, cancelled_by="customer"))
    reconciled(hour)
    return next((each["origin"] for each in hour.all("gaps").values()), None)


def the_gap_it_was_sold_from(hour: OneHour, status: str) -> object:
    hour.put("bookings/b1", **booking(status=status, gap_id="gap_1", source="smart_fill"))
    reconciled(hour)
    return hour.get("gaps/gap_1")["status"], [each["payload"]["ours"] for each in announced(hour, "GAP_FILLED")]


def announced(hour: OneHour, event_type: str) -> list[dict[str, Any]]:
    return [each for each in hour.all("audit_logs").values() if each["announces"] == event_type]


def a_yes_to_her_time(hour: OneHour, status: str) -> object:
    hour.offered()
    hour.put("bookings/b1", **booking(status=status))
    return hour.yes()


def a_yes_within_a_long_booking(hour: OneHour, status: str) -> object:
    hour.offered()
    hour.put("bookings/b1", **booking(*LONG, status=status))
    return hour.yes()


def a_yes_to_a_room(hour: OneHour, status: str) -> object:
    """Noah works in the room that Mia would need."""
    hour.update("services/cut", resource_ids=["chair"])
    hour.offered()
    hour.put("bookings/b1", **booking(status=status, staff_id="noah"))
    return hour.yes()


def a_yes_to_a_room_in_long_use(hour: OneHour, status: str) -> object:
    hour.update("services/cut", resource_ids=["chair"])
    hour.offered()
    hour.put("bookings/b1", **booking(*LONG, status=status, staff_id="noah"))
    return hour.yes()


def a_yes_of_who_is_booked(hour: OneHour, status: str) -> object:
    """They are with Noah at that time."""
    hour.offered()
    hour.put("bookings/b1", **booking(START + HOUR / 2, status=status, staff_id="noah", customer_id="c1"))
    return hour.yes()


def a_yes_of_who_is_booked_all_day(hour: OneHour, status: str) -> object:
    hour.offered()
    hour.put("bookings/b1", **booking(*LONG, status=status, staff_id="noah", customer_id="c1"))
    return hour.yes()


def a_yes_of_a_mover(hour: OneHour, status: str) -> object:
    """How the later booking stands that they would give up, and whether the new one says that it was moved."""
    hour.put("bookings/later", **booking(START + 2 * DAY, status=status, customer_id="c1"))
    hour.offered(source="sooner", moves_booking_id="later")
    if status == "maybe":
        return "unreadable"
    assert hour.yes() == "sold"
    [sale] = [each for id, each in hour.all("bookings").items() if id != "later"]
    return hour.get("bookings/later")["status"], sale["rescheduled_from"] is not None


def an_ask(hour: OneHour, status: str) -> object:
    waits(hour)
    hour.put("bookings/b1", **booking(START + HOUR / 2, status=status, staff_id="noah", customer_id="c1"))
    return hour.considered()["c1"][1]


def an_ask_of_who_is_booked_all_day(hour: OneHour, status: str) -> object:
    waits(hour)
    hour.put("bookings/b1", **booking(*LONG, status=status, staff_id="noah", customer_id="c1"))
    return hour.considered()["c1"][1]


def an_ask_when_a_room_is_used(hour: OneHour, status: str) -> object:
    waits(hour)
    hour.update("services/cut", resource_ids=["chair"])
    hour.put("bookings/b1", **booking(START + HOUR / 2, status=status, staff_id="noah"))
    return hour.considered()["c1"][1]


def an_ask_of_whose_time_it_was(hour: OneHour, status: str) -> object:
    waits(hour)
    hour.put("bookings/b1", **booking(status=status, customer_id="c1"))
    return hour.considered()["c1"][1]


def an_ask_to_come_sooner(hour: OneHour, status: str) -> object:
    hour.update("customers/c1", sooner_opt_in=True)
    hour.put("bookings/b1", **booking(START + 2 * DAY, status=status, customer_id="c1"))
    return hour.considered().get("c1")


def a_regular(hour: OneHour, status: str) -> object:
    for days in (30, 60):
        hour.put(f"bookings/b{days}", **booking(START - days * DAY, status=status, customer_id="c1"))
    return hour.considered().get("c1")


def the_last_visit(hour: OneHour, status: str) -> object:
    """Who is due, comes every four weeks and was here yesterday, or was not."""
    frequency = {"average_days_between": 28, "next_predicted": "2026-11-23", "total_visits": 5}
    preferred = {"preferred_services": ["cut"]}
    made = {"id": "c1", "salon_id": "s1", "created_at": NOW, "updated_at": NOW, "customer_id": "c1"}
    hour.put("customer_scores/c1", **made, visit_frequency=frequency, preferences=preferred)
    hour.put("bookings/b1", **booking(NOW - DAY, status=status, customer_id="c1"))
    return hour.considered()["c1"][1]


def a_late_yes_of_who_is_booked_then(hour: OneHour, status: str) -> object:
    """Another hour of Mia's is free, at which they are with Noah."""
    hour.put("bookings/b1", **booking(START + 2 * HOUR, status=status, staff_id="noah", customer_id="c1"))
    return hour.late_yes()


def a_late_yes_of_who_is_booked_all_day(hour: OneHour, status: str) -> object:
    hour.put("bookings/b1", **booking(*LONG, status=status, staff_id="noah", customer_id="c1"))
    return hour.late_yes()


def a_late_yes_of_a_mover(hour: OneHour, status: str) -> object:
    """A yes to come sooner: sooner than what they have, if they still have it."""
    hour.put("bookings/later", **booking(START + 2 * DAY, status=status, customer_id="c1"))
    return hour.late_yes(source="sooner", moves_booking_id="later")


def who_cannot_come(hour: OneHour, status: str) -> object:
    hour.put("bookings/b1", **booking(status=status, customer_id="c1"))
    return hour.writes("Sorry, I can't come"), hour.told()


def booked_by_us(hour: OneHour, status: str) -> None:
    hour.put("bookings/b1", **booking(status=status, customer_id="c1", source="smart_fill"))
    sold = {"received": True, "action": "booked", "responded_at": NOW, "booking_id": "b1"}
    hour.offered(status="responded", response=sold)


def a_no_after_the_yes(hour: OneHour, status: str) -> object:
    booked_by_us(hour, status)
    return hour.writes("No, thanks")


def a_yes_after_the_yes(hour: OneHour, status: str) -> object:
    booked_by_us(hour, status)
    return hour.writes("Yes")


def over_a_sale_of_ours(hour: OneHour, status: str) -> object:
    """How often the owner is alerted."""
    hour.put("bookings/sale", **booking(source="smart_fill"))
    hour.put("bookings/b1", **booking(START + HOUR / 2, status=status))
    calendar = load_calendar(hour.documents, "s1")
    assert isinstance(calendar, Calendar)
    found, _ = load_bookings(hour.documents, calendar, "mia", datetime(2026, 11, 23, tzinfo=UTC).date())
    return len(over_our_sales(found, calendar, NOW, actor="detect_gaps"))


def time_off(hour: OneHour, status: str) -> object:
    """How often the owner is told that it stands in time off."""
    hour.update("staff/mia", time_off=[{"start": START, "end": END}])
    hour.put("bookings/b1", **booking(status=status))
    reconciled(hour)
    return len(announced(hour, "ALERT_TRIGGERED"))


def the_owners_word(hour: OneHour, status: str) -> object:
    """The owner says of a sale that its time is not free."""
    hour.offered(status="responded")
    hour.put("bookings/b1", **booking(status=status, customer_id="c1", source="smart_fill", outreach_id="out_1"))
    if status == "maybe":
        return "unreadable"
    return take_back_sale("b1", said_by="olga", documents=hour.documents, clock=hour.clock), hour.told()


def what_is_announced(hour: OneHour, status: str) -> object:
    """A confirmed booking becomes it."""
    was = Booking.from_document("b1", booking())
    hour.put("bookings/b1", **booking(status=status))
    record = what_happened(was, readable_one(Booking, hour.documents.get("bookings/b1")), "s1", version=NOW, now=NOW)
    return record.announces if record else None


def what_was_learnt(hour: OneHour, status: str) -> object:
    """A yes is a yes, whatever became of the booking."""
    booked_by_us(hour, status)
    learn_acceptance(hour.documents, NOW + DAY)
    return [(each["asked"], each["accepted"]) for each in hour.get("counters/learned")["tallies"].values()]


TAKEN, MOVER, REGULAR = "slot_taken", ("sooner", None), ("regular", None)
PASSED_ON, NOT_UNDERSTOOD = ("asked to cancel", ["cancel_request_received"]), ("kept for the owner", ["holding_answer"])
ANOTHER, PLAIN = "another time offered", "told that it is gone"
BACK = ("sale taken back", ["booking_withdrawn"])
TABLE: list[tuple[Reads, list[object]]] = [
    #                                 pending, confirmed, completed, cancelled, no_show, maybe
    (the_calendar, [None, None, None, "freed", "no_show", "idle"]),
    (the_gap_it_was_sold_from, [("filled", [True])] * 3 + [("open", [])] * 3),
    (a_yes_to_her_time, [TAKEN, TAKEN, TAKEN, "sold", "sold", "sold"]),
    (a_yes_within_a_long_booking, [TAKEN, TAKEN, TAKEN, "sold", "sold", "sold"]),
    (a_yes_to_a_room, [TAKEN, TAKEN, TAKEN, "sold", "sold", "sold"]),
    (a_yes_to_a_room_in_long_use, [TAKEN, TAKEN, TAKEN, "sold", "sold", "sold"]),
    (a_yes_of_who_is_booked, ["customer_busy", "customer_busy", "customer_busy", "sold", "sold", "sold"]),
    (a_yes_of_who_is_booked_all_day, ["customer_busy", "customer_busy", "customer_busy", "sold", "sold", "sold"]),
    (a_yes_of_a_mover, [("cancelled", True), ("cancelled", True), ("completed", False), ("cancelled", False), ("no_show", False), "unreadable"]),
    (an_ask, [BUSY, BUSY, BUSY, None, None, None]),
    (an_ask_of_who_is_booked_all_day, [BUSY, BUSY, BUSY, None, None, None]),
    (an_ask_when_a_room_is_used, [GONE, GONE, GONE, None, None, None]),
    (an_ask_of_whose_time_it_was, [BUSY, BUSY, BUSY, GAVE_BACK, GAVE_BACK, None]),
    (an_ask_to_come_sooner, [None, MOVER, None, None, None, None]),
    (a_regular, [REGULAR, REGULAR, REGULAR, None, None, None]),
    (the_last_visit, ["visited within half their usual interval"] * 3 + [None] * 3),
    (a_late_yes_of_who_is_booked_then, [PLAIN, PLAIN, PLAIN, ANOTHER, ANOTHER, ANOTHER]),
    (a_late_yes_of_who_is_booked_all_day, [PLAIN, PLAIN, PLAIN, ANOTHER, ANOTHER, ANOTHER]),
    (a_late_yes_of_a_mover, [ANOTHER, ANOTHER, ANOTHER, PLAIN, PLAIN, PLAIN]),
    (who_cannot_come, [PASSED_ON, PASSED_ON, PASSED_ON, NOT_UNDERSTOOD, NOT_UNDERSTOOD, NOT_UNDERSTOOD]),
    (a_no_after_the_yes, ["asked to cancel"] * 3 + ["answered before"] * 3),
    (a_yes_after_the_yes, ["answered before"] * 3 + ["kept for the owner"] * 2 + ["answered before"]),
    (over_a_sale_of_ours, [1, 1, 1, 0, 0, 0]),
    (time_off, [1, 1, 1, 0, 0, 0]),
    (the_owners_word, [BACK, BACK] + [("ended before", [])] * 3 + ["unreadable"]),
    (what_is_announced, [None, None, "BOOKING_COMPLETED", "BOOKING_CANCELLED", "BOOKING_NO_SHOW", None]),
    (what_was_learnt, [[(1, 1)]] * 6),
]  # fmt: skip
CELLS = [(reads, status, means) for reads, row in TABLE for status, means in zip(STATUSES, row, strict=True)]


@pytest.mark.parametrize(("reads", "status", "means"), CELLS, ids=[f"{r.__name__}-{s}" for r, s, _ in CELLS])
def test_what_a_status_means_to_who_reads_it(reads: Reads, status: str, means: object) -> None:
    assert reads(OneHour(), status) == means
