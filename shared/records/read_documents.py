"""Reads documents as models where a broken one must stand in nobody's way: it is left out.

A document of ours that is all that somebody asked for is no such case: there the model is validated, and the error escapes.
"""

from collections.abc import Iterable
from typing import TypeVar

from pydantic import ValidationError

from shared.ports import Snapshot
from shared.records.app_document import AppDocument
from shared.records.problem import Problem, readable_or_problem
from shared.records.stored import Stored

M = TypeVar("M", bound=Stored)
D = TypeVar("D", bound=AppDocument)


def readable(model: type[M], snapshots: Iterable[Snapshot]) -> list[M]:
    """Those of the documents that can be read, in their order."""
    return [read for snapshot in snapshots if (read := readable_one(model, snapshot)) is not None]


def readable_one(model: type[M], snapshot: Snapshot | None) -> M | None:
    """The document, or None where there is none or it cannot be read."""
    if snapshot is None:
        return None
    try:
        if issubclass(model, AppDocument):
            return model.from_document(snapshot.id, snapshot.data)
        return model.model_validate(snapshot.data)
    except ValidationError:
        return None


def readable_and_problems(
    model: type[D], resource_type: str, snapshots: Iterable[Snapshot]
) -> tuple[list[D], list[Problem]]:
    """Those of the booking app's documents that can be read, and what is wrong with the others."""
    found: list[D] = []
    problems: list[Problem] = []
    for snapshot in snapshots:
        read = readable_or_problem(model, resource_type, snapshot.id, snapshot.data)
        if isinstance(read, Problem):
            problems.append(read)
        else:
            found.append(read)
    return found, problems
