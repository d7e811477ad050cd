"""Reading and writing single documents, and commits of several."""

import enum
import math
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from shared.ports import SALON, Create, Data, Delete, Documents, Put, Update, Write
from tests.integration.operations import typed

INSTANT = datetime(2026, 11, 21, 9, 30, 0, 123456, tzinfo=UTC)


class Colour(enum.StrEnum):
    RED = "red"


def kept(documents: Documents, data: Data) -> Data:
    assert documents.commit(Put("bookings/b1", data))
    return stored(documents)


def stored(documents: Documents, path: str = "bookings/b1") -> Data:
    snapshot = documents.get(path)
    assert snapshot is not None
    return snapshot.data


def test_a_document_reads_back_as_it_was_written(documents: Documents) -> None:
    data = {
        "null": None,
        "yes": True,
        "whole": 1,
        "large": 2**63 - 1,
        "real": 1.0,
        "text": "São Paulo ✂️",
        "bytes": b"\x00\xff",
        "instant": INSTANT,
        "list": [1, "two", {"three": [3.5]}, None],
        "map": {"a": {"b": {"c": INSTANT}}},
        "empty_map": {},
        "empty_list": [],
        "by_day": {"2026-11-08": 1, "a.b": 2, "`": 3},
    }
    assert typed(kept(documents, data)) == typed(data)


def test_an_empty_document_exists(documents: Documents) -> None:
    assert kept(documents, {}) == {}


def test_an_instant_of_another_zone_is_read_as_utc(documents: Documents) -> None:
    kolkata = timezone(timedelta(hours=5, minutes=30))
    read = kept(documents, {"at": INSTANT.astimezone(kolkata)})["at"]
    assert read == INSTANT
    assert type(read) is datetime
    assert read.tzinfo is UTC


def test_tuples_are_read_as_lists_and_members_of_enums_as_text(documents: Documents) -> None:
    assert typed(kept(documents, {"a": (1, 2), "b": Colour.RED})) == typed({"a": [1, 2], "b": "red"})


@pytest.mark.parametrize(
    "value",
    [
        Decimal(1),
        date(2026, 11, 21),
        {1},
        object(),
        math.nan,
        math.inf,
        2**63,
        [[1]],
        {"": 1},
        {1: 1},
        INSTANT.replace(tzinfo=None),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_be_stored_is_refused_before_anything_is_written(documents: Documents, value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        documents.commit(Create("bookings/b2", {}), Create("bookings/b1", {"a": {"b": value}}))
    assert documents.get_all(["bookings/b1", "bookings/b2"]) == []


def test_what_was_read_or_written_can_be_changed_without_changing_what_is_stored(documents: Documents) -> None:
    written: Data = {"list": [1], "map": {"a": 1}}
    read = kept(documents, written)
    written["list"].append(2)
    read["map"]["a"] = 2
    assert stored(documents) == {"list": [1], "map": {"a": 1}}


def test_an_absent_document_is_none(documents: Documents) -> None:
    assert documents.get("bookings/b1") is None


def test_several_documents_come_in_the_order_asked_for_without_the_absent(documents: Documents) -> None:
    documents.commit(Create("bookings/b1", {"n": 1}), Create("staff/a", {"n": 2}))
    read = documents.get_all(["staff/a", "bookings/none", "bookings/b1", "staff/a"])
    assert [(snapshot.path, snapshot.data["n"]) for snapshot in read] == [
        ("staff/a", 2),
        ("bookings/b1", 1),
        ("staff/a", 2),
    ]
    assert documents.get_all([]) == []


def test_a_snapshot_knows_its_path_id_and_time(documents: Documents) -> None:
    path = "conversations/c1/messages/SM1"
    before = datetime.now(UTC) - timedelta(seconds=5)
    documents.commit(Create(path, {}))
    snapshot = documents.get(path)
    assert snapshot is not None
    assert (snapshot.path, snapshot.id) == (path, "SM1")
    assert type(snapshot.update_time) is datetime
    assert before < snapshot.update_time < datetime.now(UTC) + timedelta(seconds=5)


def test_the_salon_itself_is_a_document(documents: Documents) -> None:
    documents.commit(Create(SALON, {"name": "Glow"}))
    snapshot = documents.get(SALON)
    assert snapshot is not None
    assert (snapshot.path, snapshot.data) == (SALON, {"name": "Glow"})
    assert documents.commit(Update(SALON, {"name": "Glow 2"}))


def test_a_commit_of_nothing_holds(documents: Documents) -> None:
    assert documents.commit()


def test_creating_what_exists_fails_the_whole_commit(documents: Documents) -> None:
    documents.commit(Create("bookings/b1", {"n": 1}))
    assert not documents.commit(Put("bookings/b0", {}), Create("bookings/b1", {"n": 2}), Put("bookings/b2", {}))
    assert [snapshot.data for snapshot in documents.get_all(["bookings/b0", "bookings/b1", "bookings/b2"])] == [
        {"n": 1}
    ]


def test_of_many_who_create_the_same_document_exactly_one_wins(documents: Documents) -> None:
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda n: documents.commit(Create("locks/l1", {"holder": n})), range(8)))
    assert won.count(True) == 1
    assert stored(documents, "locks/l1") == {"holder": won.index(True)}


def test_a_put_replaces_the_whole_document_with_its_maps(documents: Documents) -> None:
    kept(documents, {"a": 1, "map": {"x": 1, "y": 2}})
    assert kept(documents, {"map": {"x": 3}}) == {"map": {"x": 3}}


def test_an_update_that_requires_an_unchanged_document_fails_when_it_is_gone(documents: Documents) -> None:
    kept(documents, {"n": 1})
    read = documents.get("bookings/b1")
    assert read is not None
    documents.commit(Delete("bookings/b1"))
    assert not documents.commit(Update("bookings/b1", {"n": 2}, unchanged_since=read.version))
    assert documents.get("bookings/b1") is None


def test_a_document_made_again_is_not_the_one_that_was_read(documents: Documents) -> None:
    kept(documents, {"n": 1})
    read = documents.get("bookings/b1")
    assert read is not None
    documents.commit(Delete("bookings/b1"))
    documents.commit(Create("bookings/b1", {"n": 1}))
    assert not documents.commit(Update("bookings/b1", {"n": 2}, unchanged_since=read.version))


def test_an_update_changes_only_the_named_fields(documents: Documents) -> None:
    kept(documents, {"a": 1, "b": 2, "map": {"x": 1}})
    assert documents.commit(Update("bookings/b1", {"b": 3, "c": None}))
    assert stored(documents) == {"a": 1, "b": 3, "c": None, "map": {"x": 1}}


def test_a_dotted_name_reaches_into_a_map_and_a_plain_one_replaces_it(documents: Documents) -> None:
    kept(documents, {"map": {"x": 1, "deep": {"y": 2, "z": 3}}, "other": {"kept": 1, "gone": 2}})
    assert documents.commit(Update("bookings/b1", {"map.deep.y": 4, "map.new.made": 5, "other": {"kept": 6}}))
    assert stored(documents) == {
        "map": {"x": 1, "deep": {"y": 4, "z": 3}, "new": {"made": 5}},
        "other": {"kept": 6},
    }


def test_a_dotted_name_makes_a_map_of_what_is_none(documents: Documents) -> None:
    kept(documents, {"text": "plain", "null": None})
    assert documents.commit(Update("bookings/b1", {"text.a": 1, "null.b": 2}))
    assert stored(documents) == {"text": {"a": 1}, "null": {"b": 2}}


def test_an_update_may_empty_a_map_and_write_one_with_any_names(documents: Documents) -> None:
    kept(documents, {"map": {"x": 1}, "deep": {"map": {"y": 2}, "z": 3}, "list": [1], "salons": {"old": 1}})
    named = {"a.b": {"status": "active"}, "`c`": {}, "d-e": []}
    assert documents.commit(Update("bookings/b1", {"map": {}, "deep.map": {}, "list": [], "salons": named}))
    assert stored(documents) == {"map": {}, "deep": {"map": {}, "z": 3}, "list": [], "salons": named}


def test_the_parts_of_a_dotted_name_may_be_any_text(documents: Documents) -> None:
    kept(documents, {"by_day": {"2026-11-08": 1, "2026-11-09": 1}})
    assert documents.commit(Update("bookings/b1", {"by_day.2026-11-08": 2, "by_day.São Paulo": 3, "0-a/b": {"x-y": 4}}))
    assert stored(documents) == {
        "by_day": {"2026-11-08": 2, "2026-11-09": 1, "São Paulo": 3},
        "0-a/b": {"x-y": 4},
    }


@pytest.mark.parametrize("fields", [{}, {"a": 1, "a.b": 2}, {"a..b": 1}, {"": 1}])
def test_an_update_without_clear_fields_is_refused(documents: Documents, fields: Data) -> None:
    kept(documents, {"a": {}})
    with pytest.raises(ValueError, match="expected"):
        documents.commit(Update("bookings/b1", fields))


def test_updating_what_is_absent_fails_the_whole_commit(documents: Documents) -> None:
    assert not documents.commit(Create("bookings/b0", {}), Update("bookings/b1", {"a": 1}))
    assert documents.get_all(["bookings/b0", "bookings/b1"]) == []


def test_an_update_of_an_unchanged_document_holds_and_of_a_changed_one_does_not(documents: Documents) -> None:
    kept(documents, {"n": 1, "kept": True})
    read = documents.get("bookings/b1")
    assert read is not None
    assert documents.commit(Update("bookings/b1", {"n": 2}, unchanged_since=read.version))
    assert not documents.commit(
        Update("bookings/b1", {"n": 3}, unchanged_since=read.version), Create("bookings/b2", {})
    )
    assert stored(documents) == {"n": 2, "kept": True}
    assert documents.get("bookings/b2") is None


def test_a_deleted_document_is_gone_and_deleting_it_again_holds(documents: Documents) -> None:
    kept(documents, {"n": 1})
    assert documents.commit(Delete("bookings/b1"))
    assert documents.get("bookings/b1") is None
    assert documents.commit(Delete("bookings/b1"))


def test_the_writes_of_a_commit_happen_in_their_order(documents: Documents) -> None:
    kept(documents, {"n": 1, "old": True})
    assert documents.commit(
        Delete("bookings/b1"), Create("bookings/b1", {"n": 2}), Update("bookings/b1", {"m": 3}), Delete("bookings/b2")
    )
    assert stored(documents) == {"n": 2, "m": 3}


@pytest.mark.parametrize(
    "writes",
    [
        (Create("bookings/b1", {}), Create("bookings/b1", {})),
        (Put("bookings/b1", {}), Create("bookings/b1", {})),
        (Delete("bookings/b1"), Update("bookings/b1", {"n": 1})),
    ],
    ids=["created twice", "put and created", "deleted and updated"],
)
def test_writes_that_cannot_follow_each_other_are_refused(documents: Documents, writes: tuple[Write, ...]) -> None:
    with pytest.raises(ValueError, match="follow"):
        documents.commit(*writes)
    with pytest.raises(ValueError, match="follow"):
        documents.transact(lambda transaction: transaction.write(*writes))


def test_a_write_that_changes_nothing_makes_no_new_version(documents: Documents) -> None:
    kept(documents, {"n": 1, "map": {"a": [1.0]}})
    read = documents.get("bookings/b1")
    documents.commit(Put("bookings/b1", {"map": {"a": [1.0]}, "n": 1}))
    documents.commit(Update("bookings/b1", {"map.a": [1.0]}))
    assert documents.get("bookings/b1") == read
    documents.commit(Put("bookings/b1", {"map": {"a": [1]}, "n": 1}))
    assert documents.get("bookings/b1") != read


def test_documents_below_a_document_are_not_part_of_it(documents: Documents) -> None:
    documents.commit(Create("conversations/c1", {"n": 1}), Create("conversations/c1/messages/SM1", {"n": 2}))
    documents.commit(Delete("conversations/c1"))
    assert stored(documents, "conversations/c1/messages/SM1") == {"n": 2}
