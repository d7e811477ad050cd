"""Documents as models. A document of ours that does not parse is broken and raises, except where it is one of many; one of
the booking app's is set aside by the caller."""

from collections.abc import Iterable
from typing import TypeVar

from pydantic import ValidationError

from shared.ports import Snapshot
from shared.records.stored import Stored

M = TypeVar("M", bound=Stored)


def legible(model: type[M], snapshots: Iterable[Snapshot]) -> list[M]:
    """Those of our documents that can be understood: the others stand in nobody's way."""
    read = []
    for snapshot in snapshots:
        try:
            read.append(model.model_validate(snapshot.data))
        except ValidationError:
            continue
    return read
