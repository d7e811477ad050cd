"""`python -m local repair` on a salon in Firestore."""

import sys

import pytest
from google.cloud import firestore as library

from local import __main__ as command_line
from tests.stories.busy_day import everything
from tests.stories.salon import NOW, ROOT, cancel, freed_gaps, salon

pytestmark = pytest.mark.emulator


def test_what_is_wrong_is_told_and_then_mended_with_a_record(
    firestore_client: library.Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with salon() as suite:
        cancel(suite)
        [gap] = freed_gaps(suite)
        suite.update(f"{ROOT}/gaps/{gap['id']}", due_at=None)
        for path, data in everything(suite).items():
            firestore_client.document(path).set(data)

    def repair(*options: str, of: str = "s1") -> tuple[int, str]:
        where = ["--salon", of, "--project", firestore_client.project, *options]
        monkeypatch.setattr(sys, "argv", ["local", "repair", *where])
        return command_line.main(), capsys.readouterr().out

    stored = firestore_client.document(f"{ROOT}/gaps/{gap['id']}")
    code, said = repair("--dry-run")
    assert (code, said.splitlines()) == (
        1,
        [
            f"wake: gaps/{gap['id']}: it waits, and nothing would wake it",
            "salon s1: 1 found, nothing changed",
        ],
    )
    assert stored.get().get("due_at") is None
    assert repair()[0] == 0
    assert stored.get().get("due_at") > NOW
    assert firestore_client.document(f"{ROOT}/audit_logs/gap-{gap['id']}-{gap['revision'] + 1}").get().exists
    assert repair("--dry-run") == (0, "salon s1: nothing is wrong\n")
    assert repair(of="nobody")[0] == 2
