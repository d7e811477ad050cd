"""What each file may import. import-linter holds most of it (pyproject.toml); here is what it cannot say."""

import sys
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from local.functions import Function, load
from tests.architecture.project import (
    PORTS,
    ROOT,
    VENDORS,
    VERBS,
    imports,
    is_named_by_a_verb,
    python_files,
    reached,
    reaches_ports,
    where,
)

DOORS_MAY_IMPORT = ("functions_framework", "flask", "functions", "shared")
PURE = ("pydantic", "pydantic_core", "babel", "jinja2", "phonenumbers", "tzdata", "functions", "shared")
"""Of packages, what a file that decides may import."""


def rooms() -> list[Path]:
    """Everything but doors, adapters and the ports themselves."""
    files = python_files("functions", "shared")
    return [
        path
        for path in files
        if path.name not in ("__init__.py", "main.py")
        and path != PORTS
        and "adapters" not in path.parts
        and path.stem not in VENDORS
    ]


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


def test_only_adapters_import_what_others_wrote_but_pure_libraries() -> None:
    assert [stranger for path in rooms() for stranger in strangers(path, PURE)] == []


def test_a_door_imports_only_the_framework_its_room_and_what_is_shared() -> None:
    assert [stranger for function in load() for stranger in strangers(function.source, DOORS_MAY_IMPORT)] == []


def test_a_file_that_reads_or_writes_is_named_by_a_verb() -> None:
    reading = [path for path in rooms() if reaches_ports(path)]
    assert [str(path.relative_to(ROOT)) for path in reading if not is_named_by_a_verb(path)] == []
    assert VERBS - {path.stem.split("_")[0] for path in reading} == set()


THE_DOOR = {
    ROOT / "shared" / "asking" / f"{name}.py"
    for name in ("ask_people", "find_unreachable", "holdout", "load_asks", "load_people", "proposal", "sender_budget")
}
"""What an agent asks through (docs/decisions/2026-12-01-one-door-to-ask.md): it is no room's own, though only one of the agents
that are deployed asks so far."""


def test_what_is_shared_is_used_by_two_functions() -> None:
    users: dict[Path, set[str]] = {}
    for function in load():
        for path in reached(function.source):
            users.setdefault(path, set()).add(function.name)
    shared = {path for path in python_files("shared") if path.name != "__init__.py"}
    alone = {str(path.relative_to(ROOT)): users.get(path, set()) for path in shared if len(users.get(path, set())) < 2}
    assert alone.keys() <= {str(path.relative_to(ROOT)) for path in THE_DOOR}, alone


@pytest.mark.parametrize("toy", load(ROOT / "tests" / "toys"), ids=lambda toy: toy.name)
def test_the_door_is_what_any_agent_needs_to_ask(toy: Function) -> None:
    # It imports its own files as if it stood among the functions.
    assert set().union(*map(reached, toy.source.parent.glob("*.py"))) >= THE_DOOR


@pytest.mark.parametrize(
    ("function", "most"),
    [("receive_message", 30), ("wake_due", 30), ("apply_settings", 20), ("manage_schedules", 20), ("relay_events", 20)],
)
def test_what_is_called_most_or_decides_least_reaches_little(function: str, most: int) -> None:
    """Of modules, those of settings aside: every room's are gathered in one place, in files that `make pages` writes."""
    reaches = (path for path in reached(ROOT / "functions" / function / "main.py") if path.name != "__init__.py")
    gathered = ("section", "sections", "settings", "agent_settings")
    counted = [path for path in reaches if "adapters" in path.parts or path.stem not in gathered]
    assert len(counted) <= most
