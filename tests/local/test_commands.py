"""The commands as whoever mistypes them, or comes too late, meets them: a clear word within seconds, and no traceback."""

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from local import front
from local.gateway import Gateway
from local.phone.core import Phone
from local.phone.http import post_webhook, serve
from local.phone.later import InThreads
from local.visits import Visits
from tests.local.conftest import ROOT, Command
from tests.local.test_local_doors import NOW, Doors
from tests.stories.busy_day import everything
from tests.stories.salon import ROOT as SALON
from tests.stories.salon import cancel, freed_gaps, salon

NOBODY = "http://127.0.0.1:1"
PERIOD = "--from 2026-11-20 --to 2026-11-20"
EXPORT = "tests/fixtures/booking_export.csv --timezone America/Toronto --currency CAD"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"import {EXPORT} --url notaurl", "expected the address of a local cloud such as http://127.0.0.1:8080"),
        (f"dry-run --salon demo {PERIOD} --url foo", "expected the address of a local cloud"),
        (f"dry-run --salon demo {PERIOD} --url http://127.0.0.1:port", "expected the address of a local cloud"),
        (
            "dry-run --salon demo --from 2018-05-32 --to 2018-06-01 --url x",
            "a day such as 2026-05-01, found '2018-05-32'",
        ),
        (f"replay {EXPORT} --from 2026-05-01 --to then", "expected a day such as 2026-05-01, found 'then'"),
        ("up --port 99999", "expected a port from 0 (any free one) to 65535, found '99999'"),
        ("up --port -1", "expected a port"),
        ("up --speed soon", "expected a speed of 0 or more, such as 60, found 'soon'"),
        ("up --speed inf", "expected a speed of 0 or more"),
        ("up --at 2026-11-20", "expected a full RFC 3339 instant, found '2026-11-20'"),
        (f"import none.csv --timezone UTC --currency CAD --url {NOBODY}", "none.csv: No such file or directory"),
        (
            "audit verify --salon demo --info none.json",
            "expected none.json of a running local cloud, found no such file",
        ),
        ("repair --salon demo --info README.md", "expected README.md to be written by a running local cloud"),
    ],
)
def test_a_bad_argument_is_said_with_what_was_expected(command: Command, line: str, said: str) -> None:
    code, out = command(line)
    assert code == 2 and said in out and "Traceback" not in out


def test_a_port_that_somebody_else_has_is_named(command: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, out = command(f"up --cloud memory --salon none --port {port}")
    assert code == 1 and f"expected to listen on port {port}, found: Address already in use" in out
    assert "what the functions said" not in out, "nothing has run yet"


@pytest.mark.parametrize("host", [None, "127.0.0.1:1"])
@pytest.mark.parametrize("line", ["audit verify", "repair --dry-run", f"dry-run {PERIOD}"])
def test_the_file_of_a_cloud_that_has_ended_is_said_at_once(
    command: Command, tmp_path: Path, line: str, host: str | None
) -> None:
    stale = tmp_path / "info.json"
    stale.write_text(json.dumps({"project": "p", "firestore_emulator_host": host, "base_url": NOBODY}))
    code, out = command(f"{line} --salon demo --info {stale}")
    assert code == 2 and f"nothing answers at {NOBODY}: is it still running?" in out


@pytest.mark.parametrize("line", [f"import {EXPORT}", f"dry-run --salon demo {PERIOD}"])
def test_an_address_where_nothing_answers_is_said(command: Command, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    code, out = command(f"{line} --url {NOBODY}")
    assert code == 2 and f"nothing answers at {NOBODY}: is it still running?" in out
    monkeypatch.setattr(front, "FIRST_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        code, out = command(f"{line} --url {url}")
    assert code == 2 and f"nothing answers at {url}: is it still running?" in out


def test_an_emulator_that_is_gone_is_said(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1")
    code, out = command("audit verify --salon demo --project p")
    assert code == 2 and "nothing answers at 127.0.0.1:1" in out


@pytest.fixture
def running() -> Iterator[tuple[str, Doors]]:
    """A local cloud in memory without functions, and its address."""
    doors, gateway = Doors(), Gateway(0)
    gateway.open([], cast(Visits, None), doors.doors)
    yield gateway.base_url, doors
    gateway.close()


def test_something_else_that_answers_there_is_told_from_a_local_cloud(command: Command) -> None:
    server = serve(
        Phone(
            now=lambda: NOW,
            post_webhook=post_webhook,
            later=(later := InThreads()),
            account_sid="AC",
            auth_token="t",
            incoming_url="",
        )
    )
    code, out = command(f"dry-run --salon demo {PERIOD} --url {server.url}")
    server.stop()
    later.stop()
    assert code == 2 and "found something else that answers" in out


def test_what_the_local_cloud_refuses_is_told_with_the_document_and_its_reason(
    command: Command, running: tuple[str, Doors]
) -> None:
    code, out = command(f"import {EXPORT} --salon a/b --url {running[0]}")
    assert code == 2 and re.search(r"not written: salons/a/b/services/\w+: expected the path of a document", out)


def test_the_audit_of_a_cloud_in_memory_is_verified_and_its_repair_tried(
    command: Command, running: tuple[str, Doors], tmp_path: Path
) -> None:
    url, doors = running
    with salon(waiting=1) as suite:
        cancel(suite)
        [gap] = freed_gaps(suite)
        for path, data in everything(suite).items():
            doors.cloud.put(path, data)
    info = tmp_path / "info.json"
    info.write_text(json.dumps({"project": "p", "firestore_emulator_host": None, "base_url": url}))
    where = f"--salon s1 --info {info}"
    code, out = command(f"audit verify {where}")
    assert code == 0 and "nothing broken" in out and " 0 chained" not in out
    doors.cloud.change(f"{SALON}/gaps/{gap['id']}", {"due_at": None})
    code, out = command(f"repair --dry-run {where}")
    assert code == 1 and f"wake: gaps/{gap['id']}: it waits, and nothing would wake it" in out
    code, out = command(f"repair {where}")
    assert code == 2 and 'by its own job, POST /local/tick {"job": "repair"}' in out
    doors.cloud.delete(f"{SALON}/audit_logs/gap-{gap['id']}-{gap['revision']}")
    code, out = command(f"audit verify {where}")
    assert code == 1 and out.count("broken: ") == 1 and f"broken: {gap['id']}: expected a record with the hash" in out
    assert command(f"audit verify --salon nobody --info {info}") == (
        2,
        "not verified: expected a salon nobody, found none\n",
    )


def test_without_the_packages_a_command_says_how_they_are_installed() -> None:
    bare = [sys._base_executable, "-I", "-S", "-c", "import runpy, sys; sys.path.insert(0, '.');"]  # type: ignore[attr-defined]
    bare[-1] += "sys.argv = ['local', 'demo']; runpy.run_module('local', run_name='__main__')"
    done = subprocess.run(bare, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert re.fullmatch(
        r"expected the packages of requirements-dev.txt, found no \w+: .*\.venv/bin/python.*\n", done.stderr
    )


def test_every_page_names_the_python_that_has_the_packages() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    bare = [
        f"{page.name}: {line}"
        for page in pages
        for line in page.read_text().splitlines()
        if re.search(r"(?<!\.venv/bin/)python3? -m (?!venv)", line)
    ]
    assert bare == []
