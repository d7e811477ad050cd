"""What no event and no deadline would ever move on again is found within the hour, mended or told the owner, and written down."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from functions.repair_salon.faults import Fault
from functions.repair_salon.mend import AT_ONCE, repair_salon
from local.audit_chain import broken_links
from local.conditions import Delivery, Fate
from local.in_process import ACCOUNT_SID, Suite
from shared.messaging.message import KEEP_TRYING
from shared.ports import Refused
from shared.records.audit import AuditRecord
from tests.stories.approvals import approval, ask
from tests.stories.busy_day import Troubled, busy_day, everything, records, state_documents
from tests.stories.salon import (
    NOW,
    OWNER,
    ROOT,
    SALON,
    SMS,
    WHATSAPP,
    booking,
    cancel,
    freed_gaps,
    offers,
    open_salon,
    ours,
    outreach_of,
    phone,
    purposes,
    salon,
    texts,
    waitlist_entry,
    waits,
    write,
)


def look(suite: Suite) -> list[Fault]:
    """What the hourly run would mend."""
    before = everything(suite)
    found = repair_salon(documents=suite.store.salon(SALON), clock=suite.clock, dry_run=True).faults
    assert everything(suite) == before
    return list(found)


def repair(suite: Suite) -> None:
    """The hourly run, and what follows from it within two minutes."""
    suite.tick("repair")
    suite.run_until_idle()
    suite.advance(minutes=2)


def put_to_sleep(suite: Suite, path: str, **fields: Any) -> None:
    """As a restored backup or a hand in the console might; what the write would have woken is lost."""
    suite.update(f"{ROOT}/{path}", due_at=None, **fields)
    suite.waiting.clear()


def repairs(suite: Suite) -> list[dict[str, Any]]:
    return [record for record in records(suite).values() if record["actor"] == "repair_salon"]


def whole(suite: Suite) -> bool:
    audit = [AuditRecord.model_validate(record) for record in records(suite).values()]
    return broken_links(audit, state_documents(suite).values()) == []


def test_on_a_day_in_which_everything_happens_nothing_is_found_at_any_hour():
    suite = busy_day()
    assert look(suite) == []
    assert repairs(suite) == [] and suite.outcomes["repair_salon", "Repaired"] >= 3


def test_a_gap_that_nobody_would_look_at_again_goes_on_with_its_campaign():
    with salon() as suite:
        cancel(suite)
        [gap] = freed_gaps(suite)
        put_to_sleep(suite, f"gaps/{gap['id']}")
        assert [(fault.path, fault.mend) for fault in look(suite)] == [(f"gaps/{gap['id']}", "wake")]
        repair(suite)
        assert suite.get(f"{ROOT}/gaps/{gap['id']}")["due_at"] > suite.clock.now()
        [record] = repairs(suite)
        assert (record["event_type"], record["resource_id"]) == ("repaired", gap["id"])
        assert look(suite) == [] and whole(suite)


def test_a_message_whose_sender_died_and_that_nobody_watches_becomes_unknown():
    with salon(waiting=1) as suite:
        cancel(suite)
        id = outreach_of(suite, "c0")["id"]
        put_to_sleep(suite, f"outreach/{id}", status="sending")
        repair(suite)
        assert suite.get(f"{ROOT}/outreach/{id}")["status"] == "unknown"
        assert len(offers(suite)) == 1 and len(repairs(suite)) == 1


@pytest.mark.parametrize("status", ["pending", "approved"])
def test_an_approval_that_would_wait_for_ever_comes_to_its_end(status: str):
    with salon() as suite:
        id = ask(suite, useful_for=timedelta(minutes=30))
        recorded = {"status": status, "recorded_status": status}
        put_to_sleep(suite, f"approvals/{id}", **recorded)
        suite.clock.move_to(NOW + timedelta(minutes=40))
        assert [fault.path for fault in look(suite)] == [f"approvals/{id}"]
        repair(suite)
        assert approval(suite, id)["status"] == {"pending": "expired", "approved": "cancelled"}[status]
        assert look(suite) == []


def test_a_message_that_nobody_works_on_is_answered():
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.update(f"{ROOT}", timezone="nowhere")  # nobody can work on it
        write(suite, "yes", sender=phone(0), sid="SMyes")
        suite.run_until_idle()
        suite.update(f"{ROOT}", timezone="Europe/London")
        suite.failures.clear()
        [path] = [path for path in everything(suite) if path.endswith("/SMyes")]
        put_to_sleep(suite, path.removeprefix(f"{ROOT}/"))
        suite.advance(minutes=5)
        assert ours(suite) == []
        repair(suite)
        assert len(ours(suite)) == 1 and look(suite) == []


class Down:
    """One function fails whatever it is given."""

    def __init__(self) -> None:
        self.function: str | None = None

    def next(self, waiting: Sequence[Delivery]) -> int:
        return 0

    def fate(self, delivery: Delivery) -> Fate:
        return "crash_before" if delivery.function.name == self.function else "once"


def test_a_gap_whose_end_nobody_heard_of_leaves_nothing_open():
    conditions = Down()
    with Suite(now=NOW, conditions=conditions) as suite:
        open_salon(suite)
        cancel(suite)
        taken = offers(suite)[0]
        conditions.function = "fill_gap"
        suite.reply(taken, button=0)
        suite.run_until_idle()
        assert suite.dead and len(ours(suite)) == 1
        conditions.function = None
        suite.advance(minutes=35)
        [decision] = suite.list(f"{ROOT}/autonomous_decisions").values()
        assert decision["outcome"]["status"] == "success"
        suite.update(f"{ROOT}/autonomous_decisions/{decision['id']}", outcome={"status": "pending"})
        [fault] = look(suite)
        assert (fault.mend, fault.resource_type) == ("wake", "gap")
        repair(suite)
        assert {o["status"] for o in suite.list(f"{ROOT}/outreach").values()} == {"responded", "expired"}
        [decision] = suite.list(f"{ROOT}/autonomous_decisions").values()
        assert decision["outcome"]["status"] == "failed"
        assert [record["resource_type"] for record in repairs(suite)] == ["gap"]
        assert look(suite) == []


def test_rounds_of_gaps_that_are_still_open_hide_none_that_was_left_open():
    with salon(waiting=1) as suite:
        cancel(suite)
        [gap] = freed_gaps(suite)
        [decision] = suite.list(f"{ROOT}/autonomous_decisions").values()
        suite.put(f"{ROOT}/gaps/open", {**gap, "id": "open"})
        for number in range(AT_ONCE):
            round = {**decision, "id": f"d{number}", "context": {**decision["context"], "trigger_id": "open"}}
            suite.put(f"{ROOT}/autonomous_decisions/d{number}", {**round, "expires_at": NOW})
        closed = {"status": "ignored", "closed_at": suite.clock.now(), "closed_reason": "owner"}
        put_to_sleep(suite, f"gaps/{gap['id']}", **closed)
        suite.clock.move_to(NOW + timedelta(hours=2))
        assert [fault.resource_id for fault in look(suite)] == [gap["id"]]


def test_whoever_stands_as_offered_and_has_no_offer_waits_again():
    with salon(waiting=1) as suite:
        suite.put(f"{ROOT}/waitlist/w9", {**waitlist_entry("holder", NOW), "status": "offered"})
        cancel(suite)
        assert suite.get(f"{ROOT}/waitlist/w0")["status"] == "offered"
        repair(suite)
        assert suite.get(f"{ROOT}/waitlist/w9")["status"] == "waiting"
        assert suite.get(f"{ROOT}/waitlist/w0")["status"] == "offered"
        assert [record["resource_id"] for record in repairs(suite)] == ["w9"]


def test_the_owner_hears_once_of_a_customer_who_may_not_know_that_they_are_booked():
    with salon(waiting=1) as suite:
        cancel(suite)
        [offer] = offers(suite)
        gone = Refused(63024, "no such recipient", retry=False, provider_fault=False)
        suite.messenger = Troubled(suite.outbox, {phone(0): [gone]})
        suite.reply(offer, button=0)
        suite.run_until_idle()
        assert len(ours(suite)) == 1 and "booking_confirmed" not in purposes(suite, phone(0))
        suite.advance(minutes=20)
        for _ in range(3):
            repair(suite)
        told = [text for text in texts(suite, OWNER) if "may not know that they have it" in text]
        assert len(told) == 1 and "with Mia today at 13:00" in told[0]
        assert [record["event_type"] for record in repairs(suite)] == ["alert_triggered"]


def test_a_confirmation_that_fails_as_late_as_it_can_is_told_the_owner_too():
    with salon(waiting=1) as suite:
        window = {"start": NOW, "end": NOW + timedelta(days=3)}
        suite.update(f"{ROOT}/waitlist/w0", windows=[window])
        suite.update(ROOT, opening_hours={day: [{"start": "10:00", "end": "18:00"}] for day in ("mon", "wed")})
        for hour in range(10, 18):
            suite.put(f"{ROOT}/bookings/w{hour}", booking(NOW.replace(day=25, hour=hour, minute=0)))
        suite.run_until_idle()
        cancel(suite, "w17")
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        [confirmation] = [message for message in suite.outbox.messages if message.purpose == "booking_confirmed"]
        suite.advance_to(NOW + KEEP_TRYING - timedelta(minutes=1))
        suite.report(confirmation, "undelivered")
        for _ in range(2):
            repair(suite)
        told = [text for text in texts(suite, OWNER) if "may not know that they have it" in text]
        assert len(told) == 1 and "at 17:00" in told[0]


def test_a_sale_by_a_yes_over_whatsapp_to_an_offer_that_went_on_by_sms_is_no_matter_for_the_owner():
    both = {"whatsapp": {"marketing": True, "service": True}, "sms": {"marketing": True, "service": True}}
    with salon(waiting=0, messaging={"account_sid": ACCOUNT_SID, "whatsapp_from": WHATSAPP, "sms_from": SMS}) as suite:
        waits(suite, "cara", 1, consents=both)
        cancel(suite)
        [first] = offers(suite)
        suite.report(first, "undelivered", error_code=63024)
        suite.run_until_idle()
        suite.reply(first, button=0)
        suite.advance(minutes=20)
        assert outreach_of(suite, "cara")["channel"] == "sms"
        assert len(ours(suite)) == 1 and look(suite) == []


def test_who_was_told_of_their_booking_is_no_matter_for_the_owner():
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.advance(minutes=20)
        assert len(ours(suite)) == 1 and look(suite) == []


@pytest.mark.parametrize(
    ("path", "change"),
    [("gaps", {"filled_by": "another"}), ("outreach", {"response.booking_id": "another"})],
)
def test_a_sale_of_which_its_gap_or_its_offer_knows_nothing_is_told_the_owner(path: str, change: dict[str, Any]):
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.advance(minutes=20)
        [sale] = ours(suite)
        id = sale["gap_id"] if path == "gaps" else sale["outreach_id"]
        suite.update(f"{ROOT}/{path}/{id}", **change)
        repair(suite)
        repair(suite)
        assert len([text for text in texts(suite, OWNER) if "doesn't match our notes any more" in text]) == 1


def test_what_was_changed_meanwhile_is_left_to_whoever_changed_it():
    with salon() as suite:
        cancel(suite)
        [gap] = freed_gaps(suite)
        due = gap["due_at"]
        put_to_sleep(suite, f"gaps/{gap['id']}")
        documents = suite.store.salon(SALON)

        class Overtaken:
            """Somebody sets it right between the look and the mending."""

            salon_id = SALON

            def __getattr__(self, name: str) -> Any:
                return getattr(documents, name)

            def get(self, path: str) -> Any:
                suite.update(f"{ROOT}/gaps/{gap['id']}", due_at=due)
                return documents.get(path)

        assert len(repair_salon(documents=Overtaken(), clock=suite.clock).faults) == 1  # type: ignore[arg-type]
        assert suite.get(f"{ROOT}/gaps/{gap['id']}")["due_at"] == due and repairs(suite) == []


def test_a_document_that_cannot_be_understood_stands_in_no_others_way():
    with salon() as suite:
        cancel(suite)
        [gap] = freed_gaps(suite)
        suite.put(f"{ROOT}/gaps/broken", {"status": "open", "due_at": None})
        suite.put(f"{ROOT}/waitlist/broken", {"status": "offered", "created_at": NOW})
        put_to_sleep(suite, f"gaps/{gap['id']}")
        repair(suite)
        assert suite.get(f"{ROOT}/gaps/{gap['id']}")["due_at"] is not None


def test_what_cannot_be_mended_stands_in_no_others_way_and_is_no_success():
    with salon(waiting=1) as suite:
        cancel(suite)
        [gap] = freed_gaps(suite)
        suite.put(f"{ROOT}/waitlist/w9", {**waitlist_entry("holder", NOW), "status": "offered"})
        closed = {"status": "ignored", "closed_at": suite.clock.now(), "closed_reason": "owner"}
        put_to_sleep(suite, f"gaps/{gap['id']}", **closed)
        suite.clock.move_to(NOW + timedelta(hours=2))
        assert look(suite)[0].resource_id == gap["id"]
        documents = suite.store.salon(SALON)

        class Failing:
            """The database fails where the first is mended."""

            salon_id = SALON

            def __getattr__(self, name: str) -> Any:
                return getattr(documents, name)

            def get(self, path: str) -> Any:
                if path == f"gaps/{gap['id']}":
                    raise RuntimeError("no answer")
                return documents.get(path)

        with pytest.raises(ExceptionGroup):
            repair_salon(documents=Failing(), clock=suite.clock)  # type: ignore[arg-type]
        assert suite.get(f"{ROOT}/waitlist/w9")["status"] == "waiting"
