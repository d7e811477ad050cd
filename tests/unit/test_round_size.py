from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.reply_model import DELIVERED, MEDIAN_REPLY, SIGMA, Awaited, answered_within, disappointed
from shared.domain.round_size import RoundSize, round_size
from shared.domain.settings import OfferSettings

HALF_HOUR = timedelta(minutes=30)
WIDE = OfferSettings(max_wave_size=50, max_asks_per_gap=200, max_disappointed=50.0)


def size_of(
    ready: list[float],
    offers: OfferSettings = WIDE,
    *,
    until_cut_off: timedelta = timedelta(hours=3),
    lead: timedelta = timedelta(hours=4),
    out: tuple[Awaited, ...] = (),
    room: int = 200,
    allowance: int = 200,
) -> RoundSize:
    return round_size(
        ready,
        out=out,
        since_first=timedelta(),
        until_cut_off=until_cut_off,
        lead=lead,
        room=room,
        allowance=allowance,
        offers=offers,
    )


probabilities = st.lists(st.floats(0.015, 0.6), min_size=1, max_size=60).map(
    lambda values: sorted(values, reverse=True)
)


@given(probabilities, st.integers(1, 50), st.integers(0, 200), st.integers(0, 200), st.floats(0, 50))
def test_a_round_is_never_larger_than_its_caps(
    ready: list[float], wave: int, room: int, allowance: int, late: float
) -> None:
    offers = OfferSettings(max_wave_size=wave, max_disappointed=late)
    found = size_of(ready, offers, room=room, allowance=allowance)
    assert 0 <= found.size <= min(wave, room, allowance, len(ready))
    if found.size > 1:
        assert disappointed([Awaited(p) for p in ready[: found.size]]) <= late


@given(st.floats(0.02, 0.5), st.floats(0.02, 0.5))
def test_the_readier_people_are_the_fewer_are_asked(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert size_of([high] * 50).size <= size_of([low] * 50).size or size_of([low] * 50).target_unreachable


@given(st.integers(5, 300), st.integers(5, 300), st.floats(0.05, 0.5))
def test_the_sooner_it_starts_the_more_are_asked(one: int, other: int, probability: float) -> None:
    soon, later = sorted((one, other))
    asked_soon = size_of([probability] * 50, until_cut_off=timedelta(minutes=soon)).size
    assert asked_soon >= size_of([probability] * 50, until_cut_off=timedelta(minutes=later)).size


def test_a_slot_more_than_24_hours_away_is_offered_to_one_at_a_time() -> None:
    far = timedelta(hours=24, seconds=1)
    assert size_of([0.2] * 9, lead=far).size == 1
    assert size_of([0.2] * 9, lead=far, out=(Awaited(0.2),)).size == 0
    assert size_of([0.2] * 9, lead=timedelta(hours=24)).size > 1


def test_what_open_offers_may_still_bring_counts() -> None:
    open_offers = tuple(Awaited(0.25, timedelta(minutes=5)) for _ in range(5))
    assert size_of([0.25] * 50, out=open_offers).size < size_of([0.25] * 50).size


def test_a_target_that_the_caps_prevent_is_said_so_with_the_predicted_probability() -> None:
    found = size_of([0.05] * 50, OfferSettings())
    assert found.target_unreachable and found.size == 8
    assert "no more may be asked at once" in found.reasons
    assert 0 < found.predicted < 0.73


def test_where_the_caps_allow_it_the_simulated_fill_probability_meets_target_and_prediction() -> None:
    random = Random(20261121)
    for ready in ([0.25] * 50, [0.5] * 10, [0.12] * 50, [0.4, 0.3, 0.25, 0.2, 0.15, 0.12, 0.1] * 5):
        for cut_off in (timedelta(minutes=12), HALF_HOUR, timedelta(hours=2)):
            found = size_of(sorted(ready, reverse=True), until_cut_off=cut_off)
            asked = sorted(ready, reverse=True)[: found.size]
            draws = 10_000
            horizon = min(HALF_HOUR, cut_off)
            taken = sum(any(says_yes(random, p, horizon) for p in asked) for _ in range(draws)) / draws
            assert abs(taken - found.predicted) <= 0.03
            if not found.target_unreachable:
                assert taken >= WIDE.target_fill_probability - 0.03


def says_yes(random: Random, probability: float, within: timedelta) -> bool:
    if random.random() >= probability * DELIVERED:
        return False
    minutes = random.lognormvariate(0, SIGMA) * (MEDIAN_REPLY / timedelta(minutes=1))
    return timedelta(minutes=minutes) <= within


def test_the_reply_times_are_those_of_the_field() -> None:
    assert round(answered_within(timedelta(minutes=15)), 2) == 0.43
    assert answered_within(MEDIAN_REPLY) == 0.5
    assert answered_within(timedelta()) == 0
