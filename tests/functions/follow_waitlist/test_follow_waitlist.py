"""A wish on the waitlist, whatever the booking app leaves out of it: found beside the others, and met by the gaps that are open."""

from datetime import timedelta
from typing import Any

import pytest

from functions.follow_waitlist import look_through_waitlist
from functions.follow_waitlist.follow_wish import follow_wish
from local.in_process import Suite
from shared.ports import Published
from tests.functions.fill_gap.test_idle_time import LONGER
from tests.stories.salon import NOW, ROOT, SALON, asked, cancel, customer, decisions, offers, outreach_of, salon

DAY = timedelta(days=1)
WHOLE_DAY = [{"start": NOW, "end": NOW + DAY}]
BARE = {"customer_id": "c0"}


def wish(suite: Suite, id: str = "w", **fields: Any) -> dict[str, Any]:
    """Written, and as it stands after that."""
    suite.put(f"{ROOT}/customers/c0", customer(0))
    suite.put(f"{ROOT}/waitlist/{id}", {**BARE, **fields})
    suite.run_until_idle()
    return suite.get(f"{ROOT}/waitlist/{id}") or {}


def heard(suite: Suite) -> list[dict[str, Any]]:
    records = suite.list(f"{ROOT}/audit_logs").values()
    return [record for record in records if record["actor"] == "follow_waitlist"]


def set_aside(suite: Suite) -> list[str]:
    return [record["details"]["reason"] for record in heard(suite) if record["event_type"] == "data_set_aside"]


def test_what_a_wish_leaves_out_is_filled_in_and_what_it_says_stays() -> None:
    with salon(waiting=0) as suite:
        assert wish(suite, service_ids=["cut"], note="by the window") == {
            "customer_id": "c0", "service_ids": ["cut"], "staff_ids": [], "windows": [], "minimum_notice_minutes": 45,
            "priority": 0, "status": "waiting", "created_at": NOW, "note": "by the window",
        }  # fmt: skip
        left_out = ["created_at", "minimum_notice_minutes", "priority", "staff_ids", "status", "windows"]
        records = {record["announces"]: record["details"] for record in heard(suite)}
        assert records == {None: {"filled_in": left_out}, "WAITLIST_CHANGED": {}}


def test_a_field_that_is_null_counts_as_left_out() -> None:
    with salon(waiting=0) as suite:
        stands = wish(suite, service_ids=["cut"], status=None, created_at=None, expires_at=None)
        assert (stands["status"], stands["created_at"], stands["expires_at"]) == ("waiting", NOW, None)


def test_our_own_write_and_every_other_delivery_change_nothing() -> None:
    with salon(waiting=0) as suite:
        stands, records = wish(suite), heard(suite)
        suite.advance(minutes=3)
        documents = suite.store.salon(SALON)
        assert follow_wish("w", documents=documents, clock=suite.clock) == "unchanged"
        suite.update(f"{ROOT}/waitlist/w", updated_at=suite.clock.now())
        suite.run_until_idle()
        assert {**(suite.get(f"{ROOT}/waitlist/w") or {}), "updated_at": None} == {**stands, "updated_at": None}
        assert heard(suite) == records


@pytest.mark.parametrize("status", ["waiting", "offered", "booked", "expired", "cancelled"])
def test_an_app_that_writes_its_own_fields_anew_puts_nobody_back_on_the_list(status: str) -> None:
    with salon(waiting=0) as suite:
        stood = {**wish(suite), "status": status}
        suite.put(f"{ROOT}/waitlist/w", stood)
        suite.run_until_idle()
        suite.advance(minutes=5)
        assert wish(suite) == stood


@pytest.mark.parametrize("left_out", ["status", "created_at", "service_ids", "all"])
def test_whoever_leaves_something_out_is_asked_like_the_others(left_out: str) -> None:
    whole = {"service_ids": ["cut"], "status": "waiting", "created_at": NOW - DAY, "windows": WHOLE_DAY}
    with salon(waiting=0) as suite:
        wish(suite, **{name: value for name, value in whole.items() if left_out not in (name, "all")})
        cancel(suite)
        assert asked(suite) == ["c0"]
        [considered] = decisions(suite)[-1]["considered"]
        assert considered["source"] == "waitlist_exact"


def test_a_wish_for_any_service_is_offered_what_the_customer_likes() -> None:
    with salon(waiting=0) as suite:
        suite.put(f"{ROOT}/services/shave", {"name": "Shave", "duration_minutes": 30, "price": 20})
        suite.put(f"{ROOT}/staff/mia", {"name": "Mia", "service_ids": ["cut", "shave"]})
        wish(suite)
        suite.update(f"{ROOT}/customers/c0", preferred_service_ids=["colour", "shave"])
        cancel(suite)
        assert outreach_of(suite, "c0")["slot"]["service_id"] == "shave"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"customer_id": None}, "customer_id: "),
        ({"status": "perhaps"}, "status: "),
        ({"service_ids": "cut"}, "service_ids: "),
        ({"windows": [{"start": NOW + DAY, "end": NOW}]}, "windows.0: "),
        ({"customer_id": "nobody"}, "customer nobody is unknown"),
        ({"service_ids": ["cut", "tea"]}, "service tea is unknown"),
        ({"staff_ids": ["zoe"]}, "staff member zoe is unknown"),
    ],
)
def test_what_cannot_be_understood_is_set_aside_with_a_reason_and_the_owner_is_told(
    fields: dict[str, Any], reason: str
) -> None:
    with salon(waiting=0) as suite:
        wish(suite, **fields)
        [said] = set_aside(suite)
        assert reason in said
        alerts = [record for record in heard(suite) if record["announces"] == "ALERT_TRIGGERED"]
        assert [reason in record["payload"]["reason"] for record in alerts] == [True]
        assert not any(record["announces"] == "WAITLIST_CHANGED" for record in heard(suite))


def test_a_wish_whose_time_has_passed_leaves_the_list() -> None:
    with salon(waiting=0) as suite:
        assert wish(suite, windows=[{"start": NOW - DAY, "end": NOW}])["status"] == "expired"
        assert wish(suite, "later", expires_at=NOW + timedelta(hours=2))["status"] == "waiting"
        suite.advance(hours=3)
        assert (suite.get(f"{ROOT}/waitlist/later") or {})["status"] == "expired"


@pytest.mark.parametrize("status", ["booked", "expired", "cancelled"])
def test_a_wish_that_has_ended_is_left_as_it_is(status: str) -> None:
    with salon(waiting=0) as suite:
        assert wish(suite, status=status) == {**BARE, "status": status}
        assert heard(suite) == []


def test_a_wish_that_was_deleted_is_gone() -> None:
    with salon(waiting=0) as suite:
        assert follow_wish("w", documents=suite.store.salon(SALON), clock=suite.clock) == "gone"


# A new wish meets the open gaps.


def test_a_new_wish_meets_the_open_gap_at_once() -> None:
    with salon(waiting=0) as suite:
        cancel(suite)
        assert offers(suite) == []
        wish(suite)
        assert asked(suite) == ["c0"]


@pytest.mark.parametrize(
    "other",
    [{"service_ids": ["shave"]}, {"staff_ids": ["noah"]}, {"windows": [{"start": NOW + DAY, "end": NOW + 2 * DAY}]}],
)
def test_a_wish_for_something_else_wakes_no_gap(other: dict[str, Any]) -> None:
    with salon(waiting=0) as suite:
        suite.put(f"{ROOT}/services/shave", {"name": "Shave", "duration_minutes": 30, "price": 20})
        suite.put(f"{ROOT}/staff/noah", {"name": "Noah", "service_ids": ["shave"]})
        cancel(suite)
        before = len(decisions(suite))
        wish(suite, **other)
        assert (len(decisions(suite)), offers(suite)) == (before, [])


def test_a_new_wish_joins_a_round_that_is_still_open() -> None:
    with salon(waiting=1) as suite:
        cancel(suite)
        assert asked(suite) == ["c0"]
        suite.put(f"{ROOT}/customers/c5", customer(5))
        suite.put(f"{ROOT}/waitlist/w5", {"customer_id": "c5", "service_ids": ["cut"]})
        suite.run_until_idle()
        assert asked(suite) == ["c0", "c5"]


def test_idle_time_that_was_offered_once_is_offered_to_a_new_wish_for_it() -> None:
    with salon(waiting=0, opening_hours=LONGER) as suite:
        for number, id in enumerate(("c1", "c2")):
            suite.put(f"{ROOT}/customers/{id}", customer(number + 1))
            suite.put(f"{ROOT}/waitlist/{id}", {"customer_id": id, "windows": WHOLE_DAY})
            suite.run_until_idle()
            suite.advance(minutes=12)
        assert asked(suite) == ["c1", "c2"]
        assert "idle" in {gap["origin"] for gap in suite.list(f"{ROOT}/gaps").values()}


def test_a_new_wish_is_offered_one_time_and_not_every_one_that_suits() -> None:
    with salon(waiting=0) as suite:
        cancel(suite)
        cancel(suite, "b16")
        wish(suite)
        assert len(offers(suite)) == 1


@pytest.mark.parametrize("stopped", [{"mode": "dry_run"}, {"gap": {"settle_seconds": 0, "fill_idle": "none"}}])
def test_a_new_wish_opens_no_way_around_what_the_salon_has_set(stopped: dict[str, Any]) -> None:
    with salon(waiting=0, opening_hours=LONGER, settings=stopped) as suite:
        wish(suite, windows=WHOLE_DAY)
        assert offers(suite) == []


# Those that were there before.


def test_wishes_that_were_there_before_the_salon_was_connected_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look_through_waitlist, "AT_ONCE", 3)
    with Suite(now=NOW) as suite:
        for number in range(8):
            suite.put(f"{ROOT}/customers/c{number}", customer(number))
            suite.put(f"{ROOT}/waitlist/w{number}", {"customer_id": f"c{number}"})
        suite.waiting.clear()
        suite.put(ROOT, {"name": "One", "timezone": "Europe/London", "currency": "GBP", "updated_at": NOW})
        suite.run_until_idle()
        assert {each.get("status") for each in suite.list(f"{ROOT}/waitlist").values()} == {"waiting"}
        assert suite.get(f"{ROOT}/counters/waitlist") == {"after": None, "through": True}


def test_a_wish_whose_event_was_lost_is_found_a_page_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look_through_waitlist, "AT_ONCE", 2)
    with salon(waiting=4) as suite:
        suite.put(f"{ROOT}/waitlist/x", BARE)
        suite.waiting.clear()
        suite.advance(hours=1)
        assert (suite.get(f"{ROOT}/waitlist/x") or {}) == BARE
        suite.advance(hours=2)
        assert (suite.get(f"{ROOT}/waitlist/x") or {})["status"] == "waiting"


def test_a_look_that_is_asked_for_twice_goes_on_once() -> None:
    with salon(waiting=2) as suite:
        suite.advance(hours=1)
        before = suite.outcomes["follow_waitlist", "LookedThrough"]
        body = {"job": "follow_waitlist", "salon_id": SALON, "at": suite.clock.now()}
        for _ in range(2):
            suite.publish(Published("salon-jobs", body, {"job": "follow_waitlist", "salon_id": SALON}))
        suite.run_until_idle()
        assert suite.outcomes["follow_waitlist", "LookedThrough"] == before + 2
