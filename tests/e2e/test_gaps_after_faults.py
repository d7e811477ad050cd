"""Booking events that are lost, doubled, late or crash: after one scan the gaps are those of a salon whose events arrived."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.black_box import LocalCloud, local_cloud

NOW = "2026-11-23T09:30:00Z"
LATER = "2026-11-23T09:40:00Z"


@pytest.fixture(params=["memory", pytest.param("emulator", marks=[pytest.mark.emulator, pytest.mark.long])])
def cloud(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[LocalCloud]:
    if request.param == "emulator":
        request.getfixturevalue("emulators")  # fails or skips where there are none
    with local_cloud(request.param, tmp_path, "--salon", "none", "--at", NOW, "--speed", "0") as running:
        yield running


def booking(staff_id: str, start: str, end: str, at: str = NOW, **fields: Any) -> dict[str, Any]:
    return {
        "customer_id": "holder",
        "staff_id": staff_id,
        "service_ids": ["cut"],
        "start_time": f"2026-11-23T{start}:00Z",
        "end_time": f"2026-11-23T{end}:00Z",
        "price": 50,
        "source": "app",
        "status": "confirmed",
        "created_at": NOW,
        "updated_at": at,
        **fields,
    }


def seed(cloud: LocalCloud, salon_id: str, phone: int) -> None:
    root = f"salons/{salon_id}"
    cloud.put(f"{root}/settings/current", {"mode": "live", "gap": {"settle_seconds": 0, "horizon_days": 2}})
    for staff_id in ("mia", "zoe"):
        cloud.put(f"{root}/staff/{staff_id}", {"name": staff_id.title(), "service_ids": ["cut"]})
        for hour in range(10, 18):
            cloud.put(f"{root}/bookings/{staff_id}{hour}", booking(staff_id, f"{hour}:00", f"{hour + 1}:00"))
    cloud.put(f"{root}/services/cut", {"name": "Cut", "duration_minutes": 60, "price": 50})
    for number in range(4):
        consents = {"whatsapp": {"marketing": True, "service": True}}
        customer = {"name": f"Customer {number}", "phone": f"+4477009{phone + number:05}", "consents": consents}
        cloud.put(f"{root}/customers/c{number}", customer)
        entry = {"customer_id": f"c{number}", "service_ids": ["cut"], "status": "waiting", "created_at": NOW}
        cloud.put(f"{root}/waitlist/w{number}", entry)
    cloud.put(
        root,
        {
            "name": "Salon",
            "organization_id": "org",
            "timezone": "Europe/London",
            "currency": "GBP",
            "opening_hours": {"mon": [["10:00", "18:00"]]},
            "messaging": {"account_sid": cloud.info["twilio_account_sid"], "whatsapp_from": "+14155238886"},
            "created_at": NOW,
            "updated_at": NOW,
        },
    )


def live_through_a_morning(cloud: LocalCloud, salon_id: str) -> None:
    """Cancelled, cancelled and booked again, moved to a colleague, lengthened, missed."""
    gone = {"status": "cancelled", "cancelled_at": LATER, "cancelled_by": "customer"}
    for id, document in (
        ("mia13", booking("mia", "13:00", "14:00", LATER, **gone)),
        ("zoe14", booking("zoe", "14:00", "15:00", LATER, **gone)),
        ("again", booking("zoe", "14:00", "15:00", LATER)),
        ("zoe16", booking("zoe", "16:00", "17:00", LATER, **gone)),
        ("mia16", booking("zoe", "16:00", "17:00", LATER)),
        ("mia15", booking("mia", "15:00", "16:30", LATER)),
        ("zoe12", booking("zoe", "12:00", "13:00", LATER, status="no_show")),
    ):
        cloud.put(f"salons/{salon_id}/bookings/{id}", document)


def open_gaps(cloud: LocalCloud, salon_id: str) -> set[tuple[str, ...]]:
    found = cloud.get(f"salons/{salon_id}/gaps").values()
    return {(g["staff_id"], g["start_time"], g["end_time"], g["origin"]) for g in found if g["status"] == "open"}


def test_lost_doubled_and_late_booking_events_end_in_the_same_gaps_after_one_scan(cloud: LocalCloud) -> None:
    for salon_id, phone in (("calm", 100), ("astray", 200)):
        seed(cloud, salon_id, phone)
    cloud.drain()
    scan(cloud)
    cloud.move_clock(LATER)
    cloud.drain()

    live_through_a_morning(cloud, "calm")
    cloud.drain()
    expected = open_gaps(cloud, "calm")
    assert {(staff_id, start[11:16], origin) for staff_id, start, _, origin in expected} == {
        ("mia", "13:00", "freed"),
        ("zoe", "12:00", "no_show"),
    }

    for kind, times in (("drop", 3), ("duplicate", 2), ("delay", 1), ("crash_before", 1), ("crash_after", 1)):
        cloud.fault("detect_gaps", kind, times)
    live_through_a_morning(cloud, "astray")
    assert cloud.drain()["dead"] == 0
    scan(cloud)
    assert open_gaps(cloud, "astray") == open_gaps(cloud, "calm") == expected
    for salon_id in ("calm", "astray"):
        outreach = cloud.get(f"salons/{salon_id}/outreach").values()
        asked = Counter((ask["customer_id"], ask["slot"]["start"]) for ask in outreach)
        assert asked and max(asked.values()) == 1


def scan(cloud: LocalCloud) -> None:
    cloud.call("POST", f"{cloud.base}/local/tick", {"job": "gap_scan"})
    cloud.drain()
