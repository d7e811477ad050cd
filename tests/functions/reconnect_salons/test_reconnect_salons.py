"""A salon whose own event was lost is found by the clock, within the hour."""

from datetime import timedelta
from typing import Any

import pytest

from functions.reconnect_salons import reconnect as room
from local.in_process import ACCOUNT_SID, Suite
from shared.salon.channel_route import route_path
from shared.salon.registry import registry_path, shard_of
from tests.stories.busy_day import everything
from tests.stories.salon import NOW, ROOT, SALON, SMS, WHATSAPP, freed_gaps, put_salon, salon


def lost(suite: Suite, path: str, **fields: Any) -> None:
    suite.update(path, **fields)
    suite.waiting.clear()


def reconnect(suite: Suite) -> None:
    suite.tick("reconnect_salons")
    suite.run_until_idle()


def listed(suite: Suite, salon_id: str = SALON) -> bool:
    found = suite.get(registry_path(shard_of(salon_id)))
    return found is not None and salon_id in found["salons"]


def repairs(suite: Suite) -> list[dict[str, Any]]:
    return [record for record in suite.list(f"{ROOT}/audit_logs").values() if record["event_type"] == "repaired"]


def unheard() -> Suite:
    """A salon that nobody knows of: all that was said of it is lost."""
    suite = Suite(now=NOW)
    put_salon(suite)
    suite.delete(f"{ROOT}/bookings/b1")
    suite.waiting.clear()
    return suite


def test_a_salon_whose_first_event_was_lost_is_listed_and_its_calendar_read() -> None:
    with unheard() as suite:
        assert not listed(suite) and suite.list(f"{ROOT}/gaps") == {}
        suite.advance(hours=1)
        assert listed(suite) and suite.get(route_path(ACCOUNT_SID, WHATSAPP))["salon_ids"] == [SALON]
        assert len(suite.list(f"{ROOT}/gaps")) > 0 and freed_gaps(suite) == []
        [record] = repairs(suite)
        assert (record["actor"], record["resource_type"]) == ("connect_salon", "salon")
        assert suite.failures == [] and suite.dead == []


def test_a_number_that_was_entered_unheard_leads_to_its_salon() -> None:
    with salon() as suite:
        messaging = {"account_sid": ACCOUNT_SID, "whatsapp_from": WHATSAPP, "sms_from": SMS}
        lost(suite, ROOT, messaging=messaging, updated_at=suite.clock.now())
        assert suite.get(route_path(ACCOUNT_SID, SMS)) is None
        reconnect(suite)
        assert suite.get(route_path(ACCOUNT_SID, SMS))["salon_ids"] == [SALON]
        assert repairs(suite) == []


def test_a_salon_that_is_connected_is_left_as_it_is() -> None:
    with salon() as suite:
        before = everything(suite)
        reconnect(suite)
        assert everything(suite) == before
        assert suite.outcomes["connect_salon", "connected"] == 1


@pytest.mark.parametrize(("ago", "read"), [(timedelta(hours=26, seconds=-1), True), (timedelta(hours=26), False)])
def test_a_salon_that_was_not_written_lately_is_not_read(ago: timedelta, read: bool) -> None:
    """The platform repeats a lost event for a day; then an hourly run must still come by."""
    with salon() as suite:
        suite.put(registry_path(shard_of(SALON)), {"salons": {}})
        suite.clock.move_to(NOW + ago)
        reconnect(suite)
        assert listed(suite) is read


def test_of_more_than_one_run_asks_for_the_latest_are_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "AT_ONCE", 2)
    with salon() as suite:
        found = suite.get(ROOT)
        assert found is not None
        for number in range(3):
            suite.put(f"salons/more{number}", {**found, "updated_at": NOW + number * timedelta(seconds=1)})
        suite.waiting.clear()
        reconnect(suite)
        assert [listed(suite, f"more{number}") for number in range(3)] == [False, True, True]


def test_a_salon_that_cannot_be_understood_holds_up_no_other() -> None:
    with unheard() as suite:
        suite.put("salons/broken", {"name": 1, "updated_at": NOW + timedelta(seconds=1)})
        suite.waiting.clear()
        reconnect(suite)
        assert listed(suite) and not listed(suite, "broken")
