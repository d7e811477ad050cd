from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.fill_gap.reply_model import (
    DELIVERED,
    MEDIAN_REPLY,
    SIGMA,
    Awaited,
    answered_within,
    disappointed,
    taken_within,
)
from functions.fill_gap.round_size import RoundSize, round_size
from functions.fill_gap.settings import OfferSettings

HALF_HOUR, FIVE, AT_ONCE = timedelta(minutes=30), timedelta(minutes=5), timedelta()
WIDE = OfferSettings(max_wave_size=50, max_asks_per_gap=200, max_disappointed=50.0)


def size_of(
    ready: list[float],
    offers: OfferSettings = WIDE,
    *,
    until_cut_off: timedelta = timedelta(hours=3),
    apart: timedelta = FIVE,
    since_first: timedelta = timedelta(),
    lead: timedelta = timedelta(hours=4),
    out: tuple[Awaited, ...] = (),
    room: int = 200,
    allowance: int = 200,
) -> RoundSize:
    return round_size(
        ready,
        out=out,
        since_first=since_first,
        until_cut_off=until_cut_off,
        apart=apart,
        lead=lead,
        room=room,
        allowance=allowance,
        offers=offers,
    )


probabilities = st.lists(st.floats(0.015, 0.6), min_size=1, max_size=60).map(
    lambda values: sorted(values, reverse=True)
)


parts = st.sampled_from([AT_ONCE, timedelta(minutes=2), FIVE])


def test_a_round_that_reaches_its_target_exactly_is_large_enough() -> None:
    target = size_of([0.5, 0.5], WIDE.changed(max_wave_size=1)).predicted
    assert size_of([0.5, 0.5], WIDE.changed(target_fill_probability=target)).size == 1


@given(probabilities, parts, st.integers(1, 50), st.integers(0, 200), st.integers(0, 200), st.floats(0, 50))
def test_a_round_is_never_larger_than_its_caps(
    ready: list[float], apart: timedelta, wave: int, room: int, allowance: int, late: float
) -> None:
    offers = OfferSettings(max_wave_size=wave, max_disappointed=late)
    found = size_of(ready, offers, apart=apart, room=room, allowance=allowance)
    assert 0 <= found.first <= found.size <= min(wave, room, allowance, len(ready))
    if found.size > 1:
        assert disappointed([Awaited(p) for p in ready[: found.size]]) <= late


@given(st.floats(0.02, 0.5), st.floats(0.02, 0.5), parts, st.integers(5, 300))
def test_the_readier_people_are_the_fewer_are_asked(one: float, other: float, apart: timedelta, minutes: int) -> None:
    low, high = (
        size_of([each] * 50, apart=apart, until_cut_off=timedelta(minutes=minutes)) for each in sorted((one, other))
    )
    assert high.size <= low.size and high.first <= low.first
    assert high.predicted >= low.predicted or low.size > high.size


@given(st.integers(5, 300), st.integers(5, 300), st.floats(0.05, 0.5), parts)
def test_the_sooner_it_starts_the_more_are_asked(one: int, other: int, probability: float, apart: timedelta) -> None:
    soon, later = (
        size_of([probability] * 50, apart=apart, until_cut_off=timedelta(minutes=minutes))
        for minutes in sorted((one, other))
    )
    assert soon.size >= later.size and soon.first >= later.first


def test_of_eight_three_are_asked_at_once_and_two_more_at_a_time() -> None:
    default = OfferSettings()
    assert (size_of([0.2] * 50, default).size, size_of([0.2] * 50, default).first) == (8, 3)
    assert size_of([0.2] * 50, default, out=(Awaited(0.2, FIVE),) * 3).first == 2
    assert size_of([0.2] * 50, default, apart=AT_ONCE).first == 8
    for small in (1, 2, 3):
        assert size_of([0.2] * 50, OfferSettings(max_wave_size=small), out=(Awaited(0.2, FIVE),)).first == small


@given(st.floats(0.02, 0.6), st.integers(1, 50), st.integers(5, 300))
def test_what_is_lost_by_asking_some_later_is_made_up_for(probability: float, wave: int, minutes: int) -> None:
    in_parts, whole = (
        size_of(
            [probability] * 50, WIDE.changed(max_wave_size=wave), until_cut_off=timedelta(minutes=minutes), apart=each
        )
        for each in (FIVE, AT_ONCE)
    )
    assert in_parts.first <= in_parts.size >= whole.size == whole.first
    assert in_parts.size > whole.size or in_parts.predicted <= whole.predicted


def test_after_half_an_hour_the_target_is_a_sale_by_the_cut_off() -> None:
    def asked(since_first: timedelta) -> int:
        return size_of([0.25] * 50, since_first=since_first, until_cut_off=timedelta(hours=3)).size

    assert asked(timedelta(minutes=20)) > asked(timedelta()) > asked(timedelta(minutes=21)) > 0
    assert asked(timedelta(minutes=21)) == asked(timedelta(hours=9))


def test_a_slot_more_than_24_hours_away_is_offered_to_one_at_a_time() -> None:
    far = timedelta(hours=24, seconds=1)
    assert size_of([0.2] * 9, lead=far).size == 1
    assert size_of([0.2] * 9, lead=far, out=(Awaited(0.2),)).size == 0
    assert size_of([0.2] * 9, lead=timedelta(hours=24)).size > 1


@pytest.mark.parametrize(("largest", "first"), [(3, 3), (4, 2)])
def test_a_salon_whose_rounds_are_no_larger_than_three_has_them_go_out_whole(largest: int, first: int) -> None:
    sized = size_of([0.1] * 9, OfferSettings(max_wave_size=largest, max_disappointed=50.0))
    assert (sized.size, sized.first) == (largest, first)


def test_what_open_offers_may_still_bring_counts() -> None:
    open_offers = tuple(Awaited(0.25, timedelta(minutes=5)) for _ in range(5))
    assert size_of([0.25] * 50, out=open_offers).size < size_of([0.25] * 50).size


def test_a_target_that_the_caps_prevent_is_said_so_with_the_predicted_probability() -> None:
    found = size_of([0.05] * 50, OfferSettings())
    assert found.size == 8
    assert found.reasons == ("the target is out of reach", "no more may be asked at once")
    assert 0 < found.predicted < 0.73


FAR, ONE_BY_ONE = timedelta(hours=24, seconds=1), "it starts in more than 24 hours: one at a time"


@pytest.mark.parametrize(
    ("ready", "given", "size", "reasons"),
    [
        (9 * [0.1], {"room": 2}, 2, ("no more may be asked for this gap",)),
        (9 * [0.1], {"room": 0}, 0, ("no more may be asked for this gap",)),
        (9 * [0.1], {"allowance": 2}, 2, ("the salon's limit leaves no more",)),
        (9 * [0.1], {"room": 2, "allowance": 2}, 2, ("no more may be asked for this gap", "the salon's limit leaves no more")),
        (9 * [0.1], {"lead": FAR}, 1, (ONE_BY_ONE,)),
        (9 * [0.1], {"lead": FAR, "out": (Awaited(0.2),)}, 0, (ONE_BY_ONE,)),
        (3 * [0.1], {}, 3, ("nobody else can be asked",)),
        ([], {}, 0, ("nobody else can be asked",)),
        (8 * [0.1], {"offers": OfferSettings(max_disappointed=0)}, 1, ("more would be disappointed than allowed",)),
        (8 * [0.3], {"offers": OfferSettings(max_disappointed=0.1)}, 2, ("more would be disappointed than allowed",)),
    ],
)  # fmt: skip
def test_each_cap_that_keeps_a_round_from_its_target_is_named(
    ready: list[float], given: dict[str, Any], size: int, reasons: tuple[str, ...]
) -> None:
    found = size_of(ready, **{"offers": OfferSettings(), **given})
    assert (found.size, found.reasons) == (size, ("the target is out of reach", *reasons))


def test_a_round_that_reaches_its_target_says_with_how_many() -> None:
    found = size_of([0.3] * 8, OfferSettings())
    assert (found.size, found.reasons) == (8, ("8 reach the target with a predicted 0.73",))


@pytest.mark.parametrize("cut_off", [timedelta(minutes=12), HALF_HOUR, timedelta(hours=2)])
@pytest.mark.parametrize("apart", [AT_ONCE, FIVE])
@pytest.mark.parametrize("wave", [8, 50])
def test_where_the_caps_allow_it_the_simulated_fill_probability_meets_target_and_prediction(
    cut_off: timedelta, apart: timedelta, wave: int
) -> None:
    random = Random(20261121)
    for ready in ([0.25] * 50, [0.5] * 10, [0.12] * 50, [0.4, 0.3, 0.25, 0.2, 0.15, 0.12, 0.1] * 5):
        best_first = sorted(ready, reverse=True)
        found = size_of(best_first, WIDE.changed(max_wave_size=wave), until_cut_off=cut_off, apart=apart)
        draws, horizon = 10_000, min(HALF_HOUR, cut_off)
        asked = [
            (probability, horizon - _part(place, found.first, wave) * apart)
            for place, probability in enumerate(best_first[: found.size])
        ]
        taken = sum(any(says_yes(random, p, time) for p, time in asked) for _ in range(draws)) / draws
        assert abs(taken - found.predicted) <= 0.03
        if "the target is out of reach" not in found.reasons:
            assert taken >= WIDE.target_fill_probability - 0.03


def _part(place: int, first: int, wave: int) -> int:
    """After the first come a quarter of the largest round at a time."""
    return 0 if place < first else 1 + (place - first) // -(-wave // 4)


def says_yes(random: Random, probability: float, within: timedelta) -> bool:
    if random.random() >= probability * DELIVERED:
        return False
    minutes = random.lognormvariate(0, SIGMA) * (MEDIAN_REPLY / timedelta(minutes=1))
    return timedelta(minutes=minutes) <= within


def test_the_reply_times_are_those_of_the_field() -> None:
    assert round(answered_within(timedelta(minutes=15)), 2) == 0.43
    assert answered_within(MEDIAN_REPLY) == 0.5
    assert answered_within(timedelta()) == 0


@pytest.mark.parametrize(
    ("minutes", "share"), [(-5, 0), (0, 0), (1, 0.0306), (10, 0.3324), (20, 0.5), (40, 0.6676), (60, 0.7538)]
)
def test_answers_come_early_and_some_late(minutes: int, share: float) -> None:
    assert answered_within(timedelta(minutes=minutes)) == pytest.approx(share, abs=5e-5)


def test_an_offer_that_has_long_been_silent_is_hardly_taken_any_more() -> None:
    """Of two in which one of every two delivered says yes, half of them within twenty minutes."""
    fresh, silent = Awaited(0.5), Awaited(0.5, MEDIAN_REPLY)
    assert fresh.yes_within(MEDIAN_REPLY) == pytest.approx(0.2325)
    assert silent.yes_within(MEDIAN_REPLY) == pytest.approx(0.465 * (answered_within(2 * MEDIAN_REPLY) - 0.5) / 0.7675)
    assert (fresh.yes_ever, silent.yes_ever) == (pytest.approx(0.465), pytest.approx(0.2325 / 0.7675))
    assert fresh.yes_within(AT_ONCE) == silent.yes_within(AT_ONCE) == 0


def test_of_several_offers_one_is_enough_and_each_yes_beyond_it_disappoints() -> None:
    two, surest = [Awaited(0.5), Awaited(0.5)], Awaited(1)
    assert taken_within([], HALF_HOUR) == disappointed([]) == 0
    assert taken_within(two, MEDIAN_REPLY) == pytest.approx(1 - 0.7675**2)
    assert disappointed(two[:1]) == pytest.approx(0)
    assert disappointed(two) == pytest.approx(2 * 0.465 - (1 - 0.535**2))
    assert disappointed([surest, surest]) == pytest.approx(2 * DELIVERED - (1 - (1 - DELIVERED) ** 2))
    assert taken_within([surest, surest], timedelta(days=999)) == pytest.approx(1 - (1 - DELIVERED) ** 2)


@pytest.mark.parametrize(
    ("wave", "begins", "then"),
    [(1, 1, 1), (3, 3, 3), (4, 2, 1), (5, 2, 2), (8, 3, 2), (9, 4, 3), (16, 6, 4), (50, 19, 13)],
)
def test_a_round_begins_with_three_eighths_and_goes_on_by_quarters(wave: int, begins: int, then: int) -> None:
    offers = OfferSettings(max_wave_size=wave, max_disappointed=50.0)
    assert size_of([0.02] * 60, offers).first == begins
    assert size_of([0.02] * 60, offers, out=(Awaited(0.01, FIVE),)).first == then


@pytest.mark.parametrize(
    ("ago", "cut_off", "horizon"),
    [(0, 180, 30), (0, 20, 20), (15, 180, 15), (20, 180, 10), (20.1, 180, 180), (25, 6, 6), (90, 180, 180)],
)
def test_a_round_should_sell_within_half_an_hour_of_the_first_offer_or_by_the_cut_off(
    ago: float, cut_off: int, horizon: int
) -> None:
    minute = timedelta(minutes=1)
    found = size_of([0.2], since_first=ago * minute, until_cut_off=cut_off * minute)
    assert found.predicted == pytest.approx(Awaited(0.2).yes_within(horizon * minute))
