"""Who could take a gap, and the reason of everybody who is not asked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.fill_gap.autonomy import Autonomy
from functions.fill_gap.candidates import Candidate, about_same_time, judged, most_given_away, owner_asked_until
from functions.fill_gap.criteria import Criteria
from functions.fill_gap.offered_slot import notice_of
from functions.fill_gap.prospect import PRIOR, Prospect, Source, why
from functions.fill_gap.settings import Settings
from shared.asking.acceptance_rates import AcceptanceRates
from shared.asking.outreach import Outreach
from shared.asking.slot import Slot
from shared.calendar.service import Service
from shared.customers.customer import Customer
from shared.customers.waitlist import WaitlistEntry
from shared.messaging.outgoing import Delivery
from shared.salon.salon import Messaging, Salon
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
            "settings": Settings(mode="live"),
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
    assert (candidate.service, candidate.channel, candidate.deadline) == (CUT, "whatsapp", NOW + 30 * MINUTE)
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
        settings = Settings.merged({"mode": "live", "offers": {"min_acceptance_probability": least}})
        assert judge(waiting(), settings=settings).excluded == reason


def test_what_only_a_person_may_decide_is_never_asked():
    settings = Settings.merged({"mode": "live", "autonomy": {"gap_fill": "manual_only"}})
    assert (
        judge(waiting(), settings=settings).excluded == "for a person to decide: gap_fill is manual_only in this salon"
    )
    vips = Settings.merged({"mode": "live", "autonomy": {"gap_fill": "manual_only", "vip_offers": "manual_only"}})
    for_both = "for a person to decide: gap_fill is manual_only in this salon, an offer to a VIP"
    later = waiting(source="waitlist_partial", segment="vip")
    assert judge(later, settings=vips).excluded == for_both


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
    live = Settings(mode="live")
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


def test_who_was_asked_longest_ago_comes_first_among_equals_and_who_never_was_before_them():
    asked = (ask(50 * HOUR, customer_id="c1", slot=None), ask(3 * HOUR, customer_id="c1", slot=None))
    before = (ask(4 * HOUR, customer_id="c22", slot=None),)
    people = [
        regular(customer=customer("c1"), asks=asked),
        regular(customer=customer("c22"), asks=before),
        regular(customer=customer("c4444")),
        regular(customer=customer("c333")),
    ]
    # How often they let an offer pass would tell them apart by itself.
    people = [replace(each, asks=tuple(ask.changed(status="responded") for ask in each.asks)) for each in people]
    found = judged(people, gap(freed=FREED), criteria_of())
    assert [candidate.prospect.customer.id for candidate in found] == ["c333", "c4444", "c22", "c1"]


def test_the_best_comes_first_by_what_a_yes_is_expected_to_bring():
    people = [
        regular(customer=customer("c1")),
        regular(customer=customer("c22", loyalty_tier="bronze")),
        regular(customer=customer("c333", lifetime_value=500)),
        waiting(customer=customer("c4444"), entry=entry(priority=-1)),
    ]
    found = judged(people, gap(freed=FREED), criteria_of())
    assert [candidate.prospect.customer.id for candidate in found] == ["c4444", "c22", "c333", "c1"]


def test_a_wish_without_a_date_comes_after_those_with_one():
    people = [waiting(customer=customer(id), entry=entry(created_at=at)) for id, at in (("c1", None), ("c22", NOW))]
    found = judged(people, gap(freed=FREED), criteria_of())
    assert [candidate.prospect.customer.id for candidate in found] == ["c22", "c1"]


@pytest.mark.parametrize(
    ("prospect", "reason"),
    [
        (waiting(), "waits for exactly this"),
        (waiting(source="waitlist_partial"), "waits for this with another stylist"),
        (regular(source="sooner"), "has a later booking and would come sooner"),
        (regular(source="overdue"), "is due for a visit"),
        (regular(visits=7), "regular of this staff member (7 visits)"),
        (waiting(source="late_yes"), "said yes too late to another time"),
    ],
)
def test_everybody_who_comes_to_mind_does_so_for_a_reason(prospect: Prospect, reason: str):
    assert why(prospect) == reason
    assert judge(prospect).considered()["reasons"] == [reason]


def test_the_decision_keeps_all_that_an_ask_was_chosen_by():
    ignored = tuple(ask(n * 24 * HOUR, customer_id="c1", slot=None) for n in range(2, 8))
    gold = customer(loyalty_tier="gold")
    likely = waiting(customer=gold, asks=ignored, segment="high_value")
    assert judge(likely, discount=10).considered() == {
        "customer_id": "c1",
        "source": "waitlist_exact",
        "segment": "high_value",
        "probability": 0.1063,
        "score": 7.1,
        "components": {
            "base_revenue": 50,
            "margin_contribution": 27,
            "ltv_multiplier": 0,
            "loyalty_bonus": 5,
            "urgency_factor": 2.5,
            "service_match": 0,
            "history": 0,
            "expected": pytest.approx(0.2 * 0.9**6 * 34.5),
            "score": 7.1,
        },
        "discount_percent": 10,
        "autonomy_level": "full_auto",
        "reasons": ["waits for exactly this"],
        "excluded": None,
    }


def test_of_who_was_excluded_early_the_decision_keeps_why():
    asleep = judge(waiting(customer=customer(timezone="Pacific/Auckland")))
    assert asleep.asleep_until == datetime(2026, 11, 23, 20, tzinfo=UTC)
    assert asleep.considered() == {
        "customer_id": "c1",
        "source": "waitlist_exact",
        "segment": "regular",
        "probability": 0.0,
        "score": 0.0,
        "components": {},
        "discount_percent": 0.0,
        "autonomy_level": None,
        "reasons": ["waits for exactly this"],
        "excluded": "quiet hours where they are",
    }


def test_only_one_offer_of_a_round_is_sold_so_the_largest_discount_is_all_it_can_cost():
    def offered(price: int, percent: float) -> Candidate:
        service = CUT.changed(price=Decimal(price))
        return Candidate(waiting(), service=service, discount_percent=percent, autonomy=Autonomy("full_auto", ()))

    assert most_given_away([]) == most_given_away([Candidate(waiting(), discount_percent=10)]) == 0
    assert most_given_away([offered(50, 10), offered(40, 20), offered(90, 0)]) == Decimal(8)


def test_the_owner_may_approve_until_five_minutes_before_the_customers_notice_begins():
    assert owner_asked_until(judge(waiting()), Settings(mode="live")) == START - 50 * MINUTE


@pytest.mark.parametrize(
    ("fields", "same"),
    [
        ({}, True),
        ({"created_at": NOW - 24 * HOUR}, False),
        ({"created_at": NOW - 24 * HOUR + timedelta(seconds=1)}, True),
        ({"slot": None}, False),
        ({"slot": Slot(start=END, end=END + HOUR, service_id="cut", staff_id="mia")}, False),
        ({"slot": Slot(start=END - MINUTE, end=END + HOUR, service_id="cut", staff_id="noah")}, True),
        ({"status": "expired", "attempts": 0}, False),
        ({"status": "expired", "attempts": 1}, True),
        ({"status": "failed", "attempts": 0}, True),
    ],
)
def test_which_asks_were_about_the_same_time(fields: dict[str, Any], same: bool):
    slot = Slot(start=START, end=END, service_id="cut", staff_id="mia")
    assert about_same_time(ask(2 * HOUR, **fields), slot, NOW) is same


@pytest.mark.parametrize(
    ("first", "then", "start"),
    [
        ((END, END + HOUR), (START, END), START),
        ((START, END - MINUTE), (START, END), START),
        ((START, END), (END, END + HOUR), START),
    ],
)
def test_of_the_times_they_named_the_first_that_has_room_counts(
    first: tuple[datetime, datetime], then: tuple[datetime, datetime], start: datetime
):
    prospect = waiting(entry=entry(windows=[{"start": opens, "end": ends} for opens, ends in (first, then)]))
    slot = judge(prospect).slot
    assert slot is not None and (slot.start, prospect.windows) == (start, 2)
    assert regular().windows == 0


def test_a_booking_they_would_give_up_is_not_in_their_way_and_another_is():
    overlapping = booking(START + MINUTE, END + MINUTE)
    other = booking(START - HOUR / 2, START + HOUR / 2).changed(id="b2")
    assert judge(regular(source="sooner", moves=overlapping, bookings=(overlapping,))).excluded is None
    both = judge(regular(source="sooner", moves=overlapping, bookings=(overlapping, other)))
    assert both.excluded == "booked at that time"


def test_a_room_in_use_leaves_no_time_that_suits():
    taken = {"cut": (Stretch(END - MINUTE, END + HOUR),)}
    assert judge(waiting(), rooms_taken=taken).excluded == "no time that suits, with their notice"
    assert judge(waiting(), rooms_taken={"wash": taken["cut"]}).excluded is None


@pytest.mark.parametrize(
    ("fields", "excluded"),
    [
        ({"entry": entry()}, None),
        ({"moves": booking(START + 48 * HOUR, END + 48 * HOUR)}, None),
        ({"last_visit": None}, None),
        ({"usual_interval": None}, None),
        ({}, "visited within half their usual interval"),
    ],
)
def test_who_was_just_here_is_left_alone_unless_they_said_that_they_want_to_come(
    fields: dict[str, Any], excluded: str | None
):
    here = {"last_visit": START - 24 * HOUR, "usual_interval": 28 * 24 * HOUR, **fields}
    assert judge(regular(**here)).excluded == excluded


DAY = timedelta(days=1)
BETWEEN, WEEKLY = "a promotional ask less than 24 hours ago", "3 promotional asks within seven days already"


@pytest.mark.parametrize(
    ("ago", "waiting_hears", "regular_hears"),
    [
        ((DAY - timedelta(seconds=1),), None, BETWEEN),
        ((DAY,), None, None),
        ((2 * DAY, 4 * DAY, 7 * DAY - timedelta(seconds=1)), None, WEEKLY),
        ((2 * DAY, 4 * DAY, 7 * DAY), None, None),
    ],
)
def test_who_asked_for_it_themselves_hears_of_it_however_often_they_were_promoted_to(
    ago: tuple[timedelta, ...], waiting_hears: str | None, regular_hears: str | None
):
    before = tuple(ask(each, consent_purpose="marketing", slot=None) for each in ago)
    assert judge(waiting(asks=before)).excluded == waiting_hears
    assert judge(regular(asks=before)).excluded == regular_hears


@pytest.mark.parametrize("zone, excluded", [("Asia/Kolkata", "asked 3 time(s) today already"), ("Asia/Karachi", None)])
def test_the_day_of_a_limit_is_the_salons(zone: str, excluded: str | None):
    """The first ask was six minutes after midnight in Kolkata, and before midnight in Karachi."""
    now = datetime(2026, 11, 23, 5, tzinfo=UTC)
    asked = tuple(ask(NOW - now + each * HOUR, slot=None, status="responded") for each in (2, 8, 10.4))
    assert judge(waiting(asks=asked), now=now, salon=SALON.changed(timezone=zone)).excluded == excluded


@pytest.mark.parametrize(
    ("prospect", "excluded"),
    [
        (regular(), "quiet hours where they are"),
        (waiting(), None),
        (regular(customer=customer(phone="+447700900100", consents={"sms": BOTH})), None),
        (regular(customer=customer(phone="+919876500001", consents={"whatsapp": BOTH})), None),
    ],
)
def test_promotion_by_sms_waits_for_the_hours_of_its_country(prospect: Prospect, excluded: str | None):
    """Half past nine in Kolkata: the salon's quiet hours are over, and those of the law for half an hour not."""
    if prospect.customer.phone == customer().phone:
        prospect = replace(prospect, customer=customer(phone="+919876500001", consents={"sms": BOTH}))
    now = datetime(2026, 11, 23, 4, tzinfo=UTC)
    sends = SALON.messaging.changed(sms_from="+14155238886")
    salon = SALON.changed(timezone="Asia/Kolkata", messaging=sends)
    found = judge(prospect, now=now, salon=salon)
    assert found.excluded == excluded
    assert found.asleep_until == (now + HOUR / 2 if excluded else None)


@pytest.mark.parametrize(
    ("source", "segment", "lead", "known"),
    [
        ("waitlist_exact", "high_value", timedelta(hours=2), True),
        ("waitlist_partial", "high_value", timedelta(hours=2), False),
        ("waitlist_exact", "regular", timedelta(hours=2), False),
        ("waitlist_exact", "high_value", timedelta(hours=30), False),
    ],
)
def test_the_odds_are_those_of_people_like_them_at_this_lead(source: str, segment: str, lead: timedelta, known: bool):
    """With the prior of a waitlist, 0.25, less a fifth because it is soon."""
    learned = AcceptanceRates().with_answer(source, segment, lead, accepted=True)
    found = judge(waiting(segment="high_value"), learned=learned).probability
    assert found == pytest.approx((0.2 * 20 + 1) / 21 if known else 0.2)


def test_a_discount_lowers_what_is_expected_and_binds_the_autonomy():
    plain, reduced = judge(regular()), judge(regular(), discount=25)
    assert plain.worth is not None and reduced.worth is not None
    assert (plain.worth.margin_contribution, reduced.worth.margin_contribution) == (30, 22.5)
    assert reduced.autonomy == Autonomy("supervised", ("a discount above 20 %",))
    dear = Settings.merged({"mode": "live", "approval_amount": 49.99})
    assert judge(waiting(), settings=dear).autonomy == Autonomy("supervised", ("an amount above 49.99",))


@pytest.mark.parametrize("left", [30, 31])
def test_the_deadline_is_the_sooner_of_their_patience_and_their_notice(left: int):
    now = START - 45 * MINUTE - left * MINUTE
    assert judge(waiting(), now=now).deadline == now + 30 * MINUTE
    patient = Settings.merged({"mode": "live", "offers": {"response_deadline_minutes": left + 1}})
    assert judge(waiting(), now=now, settings=patient).deadline == START - 45 * MINUTE
