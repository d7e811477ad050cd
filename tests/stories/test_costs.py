import pytest

from bench import events


def test_a_booking_event_costs_at_most_half_as_much_again_as_the_fewest_operations_possible(
    capsys: pytest.CaptureFixture[str],
) -> None:
    events.main()  # ends with an error where it costs more
    assert capsys.readouterr().out.count("nothing") == 3
