"""What the booking app wrote and nobody can understand, or that names what does not exist. It is set aside and said, never
guessed; a reason names fields and ids, and nothing about people."""

from dataclasses import dataclass

from pydantic import ValidationError


@dataclass(frozen=True)
class Problem:
    """`kind` is the same for all of a sort: the owner hears of a sort, the audit log of each."""

    resource_type: str
    resource_id: str
    kind: str
    reason: str


def unreadable(resource_type: str, resource_id: str, error: ValidationError) -> Problem:
    found = [(".".join(map(str, each["loc"])) or resource_type, each) for each in error.errors()]
    kind = "; ".join(f"{where}: {each['type']}" for where, each in found)
    return Problem(
        resource_type,
        resource_id,
        f"{resource_type} cannot be understood ({kind})",
        # Which field and what was expected, never what it held.
        "; ".join(f"{where}: {each['msg']}" for where, each in found),
    )
