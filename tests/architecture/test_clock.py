"""Time enters through the Clock port only, so that every rule can be tested at any instant and a day be replayed."""

import ast

from tests.architecture.project import ROOT, python_files, tree, where

READS_THE_CLOCK = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.sleep"}
CLOCK = ROOT / "shared" / "adapters" / "clock.py"


def test_only_the_clock_adapter_reads_the_time_or_sleeps() -> None:
    readings = [
        f"{where(path, node)} calls {called}"
        for path in python_files("shared", "functions")
        if path != CLOCK
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        for called in [ast.unparse(node.func)]
        if any(called == name or called.endswith(f".{name}") for name in READS_THE_CLOCK)
    ]
    assert readings == []
