"""What somebody may be offered whose yes came too late, and why they only hear that it did."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal

import pytest

from functions.fill_gap.another_slot import could_suit, not_to_be_offered, suiting
from functions.fill_gap.candidates import Criteria, Prospect
from functions.fill_gap.settings import Settings
from shared.asking.outreach import Outreach
from shared.asking.slot import Slot
from shared.calendar.gap import Campaign, Gap
from shared.salon.salon import Messaging
from shared.values.stretches import Stretch
from tests.functions.fill_gap.test_candidates import (
    BOTH,
    CUT,
    HOUR,
    MINUTE,
    SALON,
    ask,
    criteria_of,
    customer,
    entry,
    waiting,
)
from tests.shared.messaging.test_outgoing import outreach
from tests.shared.sales.test_acceptance import END, START, booking, gap

CARA = customer()
LOST = outreach(status="responded", customer_phone=CARA.phone)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
LIVE = Settings(mode="live")


def why(
    prospect: Prospect | None = None,
    criteria: Criteria | None = None,
    *,
    channel: Literal["whatsapp", "sms"] = "whatsapp",
    allowance: int = 1,
) -> str | None:
    return not_to_be_offered(prospect or late(), LOST, channel, allowance=allowance, criteria=criteria or criteria_of())


def one_agent_dry(agent: str) -> Settings:
    return Settings.merged({"mode": "live", "agent_modes": {agent: "dry_run"}})


def numbers(**messaging: str) -> Criteria:
    """The salon sends from these alone."""
    return criteria_of(salon=SALON.changed(messaging=Messaging(account_sid="AC1", **messaging)))


def late(**fields: Any) -> Prospect:
    return waiting(**{"source": "late_yes", "customer": CARA, **fields})


def asked_today(times: int) -> tuple[Any, ...]:
    """Answered since, the last a moment ago."""
    return tuple(ask(number * MINUTE, id=f"o{number}", status="responded", slot=None) for number in range(times))


CASES: list[tuple[str | None, dict[str, Any]]] = [
    ("nothing is offered at present", {"criteria": criteria_of(settings=Settings(mode="dry_run"))}),
    ("nothing is offered at present", {"criteria": criteria_of(settings=one_agent_dry("gap_fill_agent"))}),
    (None, {"criteria": criteria_of(settings=one_agent_dry("upsell_agent"))}),
    ("nothing is offered at present", {"criteria": criteria_of(salon=SALON.changed(status="paused"))}),
    ("may not be asked there", {"prospect": late(customer=customer(is_staff=True))}),
    ("may not be asked there", {"prospect": late(customer=customer(blocked=True))}),
    ("may not be asked there", {"prospect": late(customer=customer(open_complaint=True))}),
    ("may not be asked there", {"prospect": late(customer=customer(phone="+447700900999"))}),
    ("no consent for service", {"prospect": late(customer=customer(consents={"whatsapp": {"marketing": True}}))}),
    ("no consent for service", {"prospect": late(customer=customer(consents={"sms": BOTH}))}),
    ("no consent for service", {"prospect": late(opted_out=frozenset({("whatsapp", "service")}))}),
    (None, {"prospect": late(opted_out=frozenset({("sms", "service"), ("whatsapp", "marketing")}))}),
    ("the salon has no whatsapp number", {"criteria": numbers(sms_from="+14155238886")}),
    (
        "the salon has no sms number",
        {"prospect": late(customer=customer(consents={"sms": BOTH})), "channel": "sms"},
    ),
    (
        None,
        {
            "prospect": late(customer=customer(consents={"sms": BOTH})),
            "channel": "sms",
            "criteria": numbers(sms_from="+14155238886"),
        },
    ),
    ("waits no longer", {"prospect": late(entry=entry(status="cancelled"))}),
    (None, {"prospect": late(entry=entry(status="offered"))}),
    ("has another offer open", {"prospect": late(asks=(ask(2 * HOUR, id="other", status="sent"),))}),
    (None, {"prospect": late(asks=(ask(2 * HOUR, id="other", status="sent", slot=None),))}),
    ("the salon's limit of asks is reached", {"allowance": 0}),
    ("asked 3 time(s) today already", {"prospect": late(asks=asked_today(3))}),
    (None, {}),
    (None, {"allowance": 1}),
    (None, {"prospect": late(entry=None)}),
    # It answers them, and is no promotion.
    (
        None,
        {"prospect": late(asks=(ask(2 * HOUR, id="p", status="responded", slot=None, consent_purpose="marketing"),))},
    ),
    # They have just written: what they were asked within the hour is no reason.
    (None, {"prospect": late(asks=asked_today(2))}),
    (None, {"prospect": late(asks=(ask(2 * HOUR, id=LOST.id, status="sent"),))}),
]


@pytest.mark.parametrize(("reason", "given"), CASES)
def test_who_comes_too_late_hears_of_another_time_unless_something_speaks_against_it(
    reason: str | None, given: dict[str, Any]
) -> None:
    assert why(**given) == reason


def suits(wanted: timedelta = timedelta(0), settings: Settings = LIVE, **fields: Any) -> bool:
    """Whether a gap suits who wanted a time so much before it."""
    slot = Slot(start=START - wanted, end=END - wanted, service_id="cut", staff_id="mia")
    return could_suit(gap(**fields), slot, None, settings)


def test_a_gap_suits_while_it_may_be_offered_to_one_more() -> None:
    most = LIVE.offers.max_asks_per_gap
    assert suits(campaign=Campaign(asked=most - 1)) and not suits(campaign=Campaign(asked=most))
    assert not suits(status="filled") and not suits(awaits_owner=True)
    assert not suits(campaign=Campaign(status="settling")) and not suits(campaign=Campaign(status="waiting_owner"))
    none = Settings.merged({"mode": "live", "gap": {"fill_idle": "none"}})
    assert suits(origin="idle") and not suits(origin="idle", settings=none) and suits(settings=none)


@pytest.mark.parametrize(("wanted", "near"), [(3 * DAY - SECOND, True), (3 * DAY, False), (-3 * DAY, True), (-3 * DAY - HOUR, False)])  # fmt: skip
def test_who_named_no_time_is_offered_none_that_is_days_away(wanted: timedelta, near: bool) -> None:
    assert suits(wanted) is near


def test_who_named_their_times_is_offered_one_of_those() -> None:
    slot = Slot(start=START - 9 * DAY, end=END - 9 * DAY, service_id="cut", staff_id="mia")
    for window, fits in (((START, END), True), ((END, END + HOUR), False)):
        wish = entry(windows=[{"start": window[0], "end": window[1]}])
        assert could_suit(gap(), slot, wish, LIVE) is fits


NEXT = {"start_time": START + 2 * HOUR, "end_time": END + 2 * HOUR}


def offered(*gaps: Gap, who: Prospect | None = None, lost: Outreach = LOST, **criteria: Any) -> list[tuple[str, float]]:
    """The gaps they would be offered instead, in order, and how many hours after the time they wanted each is."""
    found = suiting(who or late(entry=None), lost, gaps, criteria_of(**criteria), "whatsapp")
    return [(each.id, (candidate.slot.start - START) / HOUR) for each, candidate in found if candidate.slot]


def test_the_nearest_comes_first_and_of_equally_near_ones_the_same_staff_member() -> None:
    now = START - 9 * HOUR
    around = [
        gap(id="far", start_time=START + 3 * HOUR, end_time=END + 3 * HOUR),
        gap(id="after", staff_id="zoe", **NEXT),
        gap(id="before", start_time=START - 2 * HOUR, end_time=END - 2 * HOUR, sellable_from=now, staff_id="zoe"),
        gap(id="hers", **NEXT),
        gap(id="noahs", staff_id="noah", **NEXT),
    ]
    nearest = [("hers", 2), ("before", -2), ("noahs", 2), ("after", 2), ("far", 3)]
    assert offered(*around, now=now) == nearest == offered(*reversed(around), now=now)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, True),
        ({"lost": LOST.changed(slot=None)}, False),
        ({"services": {}}, False),
        ({"settings": Settings.merged({"mode": "live", "autonomy": {"gap_fill": "supervised"}})}, False),
        ({"who": late(entry=None, segment="vip")}, False),
        ({"who": late(entry=None, customer=customer(preferred_staff_ids=["noah"]))}, True),
        ({"who": late(entry=entry(staff_ids=["noah"]))}, True),
        ({"who": late(entry=None, asks=(ask(2 * HOUR, id="other"),))}, True),
        ({"who": late(entry=None, bookings=(booking(START + 2 * HOUR, END + 2 * HOUR),))}, False),
        ({"rooms_taken": {"cut": (Stretch(START + 2 * HOUR, END + 2 * HOUR),)}}, False),
    ],
)
def test_whether_the_same_staff_members_next_hour_suits(given: dict[str, Any], found: bool) -> None:
    assert offered(gap(**NEXT), **given) == ([("gap_1", 2)] if found else [])


@pytest.mark.parametrize(
    ("who", "source", "found"),
    [
        (late(entry=None), "overdue", True),
        (late(entry=None), "regular", False),
        (late(entry=None, customer=customer(preferred_staff_ids=["noah"])), "regular", True),
        (late(entry=None, customer=customer(preferred_staff_ids=["ida"])), "overdue", False),
        (late(entry=entry(staff_ids=["noah"]), customer=customer(preferred_staff_ids=["ida"])), "overdue", True),
        (late(entry=entry(staff_ids=["ida"]), customer=customer(preferred_staff_ids=["noah"])), "overdue", False),
        (late(entry=entry()), "regular", False),
    ],
)
def test_with_whom_else_they_would_come(who: Prospect, source: str, found: bool) -> None:
    lost = LOST.changed(source=source)
    assert bool(offered(gap(staff_id="noah", **NEXT), who=who, lost=lost)) is found


def test_the_very_time_they_lost_is_not_offered_again_but_another_may_have_it() -> None:
    assert offered(gap(end_time=END + HOUR)) == [("gap_1", 1)]
    assert offered(gap()) == []
    assert offered(gap(id="noahs", staff_id="noah")) == [("noahs", 0)]


def test_no_time_is_offered_that_they_were_asked_about_and_their_lost_offer_is_no_such_ask() -> None:
    about = Slot(start=START + 2 * HOUR, end=END + 2 * HOUR, service_id="cut", staff_id="mia")
    assert offered(gap(**NEXT), who=late(entry=None, asks=(ask(2 * HOUR, id="other", slot=about),))) == []
    assert offered(gap(**NEXT), who=late(entry=None, asks=(ask(2 * HOUR, id=LOST.id, slot=about),))) == [("gap_1", 2)]


@pytest.mark.parametrize(("beyond", "named", "found"), [(0, False, True), (5, False, False), (5, True, True)])
def test_a_time_that_starts_beyond_three_days_is_for_who_named_it(beyond: int, named: bool, found: bool) -> None:
    edge = START + 3 * DAY
    start = edge + beyond * MINUTE
    reaching = gap(start_time=edge - HOUR / 2, end_time=start + HOUR, freed=[Stretch(start, start + HOUR)])
    wish = entry(windows=[{"start": edge - HOUR, "end": edge + 2 * HOUR}] if named else [])
    assert bool(offered(reaching, who=late(entry=wish))) is found


def test_a_gap_that_another_service_fits_is_not_offered() -> None:
    wash = CUT.changed(id="wash")
    services, washes = {"cut": CUT, "wash": wash}, gap(id="washes", services_fittable=["wash"], **NEXT)
    assert offered(washes, services=services) == []
    assert offered(washes, gap(**NEXT), services=services) == [("gap_1", 2)]


def test_what_is_left_over_is_weighed_by_what_fits_that_gap_alone() -> None:
    wash, colour = CUT.changed(id="wash", duration_minutes=30), CUT.changed(id="colour", duration_minutes=90)
    start, end = NEXT["start_time"], NEXT["end_time"] + 90 * MINUTE
    wish = entry(windows=[{"start": start + 30 * MINUTE, "end": end}])
    free = gap(**{**NEXT, "end_time": end}, freed=[Stretch(start, end)], services_fittable=["cut", "wash"])
    services = {"cut": CUT, "wash": wash, "colour": colour.changed(price=Decimal(500))}
    assert offered(free, who=late(entry=wish), services=services) == [("gap_1", 2.5)]
    services["colour"] = colour.changed(price=Decimal(1))
    assert offered(free, who=late(entry=wish), services=services) == [("gap_1", 2.5)]


def test_what_is_offered_instead_is_judged_as_any_offer_is() -> None:
    [(_, candidate)] = suiting(late(), LOST, [gap(**NEXT)], criteria_of(), "whatsapp")
    assert (candidate.channel, candidate.reasons) == ("whatsapp", ("said yes too late to another time",))
    assert candidate.service == CUT and candidate.probability > 0 and candidate.deadline is not None
