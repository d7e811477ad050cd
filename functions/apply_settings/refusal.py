"""Why settings cannot be accepted, said to the owner field by field: which setting, what was expected, what was found."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shared.salon.section import BOOKKEEPING


@dataclass(frozen=True)
class Reason:
    """What is wrong with one setting, by its dotted name; `did_you_mean` is the setting whose name is the nearest."""

    setting: str
    expected: str
    found: str
    did_you_mean: str | None = None

    def sentence(self) -> str:
        meant = f" (did you mean {self.did_you_mean}?)" if self.did_you_mean else ""
        return f"{self.setting}: expected {self.expected}{meant}, found {self.found}"

    def stored(self) -> dict[str, Any]:
        return asdict(self)


def silent(document: Mapping[str, object] | None) -> Reason:
    """Why a document that is gone, or says nothing, is not taken for the word of anybody."""
    return Reason(
        "settings/current",
        "at least the mode (alone it sets all else back to its default)",
        "no document" if document is None else "an empty document",
    )


def reasons(model: type[BaseModel], invalid: ValidationError) -> tuple[Reason, ...]:
    """All that is wrong with settings of this model."""
    return tuple(_reason(model, problem) for problem in invalid.errors())


def _reason(model: type[BaseModel], problem: ErrorDetails) -> Reason:
    where, found = ".".join(map(str, problem["loc"])), _shown(problem["input"])
    context = problem.get("ctx", {})
    match problem["type"]:
        case "extra_forbidden":
            near = get_close_matches(str(problem["loc"][-1]), list(_names(model, problem["loc"][:-1])), n=1)
            return Reason(where, "a setting we know", found, near[0] if near else None)
        case "greater_than_equal":
            return Reason(where, f"at least {context['ge']}", found)
        case "less_than_equal":
            return Reason(where, f"at most {context['le']}", found)
        case "literal_error":
            return Reason(where, context["expected"], found)
        case "value_error":
            expected, _, named = str(context["error"]).removeprefix("expected ").partition(", found ")
            return Reason(where, expected, named or found)
        case kind:
            return Reason(where, _EXPECTED.get(kind, problem["msg"]), found)


_EXPECTED = {
    "int_type": "a whole number",
    "float_type": "a number",
    "decimal_type": "a number",
    "is_instance_of": "a number",
    "bool_type": "true or false",
    "model_type": "a map",
    "tuple_type": "a list of two times",
    "missing": "a list of two times",
    "too_long": "a list of two times",
    "finite_number": "a finite number",
}


def _names(model: type[BaseModel], loc: tuple[str | int, ...]) -> Iterator[str]:
    for part in loc:
        inner = model.model_fields[str(part)].annotation
        assert isinstance(inner, type) and issubclass(inner, BaseModel)
        model = inner
    yield from (name for name in model.model_fields if name not in BOOKKEEPING)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
