"""One contract, three stores: what a test here says holds for each of them."""

from collections.abc import Iterator
from multiprocessing import get_context
from multiprocessing.managers import BaseManager

import pytest

from local.memory.memory import MemoryDatabase, MemoryStore
from shared.ports import Documents, Store


class Elsewhere(BaseManager):
    """Serves memory databases from a process of its own, as the local cloud does for its workers."""


Elsewhere.register("database", MemoryDatabase, exposed=["get", "query", "due", "outlived", "commit"])


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[Elsewhere]:
    with Elsewhere(ctx=get_context("spawn")) as manager:
        yield manager


@pytest.fixture(params=["memory", "memory_elsewhere", "firestore"])
def store(request: pytest.FixtureRequest) -> Store:
    match request.param:
        case "memory":
            return MemoryStore(MemoryDatabase())
        case "memory_elsewhere":
            return MemoryStore(request.getfixturevalue("elsewhere").database())
        case _:
            store: Store = request.getfixturevalue("firestore_store")
            return store


@pytest.fixture
def documents(store: Store) -> Documents:
    return store.salon("s1")
