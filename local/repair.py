"""`python -m local repair`: what the hourly look at a salon finds, mended now, or with --dry-run only told."""

import argparse
import sys
from typing import Any

from google.api_core.exceptions import GoogleAPICallError

from functions.repair_salon.mend import repair_salon
from local.front import NotReached, Refused
from local.reach import Copied, add_where, reached
from shared.records.invalid import InvalidEvent


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("repair", help="what of a salon is stuck or contradicts itself", description=__doc__)
    add_where(parser)
    parser.add_argument("--dry-run", action="store_true", help="change nothing")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """0: nothing was wrong, or it is mended; 1: something is, and nothing was changed; 2: it could not be found out, or not
    all of it could be mended."""
    try:
        where = reached(options)
        if isinstance(where, Copied) and not options.dry_run:
            raise NotReached(
                "expected --dry-run: a local cloud in memory is mended by its own job, POST /local/tick"
                ' {"job": "repair"}'
            )
        faults = repair_salon(documents=where.documents, clock=where.clock, dry_run=options.dry_run).faults
    except (NotReached, Refused, InvalidEvent, GoogleAPICallError) as error:
        print(f"not looked at: {error}", file=sys.stderr)
        return 2
    except ExceptionGroup as failed:
        for each in failed.exceptions:
            print(f"not mended, as all else was: {each}", file=sys.stderr)
        return 2
    for fault in faults:
        print(f"{fault.mend}: {fault.path}: {fault.reason}")
    done = "found, nothing changed" if options.dry_run else "mended or told the owner"
    print(f"salon {options.salon}: {len(faults)} {done}" if faults else f"salon {options.salon}: nothing is wrong")
    return 1 if faults and options.dry_run else 0
