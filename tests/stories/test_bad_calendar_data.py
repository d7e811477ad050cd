"""What the booking app writes wrongly is set aside and said once, and stops nobody else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from local.in_process import Suite
from tests.stories.calendar import ROOT, Losing, alerts, at, booked, cancelled, free, gaps, open_calendar, records, scan
from tests.stories.salon import NOW, OWNER

Bad = Callable[[Suite], None]


def bad_booking(**wrong: Any) -> Bad:
    return lambda suite: booked(suite, "wrong", at(12), **{"staff_id": "zoe", "customer_id": "holder", **wrong})


def bad_staff(**wrong: Any) -> Bad:
    document = {"name": "Ann Onymous", "service_ids": ["cut"], "updated_at": NOW + timedelta(minutes=1)}
    return lambda suite: suite.put(f"{ROOT}/staff/wrong", {**document, **wrong})


def bad_service(**wrong: Any) -> Bad:
    document = {"name": "Dye", "duration_minutes": 60, "price": 50, "updated_at": NOW + timedelta(minutes=1)}
    return lambda suite: suite.put(f"{ROOT}/services/wrong", {**document, **wrong})


BAD: dict[str, tuple[Bad, str]] = {
    "a booking that ends before it starts": (bad_booking(end_time=at(11)), "to end after it starts"),
    "a booking without a start": (bad_booking(start_time=None), "start_time"),
    "a booking whose time is text": (bad_booking(start_time="2026-11-23T12:00:00Z"), "start_time"),
    "a booking of a status nobody knows": (bad_booking(status="maybe"), "status"),
    "a booking of staff nobody knows": (bad_booking(staff_id="ghost"), "staff member ghost is unknown"),
    "a booking of a service nobody knows": (bad_booking(service_ids=["tattoo"]), "service tattoo is unknown"),
    "a staff member without a name": (bad_staff(name=None), "name"),
    "hours that end before they begin": (
        bad_staff(working_hours={"mon": [{"start": "18:00", "end": "10:00"}]}),
        "working_hours",
    ),
    "time off that ends before it begins": (bad_staff(time_off=[{"start": at(14), "end": at(12)}]), "time_off"),
    "a service of a negative duration": (bad_service(duration_minutes=-30), "duration_minutes"),
    "a service of a negative buffer": (bad_service(buffer_after_minutes=-5), "buffer_after_minutes"),
    "processing longer than the service": (
        bad_service(processing={"after_minutes": 50, "minutes": 30}),
        "expected processing of service wrong within its 60 minutes",
    ),
}


@pytest.mark.parametrize(("write", "reason"), BAD.values(), ids=BAD)
@pytest.mark.parametrize("events", ["arrive", "are lost"])
def test_bad_data_is_audited_said_once_and_stops_nobody_else(write: Bad, reason: str, events: str) -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        suite.conditions = Losing(*(["detect_gaps"] if events == "are lost" else []))
        suite.advance(minutes=1)
        write(suite)
        cancelled(suite, "b1")
        suite.run_until_idle()
        suite.advance(hours=1)

        [aside] = records(suite, event_type="data_set_aside")
        assert reason in aside["details"]["reason"]
        assert len(alerts(suite, reason)) == 1
        assert ("mia", "23 13:00", "23 14:00", "freed") in free(suite)
        lost = {"detect_gaps"} if events == "are lost" else set()
        assert {name for name, _ in suite.failures} <= lost


def test_a_reason_says_which_field_and_nothing_about_people() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        booked(suite, "wrong", at(12), staff_id="zoe", customer_id="Priya Sharma/+919812345678", status="Priya")
        suite.run_until_idle()
        [aside] = records(suite, event_type="data_set_aside")
        [said] = alerts(suite, "booking wrong")
        assert "Priya" not in str(aside) + said and "9812345678" not in str(aside) + said


def test_many_bookings_wrong_in_the_same_way_are_each_audited_and_said_once_in_all() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        for number in range(20):
            booked(suite, f"wrong{number}", at(12), staff_id="zoe", status="maybe")
        suite.run_until_idle()
        suite.advance(hours=1)
        assert len(records(suite, event_type="data_set_aside")) == 20
        assert len(alerts(suite, "status")) == 1


def test_a_booking_of_an_unknown_service_takes_all_of_its_time() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        booked(suite, "n1", at(12), 90, staff_id="zoe", service_ids=["tattoo"])
        suite.run_until_idle()
        assert [gap for gap in free(suite, date="2026-11-23") if gap[0] == "zoe"][-1:] == [
            ("zoe", "23 17:00", "23 18:00", "idle")
        ]
        assert not [gap for gap in free(suite, date="2026-11-23") if gap[1] < "23 13:30" < gap[2]]


def test_the_time_of_a_booking_that_became_unreadable_is_not_offered_as_if_given_back() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        suite.update(f"{ROOT}/bookings/b1", status="maybe", updated_at=NOW + timedelta(seconds=1))
        suite.run_until_idle()
        assert [gap for gap in free(suite) if gap[3] != "idle"] == []


def test_nobody_is_offered_the_time_of_a_staff_member_whose_document_is_broken_until_it_is_repaired() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        before = free(suite, staff_id="zoe", date="2026-11-30")
        suite.update(f"{ROOT}/staff/zoe", service_ids="cut", updated_at=NOW + timedelta(seconds=1))
        suite.advance(minutes=5)
        assert gaps(suite, status="open", staff_id="zoe") == []
        suite.update(f"{ROOT}/staff/zoe", service_ids=["cut"], updated_at=suite.clock.now())
        suite.advance(minutes=5)
        assert free(suite, staff_id="zoe", date="2026-11-30") == before != []


@pytest.mark.parametrize("wrong", [{"timezone": "Mars/Olympus"}, {"opening_hours": {"mon": "always"}}])
def test_a_salon_that_cannot_be_understood_keeps_its_gaps_as_they_were_and_others_are_scanned(
    wrong: dict[str, Any],
) -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite)
        suite.put("salons/other", suite.get(ROOT) or {})
        suite.put("salons/other/staff/lea", {"name": "Lea", "service_ids": ["cut"]})
        suite.put("salons/other/services/cut", {"name": "Cut", "duration_minutes": 60, "price": 50})
        suite.run_until_idle()
        before = free(suite)
        suite.update(ROOT, **wrong)
        cancelled(suite, "b1")
        suite.advance(minutes=10)
        assert free(suite) == before
        asides = [record["details"]["reason"] for record in records(suite, resource_type="salon")]
        assert len(asides) == 1 and next(iter(wrong)) in asides[0]
        told = [m.text for m in suite.outbox.messages if m.sending.to == OWNER]
        assert len(told) == 1 and next(iter(wrong)) in told[0]
        assert suite.dead == []
        assert {gap["staff_id"] for gap in suite.list("salons/other/gaps").values()} == {"lea"}


def test_a_salon_without_hours_has_no_gaps_and_its_owner_hears_why_once() -> None:
    with Suite(now=NOW) as suite:
        open_calendar(suite, opening_hours={})
        scan(suite)
        suite.advance(hours=2)
        assert gaps(suite) == []
        assert len(alerts(suite, "no opening hours")) == 1
