"""Worker processes are killed between the steps of a sale, and in the middle of two. Nothing is lost, nothing happens twice,
and the suite's own commands find every chain whole and nothing to repair."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shared.records.hold_locks import person_day
from tests.e2e.black_box import ROOT, LocalCloud, family, local_cloud
from tests.e2e.test_sold_on_one_machine import NOW, START, cancel, offers, seed

pytestmark = pytest.mark.long
SALON = "salons/one"
BEGAN = datetime.fromisoformat(NOW)


@pytest.fixture
def cloud(emulators: Any, tmp_path: Path) -> Iterator[LocalCloud]:
    with local_cloud("emulator", tmp_path, "--salon", "none", "--at", NOW, "--speed", "0") as running:
        yield running


def kill_workers(cloud: LocalCloud) -> None:
    """All at once, as when a zone goes. They are started again, and what they were asked is asked again."""
    workers = [pid for pid in family(cloud.process.pid) if b"local.worker" in _command(pid)]
    assert workers
    for pid in workers:
        os.kill(pid, signal.SIGKILL)


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def minutes_later(cloud: LocalCloud, minutes: int) -> None:
    now = datetime.fromisoformat(cloud.call("GET", f"{cloud.base}/local/clock")["now"])
    cloud.move_clock((now + timedelta(minutes=minutes)).isoformat())
    cloud.drain()


def sales(cloud: LocalCloud) -> list[dict[str, Any]]:
    return [each for each in cloud.get(f"{SALON}/bookings").values() if each["source"] == "smart_fill"]


def inbound(cloud: LocalCloud) -> list[dict[str, Any]]:
    keys = {ask["address_key"] for ask in cloud.get(f"{SALON}/outreach").values()}
    return [each for key in keys for each in cloud.get(f"{SALON}/conversations/{key}/inbound").values()]


def deliveries(cloud: LocalCloud, function: str) -> list[str]:
    """How each call of it ended."""
    made = cloud.call("GET", f"{cloud.base}/local/deliveries")
    return [each["outcome"] for each in made if each["function"] == function]


def whole(cloud: LocalCloud, info: Path) -> None:
    """What the suite's own commands say, from outside."""
    for command in (["audit", "verify"], ["repair", "--dry-run"]):
        asked = [sys.executable, "-m", "local", *command, "--salon", "one", "--info", str(info)]
        said = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, timeout=60)
        assert said.returncode == 0, said.stdout + said.stderr
    assert sum(len(cloud.get(f"{SALON}/{name}")) for name in ("gaps", "outreach")) > 0


def test_a_slot_is_sold_once_though_every_worker_is_killed_before_every_step(cloud: LocalCloud, tmp_path: Path) -> None:
    seed(cloud, "live")
    kill_workers(cloud)
    cancel(cloud)
    made = cloud.eventually(lambda: len(offers(cloud)) == 3 and offers(cloud), seconds=60)
    cloud.drain()
    kill_workers(cloud)
    cloud.reply(message_sid=made[0]["sid"], button=made[0]["buttons"][1]["payload"])  # no
    cloud.drain()
    kill_workers(cloud)
    for answered in made[1:]:
        cloud.reply(message_sid=answered["sid"], button=answered["buttons"][0]["payload"])  # yes, both
    cloud.drain()
    kill_workers(cloud)
    minutes_later(cloud, 2)
    kill_workers(cloud)
    minutes_later(cloud, 45)

    assert [(sale["start_time"], sale["status"]) for sale in sales(cloud)] == [(START, "confirmed")]
    # Whoever was too late may have been offered another slot, which is a question of its own.
    asks = [ask for ask in cloud.get(f"{SALON}/outreach").values() if not ask["instead_of"]]
    assert sorted(ask["response"]["action"] for ask in asks) == ["booked", "declined", "slot_taken"]
    said = [message["body"] for message in cloud.messages()]
    assert len([body for body in said if body.startswith("You're booked")]) == 1
    assert len([body for body in said if body.startswith("Good news")]) == 1
    assert all(each["handled_at"] for each in inbound(cloud)) and len(inbound(cloud)) == 3
    whole(cloud, tmp_path / "info.json")


def test_a_yes_whose_worker_is_killed_is_worked_on_again_when_it_is_due(cloud: LocalCloud, tmp_path: Path) -> None:
    seed(cloud, "live")
    cancel(cloud)
    made = cloud.eventually(lambda: len(offers(cloud)) == 3 and offers(cloud), seconds=60)
    cloud.drain()
    # Another sale holds that day, so that this one is met in the middle: its message stored, its effect to come.
    day = datetime.fromisoformat(START)
    [lock] = person_day("staff", "mia", day, day + timedelta(hours=1), ZoneInfo("Europe/London"))
    cloud.put(f"{SALON}/{lock}", {"until": (datetime.now(UTC) + timedelta(minutes=10)).isoformat()})
    cloud.reply(message_sid=made[0]["sid"], button=made[0]["buttons"][0]["payload"])
    # Beside it, that of their conversation: somebody works on the message.
    cloud.eventually(lambda: len(cloud.get(f"{SALON}/locks")) == 2)
    kill_workers(cloud)
    cloud.eventually(lambda: deliveries(cloud, "answer_message") == ["failed"], seconds=60)
    cloud.drain()
    [said] = inbound(cloud)
    assert said["handled_at"] is None and sales(cloud) == []

    cloud.call("DELETE", f"{cloud.base}/local/documents/{SALON}/{lock}")
    # The dead worker's lock of the conversation is anybody's half a minute later. Nobody has to wait for that here.
    [left] = cloud.get(f"{SALON}/locks")
    cloud.put(f"{SALON}/locks/{left}", {"until": datetime.now(UTC).isoformat()})
    cloud.eventually(lambda: minutes_later(cloud, 1) or sales(cloud), seconds=60)
    assert [(sale["start_time"], sale["status"]) for sale in sales(cloud)] == [(START, "confirmed")]
    [said] = inbound(cloud)
    assert (said["handled_at"] is not None, said["outcome"]) == (True, "booked")
    assert len([message for message in cloud.messages() if message["body"].startswith("You're booked")]) == 1
    whole(cloud, tmp_path / "info.json")
