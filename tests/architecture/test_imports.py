"""What each room may import. import-linter holds most of it (pyproject.toml); here is what it cannot say."""

import sys
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from local.functions import load
from tests.architecture.project import ROOT, imports, python_files, where

OURS = {
    "shared/domain": ("pydantic", "pydantic_core", "shared.domain"),
    "shared/use_cases": ("pydantic", "shared.domain", "shared.ports", "shared.use_cases"),
}
DOORS_MAY_IMPORT = (
    "functions_framework",
    "flask",
    "shared.use_cases",
    "shared.adapters",
    "shared.domain",
    "shared.ports",
)


def strangers(path: Path, allowed: tuple[str, ...]) -> list[str]:
    return [
        f"{where(path, node)} imports {name}"
        for name, node in imports(path)
        if name.split(".")[0] not in sys.stdlib_module_names
        and not any(name == package or name.startswith(f"{package}.") for package in allowed)
    ]


def test_every_import_contract_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename="pyproject.toml", cache_dir=None) == EXIT_STATUS_SUCCESS


@pytest.mark.parametrize("room", OURS)
def test_the_inner_rooms_import_only_what_is_listed(room: str) -> None:
    files = python_files(room)
    assert files
    assert [stranger for path in files for stranger in strangers(path, OURS[room])] == []


def test_a_door_imports_only_the_framework_and_the_shared_rooms() -> None:
    assert [stranger for function in load() for stranger in strangers(function.source, DOORS_MAY_IMPORT)] == []
