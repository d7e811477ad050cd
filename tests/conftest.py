"""Google's emulators for whoever asks for them: started once per test process, a fresh project per test."""

import os
import uuid
from collections.abc import Iterator

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore as library

from local.emulators import Emulators, find, start
from shared.adapters.firestore import FirestoreStore


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
