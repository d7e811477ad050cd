"""`python -m local dry-run`: what a salon's dry run would have sent and earned, before it goes live. It only reads."""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

from google.api_core.exceptions import GoogleAPICallError

from local import documents
from local.dry_run_report import DEFINITIONS, AgentReport
from local.memory.memory import MemoryDatabase, MemoryStore
from local.reach import NotReached, add_where, reached
from local.report_dry_run import DryRunReport, InvalidPeriod, report_dry_run
from shared.ports import Data, Documents
from shared.records.invalid import InvalidEvent

READ = ("settings", "autonomous_decisions", "gaps")


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("dry-run", help="what a dry run would have sent and earned", description=__doc__)
    parser.add_argument("--from", dest="first", type=date.fromisoformat, required=True, metavar="D", help="YYYY-MM-DD")
    parser.add_argument("--to", dest="last", type=date.fromisoformat, required=True, metavar="D", help="the last day")
    add_where(parser).add_argument("--url", help="base_url of a running local cloud, also of one in memory")
    parser.add_argument("--json", action="store_true", help="every figure, each gap and the definitions")
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    try:
        read = copied(options.url, options.salon) if options.url else reached(options).salon(options.salon)
        found = report_dry_run(options.salon, first=options.first, last=options.last, documents=read)
    except (InvalidPeriod, InvalidEvent, NotReached, GoogleAPICallError, OSError) as error:
        print(f"no report: {error}", file=sys.stderr)
        return 2
    print(as_json(found) if options.json else as_text(found))
    return 0


def copied(url: str, salon_id: str) -> Documents:
    """What the report reads of a running local cloud, in memory."""
    database = MemoryDatabase()
    for path, data in _read(url.rstrip("/"), f"salons/{salon_id}"):
        database.commit([documents.put(path, documents.from_json(data))])
    return MemoryStore(database).salon(salon_id)


def _read(url: str, root: str) -> Iterator[tuple[str, Data]]:
    salon = _get(f"{url}/local/documents/{root}")
    if salon is not None:
        yield root, salon
    for name in READ:
        for id, data in (_get(f"{url}/local/documents/{root}/{name}") or {}).items():
            yield f"{root}/{name}/{id}", data


def _get(url: str) -> Any:
    try:
        with urlopen(url, timeout=30) as answer:
            return json.load(answer)
    except HTTPError as error:
        if error.code == 404:
            return None
        raise


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
