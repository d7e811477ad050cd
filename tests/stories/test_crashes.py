"""Whichever write fails, before or after it is done, and with nobody but the clock to try again: the sale is made once, and
everybody hears of it once. (Only a message that Twilio could not hand over at all is handed over again, by Twilio.)"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from local import in_process
from local.audit_chain import broken_links
from local.conditions import Crash
from local.in_process import Suite
from local.outbox import Message, Outbox
from shared.ports import Accepted, AnswerLost, Refused, Sending
from shared.records.audit import AuditRecord
from tests.stories.busy_day import everything, overdue, records, state_documents, waits
from tests.stories.salon import NOW, ROOT, freed_gaps, offers, open_salon, ours, outreach_of, phone


@contextmanager
def crashing(suite: Suite, number: int, *, after: bool) -> Iterator[Callable[[], int]]:
    """The commit of that number fails, once. Says how many were tried."""
    tried = 0
    commit = suite.database.commit

    def once(*args: Any, **kwargs: Any) -> bool:
        nonlocal tried
        # Transactions without writes only compare what they read.
        tried += bool(args[0])
        if tried != number or not args[0]:
            return commit(*args, **kwargs)
        tried += 1
        if after:
            commit(*args, **kwargs)
        raise Crash("the machine is gone")

    suite.database.commit = once  # type: ignore[method-assign]
    try:
        yield lambda: tried
    finally:
        suite.database.commit = commit  # type: ignore[method-assign]


def story(suite: Suite, number: int, *, after: bool = False) -> int:
    """From the cancellation to the sale, with one crash on the way."""
    open_salon(suite, waiting=2)
    suite.update(f"{ROOT}/bookings/b1", status="cancelled", cancelled_by="customer", cancelled_at=NOW, updated_at=NOW)
    with crashing(suite, number, after=after) as tried:
        suite.run_until_idle()
        suite.advance(minutes=11)
        if sent := [offer for offer in offers(suite) if offer.sending.to == phone(0)]:
            suite.webhook = partial(suite.webhook, retries=0)  # type: ignore[method-assign]
            suite.reply(sent[0], button=0, sid="SMyes")
            if not any("/SMyes" in path for path in state_documents(suite)):
                suite.reply(sent[0], button=0, sid="SMyes")
        suite.run_until_idle()
        suite.advance(minutes=10)
        return tried()


def how_many() -> int:
    with Suite(now=NOW) as suite:
        return story(suite, 0)


COMMITS = 48


def test_the_story_has_as_many_writes_as_are_made_to_fail():
    assert COMMITS - 8 <= how_many() <= COMMITS


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("number", range(1, COMMITS + 1))
def test_a_crash_at_any_write_neither_loses_nor_doubles_anything(
    number: int, after: bool, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(in_process, "MAX_ATTEMPTS", 1)
    with Suite(now=NOW) as suite:
        story(suite, number, after=after)
        suite.advance(minutes=50)
        holds_together(suite)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("number", range(1, 5))
def test_a_crash_at_the_provider_sends_nothing_twice(number: int, after: bool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(in_process, "MAX_ATTEMPTS", 1)
    with Suite(now=NOW) as suite:
        suite.messenger = Dying(suite.outbox, number, after=after)
        story(suite, 0)
        suite.advance(minutes=50)
        holds_together(suite)
        assert len(suite.outbox.messages) - len(alerts(suite)) == (4 if after else 3) or number == 1


class Dying:
    """A machine that dies with the message of that number: before the provider has it, or after."""

    def __init__(self, outbox: Outbox, number: int, *, after: bool) -> None:
        self._outbox, self._left, self._after = outbox, number, after

    def send(self, sending: Sending) -> Accepted | Refused | AnswerLost:
        self._left -= 1
        if self._left != 0:
            return self._outbox.send(sending)
        if self._after:
            self._outbox.send(sending)
        raise Crash("the machine is gone")


def alerts(suite: Suite) -> list[Message]:
    return [message for message in suite.outbox.messages if message.purpose == "owner_alert"]


def holds_together(suite: Suite) -> None:
    """Everything was said once, or, where the machine died between its claim and the provider, may have been: no more."""
    for path, document in state_documents(suite).items():
        if document.get("direction") == "in" or path.split("/")[-2] not in ("outreach", "messages"):
            continue
        reference = path.removeprefix("salons/")
        said = [message for message in suite.outbox.messages if message.sending.reference == reference]
        assert len(said) <= 1, path
        if not said:
            assert document["status"] in ("unknown", "expired", "responded"), path
    if any("/SMyes" in path for path in state_documents(suite)):
        assert [(b["customer_id"], b["status"]) for b in ours(suite)] == [("c0", "confirmed")]
        assert [gap["status"] for gap in freed_gaps(suite)] == ["filled"]
        spoken = {each["purpose"]: each for each in state_documents(suite).values() if each.get("direction") == "out"}
        kinds = sorted(spoken.keys() - {"owner_alert"})
        # Whoever may not have heard that they have it is told by the owner.
        assert len(alerts(suite)) == (spoken["booking_confirmed"]["status"] == "unknown")
        # An event that Pub/Sub gives up is for its dead letters: no clock tells the owner of it.
        unheard = "notify_owner" in {dead.delivery.function.name for dead in suite.dead}
        assert kinds == ["booking_confirmed", "owner_sold"] or (unheard and kinds == ["booking_confirmed"])
    else:
        assert outreach_of(suite, "c0")["status"] == "expired" and ours(suite) == []
    unwatched = [path for path, data in everything(suite).items() if waits(path, data) and data["due_at"] is None]
    assert unwatched == [] and overdue(suite) == []
    audit = [AuditRecord.model_validate(record) for record in records(suite).values()]
    assert all(record.announced_at for record in audit if record.announces)
    assert broken_links(audit, state_documents(suite).values()) == []
