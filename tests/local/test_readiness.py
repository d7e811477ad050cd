"""Whether a salon can ask, as somebody who connects it wants to know."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local import demo_salon
from local.check import load
from local.memory.memory import MemoryDatabase, MemoryStore
from local.readiness import lacking
from shared.ports import Put, Update
from tests.local.conftest import Command
from tests.local.test_commands import NOBODY

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
LIVE = {"settings/accepted": {"version": 1}, "settings/v1": {"mode": "live"}}


@pytest.fixture
def database() -> Iterator[MemoryDatabase]:
    """The demo salon, live, with customers who all said yes to messages about their own wishes."""
    database = MemoryDatabase()
    for path, data in [*demo_salon.documents(NOW), *((f"salons/demo/{path}", data) for path, data in LIVE.items())]:
        if "/customers/" in path:
            data = data | {"consents": {"whatsapp": {"service": True}}}
        database.commit([Put(path, data)])
    yield database


def found(database: MemoryDatabase) -> list[str]:
    return lacking(load(MemoryStore(database).salon("demo")))


def test_a_salon_that_has_everything_can_ask(database: MemoryDatabase) -> None:
    assert found(database) == []


@pytest.mark.parametrize(
    ("path", "fields", "lacks"),
    [
        ("", {"status": "paused"}, "the salon is paused: status must be active"),
        ("", {"messaging.sms_from": None, "messaging.whatsapp_from": None}, "no number to send from"),
        ("", {"messaging.account_sid": None}, "no Twilio account to send with"),
        ("", {"contacts": []}, "nobody to tell or to ask for approval"),
        ("", {"timezone": "Toronto"}, "salon demo cannot be read: timezone"),
        ("", {"opening_hours": {}}, "staff amara never works"),
        ("/settings/v1", {"mode": "dry_run"}, "mode is dry_run: settings/current must say live"),
        ("/staff/ben", {"service_ids": ["gone"]}, "staff ben performs no active service: service_ids"),
        ("/staff/ben", {"service_ids": "haircut"}, "staff ben cannot be read: service_ids"),
        ("/waitlist/wait-mina-dale", {"windows": 5}, "waitlist wait-mina-dale cannot be read: windows"),
        ("/services/color", {"price": -1}, "service color cannot be read: price"),
        (
            "/customers/mina-dale",
            {"phone": None},
            "1 of 80 customers cannot be asked even about a wish of their own: no address",
        ),
    ],
)
def test_what_is_missing_is_named_with_its_field(
    database: MemoryDatabase, path: str, fields: dict[str, Any], lacks: str
) -> None:
    assert database.commit([Update(f"salons/demo{path}", fields)])
    assert [each for each in found(database) if each.startswith(lacks)]


def test_the_command_says_when_it_could_not_look(command: Command, tmp_path: Path) -> None:
    stale = tmp_path / "info.json"
    stale.write_text(json.dumps({"project": "p", "firestore_emulator_host": None, "base_url": NOBODY}))
    code, out = command(f"check --salon demo --info {stale}")
    assert code == 2 and "not looked at: expected a local cloud in memory, nothing answers" in out
