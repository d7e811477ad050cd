"""Time enters through the Clock port only, so that every rule can be tested at any instant and a day be replayed."""

import ast
from collections.abc import Iterable
from pathlib import Path

from tests.architecture.project import ROOT, python_files, tree, where

READS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}
SLEEPS = {"time.sleep"}
OWN_CLOCK = {ROOT / "shared" / "adapters" / "clock.py"}


def calls(files: Iterable[Path], forbidden: set[str]) -> list[str]:
    return [
        f"{where(path, node)} calls {called}"
        for path in files
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        for called in [ast.unparse(node.func)]
        if any(called == name or called.endswith(f".{name}") for name in forbidden)
    ]


def test_nobody_but_the_clock_reads_the_time() -> None:
    assert calls(set(python_files("shared", "functions")) - OWN_CLOCK, READS) == []


def test_only_adapters_wait() -> None:
    """They wait for their vendor, in real time; everybody else waits through the port."""
    files = [path for path in python_files("shared", "functions") if "adapters" not in path.parts]
    assert calls(files, SLEEPS) == []
