"""The commands, run as a line of a terminal is."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from local.__main__ import main

ROOT = Path(__file__).resolve().parents[2]
Command = Callable[[str], tuple[int, str]]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command line; its exit code, and what it said."""

    def run(line: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["local", *line.split()])
        monkeypatch.chdir(ROOT)
        try:
            code = main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return code, said.out + said.err

    return run
