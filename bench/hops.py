"""From a cancellation to the first offer at a phone, and from a yes to its booking, in real time on Google's emulators.

Every sample is taken at a salon of its own, at rest. Nobody looks on while it runs: the database says when a document was
committed, the phone when a message came. With another checkout, both clouds run at once and take turns.

python -m bench.hops [--against CHECKOUT] [--times 60]
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.spread import p50_and_p95
from bench.table import show
from tests.e2e.black_box import ROOT, LocalCloud, local_cloud

NOW = "2026-11-23T09:30:05Z"
START, END = "2026-11-23T13:00:00Z", "2026-11-23T14:00:00Z"
SLOWLY = 0.01
"""Of business time: no schedule becomes due while the run lasts, and what the phone notes still tells real instants."""
WAITING = 12
WARM_UP = 3
CANCELLED, STORED, BOOKED = "cancelled to offer at the phone", "yes to message stored", "yes to booking"

Sample = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.hops", description=__doc__)
    parser.add_argument("--against", type=Path, metavar="CHECKOUT", help="another one, measured in turns with this one")
    parser.add_argument("--times", type=int, default=60)
    arguments = parser.parse_args()
    checkouts = [ROOT, *([arguments.against.resolve()] if arguments.against else [])]
    load_before = os.getloadavg()[0]
    samples = _taken(checkouts, arguments.times)
    load = f"load {load_before:.1f} before, {os.getloadavg()[0]:.1f} after, on {os.cpu_count()} cores"
    show(
        f"{arguments.times} of each, in ms, {datetime.now(UTC):%F}; {load}",
        ["from, to", "commit", "p50", "p95", "least", "p50 of the other", "p95 of the other"],
        [row for measure in (CANCELLED, STORED, BOOKED) for row in _rows(measure, checkouts, samples)],
    )


def _taken(checkouts: list[Path], times: int) -> list[list[Sample]]:
    samples: list[list[Sample]] = [[] for _ in checkouts]
    with ExitStack() as stack:
        clouds = [_started(checkout, stack) for checkout in checkouts]
        for number in range(WARM_UP + times):
            # Whoever is second has the wake of the first: so each is, every other time.
            for at in sorted(range(len(clouds)), reverse=number % 2 == 1):
                sample = _sample(clouds[at], f"salon{number}", number)
                if number >= WARM_UP:
                    samples[at].append(sample)
    return samples


def _started(checkout: Path, stack: ExitStack) -> LocalCloud:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="smart-fill-hops-")))
    options = ("--salon", "none", "--at", NOW, "--speed", str(SLOWLY))
    return stack.enter_context(local_cloud("emulator", folder, *options, root=checkout))


def _sample(cloud: LocalCloud, salon: str, number: int) -> Sample:
    seed(cloud, salon, number)
    cloud.put(f"salons/{salon}/bookings/b1", _booking("cancelled"))
    clock = _Clock(cloud)
    cloud.drain()
    offers = [each for each in cloud.messages() if each["from"].endswith(sending_number(number)) and each["buttons"]]
    first = offers[0]
    cancelled = _committed(cloud, salon)["bookings/b1"]["updateTime"]
    said_yes = time.time()
    answer = {"message_sid": first["sid"], "button": first["buttons"][0]["payload"]}
    said = cloud.call("POST", f"{cloud.phone}/reply", answer)["sid"]
    cloud.drain()
    documents = _committed(cloud, salon)
    [stored] = [each["createTime"] for path, each in documents.items() if path.endswith(f"/{said}")]
    bookings = {path: each for path, each in documents.items() if path.startswith("bookings/")}
    [booked] = [each["createTime"] for path, each in bookings.items() if path != "bookings/b1"]
    return {
        CANCELLED: clock.real(_instant(first["created_at"])) - _seconds(cancelled),
        STORED: _seconds(stored) - said_yes,
        BOOKED: _seconds(booked) - said_yes,
    }


class _Clock:
    """Tells the real instant of a business time, to half of what it takes to ask for the time."""

    def __init__(self, cloud: LocalCloud) -> None:
        asked = time.time()
        self._business = _instant(cloud.call("GET", f"{cloud.base}/local/clock")["now"])
        self._asked = (asked + time.time()) / 2

    def real(self, business: datetime) -> float:
        return self._asked + (business - self._business) / timedelta(seconds=1) / SLOWLY


def seed(cloud: LocalCloud, salon: str, number: int) -> None:
    """A salon with one booking that many wait for, on a sending number of its own."""
    root = f"salons/{salon}"
    cloud.put(f"{root}/settings/current", {"mode": "live", "gap": {"settle_seconds": 0, "fill_idle": "none"}})
    cloud.put(f"{root}/staff/mia", {"name": "Mia", "service_ids": ["cut"]})
    cloud.put(f"{root}/services/cut", {"name": "Cut", "duration_minutes": 60, "price": 50})
    for each in range(WAITING):
        consents = {"whatsapp": {"marketing": True, "service": True}}
        person = {"name": f"Customer {each}", "phone": f"+4477{number:04}{each:04}", "consents": consents}
        cloud.put(f"{root}/customers/c{each}", person)
        entry = {"customer_id": f"c{each}", "service_ids": ["cut"], "status": "waiting", "created_at": NOW}
        cloud.put(f"{root}/waitlist/w{each}", entry)
    cloud.put(f"{root}/customers/visitor", {"name": "Visitor", "phone": f"+4477{number:04}9999"})
    cloud.put(f"{root}/bookings/b1", _booking("confirmed"))
    cloud.put(
        root,
        {
            "name": "Salon",
            "organization_id": salon,
            "status": "active",
            "timezone": "Europe/London",
            "currency": "GBP",
            "locale": "en-GB",
            "opening_hours": {"mon": [["10:00", "18:00"]]},
            "contacts": [{"name": "Olga", "role": "owner", "phone": f"+4478{number:04}0000"}],
            "messaging": {"account_sid": cloud.info["twilio_account_sid"], "whatsapp_from": sending_number(number)},
            "created_at": NOW,
            "updated_at": NOW,
        },
    )
    cloud.drain()


def sending_number(number: int) -> str:
    return f"+1415600{number:04}"


def _booking(status: str) -> dict[str, Any]:
    return {
        "customer_id": "visitor",
        "staff_id": "mia",
        "service_ids": ["cut"],
        "start_time": START,
        "end_time": END,
        "price": 50,
        "source": "app",
        "status": status,
        "created_at": NOW,
        "updated_at": NOW,
        **({"cancelled_at": NOW, "cancelled_by": "customer"} if status == "cancelled" else {}),
    }


def _committed(cloud: LocalCloud, salon: str) -> dict[str, dict[str, Any]]:
    """Everything below the salon with the instants of its commits, as only the database tells them."""
    host, project = cloud.info["firestore_emulator_host"], cloud.info["project"]
    root = f"projects/{project}/databases/(default)/documents/salons/{salon}"
    asked = urllib.request.Request(
        f"http://{host}/v1/{root}:runQuery",
        json.dumps({"structuredQuery": {"from": [{"allDescendants": True}]}}).encode(),
        {"Authorization": "Bearer owner", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        documents = [found["document"] for found in json.loads(answer.read()) if "document" in found]
    return {each["name"].removeprefix(f"{root}/"): each for each in documents}


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _seconds(text: str) -> float:
    return _instant(text).timestamp()


def _rows(measure: str, checkouts: list[Path], samples: list[list[Sample]]) -> list[list[object]]:
    taken = [[1000 * sample[measure] for sample in each] for each in samples]
    other = p50_and_p95(taken[-1])
    rows: list[list[object]] = []
    for checkout, times in zip(checkouts, taken, strict=True):
        p50, p95 = p50_and_p95(times)
        ratios = [p50 / other[0], p95 / other[1]] if len(taken) > 1 else ["", ""]
        rows.append([measure, _commit(checkout), round(p50), round(p95), round(min(times)), *ratios])
    return rows


def _commit(checkout: Path) -> str:
    command = ["git", "-C", str(checkout), "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main()
