"""Whatever is due is said to be due, each minute, however much there is and whatever stands at the head of the line."""

from datetime import UTC, datetime, timedelta

import pytest

from functions.wake_due import publish_due
from functions.wake_due.groups import GROUPS
from functions.wake_due.publish_due import wake_due
from local.memory.memory import MemoryBus, MemoryDatabase, MemoryStore
from local.stepped_clock import SteppedClock
from shared.ports import Create, Published
from shared.records.invalid import InvalidEvent

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


class Cloud:
    def __init__(self) -> None:
        self.store = MemoryStore(MemoryDatabase(now=lambda: NOW))
        self.bus = MemoryBus()
        self.runs = 0

    def wake(self) -> None:
        """A tick, and every run that it leads to."""
        rest: list[Published] = [Published("ticks", {"at": NOW}, {"tick": "wake_due"})]
        while rest:
            tick = rest.pop()
            before = len(self.bus.published)
            after = tick.body.get("after")
            wake_due(at=NOW, after=after, store=self.store, bus=self.bus, clock=SteppedClock(NOW))
            self.runs += 1
            rest += [message for message in self.bus.published[before:] if message.topic == "ticks"]

    def woken(self) -> list[str]:
        return [str(message.body["path"]) for message in self.bus.published if message.topic == "salon-due"]


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


def test_each_due_document_is_named_with_its_salon_and_its_collection_without_ids(cloud: Cloud) -> None:
    cloud.store.salon("s1").commit(
        Create("gaps/g1", {"due_at": NOW}),
        Create("gaps/later", {"due_at": NOW + timedelta(microseconds=1)}),
        Create("conversations/c1/messages/m1", {"due_at": NOW - timedelta(hours=1)}),
    )
    cloud.store.platform().commit(Create("channel_routes/r1/inbound/SM1", {"due_at": NOW}))
    cloud.wake()
    found = {
        (m.attributes["collection"], m.body["salon_id"], m.body["path"], m.body["due_at"]) for m in cloud.bus.published
    }
    assert found == {
        ("gaps", "s1", "gaps/g1", NOW),
        ("conversations/messages", "s1", "conversations/c1/messages/m1", NOW - timedelta(hours=1)),
        ("channel_routes/inbound", "", "channel_routes/r1/inbound/SM1", NOW),
    }


@pytest.mark.parametrize("due", [0, 1, 2, 3, 4, 6, 7, 20])
def test_everything_due_is_said_once_however_many_pages_it_takes(
    cloud: Cloud, due: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish_due, "AT_ONCE", 3)
    for number in range(due):
        group = GROUPS[number % len(GROUPS)]
        # Many at the same instant, too.
        at = NOW - timedelta(minutes=number // 4)
        cloud.store.salon(f"s{number % 2}").commit(Create(f"{group}/d{number}", {"due_at": at}))
    cloud.wake()
    assert sorted(cloud.woken()) == sorted(f"{GROUPS[n % len(GROUPS)]}/d{n}" for n in range(due))
    assert cloud.runs == 1 + due // 3


def test_what_stays_due_is_said_again_the_next_minute(cloud: Cloud) -> None:
    cloud.store.salon("s1").commit(Create("gaps/stuck", {"due_at": NOW - timedelta(days=9)}))
    cloud.wake()
    cloud.wake()
    assert cloud.woken() == ["gaps/stuck"] * 2


@pytest.mark.parametrize("after", ["", "[]", "5", '["gaps"]', '["gaps", "soon", "s1", "gaps/g1"]', '["x", "2026-11-20T10:00:00+00:00", "s1", "x/y"]'])  # fmt: skip
def test_where_a_run_stopped_must_be_a_place(cloud: Cloud, after: str) -> None:
    with pytest.raises(InvalidEvent, match="expected `after`"):
        wake_due(at=NOW, after=after, store=cloud.store, bus=cloud.bus, clock=SteppedClock(NOW))
