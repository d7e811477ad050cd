"""Queries for more values of a field than one `in` takes."""

from collections.abc import Sequence
from typing import Any, Literal

from shared.ports import Query

IN_LIMIT = 30
"""Firestore's limit of values for one `in`."""


def queries_by_values(
    collection: str,
    field: str,
    values: Sequence[str],
    *where: tuple[str, Literal["==", "<", "<=", ">", ">="], Any],
) -> list[Query]:
    """The queries that together find the documents whose `field` is one of `values`, and of which `where` holds."""
    parts = [list(values[start : start + IN_LIMIT]) for start in range(0, len(values), IN_LIMIT)]
    return [Query(collection, where=((field, "in", part), *where)) for part in parts]
