from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.connect_salon.claim_numbers import connect_salon
from local.memory.memory import MemoryBus, MemoryDatabase, MemoryStore
from local.stepped_clock import SteppedClock
from shared.ports import SALON, Delete, Put, Query, Snapshot
from shared.records.invalid import InvalidEvent
from shared.salon.channel_route import route_path
from shared.salon.registry import registry_path, shard_of

NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
HOURS = {day: [{"start": "10:00", "end": "20:00"}] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
WHATSAPP, SMS = "+14155238886", "+14155550100"


class Platform:
    def __init__(self) -> None:
        self.database = MemoryDatabase()
        self.store = MemoryStore(self.database)
        self.bus = MemoryBus()
        self.clock = SteppedClock(NOW)

    def write(self, salon_id: str = "s1", **fields: Any) -> str:
        documents = self.store.salon(salon_id)
        found = documents.get(SALON)
        before = found.data if found else None
        messaging = {"account_sid": "AC1", "whatsapp_from": WHATSAPP, "sms_from": SMS}
        after = before or {
            "name": "Glow", "organization_id": "glow", "timezone": "Asia/Kolkata", "currency": "INR", "messaging": messaging
        }  # fmt: skip
        after = {**after, **fields}
        documents.commit(Put(SALON, after))
        return self.connect(salon_id, before, after)

    def delete(self, salon_id: str = "s1") -> str:
        documents = self.store.salon(salon_id)
        before = documents.get(SALON).data
        documents.commit(Delete(SALON))
        return self.connect(salon_id, before, None)

    def connect(self, salon_id: str, before: Any, after: Any) -> str:
        self.clock.move_to(self.clock.now() + timedelta(seconds=1))
        return connect_salon(salon_id, before=before, after=after, store=self.store, bus=self.bus, clock=self.clock)

    def salons_of(self, number: str, account: str = "AC1") -> list[str] | None:
        route = self.store.platform().get(route_path(account, number))
        return route.data["salon_ids"] if route else None

    def registered(self, salon_id: str = "s1") -> str | None:
        shard = self.store.platform().get(registry_path(shard_of(salon_id)))
        entry = shard.data["salons"].get(salon_id) if shard else None
        return entry and entry["status"]

    def told(self, event_type: str, salon_id: str = "s1") -> list[dict[str, Any]]:
        query = Query("audit_logs", (("event_type", "==", event_type),))
        return [found.data for found in self.store.salon(salon_id).query(query)]


@pytest.fixture
def platform() -> Platform:
    return Platform()


def test_a_salon_claims_the_numbers_it_sends_from(platform):
    platform.write()
    assert platform.salons_of(WHATSAPP) == platform.salons_of(SMS) == ["s1"]
    assert platform.salons_of(WHATSAPP, account="AC2") is None
    assert len(platform.told("route_claimed")) == 2


def test_a_number_is_found_as_the_provider_spells_it(platform):
    platform.write(messaging={"account_sid": "AC1", "whatsapp_from": "whatsapp:+1 415 523 8886"})
    assert platform.salons_of("whatsapp:" + WHATSAPP) == platform.salons_of(WHATSAPP) == ["s1"]


def test_salons_of_one_organization_share_a_number(platform):
    platform.write("s1")
    platform.write("s2")
    assert platform.salons_of(WHATSAPP) == ["s1", "s2"]


def test_a_number_of_another_organization_stays_theirs_and_the_owner_hears_of_it_once(platform):
    platform.write("s1")
    platform.write("s2", organization_id="other", messaging={"account_sid": "AC1", "whatsapp_from": WHATSAPP})
    platform.write("s2", name="Shine")
    assert platform.salons_of(WHATSAPP) == ["s1"]
    (refusal,) = platform.told("route_refused", "s2")
    assert refusal["announces"] == "ALERT_TRIGGERED"
    assert "glow" not in str(refusal).lower()
    assert platform.told("route_refused", "s1") == []


def test_salons_without_an_organization_do_not_share(platform):
    platform.write("s1", organization_id=None)
    platform.write("s2", organization_id=None)
    assert platform.salons_of(WHATSAPP) == ["s1"]


def test_a_number_no_longer_used_is_free_for_others(platform):
    platform.write("s1")
    platform.write("s1", messaging={"account_sid": "AC1", "sms_from": SMS})
    assert platform.salons_of(WHATSAPP) is None
    platform.write("s2", organization_id="other", messaging={"account_sid": "AC1", "whatsapp_from": WHATSAPP})
    assert platform.salons_of(WHATSAPP) == ["s2"]
    assert platform.salons_of(SMS) == ["s1"]


def test_leaving_a_shared_number_leaves_it_to_the_others(platform):
    platform.write("s1")
    platform.write("s2")
    platform.write("s1", messaging={})
    assert platform.salons_of(WHATSAPP) == ["s2"]


def test_a_salon_that_alone_holds_its_number_takes_it_to_another_organization(platform):
    platform.write("s1")
    platform.write("s1", organization_id="new")
    platform.write("s2", organization_id="new")
    assert platform.salons_of(WHATSAPP) == ["s1", "s2"]


def test_a_salon_that_leaves_its_organization_leaves_the_shared_number(platform):
    platform.write("s1")
    platform.write("s2")
    platform.write("s2", organization_id="new")
    assert platform.salons_of(WHATSAPP) == ["s1"]
    assert len(platform.told("route_refused", "s2")) == 2


def test_the_registry_knows_every_salon_and_its_status(platform):
    platform.write("s1")
    platform.write("s2", status="paused")
    assert (platform.registered("s1"), platform.registered("s2")) == ("active", "paused")
    platform.write("s2", status="active")
    assert platform.registered("s2") == "active"


def test_a_salon_that_went_leaves_nothing_behind(platform):
    platform.write("s1")
    assert platform.delete("s1") == "disconnected"
    assert platform.salons_of(WHATSAPP) is None
    assert platform.registered("s1") is None


def test_salons_are_spread_over_sixteen_shards_that_never_change():
    assert shard_of("s1") == "12"
    assert {shard_of(f"salon_{n}") for n in range(400)} == {f"{n:02}" for n in range(16)}


def test_running_it_again_writes_nothing(platform):
    platform.write("s1")
    routes = {route.path: route.version for route in platform.store.platform().query(Query("channel_routes"))}
    shard = platform.store.platform().get(registry_path(shard_of("s1"))).version
    records = len(platform.store.salon("s1").query(Query("audit_logs")))
    after = platform.store.salon("s1").get(SALON).data
    platform.connect("s1", after, after)
    assert {r.path: r.version for r in platform.store.platform().query(Query("channel_routes"))} == routes
    assert platform.store.platform().get(registry_path(shard_of("s1"))).version == shard
    assert len(platform.store.salon("s1").query(Query("audit_logs"))) == records


def test_a_late_event_is_judged_by_the_salon_as_it_is_now(platform):
    platform.write("s1")
    old = platform.store.salon("s1").get(SALON).data
    platform.write("s1", messaging={"account_sid": "AC1", "sms_from": SMS}, status="paused")
    platform.connect("s1", None, old)
    assert platform.salons_of(WHATSAPP) is None
    assert platform.registered("s1") == "paused"


def test_a_run_that_was_overtaken_starts_over(platform):
    platform.write("s1", messaging={"account_sid": "AC1", "whatsapp_from": WHATSAPP})
    old = platform.store.salon("s1").get(SALON).data

    class Overtaken(MemoryDatabase):
        """Between the first look at the salon and its claims, the salon moves to another number."""

        times = 0

        def query(self, collection: str, query: Query) -> list[Snapshot]:
            self.times += 1
            if self.times == 1:
                platform.write("s1", messaging={"account_sid": "AC1", "whatsapp_from": SMS})
            return super().query(collection, query)

    overtaken = Overtaken()
    overtaken.__dict__.update(platform.database.__dict__)
    connect_salon("s1", before=old, after=old, store=MemoryStore(overtaken), bus=platform.bus, clock=platform.clock)
    assert overtaken.times > 1
    assert (platform.salons_of(WHATSAPP), platform.salons_of(SMS)) == (None, ["s1"])


def test_a_salon_that_cannot_be_understood_is_set_aside_with_what_is_wrong(platform):
    platform.write("s1")
    with pytest.raises(InvalidEvent, match=r"salons/s1 .* timezone: .*expected an IANA timezone"):
        platform.write("s1", timezone="Mars/Olympus", messaging={})
    assert platform.salons_of(WHATSAPP) == ["s1"]


TAKEN_IN = ("follow_customers", "s1")


def asked_for(platform: Platform) -> list[tuple[str, str]]:
    return [(message.body["job"], message.body["salon_id"]) for message in platform.bus.published]


def test_a_salon_that_appears_has_its_waitlist_and_its_calendar_looked_at(platform):
    assert platform.write("s1", opening_hours=HOURS) == "calendar to be looked at"
    assert asked_for(platform) == [TAKEN_IN, ("follow_waitlist", "s1"), ("gap_scan", "s1")]


def test_the_calendar_is_looked_at_again_only_when_it_changed(platform):
    platform.write("s1", opening_hours=HOURS)
    assert platform.write("s1", name="Glow & Go") == "connected"
    closed = [{"start": NOW + timedelta(days=1), "end": NOW + timedelta(days=1, hours=20), "reason": "wedding"}]
    assert platform.write("s1", closures=closed) == "calendar to be looked at"
    assert asked_for(platform) == [TAKEN_IN, ("follow_waitlist", "s1"), ("gap_scan", "s1"), ("gap_scan", "s1")]


def test_the_customers_are_taken_in_when_the_salon_appears_and_when_its_country_may_be_another(platform):
    platform.write("s1")
    platform.write("s1", name="Glow & Go")
    assert asked_for(platform).count(TAKEN_IN) == 1
    platform.write("s1", timezone="Europe/Madrid")
    assert asked_for(platform).count(TAKEN_IN) == 2


def test_a_salon_that_is_gone_has_no_calendar_to_look_at(platform):
    platform.write("s1")
    platform.bus.published.clear()
    assert platform.delete("s1") == "disconnected"
    assert asked_for(platform) == []
