"""The whole job from outside, knowing only the local cloud's doors and the stored documents."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.black_box import LocalCloud, alive, family, is_open, local_cloud

NOW = "2026-11-23T09:30:00Z"
START, END = "2026-11-23T13:00:00Z", "2026-11-23T14:00:00Z"


@pytest.fixture(params=["memory", pytest.param("emulator", marks=[pytest.mark.emulator, pytest.mark.long])])
def cloud(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LocalCloud]:
    if request.param == "emulator":
        request.getfixturevalue("emulators")  # fails or skips where there are none
    with local_cloud(request.param, tmp_path, "--salon", "none", "--at", NOW, "--speed", "1") as running:
        yield running


def seed(cloud: LocalCloud, mode: str) -> None:
    def consenting(number: int) -> dict[str, Any]:
        consents = {"whatsapp": {"marketing": True, "service": True}}
        return {"name": f"Customer {number}", "phone": f"+4477009001{number:02}", "consents": consents}

    root = "salons/one"
    cloud.put(f"{root}/settings/current", {"mode": mode, "gap": {"settle_seconds": 0}})
    cloud.put(f"{root}/staff/mia", {"name": "Mia", "service_ids": ["cut"]})
    cloud.put(f"{root}/services/cut", {"name": "Cut", "duration_minutes": 60, "price": 50})
    for number in range(4):
        cloud.put(f"{root}/customers/c{number}", consenting(number))
    for number in range(1, 4):
        entry = {"customer_id": f"c{number}", "service_ids": ["cut"], "status": "waiting", "created_at": NOW}
        cloud.put(f"{root}/waitlist/w{number}", entry)
    cloud.put(f"{root}/bookings/b1", booking("confirmed"))
    cloud.put(
        root,
        {
            "name": "Salon One",
            "organization_id": "org",
            "status": "active",
            "timezone": "Europe/London",
            "currency": "GBP",
            "locale": "en-GB",
            "address": "1 High Street",
            "opening_hours": {"mon": [["10:00", "18:00"]]},
            "contacts": [{"name": "Olga", "role": "owner", "phone": "+447700900999"}],
            "messaging": {"account_sid": cloud.info["twilio_account_sid"], "whatsapp_from": "+14155238886"},
            "created_at": NOW,
            "updated_at": NOW,
        },
    )
    cloud.drain()


def booking(status: str) -> dict[str, Any]:
    cancelled = {"cancelled_at": NOW, "cancelled_by": "customer"} if status == "cancelled" else {}
    return {
        "customer_id": "c0",
        "staff_id": "mia",
        "service_ids": ["cut"],
        "start_time": START,
        "end_time": END,
        "price": 50,
        "source": "app",
        "status": status,
        "created_at": NOW,
        "updated_at": NOW,
        **cancelled,
    }


def cancel(cloud: LocalCloud) -> None:
    """As the booking app does: through Firestore's own client where there is a Firestore."""
    host = cloud.info["firestore_emulator_host"]
    if host is None:
        cloud.put("salons/one/bookings/b1", booking("cancelled"))
        return
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import firestore

    os.environ["FIRESTORE_EMULATOR_HOST"] = host
    try:
        client = firestore.Client(project=cloud.info["project"], credentials=AnonymousCredentials())
        client.document("salons/one/bookings/b1").update({"status": "cancelled", "cancelled_by": "customer"})
    finally:
        del os.environ["FIRESTORE_EMULATOR_HOST"]


def offers(cloud: LocalCloud) -> list[dict[str, Any]]:
    return [message for message in cloud.messages() if len(message["buttons"]) == 2]


def test_a_salon_in_dry_run_decides_and_sends_nothing_until_it_goes_live(cloud: LocalCloud) -> None:
    seed(cloud, "dry_run")
    cancel(cloud)
    cloud.drain()
    decisions = cloud.get("salons/one/autonomous_decisions").values()
    assert [decision["dry_run"] for decision in decisions] == [True]
    assert cloud.messages() == [] and cloud.get("salons/one/outreach") == {}

    cloud.put("salons/one/settings/current", {"mode": "live", "gap": {"settle_seconds": 0}})
    cloud.put("salons/one/bookings/b1", booking("confirmed"))
    cloud.drain()
    cancel(cloud)
    assert cloud.eventually(lambda: len(offers(cloud)) == 3)


def test_a_cancelled_booking_is_sold_once_and_everybody_concerned_hears_of_it(cloud: LocalCloud) -> None:
    seed(cloud, "live")
    for function in ("detect_gaps", "fill_gap", "send_outreach", "relay_events"):
        cloud.fault(function, "duplicate", 3)
    cloud.fault("fill_gap", "crash_after")
    cloud.fault("send_outreach", "crash_before")
    cancel(cloud)
    made = cloud.eventually(lambda: len(offers(cloud)) == 3 and offers(cloud))
    accept = made[0]["buttons"][0]
    for _ in range(2):
        cloud.reply(message_sid=made[0]["sid"], button=accept["payload"])
    cloud.reply(message_sid=made[1]["sid"], button=made[1]["buttons"][0]["payload"])
    assert cloud.drain()["dead"] == 0

    bookings = cloud.get("salons/one/bookings")
    ours = {id: found for id, found in bookings.items() if found["source"] == "smart_fill"}
    assert [(b["status"], b["start_time"]) for b in ours.values()] == [("confirmed", START)]
    freed = [gap for gap in cloud.get("salons/one/gaps").values() if gap["origin"] == "freed"]
    assert [(gap["status"], gap["filled_by"]) for gap in freed if gap["status"] == "filled"] == [("filled", *ours)]
    outreach = cloud.get("salons/one/outreach").values()
    assert sorted(ask["status"] for ask in outreach if not ask["instead_of"]) == ["expired", "responded", "responded"]
    heard = [(message["to"].removeprefix("whatsapp:"), message["body"]) for message in cloud.messages()]
    assert len([body for _, body in heard if body.startswith("You're booked")]) == 1
    # With another slot, unless somebody was just changing that one's gap.
    kindly = ("a moment faster", "has just gone. We could fit you in")
    assert len([body for _, body in heard if any(words in body for words in kindly)]) == 1
    assert len([body for to, body in heard if to == "+447700900999" and body.startswith("Good news")]) == 1
    assert len(heard) == 3 + 3
    assert_audited(cloud)


def assert_audited(cloud: LocalCloud) -> None:
    """Every state document's records form one chain without a hole, and all that was to be announced has been."""
    records = cloud.get("salons/one/audit_logs").values()
    assert all(record["announced_at"] for record in records if record["announces"])
    for collection in ("gaps", "outreach", "autonomous_decisions"):
        for document in cloud.get(f"salons/one/{collection}").values():
            chain = sorted(
                (record for record in records if record["resource_id"] == document["id"] and record["revision"]),
                key=lambda record: record["revision"],
            )
            assert [record["revision"] for record in chain] == list(range(1, document["revision"] + 1))
            assert chain[0]["previous_hash"] is None
            assert all(record["previous_hash"] for record in chain[1:])


def test_after_sigterm_no_process_and_no_open_port_is_left(cloud: LocalCloud) -> None:
    processes, ports = family(cloud.process.pid), cloud.ports()
    assert len(processes) >= 3 and all(is_open(port) for port in ports)
    assert cloud.stop() < 10
    assert not [pid for pid in processes if alive(pid)]
    assert not [port for port in ports if is_open(port)]
