"""Queries: each store finds the same documents in the same order."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.ports import Create, Data, Delete, Documents, Put, Query, Update

NINE = datetime(2026, 11, 21, 9, tzinfo=UTC)


def fill(documents: Documents, **by_id: Data) -> None:
    assert documents.commit(*(Create(f"items/{name}", data) for name, data in by_id.items()))


def ids(
    documents: Documents, *where: tuple[str, Any, Any], order_by: tuple[str, ...] = (), limit: int | None = None
) -> list[str]:
    return [snapshot.id for snapshot in documents.query(Query("items", where, order_by, limit))]


def test_an_empty_collection_has_no_documents(documents: Documents) -> None:
    assert ids(documents, ("a", "==", 1)) == []


def test_a_query_finds_whole_documents_of_its_own_collection_by_id(documents: Documents) -> None:
    fill(documents, b={"n": 1}, a={"n": 2})
    documents.commit(Create("others/c", {"n": 1}), Create("items/a/items/d", {"n": 1}))
    found = documents.query(Query("items"))
    assert [(snapshot.path, snapshot.data) for snapshot in found] == [("items/a", {"n": 2}), ("items/b", {"n": 1})]
    assert [snapshot.path for snapshot in documents.query(Query("items/a/items"))] == ["items/a/items/d"]
    assert found[0] == documents.get("items/a")


def test_a_document_without_the_field_is_not_found_by_it(documents: Documents) -> None:
    fill(documents, with_null={"a": None}, without={"b": 1}, with_value={"a": 1})
    assert ids(documents, order_by=("a",)) == ["with_null", "with_value"]
    assert ids(documents, ("a", "<=", 5)) == ["with_value"]
    assert ids(documents, ("a", "==", None)) == ["with_null"]


def test_an_inequality_only_finds_values_of_its_type(documents: Documents) -> None:
    fill(
        documents, null={"a": None}, flag={"a": True}, whole={"a": 5}, real={"a": 4.5}, at={"a": NINE}, text={"a": "5"},
        raw={"a": b"5"}, several={"a": [5]}, map={"a": {"b": 5}},
    )  # fmt: skip
    assert ids(documents, ("a", "<", 6)) == ["real", "whole"]
    assert ids(documents, ("a", ">", 1.5)) == ["real", "whole"]
    assert ids(documents, ("a", ">=", "")) == ["text"]
    assert ids(documents, ("a", "<=", NINE)) == ["at"]
    assert ids(documents, ("a", ">=", False)) == ["flag"]


def test_equality_tells_numbers_from_flags_and_text_but_not_whole_from_real(documents: Documents) -> None:
    fill(documents, flag={"a": True}, whole={"a": 1}, real={"a": 1.0}, text={"a": "1"}, map={"a": {"x": 1}})
    assert ids(documents, ("a", "==", 1)) == ["real", "whole"]
    assert ids(documents, ("a", "==", True)) == ["flag"]
    assert ids(documents, ("a", "==", {"x": 1})) == ["map"]


def test_values_of_different_types_have_one_order(documents: Documents) -> None:
    fill(
        documents, i={"a": {"b": 1}}, h={"a": [2]}, g={"a": [1, 9]}, f={"a": b"x"}, e={"a": "x"}, d={"a": NINE},
        c={"a": 7}, c1={"a": 7.5}, b={"a": True}, b0={"a": False}, a={"a": None},
    )  # fmt: skip
    assert ids(documents, order_by=("a",)) == ["a", "b0", "b", "c", "c1", "d", "e", "f", "g", "h", "i"]


def test_instants_are_compared_to_the_microsecond(documents: Documents) -> None:
    micro = timedelta(microseconds=1)
    fill(documents, a={"at": NINE - micro}, b={"at": NINE}, c={"at": NINE + micro})
    assert ids(documents, ("at", "<", NINE)) == ["a"]
    assert ids(documents, ("at", "==", NINE)) == ["b"]
    assert ids(documents, ("at", ">", NINE)) == ["c"]
    assert ids(documents, ("at", ">=", NINE), ("at", "<", NINE + micro)) == ["b"]


def test_all_conditions_must_hold(documents: Documents) -> None:
    fill(
        documents,
        a={"staff": "x", "at": NINE, "status": "confirmed"},
        b={"staff": "x", "at": NINE + timedelta(hours=2), "status": "confirmed"},
        c={"staff": "y", "at": NINE, "status": "confirmed"},
        d={"staff": "x", "at": NINE, "status": "cancelled"},
    )
    condition = (("staff", "==", "x"), ("at", ">=", NINE), ("at", "<", NINE + timedelta(hours=1)))
    assert ids(documents, *condition) == ["a", "d"]
    assert ids(documents, *condition, ("status", "in", ["confirmed", "pending"])) == ["a"]


def test_a_dotted_name_is_compared_inside_maps(documents: Documents) -> None:
    fill(documents, a={"m": {"x": {"y-z": 1}}}, b={"m": {"x": {"y-z": 2}}}, c={"m": 1}, d={"m": {"x": 1}})
    assert ids(documents, ("m.x.y-z", "==", 1)) == ["a"]
    assert ids(documents, ("m.x.y-z", ">", 0)) == ["a", "b"]
    assert ids(documents, order_by=("-m.x.y-z",)) == ["b", "a"]


def test_in_finds_any_of_its_values(documents: Documents) -> None:
    fill(documents, a={"s": "x"}, b={"s": "y"}, c={"s": "z"}, d={"t": "x"})
    assert ids(documents, ("s", "in", ["z", "x", "x"])) == ["a", "c"]
    assert ids(documents, ("s", "in", ("y",))) == ["b"]


def test_in_takes_at_most_thirty_values(documents: Documents) -> None:
    fill(documents, a={"n": 29}, b={"n": 30})
    assert ids(documents, ("n", "in", list(range(30)))) == ["a"]
    with pytest.raises(ValueError, match="30"):
        ids(documents, ("n", "in", list(range(31))))


@pytest.mark.parametrize(
    "clause",
    [("n", "in", []), ("n", "in", "text"), ("n", "<", None), ("n", ">=", None), ("n", "<", NINE.replace(tzinfo=None))],
    ids=str,
)
def test_a_condition_that_could_never_hold_is_refused(documents: Documents, clause: tuple[str, Any, Any]) -> None:
    with pytest.raises(ValueError, match="expected"):
        ids(documents, clause)


def test_array_contains_finds_lists_with_the_value(documents: Documents) -> None:
    fill(documents, a={"l": ["x", "y"]}, b={"l": ["y"]}, c={"l": "x"}, d={"l": []}, e={"l": [{"id": 1}, 1]})
    assert ids(documents, ("l", "array_contains", "x")) == ["a"]
    assert ids(documents, ("l", "array_contains", {"id": 1})) == ["e"]
    assert ids(documents, ("l", "array_contains", 1.0)) == ["e"]
    with pytest.raises(ValueError, match="array_contains"):
        ids(documents, ("l", "array_contains", "x"), ("l", "array_contains", "y"))


def test_documents_come_in_the_order_of_the_fields_and_then_of_the_id(documents: Documents) -> None:
    fill(documents, d={"n": 1, "m": 2}, b={"n": 2, "m": 1}, c={"n": 1, "m": 1}, a={"n": 1, "m": 2})
    assert ids(documents, order_by=("n",)) == ["a", "c", "d", "b"]
    assert ids(documents, order_by=("n", "m")) == ["c", "a", "d", "b"]
    assert ids(documents, ("n", "==", 1), order_by=("m",)) == ["c", "a", "d"]


def test_a_minus_before_a_field_orders_downwards_ties_too(documents: Documents) -> None:
    fill(documents, d={"n": 1, "m": 2}, b={"n": 2, "m": 1}, c={"n": 1, "m": 1}, a={"n": 1, "m": 2})
    assert ids(documents, order_by=("-n",)) == ["b", "d", "c", "a"]
    assert ids(documents, order_by=("-n", "m")) == ["b", "c", "a", "d"]


def test_an_inequality_orders_by_its_field(documents: Documents) -> None:
    fill(documents, a={"n": 3}, b={"n": 1}, c={"n": 2})
    assert ids(documents, ("n", ">", 1)) == ["c", "a"]
    assert ids(documents, ("n", ">", 1), order_by=("-n",)) == ["a", "c"]


def test_a_limit_keeps_the_first(documents: Documents) -> None:
    fill(documents, a={"n": 3}, b={"n": 1}, c={"n": 2})
    assert ids(documents, order_by=("n",), limit=2) == ["b", "c"]
    assert ids(documents, order_by=("-n",), limit=2) == ["a", "c"]
    assert ids(documents, limit=1) == ["a"]
    with pytest.raises(ValueError, match="limit"):
        ids(documents, limit=0)


def test_the_next_page_begins_behind_the_last_document_of_the_one_before(documents: Documents) -> None:
    fill(documents, a={"n": 1}, b={}, c={"n": 2}, d={})

    def page(after: str | None) -> list[str]:
        return [snapshot.id for snapshot in documents.query(Query("items", limit=2, after=after))]

    assert [page(None), page("b"), page("bb"), page("d")] == [["a", "b"], ["c", "d"], ["c", "d"], []]
    with pytest.raises(ValueError, match="after"):
        documents.query(Query("items", order_by=("n",), after="a"))


def test_a_query_sees_what_was_just_written(documents: Documents) -> None:
    fill(documents, a={"n": 1}, b={"n": 1})
    assert ids(documents, ("n", "==", 1)) == ["a", "b"]
    documents.commit(Update("items/a", {"n": 2}), Put("items/c", {"n": 1}), Delete("items/b"))
    assert ids(documents, ("n", "==", 1)) == ["c"]
    assert ids(documents, ("n", "==", 2)) == ["a"]
    documents.commit(Put("items/a", {"m": 1}))
    assert ids(documents, ("n", ">=", 0)) == ["c"]
