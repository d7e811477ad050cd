"""What a dry run would have sent and earned: every figure of the report, and the limits that are applied to it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.fill_gap.reply_model import Awaited, taken_within
from local.dry_run_report import DEFINITIONS, AgentReport, dry_run_reports
from shared.asking.decision import Context, Decision
from shared.salon.settings import LimitSettings
from tests.shared.asking.test_decision import decision

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
AGENT = "gap_fill_agent"
WIDE = LimitSettings(
    hourly_actions=1000, daily_actions=1000, per_customer_hourly=50, per_customer_daily=50, marketing_hours_between=0,
    marketing_per_customer_weekly=100,
)  # fmt: skip


def candidate(name: str, *, p: float = 0.25, price: float = 50, discount: float = 0, **fields: Any) -> dict[str, Any]:
    return {
        "customer_id": name, "source": "regular", "probability": p, "discount_percent": discount, "excluded": None,
        "components": {"base_revenue": price}, **fields,
    }  # fmt: skip


def would(
    *asked: dict[str, Any], gap: str = "g1", at: datetime = NOW, lead: timedelta = 5 * HOUR, **fields: Any
) -> Decision:
    """A dry-run decision to ask these, among others who were left out."""
    others = [candidate("left-out", excluded="blocked by the salon"), candidate("spare")]
    return decision(
        **{
            "id": f"dec {gap} {at}",
            "created_at": at,
            "dry_run": True,
            "context": Context(
                trigger_id=gap, trigger_type="schedule_gap", staff_id="mia", service_id="cut", time_slot=at + lead
            ),
            "considered": [*asked, *others],
            "action_details": {"asked": [each["customer_id"] for each in asked]},
            **fields,
        }
    )


def reports(*decisions: Decision, limits: LimitSettings = WIDE, **statuses: str) -> list[AgentReport]:
    known = {"g1": "expired", "g2": "expired", **statuses}
    return dry_run_reports(decisions, known, limits=limits, zone=ZoneInfo("Europe/London"), currency="GBP")


def figures(*decisions: Decision, limits: LimitSettings = WIDE, **statuses: str) -> dict[str, Any]:
    [one] = reports(*decisions, limits=limits, **statuses)
    return dict(one.figures)


def test_without_decisions_there_is_nothing_to_report() -> None:
    assert reports() == []


def test_what_would_have_been_sent_is_who_was_chosen() -> None:
    found = figures(would(candidate("a"), candidate("b")), would(candidate("a"), gap="g2", at=NOW + DAY))
    assert (found["decisions"], found["gaps"], found["asks"], found["customers"]) == (2, 2, 3, 2)


def test_a_sale_is_expected_as_rounds_expect_it() -> None:
    found = figures(would(candidate("a", p=0.3), candidate("b", p=0.1)))
    both = [Awaited(0.3), Awaited(0.1)]
    assert found["sales_within_30_minutes"] == pytest.approx(taken_within(both, 30 * MINUTE), abs=0.005)
    assert found["sales"] == pytest.approx(taken_within(both, 5 * HOUR), abs=0.005)
    assert found["sales_within_30_minutes"] < found["sales"] < 0.3 + 0.1


def test_no_yes_is_expected_after_the_start() -> None:
    soon = figures(would(candidate("a"), lead=10 * MINUTE))
    assert soon["sales_within_30_minutes"] == soon["sales"]


def test_revenue_is_the_expected_price_with_the_discount_taken_off() -> None:
    full, less = (figures(would(candidate("a", discount=discount), lead=DAY)) for discount in (0, 20))
    assert full["most_revenue"] == 50 and less["most_revenue"] == 40
    assert less["revenue"] == pytest.approx(full["revenue"] * Decimal("0.8"), abs=Decimal("0.01"))
    assert Decimal(0) < full["revenue_within_30_minutes"] < full["revenue"] < full["most_revenue"]


def test_the_price_is_what_the_likelier_pay() -> None:
    found = figures(would(candidate("a", p=0.3, price=100), candidate("b", p=0.1, price=20)))
    assert found["most_revenue"] == 80


@pytest.mark.parametrize(
    ("status", "ending"),
    [
        ("expired", "left_empty"),
        ("filled", "filled_otherwise"),
        ("ignored", "not_for_sale"),
        ("open", "still_open"),
        ("gone", "unknown"),
    ],
)
def test_only_time_that_stayed_empty_would_have_earned_something(status: str, ending: str) -> None:
    found = figures(would(candidate("a")), g1=status)
    endings = ("left_empty", "filled_otherwise", "not_for_sale", "still_open", "unknown")
    assert [name for name in endings if found[name]] == [ending]
    assert (found["revenue"] > 0) == (found["sales"] > 0) == (status == "expired")


def test_what_the_owner_would_have_been_asked_first_is_counted_apart() -> None:
    found = figures(would(candidate("vip"), autonomy_level="supervised"), would(candidate("a"), gap="g2"))
    assert (found["owner_questions"], found["asks"], found["left_empty"]) == (1, 1, 1)


def test_a_decision_to_ask_nobody_sends_and_earns_nothing() -> None:
    found = figures(would())
    assert (found["decisions"], found["gaps"], found["asks"], found["left_empty"], found["revenue"]) == (1, 1, 0, 0, 0)


def test_who_is_asked_after_nobody_could_be_is_what_the_gap_is_listed_with() -> None:
    nobody = would(at=NOW - HOUR, context=Context(trigger_id="g1", trigger_type="schedule_gap"))
    [report] = reports(nobody, would(candidate("a")))
    [gap] = report.gaps
    assert (gap.asked, gap.service_id, gap.starts_at) == (1, "cut", NOW + 5 * HOUR)
    assert report.figures["decisions"] == 2


def test_two_decisions_about_one_gap_can_sell_it_once() -> None:
    twice = [would(candidate(name, p=0.9), at=NOW + number * MINUTE) for number, name in enumerate("ab")]
    found = figures(*twice)
    assert (found["gaps"], found["left_empty"], found["most_revenue"]) == (1, 1, 50)
    assert found["sales"] < 1 and found["revenue"] < 50


def test_what_the_limits_of_a_live_salon_would_have_stopped_is_not_counted_as_sent() -> None:
    limits = LimitSettings(hourly_actions=2)
    found = figures(would(candidate("a"), candidate("b"), candidate("c")), limits=limits)
    assert (found["asks"], found["beyond_limits"], found["customers"]) == (2, 1, 2)
    later = figures(
        would(candidate("a"), candidate("b")), would(candidate("c"), gap="g2", at=NOW + HOUR), limits=limits
    )
    assert (later["asks"], later["beyond_limits"]) == (3, 0)


@pytest.mark.parametrize(
    ("source", "after", "sent"),
    [
        ("regular", 59 * MINUTE, 1),
        ("regular", 2 * HOUR, 1),
        ("regular", DAY, 2),
        ("waitlist_exact", 59 * MINUTE, 1),
        ("waitlist_exact", HOUR, 2),
    ],
)
def test_nobody_would_have_been_asked_more_often_than_the_limits_let(source: str, after: timedelta, sent: int) -> None:
    again = [would(candidate("a", source=source), gap=gap, at=at) for gap, at in (("g1", NOW), ("g2", NOW + after))]
    assert figures(*again, limits=LimitSettings())["asks"] == sent


def test_a_customers_limits_are_those_of_all_agents_together_and_the_salons_of_each() -> None:
    found = reports(
        would(candidate("a")),
        would(candidate("a"), candidate("b"), gap="g2", agent_name="retention_agent", at=NOW + MINUTE),
        limits=LimitSettings(hourly_actions=1),
    )
    assert [report.agent for report in found] == [AGENT, "retention_agent"]
    assert [report.figures["asks"] for report in found] == [1, 1]
    assert found[1].figures["beyond_limits"] == 1


def test_every_figure_has_its_definition() -> None:
    assert figures(would(candidate("a"))).keys() == DEFINITIONS.keys()


def test_each_gap_is_listed_with_what_would_have_been_sent_about_it() -> None:
    [report] = reports(would(candidate("a")), would(candidate("b"), gap="g2"), g2="filled")
    assert [(gap.gap_id, gap.asked, gap.ending, gap.staff_id) for gap in report.gaps] == [
        ("g1", 1, "left_empty", "mia"),
        ("g2", 1, "filled_otherwise", "mia"),
    ]


@given(
    st.lists(
        st.tuples(st.sampled_from(["g1", "g2", "g3"]), st.lists(st.sampled_from("abcdef"), unique=True)), max_size=6
    )
)
def test_the_figures_add_up_and_do_not_depend_on_the_order_they_are_read_in(
    rounds: list[tuple[str, list[str]]],
) -> None:
    decisions = [
        would(*(candidate(name) for name in names), gap=gap, at=NOW + number * 20 * MINUTE)
        for number, (gap, names) in enumerate(rounds)
    ]
    found = reports(*decisions, limits=LimitSettings())
    assert found == reports(*reversed(decisions), limits=LimitSettings())
    for report in found:
        shown = report.figures
        assert shown["asks"] + shown["beyond_limits"] == sum(len(names) for _, names in rounds)
        assert sum(gap.asked for gap in report.gaps) == shown["asks"]
        assert shown["sales_within_30_minutes"] <= shown["sales"] <= shown["left_empty"]
        assert shown["revenue_within_30_minutes"] <= shown["revenue"] <= shown["most_revenue"]
