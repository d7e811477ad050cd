from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest

from local.memory.memory import MemoryDatabase, MemoryStore
from shared.ports import Create, Transaction, Update
from shared.records.audit import Amended, amend
from shared.records.commit import save, update
from shared.records.retention import YEAR, Kept
from shared.records.stored import Instant, StateDocument, Stored

NOW = datetime(2026, 11, 30, 10, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


class Hinge(Stored):
    loose: bool = False
    turned: int = 0


class Door(Stored):
    colour: str = "red"
    hinge: Hinge = Hinge()


class House(StateDocument):
    collection: ClassVar[str] = "houses"
    resource_type: ClassVar[str] = "house"
    retained = Kept(YEAR)

    name: str = "One"
    door: Door = Door()
    back_door: Door | None = None
    rooms: dict[str, int] = {}
    built_at: Instant = NOW


HOUSE = House(id="h1", salon_id="s1", revision=1, created_at=NOW, updated_at=NOW, rooms={"a.b": 1, "kitchen": 2})
AUDITED = {"revision", "audit_head", "updated_at", "forget_at"}


def amended(house: House, **changes: Any) -> Amended[House]:
    return amend(house, now=LATER, actor="test", event="gap_changed", action="changed", **changes)


def updated(house: Amended[House]) -> dict[str, Any]:
    """What its rewrite updates, besides what every rewrite does."""
    written, _ = update(house)
    assert isinstance(written, Update) and written.path == "houses/h1"
    assert written.fields.keys() >= AUDITED
    return {name: value for name, value in written.fields.items() if name not in AUDITED}


def test_a_rewrite_updates_the_changed_fields_its_audit_and_its_retention():
    written, record = update(amended(HOUSE, name="Two"))
    assert isinstance(written, Update) and isinstance(record, Create)
    head = amended(HOUSE, name="Two").record.hash
    assert written.fields == {
        "name": "Two", "revision": 2, "audit_head": head, "updated_at": LATER, "forget_at": NOW + YEAR,
    }  # fmt: skip


CHANGES: dict[str, tuple[Callable[[], Amended[House]], dict[str, Any]]] = {
    "nothing": (lambda: amended(HOUSE, name="One", rooms=dict(HOUSE.rooms)), {}),
    "inside a model": (lambda: amended(HOUSE, door=Door(colour="blue")), {"door.colour": "blue"}),
    "deeper": (lambda: amended(HOUSE, door=Door(hinge=Hinge(turned=3))), {"door.hinge.turned": 3}),
    "before it was amended": (lambda: amended(HOUSE.changed(name="Two"), rooms={}), {"name": "Two", "rooms": {}}),
    "a map loses a name": (lambda: amended(HOUSE, rooms={"a.b": 1}), {"rooms": {"a.b": 1}}),
    "a model appears": (
        lambda: amended(HOUSE, back_door=Door()),
        {"back_door": {"colour": "red", "hinge": {"loose": False, "turned": 0}}},
    ),
    "a model appears and is changed": (
        lambda: amended(HOUSE.changed(back_door=Door()), back_door=Door(colour="blue")),
        {"back_door": {"colour": "blue", "hinge": {"loose": False, "turned": 0}}},
    ),
    "a model is changed and goes": (
        lambda: amended(HOUSE.changed(back_door=Door()).changed(back_door=Door(colour="blue")), back_door=None),
        {"back_door": None},
    ),
    "amended twice": (lambda: amended(amended(HOUSE, name="Two").document, built_at=LATER), {"name": "Two", "built_at": LATER}),
    "amended back": (lambda: amended(amended(HOUSE, name="Two").document, name="One"), {"name": "One"}),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_only_what_has_changed_since_it_was_read_is_updated(change: str):
    rewrite, expected = CHANGES[change]
    assert updated(rewrite()) == expected


def test_documents_with_equal_fields_are_equal_however_they_came_about():
    assert HOUSE.changed(name="Two").changed(name="One") == HOUSE


def test_a_rewrite_leaves_the_fields_that_nobody_here_knows():
    documents = MemoryStore(MemoryDatabase()).salon("s1")
    newer = {**HOUSE.stored(), "garden": "big", "door": {**HOUSE.door.stored(), "bell": True}}
    documents.commit(Create(HOUSE.path, newer))
    read = documents.get(HOUSE.path)
    assert read is not None
    rewrite = amended(House.model_validate(read.data), door=Door(colour="blue"))
    assert documents.commit(*update(rewrite, read))
    assert not documents.commit(*update(rewrite, read)), "somebody wrote it since"
    found = documents.get(HOUSE.path)
    assert found is not None
    assert found.data == {
        **newer,
        **rewrite.document.stored(),
        "door": {**rewrite.document.door.stored(), "bell": True},
    }


def test_a_rewrite_in_a_transaction_needs_no_snapshot():
    documents = MemoryStore(MemoryDatabase()).salon("s1")
    documents.commit(Create(HOUSE.path, {**HOUSE.stored(), "garden": "big"}))

    def work(transaction: Transaction) -> None:
        read = transaction.get(HOUSE.path)
        assert read is not None
        transaction.write(*update(amended(House.model_validate(read.data), name="Two")))

    documents.transact(work)
    found = documents.get(HOUSE.path)
    assert found is not None and (found.data["name"], found.data["garden"]) == ("Two", "big")


def test_what_no_audit_follows_is_created_once_and_then_updated():
    documents = MemoryStore(MemoryDatabase()).salon("s1")
    assert documents.commit(save("doors/d", Door(), None))
    assert not documents.commit(save("doors/d", Door(), None)), "it exists"
    documents.commit(Update("doors/d", {"bell": True}))
    read = documents.get("doors/d")
    assert documents.commit(save("doors/d", Door(colour="blue"), read))
    assert not documents.commit(save("doors/d", Door(), read)), "somebody wrote it since"
    found = documents.get("doors/d")
    assert found is not None and found.data == {**Door(colour="blue").stored(), "bell": True}
