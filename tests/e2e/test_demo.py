"""`make demo`, as a newcomer runs it; and that it does not claim what did not happen."""

import io
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.demo import Steps, tell
from local.demo_cloud import Cloud, Failed
from local.demo_voice import Voice

ROOT = Path(__file__).resolve().parents[2]


def test_the_demo_tells_a_whole_sale_and_ends_well() -> None:
    command = [sys.executable, "-m", "local", "demo", "--cloud", "memory"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    told = [line.split()[1] for line in done.stdout.splitlines() if line[:2].isdigit()]
    expected = ["booked", "cancelled", "gap", "decision", "asked", "reply", "booked"]
    assert told == [*expected, "withdrawn", "confirmed", "owner", "audit"]
    [sample] = re.findall(r"```\n(\d\d:.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    promised = [line.rstrip("… ") for line in sample.splitlines()]
    assert [line for line in promised if f"\n{line}" not in done.stdout] == [], "the README shows what is printed"
    assert "_" not in done.stdout.partition(" audit ")[0], "codes among words"
    for line in re.findall(r"\.\.\. and (\d+) more: (.*?)(?=\n +-|\n\d)", done.stdout, re.DOTALL):
        assert int(line[0]) == sum(map(int, re.findall(r"\((\d+)\)", line[1]))), "as many reasons as people"


class Standstill(Cloud):
    """A cloud whose functions do nothing."""

    def __init__(self, documents: dict[str, Any]) -> None:
        super().__init__({"base_url": "", "twilio_url": "", "cloud": "memory"})
        self._documents = documents

    def _call(self, method: str, url: str, body: dict[str, Any] | None = None) -> Any:
        if "/local/clock" in url:
            return {"now": "2026-11-20T15:30:00Z"}
        if method == "GET":
            found: Any = self._documents
            for part in url.partition("/local/documents/salons/demo")[2].strip("/").split("/"):
                found = found.get(part, {}) if part else found
            return found
        return None


BOOKING = {
    "customer_id": "c",
    "staff_id": "s",
    "service_ids": ["cut"],
    "start_time": "2026-11-20T20:00:00Z",
    "status": "confirmed",
    "price": 50,
}


@pytest.mark.parametrize(
    ("bookings", "step"), [({}, "choose a booking"), ({"b": BOOKING}, "see the gap")], ids=["nothing", "standstill"]
)
def test_a_step_that_does_not_come_true_ends_the_story_with_its_name(
    monkeypatch: pytest.MonkeyPatch, bookings: dict[str, Any], step: str
) -> None:
    monkeypatch.setattr("local.demo_cloud.STEP_SECONDS", 0.2)
    named = {"name": "Somebody"}
    cloud = Standstill(
        {
            "currency": "CAD",
            "bookings": bookings,
            "waitlist": {"w": {"service_ids": ["cut"]}},
            "customers": {"c": named},
            "staff": {"s": named},
            "services": {"cut": named},
        }
    )
    steps = Steps()
    with pytest.raises(Failed, match="expected"):
        tell(cloud, Voice(io.StringIO()), steps)
    assert steps.name == step
