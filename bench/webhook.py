"""How soon a webhook is answered when many come at once, beside the floor in the same cloud: POST, signature, one commit.

The receiving function is measured by itself, as in production, where no other function works on its processors; and in
the whole suite on one machine, where all that its messages set off does.

python -m bench.webhook
"""

import os
import tempfile
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from uuid import uuid4

from twilio.request_validator import RequestValidator

from bench.hops import NOW, seed, sending_number
from bench.spread import p50_and_p95
from bench.table import show
from tests.e2e.black_box import ROOT, LocalCloud, local_cloud

AT_ONCE = 50
ROUNDS = 3
WARM_UP = 2
MOST = 2.0
FLOOR = Path(__file__).parent / "floors" / "take_webhook"
RECEIVER = ROOT / "functions" / "receive_message"
DOORS = ("/floor/incoming", "/webhooks/twilio/incoming")
SALON = "one"


def main() -> None:
    load_before = os.getloadavg()[0]
    alone = _answers([RECEIVER])
    suite = _answers(sorted(path.parent for path in RECEIVER.parent.glob("*/function.json")))
    load = f"load {load_before:.1f} before, {os.getloadavg()[0]:.1f} after, on {os.cpu_count()} cores"
    rows: list[list[object]] = []
    for beside, (floor, receiver) in (("alone", alone), ("in the whole suite", suite)):
        least = p50_and_p95(floor)
        for name, answers in (("floor", floor), ("receive_message", receiver)):
            p50, p95 = p50_and_p95(answers)
            rows.append([f"{name}, {beside}", len(answers), round(p50), round(p95), p50 / least[0], p95 / least[1]])
    show(
        f"Webhooks answered, {AT_ONCE} at once, in ms, {datetime.now(UTC):%F}; {load}",
        ["answered by", "answers", "p50", "p95", "p50 of the floor", "p95 of the floor"],
        rows,
    )
    if p50_and_p95(alone[1])[1] > MOST * p50_and_p95(alone[0])[1]:
        raise SystemExit(f"expected webhooks to be answered within {MOST} times the floor")


def _answers(functions: Iterable[Path]) -> tuple[list[float], list[float]]:
    """Milliseconds of the floor's answers and of the receiver's, taken in turns in a cloud of these functions."""
    with tempfile.TemporaryDirectory(prefix="smart-fill-webhook-") as name:
        folder = Path(name)
        (deployed := folder / "functions").mkdir()
        for each in (FLOOR, *functions):
            (deployed / each.name).symlink_to(each)
        options = ("--salon", "none", "--at", NOW, "--speed", "0", "--functions", str(deployed))
        with local_cloud("emulator", folder, *options) as cloud:
            _open_number(cloud)
            answers: tuple[list[float], list[float]] = ([], [])
            for taken in range(WARM_UP + ROUNDS):
                for door, path in enumerate(DOORS):
                    times = _burst(cloud, path)
                    cloud.drain()
                    if taken >= WARM_UP:
                        answers[door].extend(times)
            return answers


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


def _burst(cloud: LocalCloud, path: str) -> list[float]:
    """Every one from another person, all sent in the same instant."""
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
