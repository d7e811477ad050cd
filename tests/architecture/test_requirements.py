"""Whatever is imported is pinned, or comes with something that is. A package that only happens to be installed here is
missing from every fresh clone, and a tool of ours from every bundle."""

import re
import sys
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest

from tests.architecture.project import ROOT, imports, python_files

OURS = {"shared", "functions", "local", "bench", "tests"} | {path.stem for path in (ROOT / ".ci").glob("*.py")}
PIN = re.compile(r"^([A-Za-z0-9._-]+)==[^=]+$", re.MULTILINE)


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(file: str) -> set[str]:
    text = (ROOT / file).read_text()
    included = [pinned(name) for name in re.findall(r"^-r (\S+)$", text, re.MULTILINE)]
    return {normalized(name) for name in PIN.findall(text)}.union(*included)


def brought(names: set[str]) -> set[str]:
    """The packages themselves and all that they require, directly or not; extras are not asked for."""
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            needed = [requirement for requirement in requires(name) or () if "extra ==" not in requirement]
        except PackageNotFoundError:
            continue  # required elsewhere only: another Python, another system
        waiting += [normalized(re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]) for requirement in needed]
    return seen


def imported(files: list[Path]) -> dict[str, str]:
    """Other people's top-level modules, each with one file that imports it."""
    return {
        name.split(".")[0]: str(path.relative_to(ROOT))
        for path in files
        for name, _ in imports(path)
        if name.split(".")[0] not in sys.stdlib_module_names | OURS
    }


@pytest.mark.parametrize(
    ("folders", "file"),
    [(("shared", "functions"), "requirements.txt"), (("local", "bench", "tests", ".ci"), "requirements-dev.txt")],
)
def test_whatever_is_imported_is_pinned_or_comes_with_what_is(folders: tuple[str, ...], file: str) -> None:
    there, providers = brought(pinned(file)), packages_distributions()
    missing = {
        module: where
        for module, where in imported(python_files(*folders)).items()
        if not {normalized(name) for name in providers.get(module, [])} & there
    }
    assert missing == {}
