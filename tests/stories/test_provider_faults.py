"""Whatever the provider does to the messages of a campaign: nobody gets one twice, no limit is broken, nothing stays stuck."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from functions.send_outreach import messenger
from local.in_process import ACCOUNT_SID, Suite
from local.outbox import Message, Outbox
from shared.ports import Accepted, AnswerLost, Refused, Sending
from tests.stories.salon import ROOT, SMS, WHATSAPP, cancel, customer, ours, salon

CONSENT = {"marketing": True, "service": True}
CUSTOMERS = 8
HOURLY = 4
"""The limit is lower than there are people to ask."""
TROUBLED = 4
"""So many of the first messages meet the fault."""
OPEN = ("pending", "sending", "unknown", "sent", "delivered", "read")

REFUSED = {
    "429": (429, 20429),
    "21610": (400, 21610),
    "63016": (400, 63016),
    "63049": (400, 63049),
}
"""HTTP status and code of an answer that takes nothing."""
REPORTED = {
    "undelivered": ("undelivered", 63024),
    "21610 later": ("undelivered", 21610),
    "63016 later": ("undelivered", 63016),
    "63049 later": ("failed", 63049),
}
FAULTS = [
    *REFUSED, *REPORTED, "5xx, sent", "5xx, not sent", "response lost, sent", "response lost, not sent",
    "late", "duplicate", "reordered", "never any callback",
]  # fmt: skip


class Faulty:
    """A provider with one fault. `left` is what really went out, whatever we were told."""

    def __init__(self, suite: Suite, fault: str) -> None:
        self.left: list[Sending] = []
        self._suite = suite
        self._outbox: Outbox = suite.outbox
        self._fault = fault
        self._calls = 0

    def send(self, sending: Sending) -> Accepted | Refused | AnswerLost:
        self._calls += 1
        fault = self._fault if self._calls <= TROUBLED else "none"
        if fault in REFUSED:
            status, code = REFUSED[fault]
            return messenger.outcome(status, json.dumps({"code": code}))
        if fault.endswith(", not sent"):
            return messenger.outcome(503, "") if fault.startswith("5xx") else AnswerLost("ReadTimeout")
        self.left.append(sending)
        answer = self._outbox.send(sending)
        assert isinstance(answer, Accepted)
        self._report(self._outbox.messages[-1], fault)
        if fault.endswith(", sent"):
            return messenger.outcome(503, "") if fault.startswith("5xx") else AnswerLost("ReadTimeout")
        return answer

    def _report(self, message: Message, fault: str) -> None:
        steps: list[tuple[float, str, int | None]] = [(1, "sent", None), (2, "delivered", None), (3, "read", None)]
        if fault in REPORTED:
            steps = [(1, "sent", None), (2, *REPORTED[fault])]
        elif fault == "late" or fault.endswith(", sent"):
            # Long after whoever would send it again has done so.
            steps = [(minutes * 20, status, code) for minutes, status, code in steps]
        elif fault == "duplicate":
            steps *= 3
        elif fault == "reordered":
            steps = [(4 - minutes, status, code) for minutes, status, code in steps]
        elif fault == "never any callback":
            steps = []
        for minutes, status, code in steps:
            self._suite.at(self._suite.clock.now() + timedelta(minutes=minutes), self._reporting(message, status, code))

    def _reporting(self, message: Message, status: str, code: int | None) -> Any:
        return lambda: self._suite.report(message, status, error_code=code)


@pytest.fixture(params=FAULTS)
def campaign(request: pytest.FixtureRequest) -> Iterator[tuple[Suite, Faulty]]:
    """Two freed hours and eight people who wait; whoever gets an offer by the second half hour says yes to the last one."""
    messaging = {"account_sid": ACCOUNT_SID, "whatsapp_from": WHATSAPP, "sms_from": SMS}
    with salon(waiting=CUSTOMERS, messaging=messaging, settings={"limits": {"hourly_actions": HOURLY}}) as suite:
        for number in range(CUSTOMERS):
            both = customer(number, consents={"whatsapp": CONSENT, "sms": CONSENT})
            suite.put(f"{ROOT}/customers/c{number}", both)
        provider = Faulty(suite, request.param)
        suite.messenger = provider
        cancel(suite)
        suite.advance(minutes=5)
        cancel(suite, "b15")
        suite.advance(minutes=40)
        taken = [message for message in suite.outbox.messages if message.purpose == "slot_offer"]
        if taken:
            suite.reply(taken[-1], button=0)
        suite.advance_to(suite.clock.now() + timedelta(hours=30))
        yield suite, provider


def test_no_message_leaves_twice_and_by_two_channels_only_after_the_first_failed(
    campaign: tuple[Suite, Faulty],
) -> None:
    suite, provider = campaign
    left = Counter((sending.reference, sending.channel) for sending in provider.left)
    assert left and max(left.values()) == 1
    for reference in {reference for reference, _ in left}:
        if {(reference, "whatsapp"), (reference, "sms")} <= left.keys():
            ask = suite.get(f"{ROOT}/{reference.partition('/')[2]}")
            assert ask is not None and ask["delivery"]["former_error"], "the first way was reported as failed"
    assert len(ours(suite)) <= 2


def test_no_limit_is_broken(campaign: tuple[Suite, Faulty]) -> None:
    suite, provider = campaign
    asks = suite.list(f"{ROOT}/outreach")
    reached = {sending.reference.rpartition("/")[2] for sending in provider.left}
    by_customer: dict[str, list[datetime]] = {}
    for id, ask in asks.items():
        if id in reached and not ask["instead_of"]:
            by_customer.setdefault(ask["customer_id"], []).append(ask["created_at"])
    assert by_customer
    for made in by_customer.values():
        assert all(later - earlier >= timedelta(hours=1) for earlier, later in pairwise(sorted(made)))
        assert len(made) <= 3
    made = sorted(ask["created_at"] for ask in asks.values())
    assert len(made) > HOURLY
    assert all(later - earlier >= timedelta(hours=1) for earlier, later in zip(made, made[HOURLY:], strict=False))


def test_nothing_stays_stuck(campaign: tuple[Suite, Faulty]) -> None:
    suite, _ = campaign
    now = suite.clock.now()
    for collection in ("outreach", "gaps", "approvals"):
        for id, document in suite.list(f"{ROOT}/{collection}").items():
            assert document["due_at"] is None or document["due_at"] > now, (collection, id, document["status"])
            if collection == "outreach":
                assert document["status"] not in OPEN, (id, document["status"])
    for key in suite.list(f"{ROOT}/identities"):
        for id, message in suite.list(f"{ROOT}/conversations/{key}/messages").items():
            assert message["due_at"] is None or message["due_at"] > now, (key, id, message.get("status"))
            assert message["direction"] == "in" or message["status"] != "sending", id
    assert suite.dead == []
