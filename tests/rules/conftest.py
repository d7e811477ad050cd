"""The rules in the emulator, for whoever tries them."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.emulators import Emulators
from tests.rules.cases import Emulated

RULES = Path(__file__).parents[2] / "firestore.rules"


@pytest.fixture(scope="session")
def rules() -> str:
    return RULES.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def emulated(emulators: Emulators) -> Iterator[Callable[[str], Emulated]]:
    """A fresh project with these rules, each time it is called."""
    opened: list[Emulated] = []
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", emulators.firestore_host)

        def project(source: str) -> Emulated:
            opened.append(Emulated(emulators, f"rules-{uuid.uuid4().hex[:12]}", source))
            return opened[-1]

        yield project
        for each in opened:
            each.close()
