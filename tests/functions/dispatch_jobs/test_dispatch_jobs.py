from datetime import UTC, datetime

import pytest

from functions.dispatch_jobs import fan_out
from functions.dispatch_jobs.fan_out import dispatch_jobs
from local.in_process import Suite
from local.memory.memory import MemoryBus, MemoryDatabase, MemoryStore
from shared.ports import Published, Put
from shared.salon.registry import Entry, Registry, registry_path, shard_of
from tests.stories.salon import NOW, SALON, open_salon

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def store_with(*active: str, paused: tuple[str, ...] = ()) -> MemoryStore:
    store = MemoryStore(MemoryDatabase())
    shards: dict[str, Registry] = {}
    for salon_id in (*active, *paused):
        shard = shard_of(salon_id)
        entry = Entry(status="paused" if salon_id in paused else "active")
        shards[shard] = shards.get(shard, Registry(salons={})).having(salon_id, entry)
    store.platform().commit(*(Put(registry_path(shard), registry.stored()) for shard, registry in shards.items()))
    return store


def of_topic(bus: MemoryBus, topic: str) -> list[Published]:
    return [message for message in bus.published if message.topic == topic]


def test_every_active_salon_gets_one_message_that_names_job_and_due_time() -> None:
    bus = MemoryBus()
    dispatch_jobs("upsell", at=AT, store=store_with("a", "b", "c"), bus=bus)
    assert [(m.topic, m.body, dict(m.attributes)) for m in bus.published] == [
        ("salon-jobs", {"job": "upsell", "salon_id": id, "at": AT}, {"job": "upsell", "salon_id": id}) for id in "abc"
    ]


@pytest.mark.parametrize(("job", "salons"), [("gap_scan", ["a", "b"]), ("upsell", ["a"])])
def test_of_a_paused_salon_only_the_gaps_are_kept(job: str, salons: list[str]) -> None:
    bus = MemoryBus()
    dispatch_jobs(job, at=AT, store=store_with("a", paused=("b",)), bus=bus)
    assert [message.body["salon_id"] for message in bus.published] == salons


def test_many_salons_are_paged_and_every_one_is_in_exactly_one_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fan_out, "AT_ONCE", 7)
    salons = [f"salon{number}" for number in range(40)]
    store, bus, pages = store_with(*salons), MemoryBus(), 1
    dispatch_jobs("gap_scan", at=AT, store=store, bus=bus)
    while len(more := of_topic(bus, "ticks")) == pages:
        assert dict(more[-1].attributes) == {"job": "gap_scan"} and more[-1].body["at"] == AT
        dispatch_jobs("gap_scan", at=AT, after=more[-1].body["after"], store=store, bus=bus)
        pages += 1
    assert pages == 6
    assert sorted(message.body["salon_id"] for message in of_topic(bus, "salon-jobs")) == sorted(salons)


def test_a_platform_without_salons_sends_nothing() -> None:
    bus = MemoryBus()
    dispatch_jobs("gap_scan", at=AT, store=store_with(), bus=bus)
    assert bus.published == []


def test_a_tick_reaches_the_function_of_its_job_once_for_each_salon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fan_out, "AT_ONCE", 1)
    with Suite(now=NOW) as suite:
        open_salon(suite)
        for number in range(3):
            suite.put(f"salons/more{number}", suite.get(f"salons/{SALON}") or {})
        suite.run_until_idle()
        before = suite.outcomes["scan_gaps", "Scanned"]
        suite.tick("gap_scan")
        suite.run_until_idle()
        assert suite.outcomes["scan_gaps", "Scanned"] - before == 4
        assert suite.outcomes["dispatch_jobs", "Dispatched"] >= 4
        assert suite.failures == []
