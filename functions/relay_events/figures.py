"""What monitoring counts of an audit record: words of fixed lists and numbers, nothing about a person.

They go into the log line of the relayed record, and from there into charts and alerts that know no salon.
"""

from collections.abc import Mapping
from typing import Any

_COUNTED = ("decision_type", "autonomy_level", "decision_outcome", "revenue", "currency", "approval_seconds")
"""Which of a record's details are counted."""


def figures(record: Mapping[str, Any]) -> dict[str, str | float]:
    """The figures of a stored record as a trigger delivers it. What the record should have and has not is not
    counted."""
    details = record.get("details")
    details = details if isinstance(details, Mapping) else {}
    found = {"announces": record.get("announces"), **{name: details.get(name) for name in _COUNTED}}
    return {name: value for name, value in found.items() if isinstance(value, str | int | float)}
