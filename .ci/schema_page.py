"""Keeps docs/schema.md true. Of a table, field, type and default come from the model, the meaning is by hand; of the section of
a collection, the heading comes from the function.json that declares it, and what is said below it is by hand.

A table stands between `<!-- model: shared.calendar.gap.Gap -->` and `<!-- /model -->`, a heading between
`<!-- collection: salons/{salon_id}/gaps/{gap_id} -->` and `<!-- /collection -->`.
"""

import importlib
import re
import types
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from kept_table import period
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from local.functions import Collection, Function, load
from shared.records.app_document import AppDocument
from shared.values.stretches import Stretch

TABLE = re.compile(r"(<!-- model: ([\w.]+) -->\n)(.*?)(<!-- /model -->)", re.DOTALL)
PART = re.compile(r"^(?=<!-- collection: |# )", re.MULTILINE)
HEADING = re.compile(r"<!-- collection: (\S+) -->\n.*?<!-- /collection -->\n", re.DOTALL)
OURS, ABOVE = "# What the suite writes\n", "# Above the salons\n"
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


def heading(function: Function, collection: Collection) -> str:
    if collection.readers is None:
        read = "who may what is said by hand in `firestore.rules`"
    elif collection.readers:
        read = f"read with a token by {', '.join(collection.readers)}"
    else:
        read = "read by no token"
    facts = f"Declared by `{function.name}` · {read} · kept {period(collection)} · of people: {collection.people}"
    mark = f"<!-- collection: {collection.document} -->\n"
    return f"{mark}## `{collection.within}`\n{facts}.\n<!-- /collection -->\n"


def section(collection: Collection, heading: str) -> str:
    """Of a collection that the page does not have yet."""
    return heading + (f"\n<!-- model: {collection.model} -->\n<!-- /model -->" if collection.model else "")


def with_collections(page: str) -> str:
    """The page with a section for each collection that is declared, and none of one that no longer is."""
    declared = {each.document: (each, heading(function, each)) for function in load() for each in function.collections}
    written = set()
    parts = []
    for part in PART.split(page):
        if (found := HEADING.match(part)) is None:
            parts.append(part)
        elif found[1] in declared:
            written.add(found[1])
            parts.append(declared[found[1]][1] + part[found.end() :])
    for document in sorted(declared.keys() - written):
        collection, says = declared[document]
        beginning = next(
            at for at, part in enumerate(parts) if part.startswith(OURS if collection.is_salons else ABOVE)
        )
        end = next((at for at in range(beginning + 1, len(parts)) if parts[at].startswith("# ")), len(parts))
        parts.insert(end, section(collection, says))
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def with_tables(page: str) -> str:
    return TABLE.sub(lambda found: found[1] + table(found[2], found[3]) + found[4], page)
