"""The pages that speak of the code say what the code says. `make pages` writes what can be written."""

import ast
import importlib
import re
import sys
from pathlib import Path

import pytest

from shared.records.stored import Stored
from tests.architecture.project import ROOT, python_files, reaches_ports, tracked_files, tree

sys.path.insert(0, str(ROOT / ".ci"))
from pages import PAGES

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def models() -> dict[str, type[Stored]]:
    for path in python_files("shared", "functions"):
        if path.name not in ("__init__.py", "main.py") and not reaches_ports(path):
            importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))

    def below(model: type[Stored]) -> set[type[Stored]]:
        return {model}.union(*(below(child) for child in model.__subclasses__()))

    return {model.__name__: model for model in below(Stored) if model.__module__.startswith(("shared.", "functions."))}


def stored_documents() -> set[str]:
    """Every model that has a collection of its own or that a function reads from what is stored."""
    read = {
        ast.unparse(node.value)
        for path in python_files("shared", "functions")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in ("model_validate", "from_document", "merged")
    }
    return {
        f"{model.__module__}.{name}" for name, model in models().items() if name in read or hasattr(model, "collection")
    }


@pytest.mark.parametrize("page", PAGES)
def test_what_is_made_of_folders_and_models_says_what_they_say(page: str) -> None:
    written = (ROOT / page).read_text()
    assert PAGES[page](written) == written, "run `make pages`"


def test_every_stored_document_has_its_table() -> None:
    page = (ROOT / "docs" / "schema.md").read_text()
    assert (names := stored_documents())
    assert {name for name in names if f"<!-- model: {name} -->" not in page} == set()


@pytest.mark.parametrize("page", [name for name in tracked_files() if name.endswith(".md")])
def test_every_link_of_a_page_leads_somewhere(page: str) -> None:
    folder = (ROOT / page).parent
    targets = [link for link in LINK.findall((ROOT / page).read_text()) if "://" not in link]
    assert [link for link in targets if not Path(folder, link).exists()] == []


def test_every_make_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z-]+)", (ROOT / "README.md").read_text()))
    assert named
    assert named - targets == set()
