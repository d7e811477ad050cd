"""firestore.indexes.json: the indexes that functions declare, those by which what is due and what has had its time is found,
and the field by which the database forgets."""

import json
from collections.abc import Iterator
from typing import Any

from local.functions import Collection, DueTrigger, Function, Kept, load

UP, DOWN = "ASCENDING", "DESCENDING"
HERE, EVERYWHERE = "COLLECTION", "COLLECTION_GROUP"


def indexes(_: str) -> str:
    functions = load()
    lines = {
        "indexes": [*map(_composite, _declared(functions))],
        "fieldOverrides": [*map(_found_when_due, _due(functions)), *map(_forgotten, _kept(functions))],
    }
    # One index a line: whoever compares two versions sees which came and which went.
    parts = (
        f'  "{name}": [\n' + ",\n".join(f"    {json.dumps(each)}" for each in each_of) + "\n  ]"
        for name, each_of in lines.items()
    )
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _declared(functions: list[Function]) -> list[tuple[str, str, str]]:
    wanted = {
        (group, HERE, fields)
        for function in functions
        for group, listed in function.indexes.items()
        for fields in listed
    }
    # clean_up looks for these in all of a salon at once, wherever in it they lie.
    nested = {
        collection.group for collection in _forgetting(functions) if collection.is_salons and collection.lies_below
    }
    return sorted(wanted | {(group, EVERYWHERE, "salon_id, forget_at") for group in nested})


def _composite(index: tuple[str, str, str]) -> dict[str, Any]:
    group, scope, fields = index
    return {"collectionGroup": group, "queryScope": scope, "fields": [*map(_field, fields.split(", "))]}


def _field(name: str) -> dict[str, str]:
    if name.endswith("[]"):
        return {"fieldPath": name.removesuffix("[]"), "arrayConfig": "CONTAINS"}
    return {"fieldPath": name.removeprefix("-"), "order": DOWN if name.startswith("-") else UP}


def _due(functions: list[Function]) -> list[str]:
    due = (trigger for function in functions for trigger in function.triggers if isinstance(trigger, DueTrigger))
    return sorted({trigger.collection.split("/")[-1] for trigger in due})


def _found_when_due(group: str) -> dict[str, Any]:
    ways = ((UP, HERE), (DOWN, HERE), (UP, EVERYWHERE))
    return {
        "collectionGroup": group,
        "fieldPath": "due_at",
        "indexes": [{"order": order, "queryScope": scope} for order, scope in ways],
    }


def _kept(functions: list[Function]) -> list[str]:
    return sorted({collection.group for collection in _forgetting(functions)})


def _forgotten(group: str) -> dict[str, Any]:
    return {
        "collectionGroup": group,
        "fieldPath": "forget_at",
        "ttl": True,
        "indexes": [{"order": UP, "queryScope": HERE}],
    }


def _forgetting(functions: list[Function]) -> Iterator[Collection]:
    """Those whose documents say when they may go."""
    return (each for function in functions for each in function.collections if isinstance(each.kept, Kept))
