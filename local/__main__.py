"""`python -m local ...`: everything that runs on one machine and is never deployed."""

import argparse
import sys
from importlib import import_module

OUR_OWN = ("local", "functions", "shared")

COMMANDS = {
    "up": "up",
    "demo": "demo",
    "import": "import_bookings",
    "replay": "replay",
    "templates": "templates",
    "audit": "audit",
    "repair": "repair",
    "check": "check",
    "dry-run": "dry_run",
}
"""Command -> the module here with `add_parser(subparsers)`, which sets `command`: arguments -> exit code."""
INSTALLED = "`make run` installs them; then .venv/bin/python -m local ..."


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    asked = sys.argv[1] if len(sys.argv) > 1 else None
    # Only what is asked for is imported: each brings libraries that take their time.
    for module in [COMMANDS[asked]] if asked in COMMANDS else COMMANDS.values():
        try:
            import_module(f"local.{module}").add_parser(subparsers)
        except ModuleNotFoundError as missing:
            name = str(missing.name).partition(".")[0]
            if name in OUR_OWN:
                raise
            parser.exit(2, f"expected the packages of requirements-dev.txt, found no {name}: {INSTALLED}\n")
    arguments = parser.parse_args()
    return int(arguments.command(arguments))


if __name__ == "__main__":
    sys.exit(main())
