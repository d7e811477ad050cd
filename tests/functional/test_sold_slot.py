from local.in_process import Suite
from tests.functional.salon import NOW, OWNER, SALON, cancel, open_salon


def to(suite: Suite, purpose: str) -> list[str]:
    return [message.sending.to for message in suite.outbox.messages if message.purpose == purpose]


def test_a_cancelled_booking_becomes_exactly_one_new_booking():
    with Suite(now=NOW) as suite:
        start = open_salon(suite)
        cancel(suite)
        offers = [message for message in suite.outbox.messages if message.purpose == "slot_offer"]
        assert len(offers) == 3
        suite.reply(offers[0], button=0)
        suite.run_until_idle()
        assert suite.failures == [] and suite.dead == []

        bookings = suite.list(f"salons/{SALON}/bookings")
        ours = [booking for booking in bookings.values() if booking["source"] == "smart_fill"]
        assert [(b["customer_id"], b["status"], b["start_time"]) for b in ours] == [("c0", "confirmed", start)]
        gaps = [g for g in suite.list(f"salons/{SALON}/gaps").values() if g["origin"] == "freed"]
        assert [(gap["status"], gap["filled_by"] in bookings) for gap in gaps] == [("filled", True)]
        outreach = suite.list(f"salons/{SALON}/outreach").values()
        assert sorted(o["status"] for o in outreach) == ["expired", "expired", "responded"]
        assert to(suite, "booking_confirmed") == [offers[0].sending.to]
        assert to(suite, "owner_sold") == [OWNER]
        entries = suite.list(f"salons/{SALON}/waitlist")
        assert {id: entry["status"] for id, entry in entries.items()} == {
            "w0": "booked",
            "w1": "waiting",
            "w2": "waiting",
        }


def test_who_says_yes_too_late_hears_so_kindly_and_once():
    with Suite(now=NOW) as suite:
        open_salon(suite)
        cancel(suite)
        offers = [message for message in suite.outbox.messages if message.purpose == "slot_offer"]
        for _ in range(3):
            for offer in offers:
                suite.reply(offer, button=0)
        suite.run_until_idle()
        assert suite.failures == []
        assert len([b for b in suite.list(f"salons/{SALON}/bookings").values() if b["source"] == "smart_fill"]) == 1
        assert to(suite, "booking_confirmed") == [offers[0].sending.to]
        told = [m.sending.to for m in suite.outbox.messages if "somebody was a moment faster" in m.text]
        assert sorted(told) == sorted(offer.sending.to for offer in offers[1:])
