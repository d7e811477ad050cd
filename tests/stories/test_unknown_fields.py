"""A newer release, or the booking app, has written a field of its own into every document, and one into every map in it that
is ours. Whatever the functions rewrite, they leave those where they are."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from types import UnionType
from typing import Any, Union, get_args, get_origin

import pytest

from functions.choose_branch.branch import BranchQuestion
from functions.notify_owner.notices import NoticesSent
from functions.scan_gaps.scan_cursor import ScanCursor
from local.in_process import Suite
from local.memory.memory_database import MemoryDatabase, Reads
from shared.approvals.approval import Approval
from shared.asking.acceptance_rates import AcceptanceRates
from shared.asking.agent_state import AgentState
from shared.asking.decision import Decision
from shared.asking.limits import AskCounters
from shared.asking.outreach import Outreach
from shared.calendar.booking import Booking
from shared.calendar.gap import Gap
from shared.customers.customer import Customer
from shared.customers.identity import Identity
from shared.customers.waitlist import WaitlistEntry
from shared.messaging.conversation import Conversation
from shared.messaging.message import Inbound, Message
from shared.ports import AnswerLost, Create, Data, Put, Write
from shared.records.audit import AuditRecord
from shared.records.stored import Stored
from shared.salon.channel_route import ChannelRoute
from shared.salon.registry import Registry
from shared.salon.salon import Salon
from tests.stories.approvals import questions
from tests.stories.busy_day import Troubled, everything
from tests.stories.salon import (
    NOW,
    ROOT,
    SALON,
    booking,
    cancel,
    customer,
    offers,
    open_salon,
    phone,
    settle,
    write,
)

UNKNOWN = "of_a_newer_release"

OURS: dict[str, type[Stored]] = {
    "agent_states": AgentState,
    "approvals": Approval,
    "audit_logs": AuditRecord,
    "autonomous_decisions": Decision,
    "channel_routes": ChannelRoute,
    "conversations": Conversation,
    "counters/asks": AskCounters,
    "counters/learned": AcceptanceRates,
    "counters/notices": NoticesSent,
    "counters/scan": ScanCursor,
    "gaps": Gap,
    "identities": Identity,
    "inbound": Inbound,
    "messages": Message,
    "outreach": Outreach,
    "registry": Registry,
    "senders": BranchQuestion,
    "settings/accepted": Stored,
}
THE_APPS: dict[str, type[Stored]] = {
    "bookings": Booking,
    "customers": Customer,
    "salons": Salon,
    "waitlist": WaitlistEntry,
}
MODELS = {**OURS, **THE_APPS}


def kind(path: str, data: Data) -> str:
    """Its collection, and where different documents lie in one, which of them it is."""
    collection, name = path.split("/")[-2:]
    return f"{collection}/{name.split('-')[0]}" if collection in ("counters", "settings") else collection


def places(model: type[Stored]) -> Iterator[str]:
    """Where in a document of this model an unknown field may lie: beside its own, and in every map that is a model."""
    yield UNKNOWN
    for name, each in model.model_fields.items():
        alone = get_origin(each.annotation) not in (Union, UnionType)
        for part in [each.annotation] if alone else get_args(each.annotation):
            if isinstance(part, type) and issubclass(part, Stored):
                yield from (f"{name}.{place}" for place in places(part))


def around(data: Data, place: str) -> Data | None:
    """The map in which that place is; none where the document has no such map."""
    found: Any = data
    for name in place.split(".")[:-1]:
        found = found.get(name)
        if not isinstance(found, dict):
            return None
    return found  # type: ignore[no-any-return]


@dataclass
class Newer:
    """Another release that writes along: `kept` and `lost` are its fields in documents that were written again, `kinds` are
    those documents."""

    kept: set[tuple[str, str]] = field(default_factory=set)
    lost: set[tuple[str, str]] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)

    def written(self, path: str, data: Data) -> Data:
        model = MODELS.get(kind(path, data))
        data = deepcopy(data)
        for place in places(model) if model else ():
            if (inner := around(data, place)) is not None:
                inner[UNKNOWN] = True
        return data

    def look(self, path: str, before: Data, after: Data) -> None:
        self.kinds.add(kind(path, after))
        model = MODELS.get(kind(path, after))
        for place in places(model) if model and before != after else ():
            if UNKNOWN in (around(before, place) or {}):
                still = UNKNOWN in (around(after, place) or {})
                (self.kept if still else self.lost).add((kind(path, after), place))


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> Newer:
    """Every document that is made from here on has the fields of another release as well."""
    release, commit = Newer(), MemoryDatabase.commit

    def commits(database: MemoryDatabase, writes: Sequence[Write], reads: Reads | None = None) -> bool:
        before = {write.path: found for write in writes if (found := database.get([write.path])[0]) is not None}
        made = [
            type(write)(write.path, release.written(write.path, write.data))
            if isinstance(write, Create | Put) and write.path not in before
            else write
            for write in writes
        ]
        if not commit(database, made, reads):
            return False
        for path, found in before.items():
            if (after := database.get([path])[0]) is not None:
                release.look(path, found.data, after.data)
        return True

    monkeypatch.setattr(MemoryDatabase, "commit", commits)
    return release


def a_day(suite: Suite) -> None:
    """Settings that change, freed hours, a yes, questions that wait, a provider in trouble, somebody who moves to an earlier
    time, a regular about whom the owner is asked, and a branch that uses the same number for a while."""
    open_salon(suite, waiting=2, settings={"offers": {"max_wave_size": 2}})
    settle(suite, offers={"max_wave_size": 1})
    suite.advance(hours=1)  # the agents have figures
    suite.messenger = Troubled(suite.outbox, {phone(0): [AnswerLost("HTTP 502")]})
    cancel(suite)
    suite.advance(minutes=10)
    for _ in range(2):
        write(suite, "Is Mia in today?", sender=phone(1))
        suite.advance(minutes=1)
    yes(suite, phone(1))

    suite.put(f"{ROOT}/customers/mover", customer(51, sooner_opt_in=True))
    suite.put(f"{ROOT}/bookings/later", booking(NOW + timedelta(days=7), customer_id="mover"))
    suite.run_until_idle()
    cancel(suite, "b15")
    suite.advance(minutes=6)
    yes(suite, phone(51))

    suite.put(f"{ROOT}/customers/vip", customer(50, name="Vera"))
    made = {"id": "vip", "salon_id": SALON, "created_at": NOW, "updated_at": NOW}
    suite.put(f"{ROOT}/customer_scores/vip", {**made, "customer_id": "vip", "segment": "vip"})
    for weeks in (1, 5):
        visit = booking(NOW.replace(hour=17, minute=0) - timedelta(weeks=weeks), customer_id="vip", status="completed")
        suite.put(f"{ROOT}/bookings/visit{weeks}", visit)
    suite.run_until_idle()
    cancel(suite, "b17")
    suite.advance(minutes=6)
    suite.reply(questions(suite)[-1], button=0)
    suite.run_until_idle()
    yes(suite, phone(50))

    branch = {**(suite.get(ROOT) or {}), "name": "Salon Two"}
    suite.put("salons/s2", branch)
    for root in (ROOT, "salons/s2"):
        suite.put(f"{root}/customers/both", customer(81))
    suite.run_until_idle()
    for said in ("Is Friday free?", "2"):
        write(suite, said, sender=phone(81))
        suite.advance(minutes=1)
    suite.update("salons/s2", **{"status": "paused", "messaging.whatsapp_from": None})
    suite.advance(hours=8)  # what the offers have taught is counted


def yes(suite: Suite, to: str) -> None:
    suite.reply(next(message for message in reversed(offers(suite)) if message.sending.to == to), button=0)
    suite.run_until_idle()


def test_the_fields_of_another_release_outlive_every_rewrite(newer: Newer) -> None:
    with Suite(now=NOW) as suite:
        a_day(suite)
        assert suite.failures == []
        moved, waited = suite.get(f"{ROOT}/bookings/later"), suite.get(f"{ROOT}/waitlist/w1")
    assert newer.lost == set()
    rewritten = {(name, place) for name, model in OURS.items() for place in places(model)}
    assert newer.kinds - MODELS.keys() == {"settings/current"}, "which the app writes, and no unknown name may stand in"
    assert rewritten - newer.kept == set(), "the day rewrites documents of every kind, with every map they have"
    assert moved and moved["cancellation_reason"].startswith("moved to"), "and the app's"
    assert waited and waited["status"] == "booked"
    assert [
        path for path, data in everything(suite).items() if kind(path, data) in MODELS and UNKNOWN not in data
    ] == []
