"""The policy study's own rules: same cancellations and people for every policy, and an adaptive policy that is the suite's."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any

import pytest

from bench.policy_answers import People
from bench.policy_month import POLICIES, Month, Outcome, Policy, daytime
from bench.policy_study import jobs, ratio
from bench.policy_world import START, World, world
from local.customers import Circumstance
from local.in_process import ACCOUNT_SID, Message, Suite
from shared.domain.booking import Booking
from shared.domain.waitlist import WaitlistEntry

WEEK = START + timedelta(days=7)
CIRCUMSTANCE: dict[str, Circumstance] = {
    "waitlist_exact": "waits_for_this",
    "waitlist_partial": "waits_for_other",
    "sooner": "booked_later",
    "overdue": "due_again",
}

SAID: dict[str, dict[str, Any]] = {"accept": {"button": 0}, "decline": {"button": 1}, "opt_out": {"body": "STOP"}}


@cache
def week(policy: Policy) -> tuple[World, Outcome]:
    made = world(7)
    return made, Month(made, policy, People(7, "base", made.salon), end=WEEK).run()


def test_every_policy_meets_the_same_cancellations_unless_a_mover_has_left_first() -> None:
    made, _ = week("adaptive")
    known = set(made.cancelled)
    for policy in POLICIES:
        met = {freed.booking.id for freed in week(policy)[1].freed}
        due = {id for id, at in made.cancelled.items() if at < WEEK}
        assert met <= known and len(due - met) <= len(due) / 10


def test_the_same_person_answers_the_same_offer_alike_under_every_policy() -> None:
    made, _ = week("adaptive")
    people = People(7, "base", made.salon)
    offer: dict[str, Any] = {"about": "b", "circumstance": "waits_for_this", "purpose": "service", "ignored": 0}
    at, start = START + timedelta(hours=10), START + timedelta(hours=16)
    for customer in list(made.customers)[:50]:
        first = people.react(customer_id=customer, sent_at=at, starts_at=start, **offer)
        later = people.react(customer_id=customer, sent_at=at + timedelta(minutes=10), starts_at=start, **offer)
        assert first.answer == later.answer and first.delivered == later.delivered


def test_readier_people_say_yes_wherever_others_do() -> None:
    made, _ = week("adaptive")
    at, start = START + timedelta(hours=10), START + timedelta(hours=16)

    def yes(assumption: Any) -> set[str]:
        people = People(7, assumption, made.salon)
        return {
            customer
            for customer in made.customers
            if people.react(
                customer_id=customer, about="b", circumstance="waits_for_this", purpose="service", ignored=0,
                sent_at=at, starts_at=start,
            ).answer == "accept"
        }  # fmt: skip

    low, base, high = yes("low"), yes("base"), yes("high")
    assert low < base < high
    assert 0.10 < len(low) / len(made.customers) < 0.18
    assert 0.30 < len(high) / len(made.customers) < 0.42


@pytest.mark.parametrize("policy", POLICIES)
def test_no_policy_asks_at_night_or_beyond_the_limits(policy: Policy) -> None:
    made, outcome = week(policy)
    limits = made.settings.limits
    assert outcome.asks
    for at, customer, _ in outcome.asks:
        assert made.settings.quiet_hours.end <= at.time() < made.settings.quiet_hours.start
        hour = [one for one in outcome.asks if at - timedelta(hours=1) < one[0] <= at]
        assert len(hour) <= limits.hourly_actions
        assert sum(one[1] == customer for one in hour) <= limits.per_customer_hourly
        assert sum(one[0].date() == at.date() for one in outcome.asks) <= limits.daily_actions


def test_the_original_asks_one_at_a_time_and_five_in_all() -> None:
    _, outcome = week("sequential")
    assert max(freed.asks for freed in outcome.freed) == 5
    for about in {about for *_, about in outcome.asks}:
        times = [at for at, _, asked in outcome.asks if asked == about]
        assert len(times) == len(set(times))


def test_daytime_is_when_people_may_be_written_to() -> None:
    _, outcome = week("blast")
    booking = outcome.freed[0].booking
    starts = booking.start_time

    def given_back(hours_before: float) -> bool:
        return daytime(replace(outcome.freed[0], cancelled_at=starts - timedelta(hours=hours_before)))

    night = starts.replace(hour=20, minute=30) - timedelta(days=1)
    assert not daytime(replace(outcome.freed[0], cancelled_at=night))
    assert daytime(replace(outcome.freed[0], cancelled_at=night - timedelta(seconds=1))) == (
        starts - night < timedelta(hours=24)
    )
    assert not given_back(24.5)


def test_a_ratio_of_sums_has_an_interval_that_shrinks_with_the_months() -> None:
    few, many = ratio([1, 2, 3], [4, 4, 4]), ratio([1, 2, 3] * 20, [4, 4, 4] * 20)
    assert few.value == many.value == 0.5
    assert 0 < many.half < few.half / 4
    assert ratio([2, 2], [4, 4]).half == 0


def test_every_beginning_of_a_study_holds_its_share_of_each_assumption() -> None:
    first = [assumption for assumption, *_ in jobs(100, 30, 0.1)[:16]]
    assert (first.count("base"), first.count("low"), first.count("high")) == (10, 3, 3)


def test_adaptive_asks_whom_the_suite_asks_and_when() -> None:
    day = _small_day()
    end = START + timedelta(days=1)
    studied = Month(day, "adaptive", People(3, "base", day.salon), end=end).run()
    theirs = _in_the_suite(day, end)
    assert len(studied.asks) > 25, "a day that tells something"
    assert len({about for *_, about in studied.asks}) == len(day.cancelled)
    assert sorted(studied.asks) == theirs


def _small_day() -> World:
    """One stylist's full day of which three bookings are given back, a waitlist, people overdue, one who would move."""
    made = world(3)
    people = list(made.customers.values())
    today = START.replace(hour=0)
    bookings: list[Booking] = []
    wishes: list[WaitlistEntry] = []
    keeps, usual = dict(made.keeps), dict(made.usual)

    def booked(customer_id: str, start: datetime, service: str = "style") -> Booking:
        return Booking(
            id=f"b-{customer_id}-{start:%m%d%H}",
            customer_id=customer_id,
            staff_id="staff0",
            service_ids=[service],
            start_time=start,
            end_time=start + made.services[service].duration,
            price=made.services[service].price,
            status="confirmed",
            created_at=start - timedelta(days=40),
        )

    for place, hour in enumerate(range(10, 20)):
        bookings.append(booked(people[place].id, today.replace(hour=hour)))
    for place, customer in enumerate(people[10:25]):
        wishes.append(
            WaitlistEntry(
                id=f"w{place:02}",
                customer_id=customer.id,
                service_ids=["cut" if place % 3 else "style"],
                staff_ids=["staff1"] if place % 5 == 4 else [],
                created_at=today - timedelta(days=3, minutes=place),
                expires_at=today + timedelta(days=11),
            )
        )
    for place, customer in enumerate(people[25:35]):
        usual[customer.id], keeps[customer.id] = timedelta(days=30), "staff0"
        bookings.append(booked(customer.id, today - timedelta(days=38 + place) + timedelta(hours=12), "cut"))
    mover = people[35].changed(sooner_opt_in=True)
    bookings.append(booked(mover.id, today + timedelta(days=6, hours=12), "cut"))
    chosen = [customer.changed(sooner_opt_in=False) for customer in people[:35]] + [mover]
    at = today.replace
    return replace(
        made,
        customers={customer.id: customer for customer in chosen},
        usual={customer.id: usual[customer.id] for customer in chosen},
        keeps={customer.id: keeps[customer.id] for customer in chosen},
        bookings=sorted(bookings, key=lambda booking: (booking.start_time, booking.id)),
        cancelled={
            bookings[1].id: at(hour=9, minute=40, second=5),
            bookings[4].id: at(hour=9, minute=30, second=20),
            bookings[8].id: at(hour=14, minute=10, second=15),
        },
        wishes=sorted(wishes, key=lambda wish: (str(wish.created_at), wish.id)),
    )


def _in_the_suite(day: World, end: datetime) -> list[tuple[datetime, str, str]]:
    """The same day through every function. Answers a message as the study's people do."""
    root = f"salons/{day.salon.id}"
    people = People(day.seed, "base", day.salon)
    about = {booking.start_time: booking.id for booking in day.bookings if booking.id in day.cancelled}
    with Suite(now=START) as suite:

        def reacts(message: Message) -> None:
            if "/outreach/" not in message.sending.reference:
                return
            ask = suite.get(f"{root}/outreach/{message.sending.reference.rsplit('/', 1)[1]}") or {}
            before = [
                one for one in suite.list(f"{root}/outreach").values() if one["customer_id"] == ask["customer_id"]
            ]
            reaction = people.react(
                customer_id=ask["customer_id"],
                about=about[_freed_start(suite, root, ask)],
                circumstance=CIRCUMSTANCE[ask["source"]],
                purpose=ask["consent_purpose"],
                ignored=sum(one["status"] == "expired" and not one["withdrawn"] for one in before),
                sent_at=message.at,
                starts_at=ask["slot"]["start"],
            )
            status, code = ("delivered", None) if reaction.delivered else ("undelivered", 63024)
            reported_at = max(reaction.reported_at, message.at + timedelta(seconds=2))
            suite.at(reported_at, partial(_report, suite, message, status, code))
            if reaction.answer is not None and reaction.answers_at is not None:
                said = SAID[reaction.answer]
                suite.at(reaction.answers_at, partial(_reply, suite, message, said))

        suite.outbox.on_message = reacts
        _put(suite, root, day)
        suite.run_until_idle()
        for booking_id, at in day.cancelled.items():
            changes = {"status": "cancelled", "cancelled_at": at, "cancelled_by": "customer", "updated_at": at}
            path = f"{root}/bookings/{booking_id}"
            suite.at(at, partial(suite.update, path, **changes))
        suite.advance_to(end)
        assert suite.failures == []
        return sorted(
            (ask["created_at"], ask["customer_id"], about[_freed_start(suite, root, ask)])
            for ask in suite.list(f"{root}/outreach").values()
        )


def _report(suite: Suite, message: Message, status: str, code: int | None) -> None:
    assert suite.report(message, status, error_code=code).status_code < 400


def _reply(suite: Suite, message: Message, said: dict[str, Any]) -> None:
    assert suite.reply(message, **said).status_code < 400


def _freed_start(suite: Suite, root: str, ask: dict[str, Any]) -> datetime:
    found: datetime = (suite.get(f"{root}/gaps/{ask['trigger_id']}") or {})["start_time"]
    return found


def _put(suite: Suite, root: str, day: World) -> None:
    past: Sequence[Booking] = [booking for booking in day.bookings if booking.start_time < START]
    suite.put(f"{root}/settings/current", {"mode": "live", "gap": {"fill_idle": "none"}})
    suite.put(f"{root}/staff/staff0", {"name": "Mia", "service_ids": list(day.services)})
    for service in day.services.values():
        suite.put(f"{root}/services/{service.id}", service.stored())
    for customer in day.customers.values():
        suite.put(f"{root}/customers/{customer.id}", customer.stored())
    for booking in day.bookings:
        status = "completed" if booking in past else "confirmed"
        suite.put(f"{root}/bookings/{booking.id}", {**booking.stored(), "status": status, "updated_at": START})
    for booking in past:
        id = booking.customer_id or ""
        score = {
            "id": id,
            "salon_id": day.salon.id,
            "customer_id": id,
            "created_at": START,
            "updated_at": START,
            "visit_frequency": {
                "average_days_between": day.usual[id].days,
                "next_predicted": (booking.start_time + day.usual[id]).date().isoformat(),
            },
            "preferences": {"preferred_staff": [day.keeps[id]], "preferred_services": booking.service_ids},
        }
        suite.put(f"{root}/customer_scores/{id}", score)
    for wish in day.wishes:
        suite.put(f"{root}/waitlist/{wish.id}", wish.stored())
    owner = {"name": "Olga", "role": "owner", "phone": "+447700900999"}
    messaging = {"account_sid": ACCOUNT_SID, "whatsapp_from": "+14155238886"}
    suite.put(root, {**day.salon.stored(), "contacts": [owner], "messaging": messaging})
