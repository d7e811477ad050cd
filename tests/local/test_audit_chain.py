"""What the audit chain gives away."""

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest

from local.audit_chain import DELETED_WITHIN, AgedOut, broken_links
from shared.records.audit import AuditRecord, amend, record_fact
from shared.records.stored import StateDocument
from tests.shared.records.altered import altered

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


class Thing(StateDocument):
    collection: ClassVar[str] = "things"
    resource_type: ClassVar[str] = "thing"
    colour: str = "red"


def chain(id: str = "t1", length: int = 4) -> tuple[list[AuditRecord], dict[str, Any]]:
    thing = Thing(id=id, salon_id="s1", created_at=NOW, updated_at=NOW)
    records = []
    for number in range(length):
        amended = amend(
            thing, now=NOW + timedelta(minutes=number), actor="test", event="gap_changed", action=f"painted {number}",
            details={"at": NOW, "number": number}, colour=f"colour {number}",
        )  # fmt: skip
        thing = amended.document
        records.append(amended.record)
    return records, thing.stored()


def as_stored(record: AuditRecord) -> AuditRecord:
    return AuditRecord.model_validate(record.stored())


def test_chains_as_they_were_written_hold_in_any_order_of_reading():
    one, first = chain("t1")
    other, second = chain("t2", length=1)
    records = [as_stored(record) for record in [*reversed(one), *other]]
    assert broken_links(records, [second, first]) == []


def test_the_marks_of_the_outbox_break_nothing():
    records, thing = chain()
    records[1] = records[1].changed(announced_at=NOW, due_at=None)
    assert broken_links(records, [thing]) == []


def test_facts_are_in_no_chain():
    records, thing = chain()
    fact = record_fact(
        salon_id="s1", resource_type="thing", resource_id="t1", version=1, now=NOW, actor="app",
        event="booking_cancelled", action="?",
    )  # fmt: skip
    assert broken_links([*records, fact], [thing]) == []


@pytest.mark.parametrize("position", range(4))
def test_a_changed_record_is_found_whatever_was_changed(position: int):
    records, thing = chain()
    unnoticed = [
        field
        for field, other in altered(records[position])
        if not broken_links([*records[:position], other, *records[position + 1 :]], [thing])
    ]
    assert unnoticed == []


@pytest.mark.parametrize("position", range(4))
def test_a_hole_is_found(position: int):
    records, thing = chain()
    del records[position]
    assert len(broken_links(records, [thing])) == 1


def test_a_document_that_stands_is_not_missed_because_its_last_record_is_gone():
    records, thing = chain()
    [broken] = broken_links(records[:-1], [thing])
    assert broken == f"t1: expected a record with the hash {records[-1].hash}, found none"
    [broken] = broken_links(records[1:], [thing], aged_out=kept_since())
    assert broken == "thing t1: expected revisions 1 to 3, found [2, 3, 4]"


@pytest.mark.parametrize(("one", "other"), [(0, 1), (1, 2), (0, 3), (2, 3)])
def test_a_reordering_is_found(one: int, other: int):
    records, thing = chain()
    first, second = records[one], records[other]
    records[one] = second.changed(revision=first.revision, id=first.id)
    records[other] = first.changed(revision=second.revision, id=second.id)
    assert broken_links(records, [thing]) != []


def test_a_record_added_afterwards_is_found():
    records, thing = chain()
    extra = records[-1].changed(revision=5, id="thing-t1-5", previous_hash=records[-1].hash)
    assert broken_links([*records, extra], [thing]) != []


def test_a_document_put_back_to_an_earlier_revision_is_found():
    records, thing = chain()
    earlier = {**thing, "revision": 3, "audit_head": records[2].hash}
    assert broken_links(records, [earlier]) != []
    assert broken_links(records, [{**thing, "revision": 3}]) != []


def test_a_document_without_its_records_and_records_without_their_document_are_found():
    records, thing = chain()
    assert broken_links([], [thing]) != []
    assert broken_links(records, []) != []


def kept_since(**since: datetime) -> AgedOut:
    """Looked at so long afterwards that a document may have lived as long as its records."""
    now = NOW + timedelta(days=700)
    return AgedOut(now, {type_: now - at for type_, at in since.items()})


LATER = NOW + timedelta(minutes=2)
"""When the records written before may be gone: the first two of four."""


def test_records_deleted_by_their_age_are_no_hole_at_the_beginning_of_a_chain():
    records, thing = chain()
    assert broken_links(records[2:], [thing], aged_out=kept_since(audit_log=LATER)) == []
    assert broken_links(records[2:], [thing], aged_out=kept_since(audit_log=NOW)) != []
    assert broken_links([], [thing], aged_out=kept_since(audit_log=NOW + timedelta(days=1))) == []


def test_what_was_deleted_by_its_age_leaves_records_without_their_document():
    records, _ = chain()
    assert broken_links(records, [], aged_out=kept_since(thing=LATER)) == []
    assert broken_links(records, [], aged_out=kept_since(thing=NOW)) != []
    assert broken_links(records, [], aged_out=kept_since(another=LATER)) != []


@pytest.mark.parametrize(("days", "may_be_gone"), [(1, False), (4, False), (16, False), (17, True)])
def test_no_age_of_a_document_explains_that_its_records_lack_a_beginning_too_young_to_be_gone(
    days: int, may_be_gone: bool
):
    """With the document gone, a first record may be older than the second by as long as documents live, ten days here."""
    records, _ = chain()
    kept = {"thing": timedelta(days=10) - DELETED_WITHIN, "audit_log": timedelta(days=27)}
    aged_out = AgedOut(NOW + timedelta(days=days, hours=1), kept)
    assert (broken_links(records[1:], [], aged_out=aged_out) == []) is may_be_gone


def test_what_no_hash_holds_is_not_found():
    """The content of a document beside its head, and the end of a chain whose document has gone by its age."""
    records, thing = chain()
    assert broken_links(records, [{**thing, "colour": "forged"}]) == []
    gone = kept_since(thing=LATER)
    assert broken_links(records[:-1], [], aged_out=gone) == []
    assert broken_links([*records[:-1], records[-1].changed(action="forged")], [], aged_out=gone) == []


def test_old_records_need_not_be_deleted_in_their_order():
    records, thing = chain()
    for gone in ({1}, {0, 2}, {1, 2}):
        left = [record for number, record in enumerate(records) if number not in gone]
        assert broken_links(left, [thing], aged_out=kept_since(audit_log=NOW + timedelta(minutes=3))) == []


@pytest.mark.parametrize(("position", "young"), [(1, 0), (2, 1), (3, 2), (3, 4)])
def test_no_age_explains_a_hole_after_a_record_that_is_young_nor_a_missing_end(position: int, young: int):
    """`young` is the first record that is too young to be gone."""
    records, thing = chain()
    del records[position]
    since = NOW + timedelta(minutes=young)
    assert broken_links(records, [thing], aged_out=kept_since(audit_log=since, thing=since)) != []


def test_a_chain_that_begins_later_still_begins_with_what_was_written():
    records, thing = chain()
    records[2] = records[2].changed(previous_hash="0" * 64)
    assert broken_links(records[2:], [thing], aged_out=kept_since(audit_log=LATER)) != []


def test_a_document_without_what_binds_it_to_its_audit_is_found():
    records, thing = chain()
    for name in ("id", "revision", "audit_head"):
        assert broken_links(records, [{key: value for key, value in thing.items() if key != name}]) != []
