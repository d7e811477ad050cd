"""The report of a dry run, from what a salon that ran dry really decided."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from local.__main__ import main
from local.documents import to_json
from local.front import Front
from local.in_process import Suite
from local.report_dry_run import MOST_DAYS, DryRunReport, InvalidPeriod, report_dry_run
from tests.stories.busy_day import everything
from tests.stories.salon import NOW, ROOT, SALON, booking, cancel, freed_gaps, offers, salon, settle
from tests.stories.test_salon_modes import DRY

TODAY = date(2026, 11, 23)


def report(suite: Suite, first: date = TODAY, last: date = TODAY) -> DryRunReport:
    return report_dry_run(SALON, first=first, last=last, documents=suite.store.salon(SALON))


def test_a_day_in_dry_run_tells_what_it_would_have_sent_and_earned() -> None:
    with salon(waiting=3, settings=DRY) as suite:
        cancel(suite)
        suite.advance(hours=6)
        assert [gap["status"] for gap in freed_gaps(suite)] == ["expired"]
        [one] = report(suite).agents
        assert offers(suite) == []
    assert one.agent == "gap_fill_agent"
    assert (one.figures["asks"], one.figures["customers"], one.figures["left_empty"]) == (3, 3, 1)
    assert 0 < one.figures["revenue_within_30_minutes"] < one.figures["revenue"] < one.figures["most_revenue"] == 50


def test_time_that_the_app_filled_meanwhile_would_have_earned_nothing_more() -> None:
    with salon(waiting=3, settings=DRY) as suite:
        cancel(suite)
        suite.put(f"{ROOT}/bookings/again", booking(NOW.replace(hour=13, minute=0)))
        suite.run_until_idle()
        [one] = report(suite).agents
    assert (one.figures["filled_otherwise"], one.figures["revenue"]) == (1, 0)


def test_a_live_salon_has_nothing_to_report_and_one_agent_in_dry_run_has() -> None:
    with salon(waiting=3, settings={"offers": {"max_wave_size": 1}}) as suite:
        cancel(suite)
        assert report(suite).agents == []
        settle(suite, agent_modes={"gap_fill_agent": "dry_run"})
        cancel(suite, "b16")
        [one] = report(suite).agents
        assert one.figures["decisions"] == 1


def test_days_are_the_salons_and_both_ends_belong_to_the_period() -> None:
    with salon(waiting=1, settings=DRY) as suite:
        cancel(suite)
        day = timedelta(days=1)
        assert report(suite, TODAY - day, TODAY).agents and report(suite, TODAY, TODAY + day).agents
        assert report(suite, TODAY - 2 * day, TODAY - day).agents == []
        assert report(suite, TODAY + day, TODAY + 2 * day).agents == []


@pytest.mark.parametrize("days", [-1, MOST_DAYS])
def test_a_period_that_is_none_or_too_long_is_refused_with_what_was_found(days: int) -> None:
    with salon(waiting=0) as suite:
        last = TODAY + timedelta(days=days)
        with pytest.raises(InvalidPeriod, match=f"expected a period of 1 to 92 days, found {TODAY} to {last}"):
            report(suite, TODAY, last)
        assert report(suite, TODAY, TODAY + timedelta(days=MOST_DAYS - 1)).agents == []


def test_a_day_of_more_than_is_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with salon(waiting=1, settings=DRY) as suite:
        cancel(suite)
        cancel(suite, "b16")
        assert report(suite).not_whole == []
        monkeypatch.setattr("local.report_dry_run.A_DAY_AT_MOST", 1)
        found = report(suite)
    assert found.not_whole == [TODAY] and found.agents[0].figures["decisions"] == 1


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Callable[[Suite], str]:
    """The suite's documents, as a local cloud gives them away."""

    def serve(suite: Suite) -> str:
        def below(front: Front, path: str) -> dict[str, Any]:
            return {name: to_json(data) for name, data in everything(suite).items() if name.startswith(path)}

        monkeypatch.setattr(Front, "now", lambda front: suite.clock.now())
        monkeypatch.setattr(Front, "below", below)
        return "http://here"

    return serve


def command(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["python -m local", "dry-run", *arguments])
    return main()


PERIOD = ("--from", "2026-11-23", "--to", "2026-11-23")


def test_the_command_prints_every_figure_with_its_meaning(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], served: Callable[[Suite], str]
) -> None:
    with salon(waiting=3, settings=DRY) as suite:
        cancel(suite)
        suite.advance(hours=6)
        url = served(suite)
        assert command(monkeypatch, "--salon", SALON, *PERIOD, "--url", url) == 0
        text = capsys.readouterr().out
        assert "gap_fill_agent" in text and "50.00 GBP" in text
        assert command(monkeypatch, "--salon", SALON, *PERIOD, "--url", url, "--json") == 0
        found = json.loads(capsys.readouterr().out)
    [agent] = found["agents"]
    assert agent["figures"]["asks"] == 3 and agent["gaps"][0]["ending"] == "left_empty"
    assert found["definitions"].keys() == agent["figures"].keys()


def test_the_command_says_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], served: Callable[[Suite], str]
) -> None:
    with salon(waiting=0, settings=DRY) as suite:
        url = served(suite)
        assert command(monkeypatch, "--salon", SALON, "--from", "2026-11-23", "--to", "2026-11-22", "--url", url) == 2
        assert "expected a period of 1 to 92 days" in capsys.readouterr().err
        assert command(monkeypatch, "--salon", "nobody", *PERIOD, "--url", url) == 2
        assert "expected a salon nobody, found none" in capsys.readouterr().err
        assert command(monkeypatch, "--salon", SALON, *PERIOD, "--url", url) == 0
        assert "Nothing was decided in a dry run" in capsys.readouterr().out
