"""What each change of an agent's state records, announces and sets."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.asking.agent_figures import AgentConfig, Counters, Figures, Health, RateLimit
from shared.asking.agent_state import (
    AgentState,
    broken,
    first_seen,
    fresh,
    marketing_paused,
    paused,
    reset,
    resumed,
    showing,
    state_path,
)
from shared.asking.breaker import Breaker
from shared.asking.promotion_pause import PromotionPause, objection
from shared.records.audit import Amended
from tests.shared.records.told import Told, set_by, told

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
BY = {"now": NOW, "actor": "ann"}
AGENT = {"agent": "gap_fill_agent"}
OPEN = Breaker(state="open", error_count=5, last_error="503", cooldown_until=NOW)
TRYING = OPEN.changed(state="half_open", half_open_attempts=1)
WEEK_OFF = PromotionPause(paused_at=NOW, paused_until=NOW + timedelta(days=7), reason="3 of 50 objected")


def state(**fields: Any) -> AgentState:
    return fresh("s1", "gap_fill_agent", NOW - timedelta(days=1)).changed(**fields)


def changed(action: str, details: dict[str, Any] | None = None, **more: Any) -> Told:
    return Told("agent_changed", action, details or {}, **more)


def moved(way: str, announces: str | None = None, count: int = 5, error: str | None = "503", **more: Any) -> Told:
    details = {"error_count": count, "last_error": error}
    payload = more.pop("payload", AGENT)
    return changed(f"Circuit breaker {way}", details, announces=announces, payload=payload, **more)


CHANGES: dict[str, tuple[AgentState, Callable[[AgentState], Amended[AgentState]], Told, dict[str, Any]]] = {
    "first seen": (
        state(),
        lambda agent: first_seen(agent, now=NOW),
        changed("Its figures are kept from here on", actor="gap_fill_agent"),
        {},
    ),
    "its breaker opens": (
        state(),
        lambda agent: broken(agent, OPEN, **BY),
        moved(
            "closed -> open",
            "CIRCUIT_BREAKER_OPENED",
            payload=AGENT | {"reason": "nobody is asked at present, because messages cannot be sent (error 503)"},
            severity="warning",
        ),
        {"circuit_breaker": OPEN, "status": "circuit_breaker"},
    ),
    "a trial fails": (
        state(circuit_breaker=TRYING, status="circuit_breaker"),
        lambda agent: broken(agent, OPEN, **BY),
        moved(
            "half_open -> open",
            "CIRCUIT_BREAKER_OPENED",
            payload=AGENT | {"reason": "nobody is asked at present, because messages cannot be sent (error 503)"},
            severity="warning",
        ),
        {"circuit_breaker": OPEN},
    ),
    "a fault while it is open": (
        state(circuit_breaker=OPEN, status="circuit_breaker"),
        lambda agent: broken(agent, OPEN.changed(error_count=6), **BY),
        moved("open -> open", count=6),
        {"circuit_breaker": OPEN.changed(error_count=6)},
    ),
    "a fault while it is closed": (
        state(),
        lambda agent: broken(agent, Breaker(error_count=1, last_error="503"), **BY),
        moved("closed -> closed", count=1),
        {"circuit_breaker": Breaker(error_count=1, last_error="503")},
    ),
    "a trial begins": (
        state(circuit_breaker=OPEN, status="circuit_breaker"),
        lambda agent: broken(agent, TRYING, **BY),
        moved("open -> half_open"),
        {"circuit_breaker": TRYING},
    ),
    "a trial goes well": (
        state(circuit_breaker=TRYING, status="circuit_breaker"),
        lambda agent: broken(agent, Breaker(), **BY),
        moved("half_open -> closed", "CIRCUIT_BREAKER_CLOSED", count=0, error=None),
        {"circuit_breaker": Breaker(), "status": "active"},
    ),
    "its breaker opens while the owner has paused it": (
        state(status="paused", circuit_breaker=OPEN),
        lambda agent: broken(agent, Breaker(), **BY),
        moved("open -> closed", "CIRCUIT_BREAKER_CLOSED", count=0, error=None),
        {"circuit_breaker": Breaker()},
    ),
    "paused": (state(), lambda agent: paused(agent, **BY), changed("Paused by the owner"), {"status": "paused"}),
    "resumed": (
        state(status="paused", marketing=WEEK_OFF),
        lambda agent: resumed(agent, **BY),
        changed("Resumed by the owner"),
        {"status": "active"},
    ),
    "resumed while its breaker is open": (
        state(status="paused", circuit_breaker=OPEN),
        lambda agent: resumed(agent, **BY),
        changed("Resumed by the owner"),
        {"status": "circuit_breaker"},
    ),
    "its promotions paused": (
        state(),
        lambda agent: marketing_paused(agent, "3 of 50 objected", **BY),
        changed(
            "Promotional asks paused",
            {"reason": "3 of 50 objected", "until": NOW + timedelta(days=7)},
            announces="AGENT_ACTION_REQUIRED",
            payload=AGENT | {"reason": "Promotional offers are paused for 7 days: 3 of 50 objected"},
            severity="warning",
        ),
        {"marketing": WEEK_OFF},
    ),
    "reset": (
        state(status="paused", marketing=WEEK_OFF, circuit_breaker=OPEN.changed(auto_recovery=False)),
        lambda agent: reset(agent, **BY),
        changed("Reset by the owner", announces="CIRCUIT_BREAKER_CLOSED", payload=AGENT),
        {
            "status": "active",
            "circuit_breaker": Breaker(auto_recovery=False),
            "marketing": PromotionPause(counted_from=NOW),
        },
    ),
    "reset when its breaker is closed": (
        state(status="paused"),
        lambda agent: reset(agent, **BY),
        changed("Reset by the owner", payload=AGENT),
        {"status": "active", "marketing": PromotionPause(counted_from=NOW)},
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_an_agent_records_and_sets_this_and_no_more(name: str):
    before, change, says, sets = CHANGES[name]
    amended = change(before)
    assert (told(amended.record), set_by(before, amended.document)) == (says, sets)


def test_an_agent_that_nobody_has_stored_is_active():
    assert fresh("s1", "upsell_agent", NOW) == AgentState(
        id="state_s1_upsell_agent", salon_id="s1", created_at=NOW, updated_at=NOW, agent_name="upsell_agent"
    )
    assert (state().status, state().circuit_breaker) == ("active", Breaker())
    assert state().path == state_path("gap_fill_agent") == "agent_states/gap_fill_agent"


def test_what_is_shown_are_the_figures_and_nothing_else():
    figures = Figures(
        last_execution=NOW,
        next_scheduled=NOW + timedelta(hours=1),
        config=AgentConfig(max_hourly_actions=20, max_daily_actions=100, cooldown_minutes=5),
        counters=Counters(date="2026-11-23", revenue_generated=Decimal(50)),
        rate_limits={"hourly": RateLimit(limit=20, current=1, remaining=19)},
        health=Health(last_heartbeat=NOW, consecutive_failures=0, average_response_time_ms=None, success_rate_24h=1.0),
    )
    before = state(status="paused", circuit_breaker=OPEN)
    assert set_by(before, showing(before, figures)) == dict(figures)


def test_the_owner_is_told_in_numbers_why_promotions_pause():
    assert objection(["opted_out", "opted_out", "limited", "declined"], sends=20) == (
        "of the last 20 promotional messages 2 led to an opt-out, 1 were stopped by WhatsApp as too much marketing, "
        "1 were declined"
    )
