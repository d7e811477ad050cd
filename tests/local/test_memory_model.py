"""The memory store against the simplest thing that could be right: a dict, and queries that look at everything."""

from typing import Any

from hypothesis import given, settings

from local.memory.memory import MemoryDatabase, MemoryStore
from shared.ports import Create, Data, Delete, Put, Query, Update, Write
from tests.integration.operations import answer, steps, typed

ORDER: list[Any] = [type(None), bool, (int, float), object, str, bytes, list, dict]
NOTHING: Any = object()


class Model:
    def __init__(self) -> None:
        self.documents: dict[str, Data] = {}

    def commit(self, writes: list[Write]) -> bool:
        after = dict(self.documents)
        for write in writes:
            if isinstance(write, Create) and write.path in after:
                return False
            if isinstance(write, Update) and write.path not in after:
                return False
            match write:
                case Create() | Put():
                    after[write.path] = write.data
                case Update():
                    for field, value in write.fields.items():
                        after[write.path] = put(after[write.path], field.split("."), value)
                case Delete():
                    after.pop(write.path, None)
        self.documents = after
        return True

    def query(self, query: Query) -> list[tuple[str, Any]]:
        compared = sorted(
            {field for field, op, _ in query.where if op[0] in "<>"} - {f.lstrip("-") for f in query.order_by}
        )
        down = bool(query.order_by) and query.order_by[-1][0] == "-"
        hits = sorted(self.documents.items(), reverse=down)
        for field in reversed([*query.order_by, *(f"-{field}" if down else field for field in compared)]):
            hits = [hit for hit in hits if get(hit[1], field.lstrip("-")) is not NOTHING]
            hits.sort(key=lambda hit: rank(get(hit[1], field.lstrip("-"))), reverse=field[0] == "-")
        hits = [hit for hit in hits if all(holds(get(hit[1], field), op, value) for field, op, value in query.where)]
        return [(path.split("/")[1], typed(data)) for path, data in hits[: query.limit]]


def put(data: Data, parts: list[str], value: Any) -> Data:
    if len(parts) == 1:
        return {**data, parts[0]: value}
    inner = data.get(parts[0])
    return {**data, parts[0]: put(inner if isinstance(inner, dict) else {}, parts[1:], value)}


def get(data: Data, field: str) -> Any:
    value: Any = data
    for part in field.split("."):
        value = value.get(part, NOTHING) if isinstance(value, dict) else NOTHING
    return value


def rank(value: Any) -> tuple[int, Any]:
    place = next((n for n, kind in enumerate(ORDER) if kind is not object and isinstance(value, kind)), 3)
    match value:
        case None:
            return place, 0
        case list():
            return place, [rank(item) for item in value]
        case dict():
            return place, sorted((name, rank(item)) for name, item in value.items())
    return place, value


def holds(value: Any, op: str, wanted: Any) -> bool:
    if value is NOTHING:
        return False
    if op == "in":
        return rank(value) in [rank(item) for item in wanted]
    if op == "array_contains":
        return isinstance(value, list) and rank(wanted) in [rank(item) for item in value]
    one, other = rank(value), rank(wanted)
    return {
        "==": one == other,
        "<": one[0] == other[0] and one < other,
        "<=": one[0] == other[0] and one <= other,
        ">": one[0] == other[0] and one > other,
        ">=": one[0] == other[0] and one >= other,
    }[op]


@settings(max_examples=300)
@given(steps=steps)
def test_memory_answers_as_a_plain_dict_would(steps: list[Any]) -> None:
    model = Model()
    documents = MemoryStore(MemoryDatabase()).salon("s1")
    for step in steps:
        given_ = answer(documents, step)
        if given_ != "refused":
            assert given_ == (model.query(step) if isinstance(step, Query) else model.commit(step))
