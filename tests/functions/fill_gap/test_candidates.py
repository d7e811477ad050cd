"""Who could take a gap, and the reason of everybody who is not asked."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.fill_gap.candidates import Candidate, judged
from functions.fill_gap.criteria import Criteria
from functions.fill_gap.offered_slot import notice_of
from functions.fill_gap.prospect import PRIOR, Prospect, Source
from shared.asking.acceptance_rates import AcceptanceRates
from shared.asking.outreach import Outreach, Slot
from shared.calendar.service import Service
from shared.customers.customer import Customer
from shared.customers.waitlist import WaitlistEntry
from shared.messaging.outgoing import Delivery
from shared.salon.salon import Messaging, Salon
from shared.salon.settings import SalonSettings
from shared.values.stretches import Stretch
from tests.shared.messaging.test_outgoing import outreach
from tests.shared.sales.test_acceptance import END, START, booking, gap

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BOTH = {"marketing": True, "service": True}
SALON = Salon(
    id="s1", name="One", organization_id="o1", timezone="Europe/London", currency="GBP",
    messaging=Messaging(account_sid="AC1", whatsapp_from="+14155238886"),
)  # fmt: skip
CUT = Service(id="cut", name="Cut", duration_minutes=60, price=Decimal(50))
FREED = [Stretch(START, END)]


def customer(id: str = "c1", **fields: Any) -> Customer:
    return Customer.from_document(
        id, {"name": "Cara", "phone": f"+44770090{len(id):04}", "consents": {"whatsapp": BOTH}, **fields}
    )


def entry(**fields: Any) -> WaitlistEntry:
    return WaitlistEntry.from_document("w1", {"customer_id": "c1", "service_ids": ["cut"], "created_at": NOW, **fields})


def waiting(**fields: Any) -> Prospect:
    return Prospect(
        **{"customer": customer(), "source": "waitlist_exact", "service_id": "cut", "entry": entry(), **fields}
    )


def regular(**fields: Any) -> Prospect:
    return Prospect(**{"customer": customer(), "source": "regular", "service_id": "cut", "visits": 3, **fields})


def judge(prospect: Prospect, *, now: datetime = NOW, **criteria: Any) -> Candidate:
    [candidate] = judged([prospect], gap(freed=FREED), criteria_of(now=now, **criteria))
    return candidate


def criteria_of(**fields: Any) -> Criteria:
    return Criteria(
        **{
            "salon": SALON,
            "services": {"cut": CUT},
            "settings": SalonSettings(mode="live"),
            "learned": AcceptanceRates(),
            "now": NOW,
            **fields,
        }
    )


def ask(ago: timedelta, **fields: Any) -> Outreach:
    slot = Slot(start=START, end=END, service_id="cut", staff_id="mia")
    return outreach(
        **{
            "created_at": NOW - ago,
            "status": "expired",
            "delivery": Delivery(sent_at=NOW - ago),
            "slot": slot,
            "attempts": 1,
            **fields,
        }
    )


def test_ignored_is_what_they_had_and_let_pass_themselves():
    mine, days = {"customer_id": "c1"}, timedelta(days=1)
    asks = (
        ask(3 * days, **mine),
        ask(4 * days, **mine),
        ask(5 * days, **mine, withdrawn=True),
        ask(6 * days, **mine, delivery=Delivery()),
        ask(7 * days, **mine, status="responded"),
        ask(8 * days, customer_id="of the same phone"),
    )
    assert waiting(asks=asks).ignored == 2
    likely = judge(waiting()).probability
    assert judge(waiting(asks=asks)).probability < likely == judge(waiting(asks=asks[2:])).probability


def test_whoever_can_be_asked_has_a_slot_a_channel_a_deadline_and_a_reason():
    candidate = judge(waiting())
    assert candidate.excluded is None
    assert candidate.slot == Slot(start=START, end=END, service_id="cut", staff_id="mia")
    assert (candidate.channel, candidate.deadline) == ("whatsapp", NOW + 30 * MINUTE)
    assert candidate.reasons == ("waits for exactly this",)
    assert candidate.autonomy is not None and candidate.autonomy.level == "full_auto"


@pytest.mark.parametrize(
    ("prospect", "reason"),
    [
        (waiting(customer=customer(is_staff=True)), "works here"),
        (waiting(customer=customer(blocked=True)), "blocked by the salon"),
        (waiting(customer=customer(open_complaint=True)), "has a complaint open"),
        (waiting(service_id="colour"), "no service that fits the gap"),
        (waiting(service_id=""), "no service that fits the gap"),
        (waiting(customer=customer(consents={})), "no consent for service"),
        (regular(customer=customer(consents={"whatsapp": {"service": True}})), "no consent for marketing"),
        (waiting(opted_out=frozenset({("whatsapp", "service")})), "opted out"),
        (waiting(customer=customer(phone=None)), "no address"),
        (waiting(bookings=(booking(START + MINUTE, END),)), "booked at that time"),
        (waiting(customer=customer(minimum_notice_minutes=300)), "no time that suits, with their notice"),
        (waiting(entry=entry(windows=[{"start": END, "end": END + HOUR}])), "no time that suits, with their notice"),
        (waiting(asks=(ask(2 * HOUR),)), "already asked about this time"),
        (
            waiting(asks=(ask(2 * HOUR, status="failed", delivery=Delivery(error="1")),)),
            "already asked about this time",
        ),
        (waiting(asks=(ask(2 * HOUR, status="sent", customer_id="other"),)), "has another offer open"),
        (waiting(asks=(ask(MINUTE, customer_id="other", slot=None),)), "asked 1 time(s) within the hour already"),
        (waiting(customer=customer(timezone="Pacific/Auckland")), "quiet hours where they are"),
        (
            regular(last_visit=START - timedelta(days=13), usual_interval=timedelta(days=28)),
            "visited within half their usual interval",
        ),
        (
            regular(last_visit=START - timedelta(days=14) + timedelta(seconds=1), usual_interval=timedelta(days=28)),
            "visited within half their usual interval",
        ),
        (waiting(asks=(ask(24 * HOUR - timedelta(seconds=1)),)), "already asked about this time"),
    ],
)
def test_whoever_is_not_asked_has_a_reason(prospect: Prospect, reason: str):
    candidate = judge(prospect)
    assert candidate.excluded == reason
    assert candidate.considered()["excluded"] == reason


@pytest.mark.parametrize(
    "prospect",
    [
        waiting(bookings=(booking(START, END, "cancelled"),)),
        waiting(bookings=(booking(END, END + HOUR),)),
        waiting(asks=(ask(24 * HOUR),)),
        waiting(asks=(ask(2 * HOUR, status="expired", attempts=0, delivery=Delivery()),)),
        waiting(asks=(ask(2 * HOUR, customer_id="other"),)),
        waiting(customer=customer(timezone="Europe/Berlin")),
        regular(last_visit=START - timedelta(days=14), usual_interval=timedelta(days=28)),
        waiting(last_visit=START - timedelta(days=1), usual_interval=timedelta(days=28)),
    ],
)
def test_what_is_no_obstacle(prospect: Prospect):
    assert judge(prospect).excluded is None


def test_a_time_that_two_moves_freed_is_offered_to_no_third_mover():
    mover = regular(source="sooner", moves=booking(START + timedelta(days=2), END + timedelta(days=2)))
    assert judge(mover, chain_depth=1).excluded is None
    assert judge(mover, chain_depth=2).excluded == "this time was itself freed by a move"
    assert judge(waiting(), chain_depth=2).excluded is None


def test_nobody_is_asked_who_is_less_likely_to_accept_than_the_salon_wants():
    likely = judge(waiting()).probability
    for least, reason in ((likely, None), (likely + 0.0001, "too unlikely to accept")):
        settings = SalonSettings.merged({"mode": "live", "offers": {"min_acceptance_probability": least}})
        assert judge(waiting(), settings=settings).excluded == reason


def test_what_only_a_person_may_decide_is_never_asked():
    settings = SalonSettings.merged({"mode": "live", "autonomy": {"gap_fill": "manual_only"}})
    assert str(judge(waiting(), settings=settings).excluded).startswith("for a person to decide: ")


@pytest.mark.parametrize("source", PRIOR)
def test_every_offer_to_a_vip_but_the_exact_one_from_the_waitlist_asks_the_owner(source: Source):
    """Who waits for exactly this, and who said yes too late to what they waited for: both asked for it themselves."""
    theirs = {"waitlist_exact": entry(), "waitlist_partial": entry(staff_ids=["noah"])}.get(source)
    later = booking(START + timedelta(days=2), END + timedelta(days=2)) if source == "sooner" else None
    vip = regular(source=source, segment="vip", entry=theirs, moves=later)
    judged = judge(vip)
    assert judged.autonomy is not None and judged.excluded is None
    assert judged.autonomy.level == ("full_auto" if source == "waitlist_exact" else "supervised")


@pytest.mark.parametrize(("staff_ids", "level"), [([], "full_auto"), (["mia"], "full_auto"), (["noah"], "supervised")])
def test_a_vip_who_came_too_late_is_offered_another_time_with_whom_they_wait_for(staff_ids: list[str], level: str):
    judged = judge(waiting(source="late_yes", segment="vip", entry=entry(staff_ids=staff_ids)))
    assert judged.autonomy is not None and judged.autonomy.level == level


@pytest.mark.parametrize("source", PRIOR)
def test_only_what_a_person_asked_for_themselves_needs_no_consent_for_promotion(source: Source):
    later = booking(START + timedelta(days=2), END + timedelta(days=2)) if source == "sooner" else None
    unwilling = customer(consents={"whatsapp": {"service": True, "marketing": False}})
    theirs = regular(source=source, customer=unwilling, moves=later)
    asked_for = source in ("waitlist_exact", "late_yes")
    assert judge(theirs).excluded == (None if asked_for else "no consent for marketing")


@pytest.mark.parametrize(("source", "later", "excluded"), [
    ("sooner", timedelta(minutes=1), None), ("sooner", timedelta(0), "no time that suits, with their notice"),
])  # fmt: skip
def test_nobody_is_moved_to_a_time_that_is_no_sooner(source: Source, later: timedelta, excluded: str | None):
    assert judge(regular(source=source, moves=booking(START + later, END + later))).excluded == excluded


def test_each_mover_makes_the_chain_one_longer_and_nobody_else_does():
    mover = regular(source="sooner", moves=booking(START + timedelta(days=2), END + timedelta(days=2)))
    assert [judge(who, chain_depth=1).chain_depth for who in (mover, waiting())] == [2, 0]


def test_a_discount_is_for_who_is_less_likely_than_a_fifth_to_pay_the_full_price():
    likely, unlikely = judge(waiting(), discount=10), judge(regular(), discount=10)
    assert (likely.discount_percent, unlikely.discount_percent) == (0, 10)
    assert likely.probability == 0.2 > unlikely.probability


@pytest.mark.parametrize(("left", "percent"), [("5", 10), ("4.99", 0)])
def test_no_discount_costs_more_than_is_left_of_the_days_budget(left: str, percent: float):
    assert judge(regular(), discount=10, discount_left=Decimal(left)).discount_percent == percent


def test_who_gave_this_time_back_is_not_asked_to_take_it():
    assert judge(waiting(), cancelled_by=frozenset({"c1"})).excluded == "gave this very time back"


def test_the_longest_notice_counts():
    live = SalonSettings(mode="live")
    assert (
        notice_of(waiting(customer=customer(minimum_notice_minutes=0), entry=entry(minimum_notice_minutes=0)), live)
        == 30 * MINUTE
    )
    assert notice_of(waiting(entry=entry(minimum_notice_minutes=90)), live) == 90 * MINUTE
    assert notice_of(waiting(customer=customer(minimum_notice_minutes=120)), live) == 120 * MINUTE


@pytest.mark.parametrize("left", [timedelta(0), MINUTE, HOUR])
def test_an_offer_leaves_time_to_answer_and_ends_before_the_notice_begins(left: timedelta):
    notice = 45 * MINUTE
    now = START - notice - 5 * MINUTE - left
    candidate = judge(waiting(), now=now)
    assert candidate.excluded is None and candidate.deadline is not None
    assert candidate.deadline - now >= 5 * MINUTE
    assert candidate.deadline <= START - notice
    too_late = judge(waiting(), now=now + left + MINUTE)
    assert too_late.excluded == "no time that suits, with their notice"


def test_all_come_back_the_excluded_last():
    people = [
        waiting(customer=customer("c1", blocked=True)),
        regular(customer=customer("c22")),
        waiting(customer=customer("c333")),
    ]
    found = judged(people, gap(freed=FREED), criteria_of())
    assert [candidate.prospect.customer.id for candidate in found] == ["c333", "c22", "c1"]


def test_of_equals_the_waitlists_own_order_counts_then_who_was_asked_longest_ago():
    def person(id: str, priority: int = 0, waited: timedelta = HOUR) -> Prospect:
        wish = entry(priority=priority, created_at=NOW - waited)
        return waiting(customer=customer(id), entry=wish)

    people = [person("c1"), person("c22", waited=2 * HOUR), person("c333", priority=1)]
    found = judged(people, gap(freed=FREED), criteria_of())
    assert [candidate.prospect.customer.id for candidate in found] == ["c333", "c22", "c1"]
