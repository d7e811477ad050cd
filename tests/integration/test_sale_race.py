"""The race for one slot, on the real emulator: threads that share nothing but Firestore."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from functions.answer_message.answer_conversation import answer_conversation
from functions.apply_settings.accept_settings import apply_settings
from functions.connect_salon.claim_numbers import connect_salon
from functions.detect_gaps.follow_booking import detect_gaps
from functions.fill_gap.answer_late_yes import answer_late_yes
from functions.fill_gap.run_campaign import fill_gap
from functions.receive_message.store_message import receive_message
from functions.scan_gaps.scan_salon import scan_gaps
from local.memory.memory import MemoryBus
from shared.adapters.firestore import FirestoreStore
from shared.asking.outreach import Outreach
from shared.calendar.gap import Gap
from shared.messaging.inbound import InboundMessage
from shared.messaging.message import inbound_collection
from shared.messaging.tokens import OfferToken, sign
from shared.ports import SALON, Contended, Deployment, Documents, Put, Query

pytestmark = pytest.mark.long
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
START = NOW.replace(hour=13, minute=0)
ACCOUNT, SALON_NUMBER = "AC" + "0" * 32, "+14155238886"
CUSTOMERS, TAPS = 20, 5
DEPLOYMENT = Deployment("https://smart-fill.example", b"race", {})


class RealClock:
    """Business time stands still until it is moved; waiting is real, as it must be in a race. Patience lasts ten times as long:
    a slow machine must not end it, and who has no lock to wait for spends attempts, not time."""

    def __init__(self) -> None:
        self.business_time = NOW
        self._began = datetime.now(UTC)

    def now(self) -> datetime:
        return self.business_time

    def real(self) -> datetime:
        return self._began + (datetime.now(UTC) - self._began) / 10

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def test_of_100_simultaneous_acceptances_one_books_and_every_customer_is_answered_exactly_once(
    firestore_store: FirestoreStore,
) -> None:
    documents = firestore_store.salon("s1")
    clock = RealClock()
    offers = offers_of_one_slot(firestore_store, documents, clock)
    assert len(offers) == CUSTOMERS
    taps = [(offer, tap) for tap in range(TAPS) for offer in offers]
    together = Barrier(len(taps))
    took: list[float] = []
    waited_in_vain: list[str] = []

    def work_on(path: str, *, woken: bool) -> None:
        platform = firestore_store.platform()
        answer_conversation(
            path, woken=woken, documents=documents, platform=platform, clock=clock, deployment=DEPLOYMENT
        )

    def accept(offer: Outreach, tap: int) -> None:
        together.wait()
        began, sid = time.monotonic(), f"SM{offer.id}{tap}"
        stored = receive_message(
            InboundMessage(
                message_sid=sid,
                account_sid=ACCOUNT,
                channel="whatsapp",
                sender=offer.customer_phone,
                recipient=SALON_NUMBER,
                body="Book it",
                button_payload=sign(DEPLOYMENT.signing_key, OfferToken("s1", offer.id, "accept")),
                replied_to_sid=None,
                media_count=0,
                user_id=None,
                opt_out=None,
            ),
            store=firestore_store,
            clock=clock,
            deployment=DEPLOYMENT,
        )
        assert stored == "stored"
        path = f"{inbound_collection(offer.address_key)}/{sid}"
        try:
            work_on(path, woken=False)
        except Contended:
            # It comes due, and is worked on then.
            waited_in_vain.append(path)
        took.append(time.monotonic() - began)

    with ThreadPoolExecutor(len(taps)) as threads:
        for future in [threads.submit(accept, *tap) for tap in taps]:
            future.result()
    clock.business_time += timedelta(minutes=2)
    for path in waited_in_vain:
        work_on(path, woken=True)

    keys = {offer.address_key for offer in offers}
    heard = [each.data for key in keys for each in documents.query(Query(inbound_collection(key)))]
    assert len(heard) == len(taps) and all(each["handled_at"] for each in heard)
    outcomes = Counter(each["outcome"] for each in heard)
    assert outcomes == {"booked": 1, "slot_taken": CUSTOMERS - 1, "answered before": len(taps) - CUSTOMERS}, outcomes
    told = answered_at_once(offers, documents, clock)
    assert told == {"told that it is gone": CUSTOMERS - 1, "answered before": 1 + CUSTOMERS}, told
    bookings = documents.query(Query("bookings", where=(("source", "==", "smart_fill"),)))
    assert len(bookings) == 1
    said = [
        found.data
        for offer in offers
        for found in documents.query(Query(f"conversations/{offer.address_key}/messages"))
    ]
    answers = Counter((message["conversation_id"], message["purpose"]) for message in said)
    assert Counter(purpose for _, purpose in answers) == {"booking_confirmed": 1, "slot_taken": CUSTOMERS - 1}
    assert set(answers.values()) == {1}
    assert documents.query(Query("locks")) == []
    # A yes that meets others looks again. Without the locks, all but one spend their attempts and wait for the clock.
    assert len(waited_in_vain) < len(taps) / 2
    print(f"slowest acceptance {max(took):.1f} s, {len(waited_in_vain)} waited in vain")


def answered_at_once(offers: list[Outreach], documents: Documents, clock: RealClock) -> Counter[str]:
    """Each offer is said to be lost twice, all at the same time; the one that was booked is not."""
    heard = [offer.id for offer in offers for _ in range(2)]
    together = Barrier(len(heard))

    def answer(id: str) -> str:
        together.wait()
        return answer_late_yes(id, documents=documents, clock=clock, deployment=DEPLOYMENT)

    with ThreadPoolExecutor(len(heard)) as threads:
        return Counter(threads.map(answer, heard))


def offers_of_one_slot(store: FirestoreStore, documents: Documents, clock: RealClock) -> list[Outreach]:
    put = lambda path, data: documents.commit(Put(path, data))  # noqa: E731
    put(
        "settings/current",
        {
            "mode": "live",
            # Everybody, however few would do.
            "offers": {
                "max_wave_size": 20,
                "max_asks_per_gap": 20,
                "target_fill_probability": 0.999,
                "max_disappointed": 50,
            },
            "gap": {"settle_seconds": 0},
        },
    )
    put("staff/mia", {"name": "Mia", "service_ids": ["cut"]})
    put("services/cut", {"name": "Cut", "duration_minutes": 60, "price": 50})
    for number in range(CUSTOMERS):
        consents = {"whatsapp": {"service": True, "marketing": True}}
        put(f"customers/c{number}", {"name": "C", "phone": f"+4477009001{number:02}", "consents": consents})
        put(
            f"waitlist/w{number}",
            {"customer_id": f"c{number}", "service_ids": ["cut"], "status": "waiting", "created_at": NOW},
        )
    salon = {
        "name": "Salon One",
        "organization_id": "o1",
        "timezone": "Europe/London",
        "currency": "GBP",
        "opening_hours": {"mon": [{"start": "13:00", "end": "14:00"}]},
        "messaging": {"account_sid": ACCOUNT, "whatsapp_from": SALON_NUMBER},
    }
    put(SALON, salon)
    cancelled = {
        "customer_id": "gone",
        "staff_id": "mia",
        "service_ids": ["cut"],
        "start_time": START,
        "end_time": START + timedelta(hours=1),
        "status": "cancelled",
        "cancelled_by": "customer",
    }
    put("bookings/b1", cancelled)
    apply_settings(documents=documents, clock=clock)
    connect_salon("s1", before=None, after=salon, store=store, bus=MemoryBus(), clock=clock)
    scan_gaps(documents=documents, clock=clock)
    detect_gaps("b1", before=None, after=cancelled, version=NOW, documents=documents, clock=clock)
    gaps = [Gap.model_validate(found.data) for found in documents.query(Query("gaps"))]
    open_gaps = [gap for gap in gaps if gap.is_open and gap.origin == "freed"]
    assert len(open_gaps) == 1
    # A round goes out in parts.
    for _ in range(CUSTOMERS):
        gap = Gap.model_validate(documents.get(open_gaps[0].path).data)  # type: ignore[union-attr]
        if gap.campaign.asked == CUSTOMERS or gap.campaign.next_round_at is None:
            break
        clock.business_time = max(clock.business_time, gap.campaign.next_round_at)
        fill_gap(gap.id, documents=documents, clock=clock, deployment=DEPLOYMENT)
    return [Outreach.model_validate(found.data) for found in documents.query(Query("outreach"))]
