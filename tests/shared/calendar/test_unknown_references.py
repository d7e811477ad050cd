"""What is said of a booking that names what is not there."""

from shared.calendar.unknown_references import unknown_services, unknown_staff
from shared.records.problem import Problem
from tests.shared.sales.test_acceptance import END, START, booking

BOOKING = booking(START, END).changed(service_ids=["cut", "gone", "wash", "lost"])


def test_a_booking_of_nobody_takes_nobodys_time() -> None:
    about = "staff member mia is unknown"
    assert unknown_staff(BOOKING) == Problem(
        "booking", "b1", about, f"{about}: the booking takes nobody's time", "unknown_staff"
    )


def test_each_unknown_service_is_told_and_no_known_one() -> None:
    told = "is unknown: the booking takes its time without buffers or processing"
    assert unknown_services(BOOKING, {"cut", "wash"}) == [
        Problem("booking", "b1", f"service {id} is unknown", f"service {id} {told}", "unknown_service")
        for id in ("gone", "lost")
    ]
    assert unknown_services(BOOKING, {"cut", "wash", "gone", "lost"}) == []
