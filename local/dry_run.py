"""`python -m local dry-run`: what a salon's dry run would have sent and earned, before it goes live. It only reads."""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from google.api_core.exceptions import GoogleAPICallError

from local import arguments
from local.dry_run_report import DEFINITIONS, AgentReport
from local.front import Front, NotReached, Refused
from local.reach import Copied, add_where, reached
from local.report_dry_run import DryRunReport, InvalidPeriod, report_dry_run
from shared.records.invalid import InvalidEvent


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("dry-run", help="what a dry run would have sent and earned", description=__doc__)
    parser.add_argument("--from", dest="first", type=arguments.day, required=True, metavar="D", help="YYYY-MM-DD")
    parser.add_argument("--to", dest="last", type=arguments.day, required=True, metavar="D", help="the last day")
    add_where(parser).add_argument("--url", help="base_url of a running local cloud, also of one in memory")
    parser.add_argument("--json", action="store_true", help="every figure, each gap and the definitions")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    try:
        where = Copied(Front(options.url), options.salon) if options.url else reached(options)
        found = report_dry_run(options.salon, first=options.first, last=options.last, documents=where.documents)
    except (InvalidPeriod, InvalidEvent, NotReached, Refused, GoogleAPICallError) as error:
        print(f"no report: {error}", file=sys.stderr)
        return 2
    print(as_json(found) if options.json else as_text(found))
    return 0


def as_json(found: DryRunReport) -> str:
    def plain(value: object) -> object:
        return float(value) if isinstance(value, Decimal) else str(value)

    return json.dumps({**asdict(found), "definitions": DEFINITIONS}, default=plain, indent=2)


def as_text(found: DryRunReport) -> str:
    lines = [f"Salon {found.salon_id}, {found.first} to {found.last}: what a dry run would have sent and earned"]
    for report in found.agents:
        lines += ["", report.agent, *_agent(report, found.currency)]
    if not found.agents:
        lines += ["", "Nothing was decided in a dry run on these days."]
    lines += [f"Of {day} only a part was read: more was decided." for day in found.not_whole]
    return "\n".join(lines)


def _agent(report: AgentReport, currency: str) -> Iterator[str]:
    for name, value in report.figures.items():
        amount = f"{value} {currency}" if isinstance(value, Decimal) else str(value)
        yield f"  {name:<26} {amount:>12}  {DEFINITIONS[name]}"
