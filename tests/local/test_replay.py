"""A week of a made-up salon, replayed through the real functions: does the report add up?"""

import hashlib
import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from local import replay_report
from local.booking_export import NotAnExport
from local.replay import Question, add_parser, replay

pytestmark = pytest.mark.long
EXPORT = Path(__file__).parent.parent / "fixtures" / "booking_export.csv"
WEEK = (date(2026, 5, 11), date(2026, 5, 17))
ROOT = Path(__file__).resolve().parents[2]


@cache
def report(policy: str) -> dict[str, Any]:
    with EXPORT.open() as lines:
        return replay(lines, Question("America/Toronto", "CAD", *WEEK, seed=7, policy=policy))


def figures(policy: str = "default") -> dict[str, Any]:
    found: dict[str, Any] = report(policy)["figures"]
    return found


def test_something_is_sold_and_nothing_breaks() -> None:
    found = figures()
    assert found["fills"]["booked"] > 0
    assert found["asks"]["sent"] > 20
    assert (found["work"]["dead"], found["work"]["failed_attempts"], found["work"]["refused_webhooks"]) == (0, 0, 0)


@pytest.mark.parametrize("origin", replay_report.ORIGINS)
def test_every_opened_gap_has_one_end(origin: str) -> None:
    gaps = figures()["gaps"][origin]
    ends = ("filled_by_us", "filled_by_app", "expired", "ignored", "open_at_end")
    assert gaps["opened"] == sum(gaps[end] for end in ends)
    assert gaps["asked_about"] <= gaps["opened"]


def test_every_ask_has_one_end() -> None:
    asks = figures()["asks"]
    assert asks["created"] == asks["sent"] + asks["not_sent"]
    ends = ("undelivered", "accepted", "declined", "opted_out", "unanswered", "open_at_end")
    assert asks["sent"] == sum(asks[end] for end in ends)


def test_every_yes_is_a_booking_or_a_kind_refusal_and_none_is_lost() -> None:
    found = figures()
    assert found["asks"]["said_yes"] == found["asks"]["accepted"]
    assert found["asks"]["accepted"] == found["fills"]["booked"] + found["fills"]["disappointed"]
    assert found["fills"]["booked"] == sum(gaps["filled_by_us"] for gaps in found["gaps"].values())


def test_fast_fills_are_fills() -> None:
    fills = figures()["fills"]
    assert fills["within_30_minutes_of_opening"] <= fills["within_30_minutes_of_first_ask"] <= fills["booked"]
    assert fills["asks_per_fill"] == round(figures()["asks"]["sent"] / fills["booked"], 4)


def test_cancellations_and_money_add_up() -> None:
    found = figures()
    cancellations, revenue = found["cancellations"], found["revenue"]
    assert cancellations["total"] == cancellations["within_24_hours"] + cancellations["earlier"]
    assert revenue["net"] == pytest.approx(revenue["sold"] - revenue["displaced"])


def test_what_happens_is_what_the_file_says() -> None:
    """Counted from the file itself, by hand."""
    lines = [line.split(",") for line in EXPORT.read_text().splitlines()[1:]]
    within = [line for line in lines if "2026-05-11" <= line[8] < "2026-05-18"]
    cancelled = [line for line in lines if "2026-05-11" <= line[9] < "2026-05-18"]
    assert figures("none")["bookings"]["appeared"] == len(within)
    assert figures("none")["cancellations"]["total"] == len(cancelled)
    assert figures("none")["revenue"]["freed"] == sum(float(line[6]) for line in cancelled)


def test_under_the_policy_none_nobody_is_asked() -> None:
    found = figures("none")
    assert found["asks"]["created"] == found["fills"]["booked"] == found["work"]["messages"] == 0
    assert found["gaps"]["freed"]["opened"] > 0


def test_every_figure_has_a_definition_beside_it() -> None:
    found = report("default")
    assert found["definitions"].keys() == replay_report.flat(found["figures"]).keys()
    assert set(replay_report.DEFINITIONS.values()) == set(found["definitions"].values())


def test_the_report_says_what_it_assumes() -> None:
    assumed = report("default")["assumptions"]
    assert assumed["accepts"]["waits_for_this"] == 0.25
    assert assumed["wishes_per_fortnight"] == 0.05


def test_the_table_shows_every_figure_once() -> None:
    lines = replay_report.table(report("default")).splitlines()
    names = [line.split()[0] for line in lines[2:] if line]
    assert names == list(replay_report.flat(figures()))


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_the_report_is_the_same_byte_for_byte(tmp_path: Path, hash_seed: str) -> None:
    """In processes that order their sets differently."""
    file = tmp_path / "report.json"
    command = [sys.executable, "-m", "local", "replay", str(EXPORT), "--timezone", "America/Toronto"]
    command += ["--currency", "CAD", "--from", "2026-05-11", "--to", "2026-05-17", "--seed", "7", "--report", str(file)]
    subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": hash_seed}, check=True, capture_output=True, timeout=300
    )
    expected = json.dumps(report("default"), indent=2) + "\n"
    assert hashlib.sha256(file.read_bytes()).hexdigest() == hashlib.sha256(expected.encode()).hexdigest()


def test_an_export_of_nothing_cannot_be_replayed() -> None:
    header = EXPORT.read_text().splitlines()[0]
    with pytest.raises(NotAnExport, match="at least one booking"):
        replay([header], Question("America/Toronto", "CAD", *WEEK))


def command(*more: str) -> int:
    parser = ArgumentParser()
    add_parser(parser.add_subparsers())
    options = parser.parse_args(["replay", str(EXPORT), "--timezone", "America/Toronto", "--currency", "CAD", *more])
    return int(options.command(options))


def test_days_that_the_file_does_not_know_are_refused_with_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert command("--from", "2025-05-11", "--to", "2025-05-24") == 2
    said = capsys.readouterr()
    assert "expected days from 2026-04-27 to 2026-06-06" in said.err and "found 2025-05-11 to 2025-05-24" in said.err
    assert said.out == ""


def test_a_report_that_cannot_be_written_is_found_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local.replay.replay", lambda *_: pytest.fail("replayed"))
    report = tmp_path / "none" / "report.json"
    assert command("--from", "2026-05-11", "--to", "2026-05-24", "--report", str(report)) == 2
    assert capsys.readouterr().err == f"{report}: No such file or directory\n"


def test_days_in_the_wrong_order_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    parser = ArgumentParser()
    add_parser(parser.add_subparsers())
    where = ["--timezone", "America/Toronto", "--currency", "CAD"]
    options = parser.parse_args(["replay", str(EXPORT), *where, "--from", "2026-05-24", "--to", "2026-05-11"])
    assert options.command(options) == 2
    assert "expected --to not before --from" in capsys.readouterr().err
