"""How soon a webhook is answered when many come at once, beside the floor in the same cloud: POST, signature, one commit.

The receiving function is measured by itself, as in production, where no other function works on its processors; and in
the whole suite on one machine, where all that its messages set off does.

python -m bench.webhook
"""

import os
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from uuid import uuid4

from twilio.request_validator import RequestValidator

from bench.hops import NOW, seed, sending_number
from bench.spread import p50_and_p95
from bench.table import show
from tests.e2e.black_box import ROOT, LocalCloud, local_cloud

AT_ONCE = 50
ROUNDS = 10
WARM_UP = 2
MOST = 2.0
FLOOR = Path(__file__).parent / "floors" / "take_webhook"
RECEIVER = ROOT / "functions" / "receive_message"
DOORS = ("/floor/incoming", "/webhooks/twilio/incoming")
SALON = "one"

Round = list[float]
"""The milliseconds until each answer."""


def main() -> None:
    load_before = os.getloadavg()[0]
    alone = _taken([RECEIVER])
    suite = _taken(sorted(path.parent for path in RECEIVER.parent.glob("*/function.json")))
    load = f"load {load_before:.1f} before, {os.getloadavg()[0]:.1f} after, on {os.cpu_count()} cores"
    show(
        f"{ROUNDS} rounds of {AT_ONCE} webhooks at once, median round, in ms, {datetime.now(UTC):%F}; {load}",
        ["answered by", "p50", "p95", "p95 of the worst round", "p50 of the floor", "p95 of the floor"],
        [*_rows("alone", *alone), *_rows("in the whole suite", *suite)],
    )
    if _median_round(alone[1])[1] > MOST * _median_round(alone[0])[1]:
        raise SystemExit(f"expected webhooks to be answered within {MOST} times the floor")


def _rows(beside: str, floor: list[Round], receiver: list[Round]) -> Iterator[list[object]]:
    least = _median_round(floor)
    for name, rounds in (("floor", floor), ("receive_message", receiver)):
        p50, p95 = _median_round(rounds)
        worst = max(p50_and_p95(each)[1] for each in rounds)
        yield [f"{name}, {beside}", round(p50), round(p95), round(worst), p50 / least[0], p95 / least[1]]


def _median_round(rounds: list[Round]) -> tuple[float, float]:
    """p50 and p95, each of the round in the middle: whatever else the machine did in one of them does not count."""
    p50s, p95s = zip(*(p50_and_p95(each) for each in rounds), strict=True)
    return median(p50s), median(p95s)


def _taken(functions: Iterable[Path]) -> tuple[list[Round], list[Round]]:
    """The floor's rounds and the receiver's, in turns in one cloud of these functions."""
    with tempfile.TemporaryDirectory(prefix="smart-fill-webhook-") as name:
        folder = Path(name)
        (deployed := folder / "functions").mkdir()
        for each in (FLOOR, *functions):
            (deployed / each.name).symlink_to(each)
        options = ("--salon", "none", "--at", NOW, "--speed", "0", "--functions", str(deployed))
        with local_cloud("emulator", folder, *options) as cloud:
            _open_number(cloud)
            rounds: tuple[list[Round], list[Round]] = ([], [])
            for number in range(WARM_UP + ROUNDS):
                for door, path in enumerate(DOORS):
                    answers = _at_once(cloud, path)
                    cloud.drain()
                    if number >= WARM_UP:
                        rounds[door].append(answers)
            return rounds


def _open_number(cloud: LocalCloud) -> None:
    seed(cloud, SALON, 0)
    for person in range(AT_ONCE):
        customer = {"name": f"Writer {person}", "phone": _phone(person), "consents": {"whatsapp": {"service": True}}}
        cloud.put(f"salons/{SALON}/customers/writer{person}", customer)
    account, number = cloud.info["twilio_account_sid"], sending_number(0)
    # As connect_salon does where it is deployed.
    route = {"account_sid": account, "number": number, "organization_id": SALON, "salon_ids": [SALON]}
    cloud.put(f"channel_routes/{account}:{number}", {**route, "holders": {SALON: NOW}})
    cloud.drain()


def _at_once(cloud: LocalCloud, path: str) -> Round:
    """Every webhook is of another person, and all are sent in the same instant."""
    validator, url = RequestValidator(cloud.info["twilio_auth_token"]), cloud.base + path
    start = threading.Barrier(AT_ONCE)

    def answer(person: int) -> float:
        form = {
            "MessageSid": f"SM{uuid4().hex}",
            "AccountSid": cloud.info["twilio_account_sid"],
            "From": f"whatsapp:{_phone(person)}",
            "To": f"whatsapp:{sending_number(0)}",
            "Body": "What is a cut on Friday?",
            "NumMedia": "0",
        }
        headers = {"X-Twilio-Signature": validator.compute_signature(url, form)}
        request = Request(url, urlencode(form).encode(), headers)
        start.wait()
        sent = time.perf_counter()
        with urlopen(request, timeout=60) as answered:
            answered.read()
        return 1000 * (time.perf_counter() - sent)

    with ThreadPoolExecutor(AT_ONCE) as people:
        return list(people.map(answer, range(AT_ONCE)))


def _phone(person: int) -> str:
    return f"+4479{person:08}"


if __name__ == "__main__":
    main()
