"""Whether what is counted as danger is one: without its guard a run that was in danger goes another way, and no other run does."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from functions.send_outreach import send_message
from shared.asking import ask_people, limits
from shared.sales import sell_slot
from tests.e2e.simulation import asking, counting, moving, selling
from tests.e2e.simulation.cloud import Cloud
from tests.e2e.simulation.danger import DANGERS, unproven
from tests.e2e.simulation.faults import KINDS, Faults
from tests.e2e.simulation.history import History
from tests.e2e.simulation.rules import RULES, Rule
from tests.e2e.simulation.run import simulate
from tests.e2e.simulation.town import town_of

Unguarded = Callable[[], AbstractContextManager[Any]]

UNGUARDED: dict[Rule, tuple[Unguarded, int, int]] = {
    asking.what_leaves_was_looked_at_just_before: (
        lambda: patch.object(send_message, "FRESH", timedelta(days=1)),
        46,
        111,
    ),
    asking.contact_limits_hold: (
        lambda: patch.object(limits, "contact_limit", lambda *asks, **by: None),
        7,
        10,
    ),
    asking.recipients_stay_within_the_tier: (
        lambda: patch.object(ask_people, "budget_for_asks", lambda *of: None),
        5,
        0,  # somebody was kept out who would not have been asked
    ),
    selling.no_room_is_sold_twice: (
        lambda: patch.object(sell_slot._Room, "free", lambda *about: True),
        114,
        111,
    ),
}
"""A rule, the suite without its guard, a run that was in danger and one that was not."""


@pytest.mark.parametrize("in_danger", [True, False], ids=["in danger", "safe"])
@pytest.mark.parametrize("rule", UNGUARDED, ids=lambda rule: rule.__name__)
def test_a_run_goes_another_way_without_the_guard_if_it_was_in_danger_and_only_then(
    rule: Rule, in_danger: bool
) -> None:
    unguarded, dangerous, safe = UNGUARDED[rule]
    seed = dangerous if in_danger else safe
    told: list[str] = []
    other: list[str] = []
    result = simulate(seed, tell=told.append)
    with unguarded():
        simulate(seed, tell=other.append)
    assert (rule.__name__ in result.dangers, told != other) == (in_danger, in_danger)


def after(*writes: tuple[str, dict[str, Any]]) -> History:
    cloud = Cloud(town_of(0), faults=Faults(0))
    for path, data in writes:
        cloud.put(f"salons/alpha/{path}", data)
    return History(cloud, [])


ALIKE: dict[Rule, tuple[History, History]] = {
    selling.every_yes_has_an_end: (
        after(("outreach/o1", {"response": {"action": "slot_taken"}})),
        after(("outreach/o1", {"response": {"action": "booked"}}), ("outreach/o2", {"response": {"action": None}})),
    ),
    selling.who_comes_sooner_gives_up_what_is_later: (
        after(("bookings/b1", {"rescheduled_from": "b0"})),
        after(("bookings/b1", {"rescheduled_from": None})),
    ),
    asking.consent_and_hours_hold: (
        after(("audit_logs/l1", {"action": "Held: quiet hours", "resource_type": "outreach"})),
        after(("audit_logs/l1", {"action": "Held: quiet hours", "resource_type": "message"})),
    ),
    counting.each_offer_teaches_once: (
        after(("counters/learned", {"tallies": {"a": 1}}), ("counters/learned", {"tallies": {"a": 2}})),
        after(("counters/learned", {"tallies": {}}), ("counters/learned", {"tallies": {"a": 1}})),
    ),
    moving.a_place_waits_again_with_the_end_of_its_offer: (
        after(("waitlist/w1", {"status": "offered"}), ("waitlist/w1", {"status": "waiting"})),
        after(("waitlist/w1", {"status": "waiting"}), ("waitlist/w1", {"status": "offered"})),
    ),
}
"""A rule, a history in which what it guards against arose, and one that looks like it."""


@pytest.mark.parametrize("rule", ALIKE, ids=lambda rule: rule.__name__)
def test_what_only_looks_like_a_danger_is_none(rule: Rule) -> None:
    in_danger, safe = ALIKE[rule]
    assert DANGERS[rule](in_danger) and not DANGERS[rule](safe)


def test_a_day_on_which_nothing_happens_and_nothing_fails_proves_little() -> None:
    calm = simulate(0, [], without=frozenset(KINDS))
    assert len(calm.dangers) < len(RULES) / 4


def test_a_rule_that_no_run_put_to_the_test_is_unproven() -> None:
    first, second, *rest = (rule.__name__ for rule in RULES)
    assert unproven([frozenset({first}), frozenset({second})]) == rest
    assert unproven([]) == [first, second, *rest]
