"""Each reason for which somebody is not asked, for everybody who may come to mind: who waits for exactly this, who waits for it
with another stylist, who would come sooner, who is due, who comes often. What is no reason for one of them may be one for
another, so each cell says what is right.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.customers.consent import Statement, stopped
from shared.customers.read_consents import entered
from shared.ports import Write
from shared.values.identity import address_key
from tests.shared.messaging.test_outgoing import outreach
from tests.shared.sales.test_acceptance import NOW, START
from tests.stories.approvals import a_question
from tests.stories.one_hour import BOTH, DAY, HOUR, KEY, PHONE, OneHour, booking

SECOND = timedelta(seconds=1)
Makes = Callable[[OneHour], None]


def waits(hour: OneHour, **fields: Any) -> None:
    entry = {"service_ids": ["cut"], "status": "waiting", "created_at": NOW - HOUR, **fields}
    hour.put("waitlist/w1", customer_id="c1", **entry)


def waits_for_noah(hour: OneHour) -> None:
    waits(hour, staff_ids=["noah"])


def would_come_sooner(hour: OneHour) -> None:
    hour.update("customers/c1", sooner_opt_in=True)
    hour.put("bookings/later", **booking(START + 7 * DAY, customer_id="c1", staff_id="noah"))


def is_due(hour: OneHour) -> None:
    made = {"id": "c1", "salon_id": "s1", "created_at": NOW, "updated_at": NOW, "customer_id": "c1"}
    frequency = {"average_days_between": 28, "next_predicted": "2026-11-20", "total_visits": 5}
    hour.put("customer_scores/c1", **made, visit_frequency=frequency, preferences={"preferred_services": ["cut"]})


def comes_often(hour: OneHour) -> None:
    for days in (30, 58):
        hour.put(f"bookings/visit{days}", **booking(START - days * DAY, customer_id="c1", status="completed"))


TIERS: dict[str, Makes] = {
    "waitlist_exact": waits,
    "waitlist_partial": waits_for_noah,
    "sooner": would_come_sooner,
    "overdue": is_due,
    "regular": comes_often,
}


def comes_often_and_was_just_here(hour: OneHour) -> None:
    comes_often(hour)
    hour.put("bookings/visit10", **booking(START - 10 * DAY, customer_id="c1", status="completed"))


def nothing(hour: OneHour) -> None:
    """Nothing speaks against them."""


def customer(**fields: Any) -> Makes:
    return lambda hour: hour.update("customers/c1", **fields)


def settings(**given: Any) -> Makes:
    return lambda hour: hour.settle(**given)


def held(**fields: Any) -> Makes:
    """A booking of theirs, or of that hour."""
    return lambda hour: hour.put("bookings/b1", **booking(**{"customer_id": "c1", **fields}))


def asks(*ago: timedelta, **fields: Any) -> Makes:
    def make(hour: OneHour) -> None:
        for number, each in enumerate(ago):
            at = NOW - each
            given = {
                "id": f"old{number}",
                "created_at": at,
                "slot": None,
                "status": "responded",
                "attempts": 1,
                **fields,
            }
            ask = outreach(**given)
            hour.put(ask.path, **ask.stored())

    return make


def about(start: datetime) -> dict[str, Any]:
    return {"start": start, "end": start + HOUR, "service_id": "cut", "staff_id": "noah"}


def at_their_phone(*ago: timedelta, channel: str = "whatsapp", **fields: Any) -> Makes:
    """Another customer of the same phone was asked."""
    return asks(*ago, customer_id="twin", address_key=address_key(KEY, channel, PHONE), **fields)


def said_stop(purpose: str) -> Makes:
    """About asks of this purpose, on the only channel that they consented to."""

    def make(hour: OneHour) -> None:
        key = address_key(KEY, "whatsapp", PHONE)
        records = stopped(Statement(key, "SM1", "s1", ["c1"], "message", "stop", NOW - HOUR))
        writes: list[Write] = [*entered([each for each in records if each.purpose == purpose], NOW)]
        assert hour.documents.commit(*writes)

    return make


def wrote(*ago: timedelta, **said: Any) -> Makes:
    """Something that only a person can answer."""
    return lambda hour: hour.wrote(*ago, **said)


def promotions_pause(hour: OneHour) -> None:
    made = {"id": "state", "salon_id": "s1", "created_at": NOW, "updated_at": NOW, "agent_name": "gap_fill_agent"}
    marketing = {"paused_at": NOW, "paused_until": NOW + DAY, "reason": "people object"}
    hour.put("agent_states/gap_fill_agent", **made, marketing=marketing)


def reached_by_whatsapp(*, of: int) -> Makes:
    """One person, of so many different ones as WhatsApp lets a number reach in a day; one is kept for the owner."""

    def make(hour: OneHour) -> None:
        hour.settle(limits={"whatsapp_recipients_24h": of})
        hour.put("counters/asks", reached=[{"key": "somebody", "until": NOW + HOUR}])

    return make


def supervised(hour: OneHour) -> None:
    hour.settle(autonomy={"gap_fill": "supervised"})


def supervised_with_notice(minutes: int) -> Makes:
    def make(hour: OneHour) -> None:
        supervised(hour)
        hour.update("customers/c1", minimum_notice_minutes=minutes)

    return make


def asked_of_the_owner(customer_id: str, **fields: Any) -> Makes:
    def make(hour: OneHour) -> None:
        supervised(hour)
        _, asked = a_question(NOW, gap_id="gap_1")
        stored = {**asked.document.stored(), "action_details": {"customer_id": customer_id}, **fields}
        hour.put("approvals/apr_1", **stored)

    return make


def it_is_gone_from_the_list(hour: OneHour) -> None:
    if hour.documents.get("waitlist/w1"):
        hour.update("waitlist/w1", status="booked")


HOURLY, DAILY = "asked 1 time(s) within the hour already", "asked 3 time(s) today already"
WEEKLY, BETWEEN = "3 promotional asks within seven days already", "a promotional ask less than 24 hours ago"
MARKETING, SERVICE = "no consent for marketing", "no consent for service"
NOTICE, VISITED = "no time that suits, with their notice", "visited within half their usual interval"
OFF_THE_LIST, UNANSWERED = "waits no longer", "what they wrote waits for an answer"
TOO_MANY_PEOPLE = "1 different people were asked by WhatsApp within 24 hours already"
PAUSED, BY_ANOTHER = "promotional asks are paused: people object", "asked by another run just now"
PERSON = "for a person to decide: gap_fill is manual_only in this salon"

Row = str | None | tuple[str | None, str | None, str | None, str | None, str | None]


def promoted(reason: str) -> Row:
    return None, reason, reason, reason, reason


BEFORE: dict[str, tuple[Makes, Row]] = {
    # one reason for all, or: exact, partial, sooner, overdue, regular
    "nothing": (nothing, None),
    "works here": (customer(is_staff=True), "works here"),
    "blocked": (customer(blocked=True), "blocked by the salon"),
    "complains": (customer(open_complaint=True), "has a complaint open"),
    "wrote just now": (wrote(), UNANSWERED),
    "wrote by another channel": (wrote(channel="sms"), UNANSWERED),
    "wrote under a user id": (wrote(sender="IN.4566130246840223"), UNANSWERED),
    "wrote within a week": (wrote(7 * DAY - SECOND), UNANSWERED),
    "wrote a week ago": (wrote(7 * DAY), None),
    "wrote and was answered": (wrote(answered=True), None),
    "gave it back": (held(status="cancelled"), "gave this very time back"),
    "did not come": (held(status="no_show"), "gave this very time back"),
    "somebody else gave it back": (held(status="cancelled", customer_id="c2"), None),
    "the service is gone": (lambda hour: hour.delete("services/cut"), "no service that fits the gap"),
    "booked elsewhere": (held(staff_id="noah", start=START - HOUR / 2), "booked at that time"),
    "booked just before": (held(staff_id="noah", start=START - HOUR), None),
    "their notice": (customer(minimum_notice_minutes=176), NOTICE),
    "their notice, just kept": (customer(minimum_notice_minutes=175), None),
    "the salon's notice": (settings(gap={"minimum_notice_minutes": 176}), NOTICE),
    "was here ten days ago": (comes_often_and_was_just_here, (None, None, None, VISITED, VISITED)),
    "asked about it": (asks(2 * HOUR, slot=about(START + HOUR / 2)), "already asked about this time"),
    "asked about it by another agent": (asks(2 * HOUR, slot=about(START), agent_name="retention_agent"), "already asked about this time"),
    "asked about it yesterday": (asks(DAY, slot=about(START), consent_purpose="service"), None),
    "holds an offer": (asks(2 * HOUR, slot=about(START + DAY), status="read"), "has another offer open"),
    "their phone holds an offer": (at_their_phone(2 * HOUR, slot=about(START + DAY), status="read"), "has another offer open"),
    "asked within the hour": (asks(HOUR - SECOND), HOURLY),
    "asked an hour ago": (asks(HOUR), None),
    "asked within the hour by another agent": (asks(HOUR - SECOND, agent_name="upsell_agent"), HOURLY),
    "their phone was asked within the hour": (at_their_phone(HOUR - SECOND), HOURLY),
    "their phone was asked within the hour by SMS": (at_their_phone(HOUR - SECOND, channel="sms"), HOURLY),
    "asked thrice today": (asks(2 * HOUR, 3 * HOUR, 4 * HOUR), DAILY),
    "promoted to yesterday": (asks(DAY - SECOND, consent_purpose="marketing"), promoted(BETWEEN)),
    "promoted to the day before": (asks(DAY, consent_purpose="marketing"), None),
    "their phone was promoted to yesterday": (at_their_phone(DAY - SECOND, consent_purpose="marketing"), promoted(BETWEEN)),
    "promoted to thrice in a week": (asks(2 * DAY, 4 * DAY, 7 * DAY - SECOND, consent_purpose="marketing"), promoted(WEEKLY)),
    "no address": (customer(phone=None), "no address"),
    "no consent at all": (customer(consents={}), (SERVICE, MARKETING, MARKETING, MARKETING, MARKETING)),
    "no consent for marketing": (customer(consents={"whatsapp": {"service": True}}), promoted(MARKETING)),
    "no consent for service": (customer(consents={"whatsapp": {"marketing": True}}), (SERVICE, None, None, None, None)),
    "no number for their channel": (customer(consents={"sms": BOTH}), "the salon has no number for sms"),
    "stopped marketing": (said_stop("marketing"), promoted("opted out")),
    "stopped service": (said_stop("service"), ("opted out", None, None, None, None)),
    "asleep": (customer(timezone="Pacific/Auckland"), "quiet hours where they are"),
    "the salon's quiet hours": (settings(quiet_hours={"start": "15:00", "end": "16:00"}), "quiet hours where they are"),
    "too unlikely": (settings(offers={"min_acceptance_probability": 0.5}), "too unlikely to accept"),
    "for a person": (settings(autonomy={"gap_fill": "manual_only"}), PERSON),
    "promotion pauses": (promotions_pause, promoted(PAUSED)),
    "WhatsApp reaches one more": (reached_by_whatsapp(of=3), None),
    "WhatsApp reaches no more": (reached_by_whatsapp(of=2), TOO_MANY_PEOPLE),
    "the owner was asked about them": (asked_of_the_owner("c1", status="rejected"), "the owner was asked about this before"),
    "the owner is asked about another": (asked_of_the_owner("c2"), "the owner is asked about another"),
    "the owner was asked about another": (asked_of_the_owner("c2", status="rejected"), None),
    "the owner would be asked too late": (supervised_with_notice(171), "too late to ask the owner"),
    "the owner is asked just in time": (supervised_with_notice(170), None),
}  # fmt: skip

MEANWHILE: dict[str, tuple[Makes, Row]] = {
    "nothing": (nothing, None),
    "another run asks them": (asks(timedelta(0), slot=about(START + DAY), status="pending", attempts=0), BY_ANOTHER),
    "another agent asks them": (asks(timedelta(0), agent_name="retention_agent", status="pending", attempts=0), BY_ANOTHER),
    "another run asks their phone": (at_their_phone(timedelta(0), status="pending", attempts=0), BY_ANOTHER),
    "another run asks their phone by SMS": (at_their_phone(timedelta(0), channel="sms", attempts=0), BY_ANOTHER),
    "they leave the waitlist": (it_is_gone_from_the_list, (OFF_THE_LIST, OFF_THE_LIST, None, None, None)),
    "promotion pauses": (promotions_pause, promoted(PAUSED)),
    "they write something": (wrote(), UNANSWERED),
    "they write something under a user id": (wrote(sender="IN.4566130246840223"), UNANSWERED),
    "the owner is asked about another": (asked_of_the_owner("c2"), None),
}  # fmt: skip
"""Between the look at who comes to mind and the commit that asks them."""


def cells(rows: dict[str, tuple[Makes, Row]]) -> list[Any]:
    return [
        pytest.param(tier, makes, row if row is None or isinstance(row, str) else row[place], id=f"{name}-{tier}")
        for name, (makes, row) in rows.items()
        for place, tier in enumerate(TIERS)
    ]


@pytest.mark.parametrize(("tier", "makes", "reason"), cells(BEFORE))
def test_who_is_not_asked_for_which_reason(tier: str, makes: Makes, reason: str | None) -> None:
    hour = OneHour()
    TIERS[tier](hour)
    makes(hour)
    assert hour.considered()["c1"] == (tier, reason)
    newly = {id for id in hour.all("outreach") if not id.startswith("old")}
    assert bool(newly) == (reason is None and "autonomy" not in hour.get("settings/v1"))


@pytest.mark.parametrize(("tier", "happens", "reason"), cells(MEANWHILE))
def test_what_happens_while_a_round_waits_for_its_turn_counts(tier: str, happens: Makes, reason: str | None) -> None:
    hour = OneHour()
    TIERS[tier](hour)
    assert hour.considered(meanwhile=lambda: happens(hour))["c1"] == (tier, reason)
    assert bool({id for id in hour.all("outreach") if not id.startswith("old")}) is (reason is None)


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("fill_idle", ["waitlist", "all"])
def test_time_that_nobody_booked_is_for_who_named_it_unless_the_salon_offers_it_to_all(
    tier: str, fill_idle: str
) -> None:
    for windows in ([], [{"start": START, "end": START + HOUR}]):
        hour = OneHour(gap={"fill_idle": fill_idle})
        TIERS[tier](hour)
        if tier.startswith("waitlist"):
            hour.update("waitlist/w1", windows=windows)
        hour.update("gaps/gap_1", origin="idle", freed=[])
        hour.considered()
        named = tier == "waitlist_exact" and bool(windows)
        assert hour.asked() == ({"c1"} if named or fill_idle == "all" else set())
