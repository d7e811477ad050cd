"""Every reason for which somebody is considered and not asked, each brought about for real."""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import shared
from local.in_process import Suite
from shared.asking.destination import STOPPED_FOR, faulted
from tests.shared.messaging.test_outgoing import outreach
from tests.stories.salon import (
    NOW,
    ROOT,
    asked,
    booking,
    cancel,
    customer,
    decisions,
    offers,
    open_salon,
    regular,
    salon,
    waitlist_entry,
    waits,
    write,
)

START = NOW.replace(hour=13, minute=0)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
BOTH = {"service": True, "marketing": True}
Make = Callable[[Suite], object]


def who_waits(**fields: Any) -> Make:
    return lambda suite: waits(suite, "c0", 0, **fields)


def who_waits_simply(suite: Suite) -> None:
    waits(suite, "c0", 0)


def who_comes_often(**fields: Any) -> Make:
    return lambda suite: regular(suite, "c0", **fields)


def who_was_asked(*ago: timedelta, who: Make = who_waits_simply, **fields: Any) -> Make:
    def make(suite: Suite) -> None:
        who(suite)
        for number, each in enumerate(ago):
            at = suite.clock.now() - each
            ask = outreach(
                **{"id": f"old{number}", "customer_id": "c0", "created_at": at, "updated_at": at, "slot": None, "attempts": 1,
                   "status": "responded", "due_at": None, **fields},
            )  # fmt: skip
            suite.put(f"{ROOT}/outreach/old{number}", ask.stored())

    return make


def slot(start: Any) -> dict[str, Any]:
    return {"start": start, "end": start + HOUR, "service_id": "cut", "staff_id": "noah"}


def who_is_booked(suite: Suite) -> None:
    who_waits()(suite)
    suite.put(f"{ROOT}/bookings/theirs", booking(START + HOUR / 2, customer_id="c0", staff_id="noah"))


def who_gave_it_back(suite: Suite) -> None:
    who_waits()(suite)
    suite.update(f"{ROOT}/bookings/b1", customer_id="c0")


def a_third_mover(suite: Suite) -> None:
    suite.put(f"{ROOT}/customers/c0", customer(0, sooner_opt_in=True))
    suite.put(f"{ROOT}/bookings/later", booking(START + 7 * DAY, customer_id="c0"))
    suite.update(f"{ROOT}/bookings/b1", chain_depth=2)


def who_comes_for_something_else(suite: Suite) -> None:
    regular(suite, "c0")
    for visit in range(2):
        suite.update(f"{ROOT}/bookings/c0-{visit}", service_ids=["wash"])


def who_was_here_just_now(suite: Suite) -> None:
    regular(suite, "c0")
    suite.put(f"{ROOT}/bookings/c0-2", booking(NOW - DAY, customer_id="c0", status="completed"))


def who_said_stop(suite: Suite) -> None:
    who_waits()(suite)
    write(suite, "STOP", sender=customer(0)["phone"])


def where_messages_do_not_arrive(minutes_ago: int) -> Make:
    """c1 waits in front of c0, at the same destination."""

    def make(suite: Suite) -> None:
        who_waits()(suite)
        at = suite.clock.now() - timedelta(minutes=minutes_ago)
        there = faulted(
            None, "whatsapp", customer(0)["phone"], salon_id="s1", code=63016, now=at, actor="test"
        ).document
        suite.put(f"{ROOT}/{there.path}", there.changed(faults=2, stopped_until=at + STOPPED_FOR).stored())

    return make


def who_asked_something(suite: Suite) -> None:
    who_waits()(suite)
    write(suite, "can I bring my dog", sender=customer(0)["phone"])


def a_vip(suite: Suite) -> None:
    regular(suite, "c0")
    made = {"id": "c0", "salon_id": "s1", "created_at": NOW, "updated_at": NOW}
    suite.put(f"{ROOT}/customer_scores/c0", {**made, "customer_id": "c0", "segment": "vip"})


def while_promotion_is_paused(suite: Suite) -> None:
    regular(suite, "c0")
    made = {"id": "state", "salon_id": "s1", "created_at": NOW, "updated_at": NOW, "agent_name": "gap_fill_agent"}
    marketing = {"paused_at": NOW, "paused_until": NOW + DAY, "reason": "people object"}
    suite.put(f"{ROOT}/agent_states/gap_fill_agent", {**made, "marketing": marketing})


def meanwhile(who: Make, happens: Make) -> Make:
    """While the round that has chosen them waits for its turn."""

    def make(suite: Suite) -> None:
        who(suite)
        suite.put(f"{ROOT}/locks/asks", {"until": suite.clock.real() + HOUR})

        def turn(seconds: float) -> None:
            happens(suite)
            suite.delete(f"{ROOT}/locks/asks")

        suite.clock.sleep = turn  # type: ignore[method-assign]

    return make


def nothing(suite: Suite) -> None:
    pass


def who_comes_to_mind_while_the_owner_is_asked(suite: Suite) -> None:
    who_waits_simply(suite)
    suite.advance(minutes=11)


SUPERVISED = {"autonomy": {"gap_fill": "supervised"}}


@dataclass(frozen=True)
class Case:
    """`who` is c0, at the time when an hour that they could take is given back; `then` happens after it."""

    who: Make
    settings: dict[str, Any] = field(default_factory=dict)
    then: Make = nothing


CASES = {
    "works here": Case(who_waits(is_staff=True)),
    "blocked by the salon": Case(who_waits(blocked=True)),
    "has a complaint open": Case(who_waits(open_complaint=True)),
    "what they wrote waits for an answer": Case(who_asked_something),
    "gave this very time back": Case(who_gave_it_back),
    "this time was itself freed by a move": Case(a_third_mover),
    "no service that fits the gap": Case(who_comes_for_something_else),
    "booked at that time": Case(who_is_booked),
    "no time that suits, with their notice": Case(who_waits(minimum_notice_minutes=240)),
    "visited within half their usual interval": Case(who_was_here_just_now),
    "already asked about this time": Case(who_was_asked(2 * HOUR, slot=slot(START - HOUR / 2))),
    "has another offer open": Case(who_was_asked(2 * HOUR, status="sent", slot=slot(START + DAY))),
    "asked 1 time(s) within the hour already": Case(who_was_asked(HOUR - SECOND)),
    "asked 3 time(s) today already": Case(who_was_asked(2 * HOUR, 3 * HOUR, 4 * HOUR)),
    "3 promotional asks within seven days already": Case(
        who_was_asked(2 * DAY, 4 * DAY, 7 * DAY - SECOND, who=who_comes_often(), consent_purpose="marketing")
    ),
    "a promotional ask less than 24 hours ago": Case(
        who_was_asked(DAY - SECOND, who=who_comes_often(), consent_purpose="marketing")
    ),
    "no address": Case(who_waits(phone=None)),
    "no consent for service": Case(who_waits(consents={"whatsapp": {"marketing": True, "service": False}})),
    "no consent for marketing": Case(who_comes_often(consents={"whatsapp": {"marketing": False, "service": True}})),
    "opted out": Case(who_said_stop),
    "the salon has no number for sms": Case(who_waits(consents={"sms": BOTH})),
    "quiet hours where they are": Case(who_waits(timezone="Pacific/Auckland")),
    "too unlikely to accept": Case(who_comes_often(), {"offers": {"min_acceptance_probability": 0.1}}),
    "for a person to decide: an offer to a VIP": Case(a_vip, {"autonomy": {"vip_offers": "manual_only"}}),
    "asked by another run just now": Case(
        meanwhile(who_waits_simply, who_was_asked(timedelta(0), who=nothing, status="sent", slot=slot(START + DAY)))
    ),
    "whatsapp reaches nobody there at present": Case(where_messages_do_not_arrive(29)),
    "whatsapp is tried with one person first": Case(where_messages_do_not_arrive(30)),
    "waits no longer": Case(
        meanwhile(who_waits_simply, lambda suite: suite.update(f"{ROOT}/waitlist/w-c0", status="booked"))
    ),
    "promotional asks are paused: people object": Case(while_promotion_is_paused),
    "1 different people were asked by WhatsApp within 24 hours already": Case(
        who_waits_simply, {"limits": {"whatsapp_recipients_24h": 2}}
    ),
    "the owner was asked about this before": Case(
        who_waits(entry={"priority": 9}), SUPERVISED, lambda suite: suite.advance(minutes=11)
    ),
    "too late to ask the owner": Case(who_waits(entry={"minimum_notice_minutes": 203}), SUPERVISED),
    "the owner is asked about another": Case(nothing, SUPERVISED, who_comes_to_mind_while_the_owner_is_asked),
}
"""c1, whom nothing speaks against, waits as well."""


@pytest.mark.parametrize("reason", CASES)
def test_whoever_may_not_be_asked_is_not_and_the_decision_says_why(reason: str) -> None:
    case = CASES[reason]
    with salon(waiting=0, settings=case.settings) as suite:
        waits(suite, "c1", 1, entry={"created_at": NOW - DAY, "priority": 1})
        case.who(suite)
        suite.run_until_idle()
        cancel(suite)
        case.then(suite)
        last = {each["customer_id"]: each["excluded"] for each in decisions(suite)[-1]["considered"]}
        assert last["c0"] == reason
        asks = [each for each in suite.list(f"{ROOT}/outreach").values() if each["customer_id"] == "c0"]
        assert all(each["id"].startswith("old") for each in asks)
        assert customer(0)["phone"] not in {message.sending.to for message in offers(suite)}


IDLE = "idle time is only offered to who waits for exactly it"


def test_who_would_come_at_any_time_is_not_asked_about_idle_time_and_the_decision_says_why() -> None:
    evening = {"start": NOW.replace(hour=17), "end": NOW.replace(hour=19)}
    with Suite(now=NOW) as suite:
        for id, windows in (("c0", []), ("c1", [evening])):
            suite.put(f"{ROOT}/customers/{id}", customer(int(id[1])))
            suite.put(f"{ROOT}/waitlist/{id}", waitlist_entry(id, NOW, windows=windows))
        open_salon(suite, waiting=0, opening_hours={"mon": [{"start": "10:00", "end": "19:00"}]})
        suite.advance(minutes=5)
        assert asked(suite) == ["c1"]
        [decision] = [each for each in decisions(suite) if each["action_details"]["asked"]]
        assert {each["customer_id"]: each["excluded"] for each in decision["considered"]} == {"c0": IDLE, "c1": None}


def said(node: ast.expr, function: ast.AST) -> list[str]:
    """The texts that an expression may be, as patterns."""
    match node:
        case ast.Constant(value=str(text)):
            return [re.escape(text)]
        case ast.JoinedStr(values=parts):
            return ["".join(re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in parts)]
        case ast.IfExp(body=one, orelse=other):
            return said(one, function) + said(other, function)
        case ast.Name(id=name):
            assigned = [each for each in ast.walk(function) if isinstance(each, ast.Assign)]
            return [
                text for each in assigned if ast.unparse(each.targets[0]) == name for text in said(each.value, function)
            ]
    return []


def reasons_in_the_code() -> set[str]:
    """What `out`, `Excluded`, `NoChannel`, `unwanted` and `contact_limit` can say."""
    found: set[str] = set()
    for path in [
        file for room in ("functions", "shared") for file in (Path(shared.__file__).parents[1] / room).rglob("*.py")
    ]:
        for function in ast.walk(ast.parse(path.read_text())):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                match node:
                    case ast.Call(
                        func=ast.Attribute(attr="out") | ast.Name(id="NoChannel" | "Excluded"), args=[reason, *_]
                    ):
                        found.update(said(reason, function))
                    case ast.Return(value=ast.expr() as reason) if function.name in ("contact_limit", "unwanted"):
                        found.update(said(reason, function))
    return found


def test_every_reason_that_the_code_knows_has_its_case() -> None:
    reasons = reasons_in_the_code()
    assert len(reasons) > 20
    for reason in reasons:
        assert any(re.fullmatch(reason, case) for case in (*CASES, IDLE)), f"no case for: {reason}"
    for case in CASES:
        assert any(re.fullmatch(reason, case) for reason in reasons), f"nothing says: {case}"
