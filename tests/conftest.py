"""What all tests share: Google's emulators for whoever asks for them (started once per test process, a fresh project
per test), and the rule that every query has its index."""

import os
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore as library
from hypothesis import HealthCheck, settings

from local.emulators import Emulators, find, start
from local.memory.memory import MemoryDatabase
from shared.adapters.firestore import FirestoreStore
from shared.ports import Query, Snapshot
from tests.index_usage import Asked, Verdict, judged, kind
from tests.indexes import declared, groups_by_due_at, missing

ASK_ANYTHING = ("tests/integration/", "tests/local/test_memory")
"""The tests of the stores themselves."""


ASKED = pytest.StashKey[Asked]()
VERDICT = pytest.StashKey[Verdict]()


# No test fails because the machine is slow.
settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[ASKED] = Asked()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """A process of several is done."""
    if packed := getattr(node, "workeroutput", {}).get("asked"):
        node.config.stash[ASKED].add(packed)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Names the order of the tests, however little else is told: who cannot repeat an order cannot mend what it has found."""
    seed = session.config.getoption("randomly_seed", None)
    reporter = session.config.pluginmanager.getplugin("terminalreporter")
    if seed is not None and reporter is not None and not hasattr(session.config, "workerinput"):
        reporter.write_line(f"in random order, repeated by --randomly-seed={seed} (make test ORDER={seed})")


def pytest_sessionfinish(session: pytest.Session) -> None:
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput["asked"] = config.stash[ASKED].packed()
    elif not session.testsfailed and is_whole(config):
        verdict = judged(config.stash[ASKED])
        if verdict is not None:
            config.stash[VERDICT] = verdict
            if verdict.wrong:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED


def is_whole(config: pytest.Config) -> bool:
    """What a part of the suite asks says nothing about what nobody asks. The long tests ask nothing of their own."""
    chosen = [getattr(config.option, name, None) for name in ("keyword", "lf", "collectonly")]
    whole = config.option.markexpr in ("", "not long") and not any(chosen)
    return whole and config.args_source is pytest.Config.ArgsSource.TESTPATHS


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if (verdict := config.stash.get(VERDICT, None)) is not None:
        terminalreporter.section("firestore.indexes.json, by the emulator's report")
        terminalreporter.write_line(f"{len(verdict.used)} composite indexes are declared and used")
        terminalreporter.write_line(f"answered by merging single fields: {'; '.join(sorted(verdict.merged))}")
        for wrong in verdict.wrong:
            terminalreporter.write_line(wrong, red=True)


@pytest.fixture(autouse=True)
def every_query_has_its_index(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.node.nodeid.startswith(ASK_ANYTHING):
        return
    answered, found, old = MemoryDatabase.query, MemoryDatabase.due, MemoryDatabase.outlived
    asked = request.config.stash[ASKED]

    def query(database: MemoryDatabase, collection: str, query: Query) -> list[Snapshot]:
        if (of_this_kind := kind(collection, query)) not in asked.queries:
            without = missing(collection, query, declared())
            assert without is None, f"firestore.indexes.json is expected to have an index for {without}"
            asked.queries[of_this_kind] = collection, query
        return answered(database, collection, query)

    def due(database: MemoryDatabase, group: str, now: datetime, limit: int, after: Any = None) -> list[Any]:
        assert group in groups_by_due_at(), f"firestore.indexes.json is expected to override due_at of {group}"
        asked.due.add(group)
        return found(database, group, now, limit, after)

    def outlived(database: MemoryDatabase, salon_id: str, group: str, now: datetime, limit: int) -> list[str]:
        # It needs the index that the same query needs within one collection.
        theirs = (("salon_id", "==", salon_id), ("forget_at", "<=", now))
        query(database, f"salons/{salon_id}/any/any/{group}", Query(group, where=theirs, order_by=("forget_at",)))
        return old(database, salon_id, group, now, limit)

    monkeypatch.setattr(MemoryDatabase, "outlived", outlived)
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
