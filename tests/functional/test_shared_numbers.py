"""Two salons of one organization that write from one number: a reply reaches the salon it is for, and no other."""

from collections.abc import Iterator
from typing import Any

import pytest

from local.in_process import Suite
from tests.functional.salon import NOW, ROOT, booking, cancel, customer, offers, ours, phone, purposes, salon, write

START = NOW.replace(hour=13, minute=0)


@pytest.fixture
def branches() -> Iterator[Suite]:
    """`s1` with an offer open to c0, and `s2` that has none."""
    with salon(waiting=1) as suite:
        root = suite.get(ROOT)
        assert root is not None
        suite.put("salons/s2/settings/current", {"mode": "live", "gap": {"settle_seconds": 0}})
        suite.put("salons/s2/staff/mia", {"name": "Mia", "service_ids": ["cut"]})
        suite.put("salons/s2/services/cut", {"name": "Cut", "duration_minutes": 60, "price": 50})
        suite.put("salons/s2", {**root, "name": "Salon Two"})
        suite.run_until_idle()
        cancel(suite)
        yield suite


def received(suite: Suite, salon_id: str) -> list[dict[str, Any]]:
    return [
        snapshot.data
        for name, collection in suite.database._collections.items()
        if name.startswith(f"salons/{salon_id}/conversations/")
        for snapshot in collection.documents.values()
        if snapshot.data["direction"] == "in"
    ]


def test_a_word_goes_to_the_salon_that_has_an_offer_open(branches: Suite):
    branches.put("salons/s2/customers/c0", customer(0))
    write(branches, "BOOK", sender=phone(0))
    branches.run_until_idle()
    assert len(ours(branches)) == 1
    assert received(branches, "s2") == []


def test_a_reply_goes_to_the_salon_whose_message_it_answers(branches: Suite):
    branches.reply(offers(branches)[0], button=1)
    branches.put("salons/s2/customers/c0", customer(0))
    branches.run_until_idle()
    thanks = branches.outbox.messages[-1]
    assert thanks.purpose == "offer_declined"
    branches.reply(thanks, body="is Friday free?")
    assert len(received(branches, "s1")) == 2 and received(branches, "s2") == []


def test_somebody_only_one_of_them_knows_is_heard_by_that_one(branches: Suite):
    branches.put("salons/s2/customers/other", customer(80))
    write(branches, "hello", sender=phone(80))
    assert received(branches, "s1") == [] and len(received(branches, "s2")) == 1


def test_what_could_be_for_either_is_kept_until_the_branch_is_known(branches: Suite):
    branches.put("salons/s2/customers/both", customer(81))
    branches.put(f"{ROOT}/customers/both", customer(81))
    write(branches, "hello", sender=phone(81))
    branches.run_until_idle()
    assert received(branches, "s1") == received(branches, "s2") == []
    kept = [
        name for name in branches.database._collections if name.startswith("channel_routes/") and "messages" in name
    ]
    assert len(kept) == 1


def test_a_stop_is_for_every_salon_of_the_number_that_knows_them(branches: Suite):
    branches.put("salons/s2/customers/c0", customer(0))
    branches.put("salons/s2/bookings/b1", booking(START))
    write(branches, "STOP", sender=phone(0))
    branches.run_until_idle()
    for salon_id in ("s1", "s2"):
        ledger = branches.list(f"salons/{salon_id}/consents").values()
        assert {(entry["channel"], entry["purpose"], entry["granted"]) for entry in ledger} == {
            (channel, purpose, False) for channel in ("whatsapp", "sms") for purpose in ("service", "marketing")
        }
    assert purposes(branches, phone(0)).count("stop_confirmed") == 2
