from local.in_process import Suite
from tests.functional.salon import NOW, OWNER, ROOT, SALON, cancel, offers, open_salon, ours


def to(suite: Suite, purpose: str) -> list[str]:
    return [message.sending.to for message in suite.outbox.messages if message.purpose == purpose]


def test_a_cancelled_booking_becomes_exactly_one_new_booking():
    with Suite(now=NOW) as suite:
        start = open_salon(suite)
        cancel(suite)
        sent = offers(suite)
        assert [message.purpose for message in sent] == ["slot_offer"] * 3
        suite.reply(sent[0], button=0)
        suite.run_until_idle()
        assert suite.failures == [] and suite.dead == []

        bookings = suite.list(f"salons/{SALON}/bookings")
        made = [(b["customer_id"], b["status"], b["start_time"]) for b in ours(suite)]
        assert made == [("c0", "confirmed", start)]
        gaps = [g for g in suite.list(f"salons/{SALON}/gaps").values() if g["origin"] == "freed"]
        assert [(gap["status"], gap["filled_by"] in bookings) for gap in gaps] == [("filled", True)]
        outreach = suite.list(f"salons/{SALON}/outreach").values()
        assert sorted(o["status"] for o in outreach) == ["expired", "expired", "responded"]
        assert to(suite, "booking_confirmed") == [sent[0].sending.to]
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
        sent = offers(suite)
        for _ in range(3):
            for offer in sent:
                suite.reply(offer, button=0)
        suite.run_until_idle()
        assert suite.failures == []
        assert len(ours(suite)) == 1
        assert to(suite, "booking_confirmed") == [sent[0].sending.to]
        told = [m.sending.to for m in suite.outbox.messages if "somebody was a moment faster" in m.text]
        assert sorted(told) == sorted(offer.sending.to for offer in sent[1:])


def test_a_gap_that_cannot_be_understood_stops_no_sale():
    with Suite(now=NOW) as suite:
        open_salon(suite, waiting=1)
        cancel(suite)
        suite.put(f"{ROOT}/gaps/broken", {"staff_id": "mia", "date": "2026-11-23", "status": "ignored"})
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        assert len(ours(suite)) == 1
