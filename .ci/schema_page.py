"""Keeps the tables of docs/schema.md true: field, type and default come from the models, the meaning is by hand.

A table stands between `<!-- model: shared.calendar.gap.Gap -->` and `<!-- /model -->`.
"""

import importlib
import re
import types
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from shared.records.app_document import AppDocument
from shared.values.stretches import Stretch

TABLE = re.compile(r"(<!-- model: ([\w.]+) -->\n)(.*?)(<!-- /model -->)", re.DOTALL)
ROW = re.compile(r"^\| `([^`]+)` \|.*\| ([^|]*) \|$", re.MULTILINE)
WORDS: dict[Any, str] = {
    str: "text",
    int: "number",
    float: "number",
    bool: "true or false",
    Decimal: "amount",
    datetime: "instant",
    date: "date",
    time: "time of day",
    Any: "anything",
    type(None): "null",
    Stretch: "map of `start`, `end`",
}
MANY = 16
"""More words than this are counted, not listed."""


def model(dotted: str) -> type[BaseModel]:
    module, _, name = dotted.rpartition(".")
    found: type[BaseModel] = getattr(importlib.import_module(module), name)
    return found


def shape(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return shape(arguments[0])
    if origin is Literal:
        listed = ", ".join(f"`{word}`" for word in arguments)
        return listed if len(arguments) <= MANY else f"one of {len(arguments)} words"
    if origin in (Union, types.UnionType):
        return " or ".join(shape(argument) for argument in arguments)
    if origin in (list, frozenset):
        return f"list of {shape(arguments[0])}"
    if origin is tuple:
        return f"pair, {shape(arguments[0])}"
    if origin is dict:
        return "map" if arguments[1] is Any else f"map of {shape(arguments[1])}"
    return WORDS.get(annotation, "map")


def limits(field: FieldInfo) -> str:
    found = {name: getattr(item, name) for item in field.metadata for name in ("ge", "le") if hasattr(item, name)}
    if {"ge", "le"} <= found.keys():
        return f" {found['ge']} to {found['le']}"
    return f" from {found['ge']}" if "ge" in found else ""


def default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.default
    if isinstance(value, BaseModel):
        return ""
    if isinstance(value, tuple):
        return ", ".join(f"{part:%H:%M}" for part in value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value) if isinstance(value, str | int | float | Decimal) and value != "" else "empty"


def inner(annotation: Any) -> tuple[type[BaseModel], str] | None:
    """The model inside a field, with what its path below the field looks like."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, "."
    for argument in get_args(annotation):
        if (found := inner(argument)) is not None:
            step = {list: "[]", dict: ".*"}.get(get_origin(annotation), "")
            return found[0], step + found[1]
    return None


def fields(of: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str, str]]:
    for name, field in of.model_fields.items():
        if name == "id" and issubclass(of, AppDocument):
            continue  # the document's name, and no field of it
        kind = shape(field.annotation)
        ranged = kind.replace("number", f"number{limits(field)}").replace("amount", f"amount{limits(field)}")
        yield prefix + name, ranged, default(field)
        if (below := inner(field.annotation)) is not None:
            yield from fields(below[0], f"{prefix}{name}{below[1]}")


def table(dotted: str, written: str) -> str:
    meanings = dict(ROW.findall(written))
    rows = (
        f"| `{path}` | {kind} | {value} | {meanings.get(path, '')} |" for path, kind, value in fields(model(dotted))
    )
    return "\n".join(["| field | type | default | meaning |", "|---|---|---|---|", *rows, ""])


def with_tables(page: str) -> str:
    return TABLE.sub(lambda found: found[1] + table(found[2], found[3]) + found[4], page)
