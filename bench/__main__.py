"""python -m bench: every measurement, each beside its floor or its peer. Ends with an error where one misses its mark."""

import os
import platform
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from bench import engine, events, scan


def main() -> int:
    print(f"{datetime.now(UTC):%F}, Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores")
    missed: list[str] = []
    measurements: list[Callable[[], None]] = [engine.main, events.main, scan.main]
    for measure in measurements:
        try:
            measure()
        except SystemExit as miss:
            missed.append(str(miss))
    for each in missed:
        print(f"\nMISSED: {each}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
