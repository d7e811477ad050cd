"""Which units are left alone: by chance, the same ones however often it is looked up, as many as were wished for."""

from hypothesis import given
from hypothesis import strategies as st

from shared.asking.holdout import arm_of

DRAWN = ["gap_1", "gap_15", "gap_24", "gap_33", "gap_36"]
UNITS = [f"gap_{number}" for number in range(4000)]


def held_out(percent: float, *, salon: str = "s1", agent: str = "gap_fill_agent") -> set[str]:
    return {unit for unit in UNITS if arm_of(salon, agent, unit, percent) == "held_out"}


def test_none_is_held_out_of_a_share_of_nothing_and_all_of_a_hundred_percent() -> None:
    assert held_out(0) == set() and held_out(100) == set(UNITS)


def test_about_as_many_are_held_out_as_were_wished_for() -> None:
    for percent in (5, 10, 50):
        assert abs(len(held_out(percent)) / len(UNITS) * 100 - percent) < 2


@given(st.text(min_size=1), st.floats(0, 100), st.floats(0, 100))
def test_a_larger_share_holds_out_the_same_and_more(unit: str, one: float, other: float) -> None:
    small, large = sorted((one, other))
    if arm_of("s1", "upsell_agent", unit, small) == "held_out":
        assert arm_of("s1", "upsell_agent", unit, large) == "held_out"


def test_each_salon_and_each_agent_draws_for_itself() -> None:
    half = held_out(50)
    for other in (held_out(50, salon="s2"), held_out(50, agent="upsell_agent")):
        assert abs(len(half & other) / len(UNITS) * 100 - 25) < 3


def test_what_was_drawn_is_the_same_in_every_release() -> None:
    assert [unit for unit in UNITS[:40] if arm_of("s1", "gap_fill_agent", unit, 10) == "held_out"] == DRAWN
