from datetime import UTC, datetime
from typing import ClassVar

from shared.records.audit import amend
from shared.records.stored import StateDocument
from tests.shared.records.altered import altered

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


class Thing(StateDocument):
    collection: ClassVar[str] = "things"
    resource_type: ClassVar[str] = "thing"
    colour: str = "red"


def test_each_record_carries_the_hash_of_the_one_before_and_the_document_that_of_its_last():
    first = amend(
        Thing(id="t1", salon_id="s1", created_at=NOW, updated_at=NOW),
        now=NOW, actor="test", event="gap_opened", action="opened", announces="GAP_DETECTED",
    )  # fmt: skip
    second = amend(first.document, now=NOW, actor="test", event="gap_changed", action="painted", colour="blue")
    assert first.document.revision == 1 and first.record.previous_hash is None
    assert first.document.audit_head == first.record.hash
    assert second.record.previous_hash == first.record.hash
    assert (second.document.revision, second.document.colour) == (2, "blue")


def test_marking_a_record_announced_does_not_break_its_hash():
    record = amend(
        Thing(id="t1", salon_id="s1", created_at=NOW, updated_at=NOW),
        now=NOW, actor="test", event="gap_opened", action="opened", announces="GAP_DETECTED",
    ).record  # fmt: skip
    assert record.changed(announced_at=NOW, due_at=None).hash == record.hash
    assert record.changed(actor="somebody else").hash != record.hash


def test_whatever_is_altered_in_a_record_is_altered_in_its_hash():
    first = amend(
        Thing(id="t1", salon_id="s1", created_at=NOW, updated_at=NOW),
        now=NOW, actor="test", event="gap_opened", action="opened", announces="GAP_DETECTED",
        details={"by": {"whom": "mia"}}, payload={"gap_id": "g1"},
    )  # fmt: skip
    second = amend(first.document, now=NOW, actor="test", event="gap_changed", action="painted").record
    for record in (first.record, second, second.changed(ip_address="192.0.2.1", user_agent="curl")):
        assert [field for field, other in altered(record) if other.hash == record.hash] == []
