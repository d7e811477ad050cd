"""Every kind of message at the edges of quiet hours, on an ordinary day and on those when the clocks change, far from UTC."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from local.in_process import ACCOUNT_SID, Suite
from local.owner.ignore_gap import take_back_sale
from shared.messaging.rendering import templates
from shared.ports import Refused
from tests.functions.notify_owner.test_notify_owner import alert
from tests.functions.send_outreach.test_sending import send
from tests.shared.messaging.test_outgoing import message
from tests.stories.approvals import MANAGER, ask
from tests.stories.salon import (
    OWNER,
    ROOT,
    SALON,
    SMS,
    WHATSAPP,
    booking,
    cancel,
    customer,
    offers,
    open_salon,
    phone,
    purposes,
    salon,
    waitlist_entry,
    write,
)
from tests.zones import EAST, EVERY_DAY, HALF_HOURS, MONDAY, WEST, wall

SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


class Day(NamedTuple):
    zone: ZoneInfo
    date: date

    def at(self, clock: str, later: timedelta = timedelta()) -> datetime:
        return wall(self.zone, clock, self.date + later)


ORDINARY = Day(HALF_HOURS, MONDAY)
DAYS = {
    "ordinary": ORDINARY,
    "of 23 hours": Day(WEST, date(2027, 3, 14)),
    "of 25 hours": Day(EAST, date(2027, 4, 4)),
}
BOTH_NUMBERS = {"account_sid": ACCOUNT_SID, "whatsapp_from": WHATSAPP, "sms_from": SMS}
OLGA = {"name": "Olga", "role": "owner", "phone": OWNER, "quiet_hours": {"start": "20:30", "end": "09:00"}}
TO = phone(0)
BUSY = Refused(20429, "too many requests", retry=True, provider_fault=False)


def at_noon(suite: Suite, days: int) -> datetime:
    return (suite.clock.now() + days * DAY).replace(hour=12, minute=0, second=0)


def time_is_free(suite: Suite) -> None:
    suite.put(f"{ROOT}/bookings/x", booking(at_noon(suite, 3)))
    suite.run_until_idle()
    cancel(suite, "x")


def somebody_waits(suite: Suite, channel: str = "whatsapp") -> None:
    consents = {channel: {"service": True, "marketing": False}}
    suite.put(f"{ROOT}/customers/c0", customer(0, consents=consents))
    suite.put(f"{ROOT}/waitlist/w0", waitlist_entry("c0", suite.clock.now() - DAY))


def somebody_comes_often(suite: Suite, channel: str) -> None:
    consents = {channel: {"service": False, "marketing": True}}
    suite.put(f"{ROOT}/customers/c0", customer(0, consents=consents))
    for days in (60, 30):
        visit = booking(at_noon(suite, -days), customer_id="c0", status="completed")
        suite.put(f"{ROOT}/bookings/visit{days}", visit)


def is_offered(suite: Suite) -> None:
    somebody_waits(suite)
    time_is_free(suite)


def has_booked(suite: Suite) -> None:
    is_offered(suite)
    suite.reply(offers(suite)[0], button=0)
    suite.run_until_idle()


def takes_back_the_sale(suite: Suite) -> None:
    [sold] = [id for id, each in suite.list(f"{ROOT}/bookings").items() if each["source"] == "smart_fill"]
    take_back_sale(sold, said_by="olga", documents=suite.store.salon(SALON), clock=suite.clock)


def nothing(suite: Suite) -> None:
    pass


class Kind(NamedTuple):
    """`before` is what happened earlier that day, `now` what brings the message about. An SMS has no template to tell its
    purpose by."""

    purpose: str | None
    before: Callable[[Suite], object]
    now: Callable[[Suite], object]
    to: str = TO
    answers: bool = False


KINDS = {
    "offer from the waitlist": Kind("slot_offer", somebody_waits, time_is_free),
    "offer from the waitlist by SMS": Kind(None, lambda s: somebody_waits(s, "sms"), time_is_free),
    "promotion": Kind("slot_offer", lambda s: somebody_comes_often(s, "whatsapp"), time_is_free),
    "promotion by SMS": Kind(None, lambda s: somebody_comes_often(s, "sms"), time_is_free),
    "sale taken back": Kind("booking_withdrawn", has_booked, takes_back_the_sale),
    "answer": Kind("help", somebody_waits, lambda s: write(s, "help", sender=TO), answers=True),
    "confirmation": Kind("booking_confirmed", is_offered, lambda s: s.reply(offers(s)[0], button=0), answers=True),
    "alert to the owner": Kind("owner_alert", nothing, lambda s: alert(s, 1), OWNER),
    "question to the owner": Kind("owner_approval", nothing, lambda s: ask(s, useful_for=20 * DAY), OWNER),
    "sale told to the owner": Kind("owner_sold", is_offered, lambda s: s.reply(offers(s)[0], button=0), OWNER),
}


def brought_about(suite: Suite, kind: Kind, moment: datetime) -> int:
    """How many of this kind that person has read at that moment."""
    kind.before(suite)
    suite.run_until_idle()
    suite.clock.move_to(moment)
    kind.now(suite)
    suite.run_until_idle()
    return purposes(suite, kind.to).count(kind.purpose)


@pytest.mark.parametrize("day", DAYS.values(), ids=DAYS)
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_may_leave_at_20_29_59_waits_at_20_30_unless_it_answers(kind: Kind, day: Day) -> None:
    for clock, leaves in (("20:29:59", True), ("20:30:00", kind.answers)):
        with salon(zone=day.zone, now=day.at("20:15:00"), waiting=0, opening_hours=EVERY_DAY, messaging=BOTH_NUMBERS, contacts=[OLGA]) as suite:  # fmt: skip
            assert brought_about(suite, kind, day.at(clock)) == leaves, clock


@pytest.mark.parametrize("day", DAYS.values(), ids=DAYS)
@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if not kind.answers], ids=[name for name, kind in KINDS.items() if not kind.answers])  # fmt: skip
def test_what_waits_leaves_at_nine_and_not_a_second_before(kind: Kind, day: Day) -> None:
    evening, morning = day.at("20:30:00", -DAY), day.at("09:00:00")
    with salon(zone=day.zone, now=evening - 15 * MINUTE, waiting=0, opening_hours=EVERY_DAY, messaging=BOTH_NUMBERS, contacts=[OLGA]) as suite:  # fmt: skip
        assert brought_about(suite, kind, evening) == 0
        suite.advance_to(morning - SECOND)
        assert purposes(suite, kind.to).count(kind.purpose) == 0
        suite.advance_to(morning)
        assert len(purposes(suite, kind.to)) >= 1


@pytest.mark.parametrize(("late", "leaves"), [(10 * MINUTE, True), (10 * MINUTE + SECOND, False)])
@pytest.mark.parametrize("kind", [KINDS["answer"], KINDS["confirmation"]], ids=["answer", "confirmation"])
def test_an_answer_held_up_for_more_than_ten_minutes_waits_for_the_morning(
    kind: Kind, late: timedelta, leaves: bool
) -> None:
    evening = ORDINARY.at("20:29:00")
    with salon(zone=ORDINARY.zone, now=evening, waiting=0, opening_hours=EVERY_DAY) as suite:
        kind.before(suite)
        suite.run_until_idle()
        kind.now(suite)
        path = until_written(suite, kind)
        suite.waiting.clear()
        suite.clock.move_to(evening + late)
        assert send(suite, path) == ("sent" if leaves else "held")
        suite.advance_to(ORDINARY.at("09:00:00", DAY) - SECOND)
        assert purposes(suite, TO).count(kind.purpose) == leaves
        suite.advance(seconds=1)
        assert purposes(suite, TO).count(kind.purpose) == 1


@pytest.mark.parametrize(("late", "leaves"), [(10 * MINUTE, True), (10 * MINUTE + SECOND, False)])
@pytest.mark.parametrize("kind", [KINDS["answer"], KINDS["confirmation"]], ids=["answer", "confirmation"])
def test_what_is_answered_only_later_is_no_answer_to_the_clock(kind: Kind, late: timedelta, leaves: bool) -> None:
    """It could not be worked on before."""
    evening = ORDINARY.at("20:29:00")
    with Suite(now=evening) as suite:
        open_salon(suite, zone=ORDINARY.zone, waiting=0, opening_hours=EVERY_DAY)
        kind.before(suite)
        suite.run_until_idle()
        found = suite.get(ROOT)
        assert found is not None
        suite.put(ROOT, {**found, "timezone": "Nowhere/Nowhere"})
        kind.now(suite)
        suite.put(ROOT, found)
        suite.waiting.clear()
        suite.clock.move_to(evening + late)
        suite.tick("wake_due")
        suite.run_until_idle()
        assert purposes(suite, TO).count(kind.purpose) == leaves


ASKS = {f"{offer}{way}" for offer in ("slot_offer", "slot_taken_another") for way in ("", "_sms", "_link")}
NOTICES = {
    "booking_withdrawn", "owner_sold", "owner_alert", "owner_message", "owner_not_done", "owner_approval",
    "owner_approval_link", "owner_reminder", "owner_reminder_link", "owner_digest",
}  # fmt: skip
ANSWERS = set(templates()) - ASKS - NOTICES


@pytest.mark.parametrize("day", DAYS.values(), ids=DAYS)
@pytest.mark.parametrize(("clock", "quiet"), [("20:29:59", False), ("20:30:00", True), ("08:59:59", True), ("09:00:00", False)])  # fmt: skip
def test_whatever_it_is_for_a_message_that_answers_nobody_keeps_quiet_hours(clock: str, quiet: bool, day: Day) -> None:
    """And one that does keeps none, nor needs to say more than that it does."""
    now = day.at(clock)
    with salon(zone=day.zone, now=now, waiting=0, contacts=[OLGA]) as suite:
        question = ask(suite, useful_for=20 * DAY, run=False)
        variables = dict.fromkeys((name for each in templates().values() for name in each["en"]["variables"].values()), "x")  # fmt: skip
        found = {}
        for number, (purpose, answers) in enumerate([(each, False) for each in NOTICES | ANSWERS] + [(each, True) for each in ANSWERS]):  # fmt: skip
            to_owner = purpose in NOTICES and purpose.startswith("owner")
            stored = message(
                id=f"m{number}", purpose=purpose, conversation_id=f"{number:064x}", about=question, is_answer=answers,
                audience="owner" if to_owner else "customer", to=OWNER if to_owner else TO, variables=variables,
                created_at=now - 5 * MINUTE, updated_at=now, expires_at=now + DAY, due_at=None,
            )  # fmt: skip
            said_by_digest = [stored.changed(id=name, purpose="owner_alert") for name in ("one", "two")]
            stored = stored.changed(merges=["one", "two"]) if purpose == "owner_digest" else stored
            for each in (stored, *said_by_digest):
                suite.put(f"{ROOT}/{each.path}", each.stored())
            found[purpose, answers] = send(suite, stored.path)
        assert found == {case: "held" if quiet and not case[1] else "sent" for case in found}


def until_written(suite: Suite, kind: Kind) -> str:
    """The answer is stored, but nobody has sent it yet. Its path."""
    while True:
        for record in suite.list(f"{ROOT}/audit_logs").values():
            path = record["payload"].get("path", "")
            found = suite.get(f"{ROOT}/{path}") if "/messages/" in path else None
            if found and found.get("purpose") == kind.purpose:
                return str(path)
        suite._deliver(suite.waiting.pop(0))


def test_the_night_is_that_of_the_customer_and_not_of_the_salon() -> None:
    noon, kind = ORDINARY.at("12:00:00"), KINDS["sale taken back"]
    with salon(zone=ORDINARY.zone, now=noon - 15 * MINUTE, waiting=0, opening_hours=EVERY_DAY) as suite:
        has_booked(suite)
        suite.update(f"{ROOT}/customers/c0", timezone=WEST.key)
        suite.clock.move_to(noon)
        takes_back_the_sale(suite)
        # 22:30 in Los Angeles; 09:00 there is 22:30 in Kolkata.
        suite.advance_to(noon + timedelta(hours=10, minutes=30) - SECOND)
        assert kind.purpose not in purposes(suite, TO)
        suite.advance(seconds=1)
        assert kind.purpose in purposes(suite, TO)


def test_an_offer_that_could_not_leave_by_day_waits_for_the_morning_of_its_customer() -> None:
    """It is 09:30 in Los Angeles when they are asked, and 22:30 when the salon goes on."""
    day = Day(WEST, MONDAY)
    hours = {"response_deadline_minutes": 24 * 60}
    with salon(zone=ORDINARY.zone, now=day.at("09:30:00"), waiting=0, opening_hours=EVERY_DAY, settings={"offers": hours, "quiet_hours": {"start": "23:30", "end": "05:00"}}) as suite:  # fmt: skip
        suite.put(f"{ROOT}/customers/c0", customer(0, timezone=WEST.key))
        suite.put(f"{ROOT}/waitlist/w0", waitlist_entry("c0", suite.clock.now() - DAY))
        suite.outbox.answers.append(BUSY)
        time_is_free(suite)
        suite.update(ROOT, status="paused", updated_at=suite.clock.now())
        suite.clock.move_to(day.at("23:30:00"))
        suite.update(ROOT, status="active", updated_at=suite.clock.now())
        morning = day.at("05:00:00", DAY)
        suite.advance_to(morning - SECOND)
        assert offers(suite) == []
        suite.advance_to(morning)
        assert [message.sending.to for message in offers(suite)] == [TO]


@pytest.mark.parametrize(("clock", "asked"), [("12:30:00", OWNER), ("20:30:00", MANAGER), ("05:30:00", MANAGER)])
def test_of_the_salons_people_whoever_is_awake_there_is_asked(clock: str, asked: str) -> None:
    max = {"name": "Max", "role": "manager", "phone": MANAGER}
    with salon(zone=ORDINARY.zone, now=ORDINARY.at(clock), waiting=0, contacts=[OLGA, max]) as suite:
        ask(suite)
        assert [to for to in (OWNER, MANAGER) if "owner_approval" in purposes(suite, to)] == [asked]
