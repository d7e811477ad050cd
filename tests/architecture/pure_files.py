"""The files that decide from given facts alone: they reach no port. `python -m tests.architecture.pure_files` lists them."""

from collections.abc import Iterator
from pathlib import Path

from tests.architecture.project import ROOT, python_files, reaches_ports

ADAPTERS = ROOT / "shared" / "adapters"
NOT_DECIDED_THERE = ("__init__.py", "main.py")
"""Doors."""


def pure_files() -> Iterator[Path]:
    for path in python_files("functions", "shared"):
        if path.name not in NOT_DECIDED_THERE and not path.is_relative_to(ADAPTERS) and not reaches_ports(path):
            yield path.relative_to(ROOT)


if __name__ == "__main__":
    print(*pure_files(), sep="\n")
