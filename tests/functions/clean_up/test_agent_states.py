"""The figures of an agent: read anew every hour, true to what happened, and at no message's cost."""

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bench.counting import Bill, CountedDocuments
from functions.clean_up.refresh_agent_states import refresh_agent_states
from local.audit_chain import broken_links
from local.in_process import Suite
from shared.asking.breaker import Breaker
from shared.asking.check_breaker import fault, pause_agent
from shared.ports import Refused
from shared.records.audit import AuditRecord
from shared.salon.settings import SalonSettings
from tests.shared.asking.test_promotion_pause import ask
from tests.stories.salon import NOW, ROOT, SALON, arrive, cancel, offers, ours, salon
from tests.stories.test_marketing_pause import sent_before
from tests.zones import WEST, in_each_zone, wall

AGENT = "gap_fill_agent"
NO_NUMBER = Refused(21211, "HTTP 400", retry=False, provider_fault=False)


def refresh(suite: Suite) -> dict[str, Any]:
    refresh_agent_states(documents=suite.store.salon(SALON), clock=suite.clock)
    return state(suite)


def state(suite: Suite) -> dict[str, Any]:
    found = suite.get(f"{ROOT}/agent_states/{AGENT}")
    assert found is not None
    return found


def test_the_figures_are_what_happened() -> None:
    # A round of three goes out whole.
    with salon(waiting=3, settings={"offers": {"max_wave_size": 3, "max_disappointed": 20}}) as suite:
        suite.outbox.answers.append(NO_NUMBER)
        cancel(suite)
        arrive(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert len(ours(suite)) == 1
        shown = refresh(suite)
    assert shown["last_execution"] == NOW
    assert shown["counters"] == {
        "date": "2026-11-23",
        "actions_taken": 3,
        "actions_successful": 2,
        "actions_failed": 1,
        "revenue_generated": 50,
        "by_type": {"gap_fill": {"count": 3, "revenue": 50}},
    }
    assert shown["rate_limits"] == {
        "hourly_actions": {"limit": 20, "current": 3, "remaining": 17},
        "daily_actions": {"limit": 100, "current": 3, "remaining": 97},
    }
    assert shown["health"] == {
        "last_heartbeat": NOW,
        "consecutive_failures": 0,
        "average_response_time_ms": 0.0,
        "success_rate_24h": pytest.approx(2 / 3, abs=1e-3),
    }
    assert shown["config"] == {
        "max_hourly_actions": 20, "max_daily_actions": 100, "cooldown_minutes": 5, "custom": {"mode": "live"},
    }  # fmt: skip


@in_each_zone
def test_the_figures_of_a_day_are_those_since_the_salons_midnight(zone: ZoneInfo) -> None:
    with salon(zone=zone, now=wall(zone, "09:30"), waiting=1) as suite:
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        for clock, day, taken in (("09:30", 23, 1), ("16:30", 23, 1), ("23:59", 23, 1), ("24:00", 24, 0)):
            suite.clock.move_to(wall(zone, clock))
            shown = refresh(suite)
            counted = shown["counters"]
            assert (counted["date"], counted["actions_taken"]) == (f"2026-11-{day}", taken), clock
            assert counted["revenue_generated"] == 50 * taken
            assert shown["rate_limits"]["daily_actions"]["current"] == taken


def test_of_a_day_of_25_hours_the_first_is_counted_in_the_last() -> None:
    """The clocks of Los Angeles go back on 1 November."""
    sunday = date(2026, 11, 1)
    with salon(zone=WEST, now=wall(WEST, "23:30", sunday), waiting=0) as suite:
        first = wall(WEST, "00:00", sunday)
        sent_before(suite, ask(0).changed(created_at=first), ask(1).changed(created_at=first - timedelta(seconds=1)))
        assert refresh(suite)["counters"]["actions_taken"] == 1


def test_every_field_of_the_original_design_is_there() -> None:
    with salon(waiting=1) as suite:
        cancel(suite)
        shown = refresh(suite)
    assert shown.keys() >= {
        "id", "salon_id", "agent_name", "status", "last_execution", "next_scheduled", "circuit_breaker", "config", "counters",
        "rate_limits", "health", "created_at", "updated_at",
    }  # fmt: skip
    assert shown["circuit_breaker"].keys() >= {
        "state", "error_count", "last_error", "last_error_time", "cooldown_until", "auto_recovery",
    }  # fmt: skip
    assert shown["id"] == f"state_{SALON}_{AGENT}"


def test_next_scheduled_is_when_a_gap_is_looked_at_by_itself() -> None:
    with salon(waiting=1) as suite:
        cancel(suite)
        due = min(gap["due_at"] for gap in suite.list(f"{ROOT}/gaps").values() if gap["due_at"])
        assert refresh(suite)["next_scheduled"] == due
        suite.clock.move_to(due + timedelta(minutes=5))
        assert refresh(suite)["next_scheduled"] == due + timedelta(minutes=5), "overdue is now"


def test_a_salon_that_did_nothing_has_figures_of_nothing() -> None:
    with salon(waiting=0) as suite:
        shown = refresh(suite)
    assert (shown["last_execution"], shown["status"]) == (None, "active")
    assert shown["counters"]["actions_taken"] == 0 and shown["health"]["success_rate_24h"] is None


def test_they_are_refreshed_by_the_hour_and_never_for_a_message() -> None:
    with salon(waiting=4) as suite:
        cancel(suite)
        assert offers(suite) and suite.get(f"{ROOT}/agent_states/{AGENT}") is None
        suite.advance(hours=1)
        first = state(suite)
        assert first["health"]["last_heartbeat"] == NOW.replace(hour=10, minute=7)
        suite.advance(hours=1)
        assert state(suite)["health"]["last_heartbeat"] == NOW.replace(hour=11, minute=7)


def test_refreshed_again_they_are_the_same() -> None:
    with salon(waiting=2) as suite:
        cancel(suite)
        once = refresh(suite)
        assert refresh(suite) == once


def test_what_decides_is_left_alone_and_its_audit_chain_holds() -> None:
    with salon(waiting=1) as suite:
        documents = suite.store.salon(SALON)
        fault(AGENT, "20003", documents=documents, settings=SalonSettings(), clock=suite.clock)
        before = state(suite)
        after = refresh(suite)
        unchanged = ("status", "circuit_breaker", "marketing", "revision", "audit_head", "updated_at")
        assert [after[name] for name in unchanged] == [before[name] for name in unchanged]
        assert after["health"]["consecutive_failures"] == 1
        pause_agent(AGENT, documents=documents, clock=suite.clock, actor="owner")
        assert refresh(suite)["status"] == "paused"
        chain = [AuditRecord.model_validate(record) for record in suite.list(f"{ROOT}/audit_logs").values()]
        theirs = [record for record in chain if record.resource_type == "agent_state"]
        assert broken_links(theirs, [state(suite)]) == []


def test_a_document_that_the_figures_began_is_the_breakers_as_well() -> None:
    with salon(waiting=1) as suite:
        refresh(suite)
        fault(AGENT, "20003", documents=suite.store.salon(SALON), settings=SalonSettings(), clock=suite.clock)
        shown = state(suite)
        assert shown["circuit_breaker"]["error_count"] == 1 and shown["counters"] is not None
        assert Breaker.model_validate(shown["circuit_breaker"]).state == "closed"


def test_another_agent_is_shown_once_it_has_asked_somebody() -> None:
    with salon(waiting=0) as suite:
        sent_before(suite, ask(0).changed(agent_name="retention_agent", outreach_type="retention"))
        suite.put(
            f"{ROOT}/counters/asks",
            {"asks": [], "day": "2026-11-23", "day_counts": {"retention_agent": 1, "gap_fill_agent:idle": 2}},
        )
        refresh(suite)
        assert set(suite.list(f"{ROOT}/agent_states")) == {AGENT, "retention_agent"}
        shown = suite.get(f"{ROOT}/agent_states/retention_agent")
        assert shown is not None and shown["counters"]["by_type"] == {"retention": {"count": 1, "revenue": 0}}


@pytest.mark.parametrize("history", [0, 200])
def test_only_the_last_day_is_read(history: int) -> None:
    with salon(waiting=2) as suite:
        cancel(suite)
        sent_before(suite, *(ask(24 + number) for number in range(history)))
        bill = Bill()
        refresh_agent_states(documents=CountedDocuments(suite.store.salon(SALON), bill), clock=suite.clock)
        assert bill.reads <= 10 + len(offers(suite)) and bill.writes <= 2
