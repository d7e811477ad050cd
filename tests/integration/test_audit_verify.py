"""`python -m local audit verify` on what a busy day left in Firestore."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from google.cloud import firestore as library

from local import __main__ as command_line
from local.audit import CHAINED
from local.in_process import Suite
from shared.records.stored import StateDocument
from tests.stories.busy_day import busy_day, everything
from tests.stories.salon import ROOT

pytestmark = pytest.mark.emulator


@pytest.fixture(scope="module")
def day() -> Suite:
    return busy_day()


class Verified:
    """What it said about the day, after somebody's hand was in it."""

    def __init__(self, client: library.Client, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
        self.client = client
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *where: str, salon: str = "s1") -> tuple[int, str, str]:
        arguments = ["local", "audit", "verify", "--salon", salon, *(where or ("--project", self.client.project))]
        self._monkeypatch.setattr(sys, "argv", arguments)
        code = command_line.main()
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def records(self) -> list[Any]:
        """Of the document that changed most often, in their order."""
        found = [s for s in self.client.collection(f"{ROOT}/audit_logs").stream() if s.get("revision") is not None]
        longest = max(found, key=lambda snapshot: snapshot.get("revision")).get("resource_id")
        return sorted((s for s in found if s.get("resource_id") == longest), key=lambda s: s.get("revision"))


@pytest.fixture
def verify(
    day: Suite, firestore_client: library.Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Verified:
    batch = firestore_client.bulk_writer()
    for path, data in everything(day).items():
        batch.set(firestore_client.document(path), data)
    batch.close()
    return Verified(firestore_client, monkeypatch, capsys)


def test_what_nobody_touched_holds(verify: Verified, day: Suite) -> None:
    code, out, _ = verify()
    counted = re.fullmatch(r"salon s1: (\d+) chained records of (\d+) documents, (\d+) .*; nothing broken\n", out)
    assert code == 0 and counted is not None, out
    documents = everything(day)
    assert int(counted[1]) + int(counted[3]) == sum("/audit_logs/" in path for path in documents)
    assert int(counted[2]) == sum("audit_head" in data for data in documents.values())


def test_a_record_changed_by_one_word_is_found(verify: Verified) -> None:
    second = verify.records()[1]
    second.reference.update({"actor": "somebody"})
    code, out, _ = verify()
    assert code == 1
    assert f"broken: {second.get('resource_type')} {second.get('resource_id')}: expected revision 3 to follow" in out


def test_a_record_that_was_removed_is_found(verify: Verified) -> None:
    records = verify.records()
    records[2].reference.delete()
    code, out, _ = verify()
    assert code == 1 and f"{records[2].get('resource_id')}: expected revisions 1 to {len(records) - 1}, found" in out


def test_two_records_that_changed_places_are_found(verify: Verified) -> None:
    first, second = verify.records()[:2]
    places = ("id", "revision", "previous_hash")
    first.reference.set({**second.to_dict(), **{name: first.get(name) for name in places}})
    second.reference.set({**first.to_dict(), **{name: second.get(name) for name in places}})
    code, out, _ = verify()
    assert code == 1 and "to follow" in out


def test_a_document_changed_past_its_audit_is_found(verify: Verified) -> None:
    gap = next(iter(verify.client.collection(f"{ROOT}/gaps").stream()))
    gap.reference.update({"revision": gap.get("revision") + 1})
    assert verify()[0] == 1


def test_a_document_that_vanished_is_found(verify: Verified) -> None:
    message = next(iter(verify.client.collection_group("messages").stream()))
    message.reference.delete()
    code, out, _ = verify()
    assert code == 1 and f"message {message.id}: expected a document at the end of its records, found none" in out


def test_a_record_that_cannot_be_read_is_found_and_its_content_not_shown(verify: Verified) -> None:
    record = verify.records()[0]
    record.reference.update({"created_at": "+447700900123"})
    code, out, _ = verify()
    assert code == 1 and f"audit_logs/{record.id}: expected an audit record, found created_at" in out
    assert "+4477" not in out


def test_a_salon_or_a_cloud_that_is_not_there_is_no_finding(verify: Verified, tmp_path: Path) -> None:
    code, out, err = verify(salon="nobody")
    assert (code, out) == (2, "") and "expected a salon nobody, found none" in err
    memory = tmp_path / "info.json"
    memory.write_text(json.dumps({"project": "p", "firestore_emulator_host": None, "base_url": "http://127.0.0.1:1"}))
    code, _, err = verify("--info", str(memory))
    assert code == 2 and "in memory" in err
    code, _, err = verify("--info", str(tmp_path / "none.json"))
    assert code == 2 and "running local cloud" in err


def test_every_kind_of_document_whose_changes_are_chained_is_looked_at() -> None:
    def kinds(model: type[StateDocument]) -> set[str]:
        below = {name for each in model.__subclasses__() for name in kinds(each)}
        ours = model.__module__.startswith(("shared.", "functions.")) and "resource_type" in vars(model)
        return below | ({model.resource_type} if ours else set())

    assert kinds(StateDocument) == {model.resource_type for model in CHAINED.values()}
