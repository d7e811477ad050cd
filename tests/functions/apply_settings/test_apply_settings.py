from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.apply_settings import accept_settings
from functions.apply_settings.accept_settings import apply_settings
from functions.apply_settings.sections import AllSettings
from local.memory.memory import MemoryDatabase, MemoryStore
from local.stepped_clock import SteppedClock
from shared.ports import Create, Delete, Documents, Put, Query, Write
from shared.salon.load_settings import accepted_as, accepted_settings
from shared.salon.settings import SalonSettings
from tests.stories.salon import ROOT, SALON
from tests.stories.salon import salon as open_salon

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


class Salon:
    def __init__(self) -> None:
        self.clock = SteppedClock(NOW)
        self.documents: Documents = MemoryStore(MemoryDatabase()).salon("s1")

    def set(self, **settings: Any) -> str:
        self.documents.commit(Put("settings/current", settings))
        return self.applied()

    def applied(self) -> str:
        self.clock.move_to(self.clock.now() + timedelta(seconds=1))
        return apply_settings(documents=self.documents, clock=self.clock)

    def settings(self) -> AllSettings:
        return accepted_as(AllSettings, self.documents)

    def refused(self) -> dict[str, Any] | None:
        found = self.documents.get("settings/refused")
        return found.data if found else None

    def told(self, event_type: str) -> list[dict[str, Any]]:
        return [found.data for found in self.documents.query(Query("audit_logs", (("event_type", "==", event_type),)))]


@pytest.fixture
def salon() -> Salon:
    return Salon()


def test_a_salon_that_never_set_anything_runs_by_the_defaults(salon):
    assert salon.settings() == AllSettings()
    assert salon.applied() == "unchanged"
    assert salon.documents.get("settings/accepted") is None


def test_what_is_accepted_becomes_the_next_version_and_is_announced(salon):
    assert salon.set(mode="live") == "accepted"
    assert salon.set(mode="live", gap={"settle_seconds": 5}) == "accepted"
    assert (salon.settings().version, salon.settings().gap.settle_seconds) == (2, 5)
    assert salon.documents.get("settings/v1").data["gap"]["settle_seconds"] == 90
    record = salon.told("config_changed")[1]
    assert record["announces"] == "CONFIG_CHANGED"
    assert record["details"]["changes"] == {"gap.settle_seconds": {"before": 90, "after": 5}}


def test_the_same_content_again_changes_nothing(salon):
    salon.set(mode="live", updated_at=NOW)
    assert salon.applied() == "unchanged"
    assert salon.set(mode="live", updated_at=NOW + timedelta(days=1), gap={"settle_seconds": 90}) == "unchanged"
    assert salon.settings().version == 1
    assert len(salon.told("config_changed")) == 1


def test_the_first_document_is_a_version_even_when_it_only_says_the_defaults(salon):
    assert salon.set(mode="dry_run") == "accepted"
    assert salon.settings() == AllSettings(version=1)


def test_an_invalid_document_keeps_the_last_accepted_and_says_why(salon):
    salon.set(mode="live")
    assert salon.set(mode="live", offers={"max_wave": 9}) == "refused"
    assert (salon.settings().version, salon.settings().mode) == (1, "live")
    (record,) = salon.told("config_rejected")
    assert record["announces"] == "ALERT_TRIGGERED"
    assert record["details"]["reasons"] == [
        "offers.max_wave: expected a setting we know (did you mean max_wave_size?), found 9"
    ]


def test_a_mistake_is_told_once_however_often_its_event_comes_and_again_when_it_is_made_again(salon):
    salon.set(mode="on")
    assert salon.applied() == "refused"
    assert len(salon.told("config_rejected")) == 1
    salon.set(mode="live")
    salon.set(mode="on")
    salon.applied()
    assert len(salon.told("config_rejected")) == 2


def test_going_back_to_earlier_settings_is_a_version_of_its_own(salon):
    salon.set(mode="live")
    salon.set(mode="dry_run")
    assert salon.set(mode="live") == "accepted"
    assert (salon.settings().version, salon.settings().mode) == (3, "live")


def test_an_accepted_version_can_be_copied_back_as_it_is(salon):
    salon.set(mode="live")
    salon.set(mode="dry_run")
    salon.documents.commit(Put("settings/current", salon.documents.get("settings/v1").data))
    assert salon.applied() == "accepted"
    assert (salon.settings().version, salon.settings().mode) == (3, "live")


@pytest.mark.parametrize("emptied", [{}, {"updated_at": NOW}, None], ids=["empty", "only bookkeeping", "deleted"])
def test_a_document_that_says_nothing_any_more_changes_nothing_and_the_owner_is_told_once(
    salon: Salon, emptied: dict[str, Any] | None
) -> None:
    careful = {"mode": "live", "autonomy": {"gap_fill": "supervised"}}
    salon.set(**careful)
    standing = salon.settings()
    write = Delete("settings/current") if emptied is None else Put("settings/current", emptied)
    salon.documents.commit(write)
    assert [salon.applied(), salon.applied()] == ["refused", "refused"]
    assert salon.settings() == standing
    [told] = salon.told("config_rejected")
    found = "no document" if emptied is None else "an empty document"
    assert told["payload"]["reason"] == (
        "the new settings were refused, and version 1 stays in force (mode live): settings/current: expected at least the mode "
        f"(alone it sets all else back to its default), found {found}"
    )
    assert salon.set(**careful) == "unchanged"
    assert salon.refused() is None
    salon.documents.commit(write)
    assert salon.applied() == "refused"
    assert len(salon.told("config_rejected")) == 2


def test_the_first_document_of_a_salon_may_be_empty_and_leaves_it_on_dry_run(salon: Salon) -> None:
    assert salon.set() == "accepted"
    assert salon.settings() == AllSettings(version=1)
    assert salon.told("config_rejected") == []


@pytest.mark.parametrize("mode", ["live", "dry_run"])
def test_settings_that_say_nothing_of_the_mode_leave_it_as_it_is(salon: Salon, mode: str) -> None:
    salon.set(mode=mode, approval_ttl_minutes=30)
    assert salon.set(gap={"settle_seconds": 5}) == "accepted"
    settings = salon.settings()
    assert (settings.mode, settings.gap.settle_seconds, settings.approval_ttl_minutes) == (mode, 5, 60)


def test_the_mode_alone_sets_all_else_back_to_its_default(salon: Salon) -> None:
    salon.set(mode="live", approval_ttl_minutes=30)
    assert salon.set(mode="live") == "accepted"
    assert salon.settings() == AllSettings(version=2, mode="live")


def test_what_was_refused_stands_beside_what_is_in_force_field_by_field(salon: Salon) -> None:
    salon.set(mode="live")
    salon.set(mode="Live", offers={"max_wave": 9})
    assert salon.refused() == {
        "refused_at": salon.clock.now(),
        "written_at": salon.documents.get("settings/current").update_time,
        "version_in_force": 1,
        "mode_in_force": "live",
        "reasons": [
            {"setting": "mode", "expected": "'dry_run' or 'live'", "found": "'Live'", "did_you_mean": None},
            {"setting": "offers.max_wave", "expected": "a setting we know", "found": "9", "did_you_mean": "max_wave_size"},
        ],
    }  # fmt: skip
    salon.set(mode="live", ofers={})
    assert [each["did_you_mean"] for each in salon.refused()["reasons"]] == ["offers"]


@pytest.mark.parametrize("then", [{"mode": "live"}, {"mode": "dry_run"}], ids=["as before", "as never before"])
def test_it_goes_away_when_settings_are_accepted_again(salon: Salon, then: dict[str, Any]) -> None:
    salon.set(mode="live")
    salon.set(mode="on")
    assert salon.refused() is not None
    assert salon.set(**then) in ("unchanged", "accepted")
    assert salon.refused() is None


def test_a_refusal_that_an_earlier_release_had_told_is_kept_and_not_told_again(salon: Salon) -> None:
    salon.set(mode="on")
    salon.documents.commit(Delete("settings/refused"))
    assert salon.applied() == "refused"
    assert salon.refused() is not None and len(salon.told("config_rejected")) == 1


def test_what_stands_now_counts_when_events_come_late(salon):
    salon.documents.commit(Put("settings/current", {"mode": "live"}))
    salon.documents.commit(Put("settings/current", {"mode": "dry_run", "approval_ttl_minutes": 30}))
    assert [salon.applied(), salon.applied()] == ["accepted", "unchanged"]
    assert salon.settings().approval_ttl_minutes == 30


def test_of_two_runs_at_once_one_writes_the_version(salon):
    """The other is beaten to the commit, looks again, and finds it done."""

    class Beaten:
        def __init__(self, documents: Documents) -> None:
            self._documents = documents
            self.beaten = False

        def __getattr__(self, name: str) -> Any:
            return getattr(self._documents, name)

        def commit(self, *writes: Write) -> bool:
            if not self.beaten and any(isinstance(write, Create) for write in writes):
                self.beaten = True
                assert apply_settings(documents=self._documents, clock=salon.clock) == "accepted"
            return self._documents.commit(*writes)

    salon.documents.commit(Put("settings/current", {"mode": "live"}))
    beaten = Beaten(salon.documents)
    assert apply_settings(documents=beaten, clock=salon.clock) == "unchanged"
    assert beaten.beaten
    assert salon.settings().version == 1
    assert len(salon.told("config_changed")) == 1


def test_settings_whose_event_was_lost_are_applied_within_the_hour():
    with open_salon(waiting=0) as suite:
        suite.put(f"{ROOT}/settings/current", {"mode": "dry_run"})
        suite.waiting.clear()
        for _ in range(2):
            suite.advance(hours=1)
        accepted = accepted_settings(suite.store.salon(SALON))
        assert (accepted.mode, accepted.version) == ("dry_run", 2)


def test_a_setting_whose_agent_is_not_there_is_accepted_and_said_to_be_without_effect(salon: Salon):
    wanted = {
        "autonomy": {"gap_fill": "supervised", "upsell": "manual_only"},
        "agent_modes": {"waitlist_agent": "dry_run"},
        "measurement": {"holdout_percent": {"gap_fill": 10, "upsell": 20}},
    }
    assert salon.set(**wanted) == "accepted"
    found = salon.documents.get("settings/accepted")
    assert found is not None and found.data["without_effect"] == [
        "agent_modes.waitlist_agent", "autonomy.upsell", "measurement.holdout_percent.upsell",
    ]  # fmt: skip
    assert salon.set(autonomy={"gap_fill": "supervised"}) == "accepted"
    found = salon.documents.get("settings/accepted")
    assert found is not None and found.data["without_effect"] == []


def test_a_section_whose_agent_is_gone_is_kept_and_said_to_be_without_effect(
    salon: Salon, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = {"max_wave_size": 2}
    salon.set(mode="live", offers=few)
    with monkeypatch.context() as without_the_agent:
        without_the_agent.setattr(accept_settings, "AllSettings", SalonSettings)
        for settle_seconds in (5, 6):
            wanted = {"mode": "live", "offers": few, "gap": {"settle_seconds": settle_seconds}}
            assert salon.set(**wanted, autonomy={"upsell": "manual_only"}) == "accepted"
            found = salon.documents.get("settings/accepted")
            assert found is not None and found.data["without_effect"] == ["autonomy.upsell", "offers"]
        assert salon.set(mode="live", ofers=few) == "refused"
    assert salon.set(mode="live", offers=few) == "accepted"
    assert salon.settings().offers.max_wave_size == 2


def test_a_section_that_was_never_accepted_and_that_nobody_knows_is_refused(salon: Salon) -> None:
    assert salon.set(mode="live", version=3, teas={"strong": True}) == "refused"
    assert salon.set(mode="live") == "accepted"
    assert salon.set(mode="live", teas={"strong": True}) == "refused"


def test_a_function_reads_its_own_sections_and_those_of_all_and_no_others(salon: Salon) -> None:
    salon.set(mode="live", offers={"max_wave_size": 2}, gap={"settle_seconds": 5})
    for_all, for_one = accepted_settings(salon.documents), accepted_as(AllSettings, salon.documents)
    assert for_all.gap == for_one.gap and for_all.gap.settle_seconds == 5
    assert for_one.offers.max_wave_size == 2 and "offers" not in for_all.model_dump()
