"""What is wrong with documents of the booking app: they cannot be read, or name what does not exist. Such a document is
set aside and its salon told, and never guessed at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError

from shared.records.app_document import AppDocument

D = TypeVar("D", bound=AppDocument)


@dataclass(frozen=True)
class Problem:
    """`kind` is the same for all problems of a sort: the owner hears of each sort, the audit log of each problem.
    `reason` names fields and ids, and nothing about people; `code` is what `notify_owner` has words for."""

    resource_type: str
    resource_id: str
    kind: str
    reason: str
    code: str


def readable_or_problem(model: type[D], resource_type: str, id: str, data: Mapping[str, Any]) -> D | Problem:
    """The document as a model, or what is wrong with it."""
    try:
        return model.from_document(id, data)
    except ValidationError as error:
        return _unreadable(resource_type, id, error)


def _unreadable(resource_type: str, resource_id: str, error: ValidationError) -> Problem:
    found = [(".".join(map(str, each["loc"])) or resource_type, each) for each in error.errors()]
    kind = "; ".join(f"{where}: {each['type']}" for where, each in found)
    return Problem(
        resource_type,
        resource_id,
        f"{resource_type} cannot be understood ({kind})",
        # Which field and what was expected, never what it held.
        "; ".join(f"{where}: {each['msg']}" for where, each in found),
        f"unreadable_{resource_type}",
    )
