from bench.spread import p50_and_p95


def test_p50_and_p95_are_those_of_the_times_given_and_none_is_longer_than_the_longest() -> None:
    assert p50_and_p95([float(time) for time in range(101)]) == (50.0, 95.0)
    assert p50_and_p95([3.0, 1.0]) == (2.0, 2.9)
