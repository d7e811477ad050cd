"""Two agents, each put among the functions as one folder: after `make pages` the whole runs with them, and nothing else knows."""

from pathlib import Path
from typing import Any

import pytest

from tests.architecture.project_copy import copied, files_of, make_pages
from tests.architecture.test_pages import PAGES
from tests.e2e.black_box import LocalCloud, local_cloud
from tests.e2e.test_sold_on_one_machine import NOW, seed

TOYS = [folder.parent for folder in (Path(__file__).parents[1] / "toys").glob("*/function.json")]
SALON = "salons/one"
CLOUDS = ["memory", pytest.param("emulator", marks=[pytest.mark.emulator, pytest.mark.long])]
OWNER = "+447700900999"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = copied(tmp_path_factory.mktemp("project"), *TOYS)
    make_pages(project)
    return project


def test_nothing_changes_but_what_make_pages_writes(project: Path, tmp_path: Path) -> None:
    before, after = files_of(copied(tmp_path / "before")), files_of(project)
    changed = {name for name in before if after[name] != before[name]}
    assert changed and changed <= PAGES.keys()
    folders = tuple(f"functions/{toy.name}/" for toy in TOYS)
    assert {name for name in after.keys() - before.keys() if not name.startswith(folders)} == set()


@pytest.mark.parametrize("on", CLOUDS)
def test_each_asks_hears_a_yes_tells_the_owner_and_drops_what_is_no_longer_right(
    on: str, project: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if on == "emulator":
        request.getfixturevalue("emulators")  # fails or skips where there are none
    standing = ("--salon", "none", "--at", NOW, "--speed", "0")
    with local_cloud(on, tmp_path, *standing, root=project) as cloud:
        a_full_day(cloud)

        tick(cloud, "confirm_visits")
        assert answered_yes(cloud, "c0", "Will you come?") == "Customer 0 will come as booked"

        waits(cloud, "c1")
        booked(cloud, "b13", "cancelled")
        assert answered_yes(cloud, "c1", "Would it suit you?") == "Customer 1 would take the time that opened up"

        # What is asked now is not sent at first, and when it is looked at again it is no longer right.
        cloud.fault("send_outreach", "drop")
        booked(cloud, "b15", "confirmed", customer_id="c2")
        tick(cloud, "confirm_visits")
        booked(cloud, "b15", "cancelled", customer_id="c2")
        cloud.move_clock("2026-11-23T09:33:00Z")
        assert dropped(cloud, "c2") == "the booking no longer stands as it was"

        waits(cloud, "c3")
        cloud.fault("send_outreach", "drop")
        booked(cloud, "b17", "cancelled")
        cloud.drain()
        booked(cloud, "b17", "confirmed")
        cloud.drain()
        cloud.move_clock("2026-11-23T09:36:00Z")
        assert dropped(cloud, "c3") == "the time is no longer on offer"


def a_full_day(cloud: LocalCloud) -> None:
    """Customer 0 has booked it all, nobody waits, and the gap filler asks nobody."""
    seed(cloud, "dry_run")
    for number in range(1, 4):
        waits(cloud, f"c{number}", status="cancelled")
    cloud.call("DELETE", f"{cloud.base}/local/documents/{SALON}/bookings/b1")
    for hour in range(10, 18):
        booked(cloud, f"b{hour}", "confirmed")
    alone = {"mode": "live", "gap": {"settle_seconds": 0}, "agent_modes": {"gap_fill_agent": "dry_run"}}
    cloud.put(f"{SALON}/settings/current", alone)
    cloud.drain()


def booked(cloud: LocalCloud, id: str, status: str, *, customer_id: str = "c0") -> None:
    hour = int(id.removeprefix("b"))
    cancelled = {"cancelled_at": NOW, "cancelled_by": "customer"} if status == "cancelled" else {}
    booking = {"customer_id": customer_id, "staff_id": "mia", "service_ids": ["cut"], "status": status, "price": 50}
    booking |= {"start_time": f"2026-11-23T{hour}:00:00Z", "end_time": f"2026-11-23T{hour + 1}:00:00Z", "source": "app"}
    cloud.put(f"{SALON}/bookings/{id}", {**booking, "created_at": NOW, "updated_at": NOW, **cancelled})


def waits(cloud: LocalCloud, customer_id: str, *, status: str = "waiting") -> None:
    entry = {"customer_id": customer_id, "service_ids": ["cut"], "status": status, "created_at": NOW}
    cloud.put(f"{SALON}/waitlist/{customer_id.replace('c', 'w')}", entry)


def tick(cloud: LocalCloud, job: str) -> None:
    cloud.call("POST", f"{cloud.base}/local/tick", {"job": job})
    cloud.drain()


def heard_by(cloud: LocalCloud, phone: str) -> list[dict[str, Any]]:
    return [each for each in cloud.messages() if each["to"].removeprefix("whatsapp:") == phone]


def phone_of(customer_id: str) -> str:
    return f"+44770090010{customer_id.removeprefix('c')}"


def answered_yes(cloud: LocalCloud, customer_id: str, question: str) -> str:
    """What the owner reads when this customer has said yes to the question."""
    cloud.drain()
    [asked] = heard_by(cloud, phone_of(customer_id))
    assert question in asked["body"]
    cloud.reply(message_sid=asked["sid"], button=asked["buttons"][0]["payload"])
    cloud.drain()
    said: str = heard_by(cloud, OWNER)[-1]["body"]
    return said.removeprefix("Something at Salon One needs a look: ").partition(" - ")[0]


def dropped(cloud: LocalCloud, customer_id: str) -> str:
    """Why nothing was sent to this customer."""
    [ask] = [each for each in cloud.get(f"{SALON}/outreach").values() if each["customer_id"] == customer_id]
    assert (ask["status"], heard_by(cloud, phone_of(customer_id))) == ("expired", [])
    records = cloud.get(f"{SALON}/audit_logs").values()
    [ended] = [each for each in records if each["resource_id"] == ask["id"] and "reason" in each["details"]]
    return str(ended["details"]["reason"])
