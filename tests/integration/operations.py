"""Random commits and queries over few documents and few, treacherous values."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from shared.ports import Create, Delete, Documents, Put, Query, Snapshot, Update, Write

NINE = datetime(2026, 11, 21, 9, tzinfo=UTC)
SCALARS: list[Any] = [None, False, True, 0, 1, 1.0, 1.5, -1, "", "1", "a", NINE, NINE.replace(microsecond=1), b"1"]
FIELDS = ["a", "b", "m.x", "m.y-z"]

scalars = st.sampled_from(SCALARS)
values = scalars | st.lists(scalars, max_size=2) | st.dictionaries(st.sampled_from(["x", "y-z"]), scalars, max_size=2)
data = st.dictionaries(st.sampled_from(["a", "b", "m"]), values, max_size=3)
updates = st.dictionaries(st.sampled_from([*FIELDS, "c"]), values, min_size=1, max_size=2)
paths = st.sampled_from([f"items/{name}" for name in "abcd"])

writes = st.one_of(
    st.builds(Create, paths, data),
    st.builds(Put, paths, data),
    st.builds(Update, paths, updates),
    st.builds(Delete, paths),
)
commits = st.lists(writes, min_size=1, max_size=3)
clauses = st.one_of(
    st.tuples(st.sampled_from(FIELDS), st.just("=="), values),
    st.tuples(
        st.sampled_from(FIELDS), st.sampled_from(["<", "<=", ">", ">="]), scalars.filter(lambda v: v is not None)
    ),
    st.tuples(st.sampled_from(FIELDS), st.just("in"), st.lists(scalars, min_size=1, max_size=3)),
    st.tuples(st.sampled_from(FIELDS), st.just("array_contains"), scalars.filter(lambda v: v is not None)),
)
orders = st.lists(st.sampled_from([*FIELDS, "-a"]), max_size=2, unique_by=lambda field: field.lstrip("-")).map(tuple)
queries = st.builds(
    Query, st.just("items"), st.lists(clauses, max_size=2).map(tuple), orders, st.none() | st.integers(1, 3)
)
steps = st.lists(commits | queries, min_size=1, max_size=12)

Answer = bool | str | list[tuple[str, Any]]


def answer(documents: Documents, step: list[Write] | Query) -> Answer:
    """What a step says to its caller; a refusal is an answer too."""
    try:
        return shown(documents.query(step)) if isinstance(step, Query) else documents.commit(*step)
    except ValueError:
        return "refused"


def shown(snapshots: list[Snapshot]) -> list[tuple[str, Any]]:
    return [(snapshot.id, typed(snapshot.data)) for snapshot in snapshots]


def typed(value: Any) -> Any:
    """With the types, since 1 == 1.0 == True."""
    if isinstance(value, dict):
        return {key: typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [typed(item) for item in value]
    return type(value).__name__, value
