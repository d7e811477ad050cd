from decimal import Decimal
from itertools import combinations_with_replacement

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.calendar.service import Service
from shared.calendar.service_mix import best_mix, contribution
from tests.shared.calendar.schedules import a_service

SHORT, HOUR, LONG = a_service("short", 30, 300), a_service("hour", 60, 600), a_service("long", 90, 900)


def test_a_gap_of_90_minutes_is_filled_without_a_remainder():
    assert best_mix(90, [SHORT, HOUR]).service_ids == ("hour", "short")
    assert best_mix(90, [SHORT, HOUR, LONG]).service_ids == ("long",)
    worth_as_much = a_service("worth", 60, 900)
    assert best_mix(90, [worth_as_much, LONG]).service_ids == ("long",)


def test_a_mix_counts_what_is_earned_and_not_what_is_charged():
    dear = a_service("dear", 60, 1000, margin=0.1)
    mix = best_mix(60, [dear, HOUR])
    assert (mix.service_ids, mix.contribution, mix.revenue) == (("hour",), Decimal(360), Decimal(600))


def test_a_mix_has_room_for_the_buffers():
    buffered = a_service("buffered", 30, 300, buffer_after_minutes=15)
    assert best_mix(89, [buffered]).service_ids == ("buffered",)
    assert best_mix(90, [buffered]).service_ids == ("buffered", "buffered")


def test_of_services_that_earn_and_take_the_same_the_first_id_is_chosen():
    dear, cheap = a_service("a", 60, 20, margin=0.5), a_service("b", 60, 10, margin=1)
    for services in ([dear, cheap], [cheap, dear]):
        mix = best_mix(60, services)
        assert (mix.service_ids, mix.revenue) == (("a",), 20)


def test_a_minute_may_be_enough():
    assert best_mix(1, [a_service("quick", 1, 5)]).service_ids == ("quick",)


def test_nothing_fits_into_too_little_time():
    assert best_mix(29, [SHORT]).service_ids == ()
    assert best_mix(0, [SHORT]).revenue == best_mix(60, []).revenue == 0


lengths = st.sampled_from([15, 20, 25, 30, 40, 45, 50, 60, 75, 90])
service_lists = st.lists(st.tuples(lengths, st.sampled_from([0, 100, 200, 250, 400])), min_size=1, max_size=4).map(
    lambda parts: [a_service(f"s{number}", minutes, price) for number, (minutes, price) in enumerate(parts)]
)


@settings(max_examples=200)
@given(st.integers(0, 135), service_lists)
def test_the_mix_is_the_best_of_all_there_are(minutes: int, services: list[Service]):
    def merit(chosen: tuple[Service, ...]) -> tuple[Decimal, int, int]:
        return (
            sum((contribution(s) for s in chosen), Decimal(0)), sum(s.needed_minutes for s in chosen), -len(chosen)
        )  # fmt: skip

    best = max(
        merit(chosen)
        for size in range(10)
        for chosen in combinations_with_replacement(services, size)
        if sum(s.needed_minutes for s in chosen) <= minutes
    )
    mix = best_mix(minutes, services)
    assert (mix.contribution, mix.minutes_used, -len(mix.service_ids)) == best
