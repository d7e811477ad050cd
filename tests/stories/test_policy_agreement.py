"""The policy study's adaptive salon is the suite: whom it asks about which gap, when, in which round, at which price, and what
becomes of every gap is the same when every function of the suite lives through the same days."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

import pytest

from bench.policy_answers import Assumption, People
from bench.policy_calendar import staff
from bench.policy_month import Month, Offered, Outcome
from bench.policy_world import START, World, world
from functions.fill_gap.settings import Settings
from local.customers import Reaction
from local.in_process import ACCOUNT_SID, Suite
from local.memory.memory import Change
from local.outbox import Message
from shared.calendar.gap import Gap
from shared.customers.waitlist import WaitlistEntry

pytestmark = pytest.mark.long
DAY = timedelta(days=1)
DISCOUNTS = {"discounts": {"later_round_percent": 10, "daily_budget": 30}}
LIMITS = {"limits": {"hourly_actions": 5, "daily_actions": 14}}
FEW = {"offers": {"candidate_pool": 12, "max_wave_size": 3, "max_asks_per_gap": 6}}
SAID: dict[str, dict[str, Any]] = {"accept": {"button": 0}, "decline": {"button": 1}, "opt_out": {"body": "STOP"}}


class Willing(People):
    """Nobody minds why they are asked: then the two salons need only make the same offers."""

    def react(self, **offer: Any) -> Reaction:
        return super().react(**{**offer, "circumstance": "waits_for_this"})


@dataclass(frozen=True, eq=False)
class Case:
    """Some days of a small salon, of whose bookings the share `cancels` is given back."""

    name: str
    seed: int
    days: int
    assumption: Assumption = "base"
    cancels: float = 0.25
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def end(self) -> datetime:
        return START + self.days * DAY

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Lived:
    offers: list[Offered]
    ends: dict[str, tuple[Any, ...]]
    """Of each gap: what became of it, why, when, and the booking that took it."""


def _end(gap: Mapping[str, Any]) -> tuple[Any, ...]:
    return gap["status"], gap["closed_reason"], gap["closed_at"], gap["filled_by"]


def in_the_suite(case: Case) -> Lived:
    days = small_salon(case)
    root = f"salons/{days.salon.id}"
    people = Willing(days.seed, case.assumption, days.salon)
    with Suite(now=START) as suite:

        def reacts(message: Message) -> None:
            if "/outreach/" not in message.sending.reference:
                return
            asks = suite.list(f"{root}/outreach")
            ask = asks[message.sending.reference.rsplit("/", 1)[1]]
            before = [one for one in asks.values() if one["customer_id"] == ask["customer_id"]]
            reaction = people.react(
                customer_id=ask["customer_id"],
                about=ask["trigger_id"],
                purpose=ask["consent_purpose"],
                ignored=sum(one["status"] == "expired" and not one["withdrawn"] for one in before),
                sent_at=message.at,
                starts_at=ask["slot"]["start"],
            )
            status, code = ("delivered", None) if reaction.delivered else ("undelivered", 63024)
            reported_at = max(reaction.reported_at, message.at + timedelta(seconds=2))
            suite.at(reported_at, partial(_report, suite, message, status, code))
            if reaction.answer is not None and reaction.answers_at is not None:
                suite.at(reaction.answers_at, partial(_reply, suite, message, SAID[reaction.answer]))

        def booked(change: Change) -> None:
            sale = change.after or {}
            if change.before is None and sale.get("source") == "smart_fill":
                _wait_no_longer(suite, root, sale["customer_id"])

        suite.outbox.on_message = reacts
        suite.on_change.append(booked)
        _put(suite, root, days, case)
        suite.run_until_idle()
        suite.advance_to(case.end)
        assert suite.failures == []
        offers = [
            Offered(
                ask["created_at"],
                ask["customer_id"],
                ask["trigger_id"],
                ask["round"],
                ask["source"],
                ask["slot"]["start"],
                ask["probability"],
                ask["offer_details"]["discount_percent"],
            )
            for ask in suite.list(f"{root}/outreach").values()
        ]
        ends = {id: _end(gap) for id, gap in suite.list(f"{root}/gaps").items()}
        return Lived(sorted(offers), ends)


def _put(suite: Suite, root: str, days: World, case: Case) -> None:
    """What the booking app writes: first what stands, then what happens day by day."""
    for day in range(case.days):
        suite.at(START + DAY * day, partial(_reckon, suite, root, days))
    suite.put(f"{root}/settings/current", {"mode": "live", "gap": {"fill_idle": "none"}, **case.settings})
    for member in staff(days):
        suite.put(f"{root}/staff/{member.id}", member.stored())
    for service in days.services.values():
        suite.put(f"{root}/services/{service.id}", service.stored())
    for customer in days.customers.values():
        suite.put(f"{root}/customers/{customer.id}", customer.stored())
    for booking in days.bookings:
        status = "completed" if booking.start_time < START else "confirmed"
        suite.put(f"{root}/bookings/{booking.id}", {**booking.stored(), "status": status, "updated_at": START})
        if booking.id in days.cancelled:
            suite.at(days.cancelled[booking.id], partial(_cancel, suite, f"{root}/bookings/{booking.id}"))
    for wish in days.wishes:
        begins = max(wish.created_at or START, START)
        suite.at(begins, partial(_wait, suite, root, wish))
    _reckon(suite, root, days)
    owner = {"name": "Olga", "role": "owner", "phone": "+447700900999"}
    messaging = {"account_sid": ACCOUNT_SID, "whatsapp_from": "+14155238886"}
    suite.put(root, {**days.salon.stored(), "contacts": [owner], "messaging": messaging})


def _reckon(suite: Suite, root: str, days: World) -> None:
    """The scores of the day: nobody is due who has a visit ahead."""
    now = suite.clock.now()
    standing = [one for one in suite.list(f"{root}/bookings").values() if one["status"] != "cancelled"]
    ahead = {one["customer_id"] for one in standing if one["start_time"] > now}
    past = sorted((one["start_time"], one["customer_id"], one["service_ids"]) for one in standing)
    last = {id: (at, services) for at, id, services in past if at <= now}
    for id, usual in days.usual.items():
        due = (last[id][0] + usual).date().isoformat() if id in last and id not in ahead else None
        score = {
            "id": id,
            "salon_id": days.salon.id,
            "customer_id": id,
            "created_at": now,
            "updated_at": now,
            "visit_frequency": {"average_days_between": usual / DAY, "next_predicted": due},
            "preferences": {
                "preferred_staff": [days.keeps[id]],
                "preferred_services": last[id][1] if id in last else [],
            },
        }
        suite.put(f"{root}/customer_scores/{id}", score)


def _cancel(suite: Suite, path: str) -> None:
    if (suite.get(path) or {})["status"] == "confirmed":
        now = suite.clock.now()
        suite.update(path, status="cancelled", cancelled_at=now, cancelled_by="customer", updated_at=now)


def _wait(suite: Suite, root: str, wish: WaitlistEntry) -> None:
    """Nobody joins the waitlist who has a visit ahead."""
    now = suite.clock.now()
    theirs = [one for one in suite.list(f"{root}/bookings").values() if one["customer_id"] == wish.customer_id]
    if not any(one["status"] == "confirmed" and one["start_time"] > now for one in theirs):
        suite.put(f"{root}/waitlist/{wish.id}", wish.stored())


def _wait_no_longer(suite: Suite, root: str, customer_id: str) -> None:
    """The booking app ends the other wishes of whoever has booked."""
    for id, wish in suite.list(f"{root}/waitlist").items():
        if wish["customer_id"] == customer_id and wish["status"] in ("waiting", "offered"):
            suite.update(f"{root}/waitlist/{id}", status="booked")


def _report(suite: Suite, message: Message, status: str, code: int | None) -> None:
    assert suite.report(message, status, error_code=code).status_code < 400


def _reply(suite: Suite, message: Message, said: dict[str, Any]) -> None:
    assert suite.reply(message, **said).status_code < 400


def small_salon(case: Case) -> World:
    """Of a salon of the study only two stylists, who they know, and a fortnight that everybody has booked beforehand."""
    made = world(case.seed, cancels=case.cancels)
    customers = {id: customer for id, customer in made.customers.items() if made.keeps[id] in ("staff0", "staff1")}
    bookings = [
        booking.changed(created_at=min(booking.created_at or START, START - DAY))
        for booking in made.bookings
        if booking.customer_id in customers and booking.staff_id in ("staff0", "staff1")
        if booking.start_time < START + 13 * DAY
    ]
    visits = {booking.customer_id for booking in bookings if booking.start_time > START}
    known = {booking.id for booking in bookings}
    return replace(
        made,
        settings=Settings.merged({"mode": "live", **case.settings}),
        customers=customers,
        usual={id: made.usual[id] for id in customers},
        keeps={id: made.keeps[id] for id in customers},
        bookings=bookings,
        cancelled={id: at for id, at in made.cancelled.items() if id in known},
        wishes=[wish for wish in made.wishes if wish.customer_id in customers and wish.customer_id not in visits],
    )


CASES = [
    Case("a week", seed=13, days=7),
    Case("busy days, discounts", seed=42, days=3, assumption="high", cancels=0.9, settings=DISCOUNTS),
    Case("limits that bind", seed=21, days=3, assumption="high", cancels=0.9, settings=LIMITS),
    Case("few may be asked", seed=31, days=2, assumption="high", cancels=0.9, settings=FEW),
]


@cache
def studied(case: Case) -> Outcome:
    days = small_salon(case)
    return Month(days, "adaptive", Willing(days.seed, case.assumption, days.salon), end=case.end).run()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_study_makes_the_offers_of_the_suite_and_its_gaps_end_alike(case: Case) -> None:
    lived = in_the_suite(case)
    assert sorted(studied(case).asks) == lived.offers
    assert {id: _end(gap.stored()) for id, gap in studied(case).gaps.items()} == lived.ends


def test_these_days_hold_all_that_can_become_of_a_time_that_is_given_back() -> None:
    outcomes = [studied(case) for case in CASES]
    freed = [one for outcome in outcomes for one in outcome.freed]
    asks = [ask for outcome in outcomes for ask in outcome.asks]
    asked = {ask.gap_id for ask in asks}
    gaps = [gap for outcome in outcomes for gap in outcome.gaps.values()]
    given_up = {(one.booking.staff_id, one.booking.start_time) for one in freed if one.given_up}
    whole = {(one.booking.staff_id, one.booking.start_time) for one in freed}
    assert {gap.status for gap in gaps} == {"open", "filled", "expired"}
    assert {ask.source for ask in asks} == {
        "waitlist_exact", "waitlist_partial", "sooner", "overdue", "regular", "late_yes"
    }  # fmt: skip
    assert any(one.lead < timedelta(hours=2) and one.filled_at for one in freed)
    assert any(one.lead > 5 * DAY and one.filled_at for one in freed)
    assert any((gap.staff_id, gap.opened_start) in given_up and gap.id in asked for gap in gaps), "a mover's old time"
    assert any((gap.staff_id, gap.opened_start) not in whole and gap.id in asked for gap in gaps), (
        "what a sale left over"
    )
    assert any(one.disappointed for one in freed), "a yes that came too late"
    assert any(_long_after_the_last_offer(gap, asks) for gap in gaps), "a late yes that still counts"
    assert any(ask.discount_percent for ask in asks) and any(ask.round > 5 for ask in asks)
    assert any(outcome.opt_outs for outcome in outcomes)


def _long_after_the_last_offer(gap: Gap, asks: list[Offered]) -> bool:
    theirs = [ask.at for ask in asks if ask.gap_id == gap.id]
    if gap.status != "filled" or gap.closed_at is None or not theirs:
        return False
    return gap.closed_at > max(theirs) + timedelta(minutes=31)
