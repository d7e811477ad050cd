"""What all tests share: Google's emulators for whoever asks for them (started once per test process, a fresh project
per test), and the rule that every query has its index."""

import os
import uuid
from collections.abc import Iterator
from datetime import datetime

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore as library

from local.emulators import Emulators, find, start
from shared.adapters.firestore import FirestoreStore
from shared.adapters.memory import MemoryDatabase
from shared.ports import Query, Snapshot
from tests.indexes import declared, groups_by_due_at, missing

ASK_ANYTHING = ("tests/integration/", "tests/unit/test_memory")
"""The tests of the stores themselves."""


@pytest.fixture(autouse=True)
def every_query_has_its_index(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.nodeid.startswith(ASK_ANYTHING):
        return
    answered, found = MemoryDatabase.query, MemoryDatabase.due

    def query(database: MemoryDatabase, collection: str, query: Query) -> list[Snapshot]:
        without = missing(collection, query, declared())
        assert without is None, f"firestore.indexes.json is expected to have an index for {without}"
        return answered(database, collection, query)

    def due(database: MemoryDatabase, group: str, now: datetime, limit: int) -> list[str]:
        assert group in groups_by_due_at(), f"firestore.indexes.json is expected to override due_at of {group}"
        return found(database, group, now, limit)

    monkeypatch.setattr(MemoryDatabase, "query", query)
    monkeypatch.setattr(MemoryDatabase, "due", due)


@pytest.fixture(scope="session")
def emulators() -> Iterator[Emulators]:
    jars = find()
    if jars is None:
        missing = "expected java and Google's emulators (an installed gcloud SDK, or *_EMULATOR_JAR), found none"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    running = start(jars)
    yield running
    running.stop()


@pytest.fixture
def project() -> str:
    """Projects share nothing, so tests need no cleaning up."""
    return f"test-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def firestore_client(emulators: Emulators, project: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[library.Client]:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", emulators.firestore_host)
    client = library.Client(project=project, credentials=AnonymousCredentials())
    yield client
    client.close()


@pytest.fixture
def firestore_store(firestore_client: library.Client) -> FirestoreStore:
    return FirestoreStore(firestore_client)
