"""The rule by which tests find queries that production would refuse."""

import pytest

from shared.ports import Query
from tests.indexes import Field, missing

UP, DOWN, CONTAINS = "ASCENDING", "DESCENDING", "CONTAINS"
INDEXES: dict[str, list[tuple[Field, ...]]] = {
    "items": [
        (("a", UP), ("t", UP)),
        (("b", UP), ("t", UP)),
        (("l", CONTAINS), ("a", UP), ("t", DOWN)),
        (("t", UP), ("u", UP)),
    ]
}

ENOUGH = [
    Query("items"),
    Query("items", (("x", "==", 1),)),
    Query("items", (("x", "==", 1), ("y", "in", [1]), ("z", "array_contains", 1))),
    Query("items", (("x", ">", 1), ("x", "<", 2)), ("-x",)),
    Query("items", (("a", "==", 1), ("t", ">", 1))),
    Query("items", (("a", "in", [1]), ("t", ">", 1)), ("t",)),
    Query("items", (("b", "==", 1), ("a", "==", 1), ("t", ">", 1))),
    Query("items", (("a", "==", 1), ("l", "array_contains", 1)), ("-t",)),
    Query("items", (), ("t", "u")),
    Query("items", (("t", ">", 1), ("u", ">", 1))),
]
NOT_ENOUGH = [
    Query("items", (("x", "==", 1), ("t", ">", 1))),
    Query("items", (("a", "==", 1), ("t", ">", 1)), ("-t",)),
    Query("items", (("a", "==", 1), ("x", "==", 1)), ("t",)),
    Query("items", (("a", "array_contains", 1),), ("t",)),
    Query("items", (), ("u", "t")),
    Query("items", (("a", "==", 1),), ("t", "u")),
]


@pytest.mark.parametrize("query", ENOUGH, ids=str)
def test_a_query_that_an_index_answers_is_let_through(query: Query) -> None:
    assert missing("salons/s1/items", query, INDEXES) is None


@pytest.mark.parametrize("query", NOT_ENOUGH, ids=str)
def test_a_query_that_no_index_answers_is_found(query: Query) -> None:
    assert missing("salons/s1/items", query, INDEXES) is not None


def test_an_index_serves_its_own_collection_only() -> None:
    assert missing("salons/s1/others", ENOUGH[4], INDEXES) == "others: a ASCENDING, t ASCENDING"
