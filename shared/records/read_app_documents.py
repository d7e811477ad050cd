"""Documents of the booking app as models; what cannot be understood is left out, and named."""

from collections.abc import Sequence
from typing import TypeVar

from pydantic import ValidationError

from shared.ports import Query, Reader
from shared.records.app_document import AppDocument
from shared.records.problem import Problem, unreadable

D = TypeVar("D", bound=AppDocument)


def understood(model: type[D], resource_type: str, reader: Reader, query: Query) -> tuple[list[D], list[Problem]]:
    found: list[D] = []
    problems: list[Problem] = []
    for snapshot in reader.query(query):
        try:
            found.append(model.from_document(snapshot.id, snapshot.data))
        except ValidationError as error:
            problems.append(unreadable(resource_type, snapshot.id, error))
    return found, problems


def readable(model: type[D], reader: Reader, query: Query) -> Sequence[D]:
    return understood(model, model.__name__.lower(), reader, query)[0]
