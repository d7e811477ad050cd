"""A function creates a document or updates its fields. Whoever replaces one whole loses the fields that only the booking app
or another release knows."""

import ast
from pathlib import Path

import pytest

from tests.architecture.project import PORTS, python_files, tree, where


def replacing(code: ast.AST) -> list[ast.AST]:
    """Every mention of `Put`, the write of a whole document over another."""
    return [
        node
        for node in ast.walk(code)
        if (isinstance(node, ast.Name) and node.id == "Put")
        or (isinstance(node, ast.Attribute) and node.attr == "Put")
        or (isinstance(node, ast.alias) and node.name == "Put")
    ]


def test_nothing_that_is_deployed_replaces_a_whole_document() -> None:
    files: list[Path] = [
        path for path in python_files("functions", "shared") if path != PORTS and "adapters" not in path.parts
    ]
    assert [where(path, node) for path in files for node in replacing(tree(path))] == []


@pytest.mark.parametrize(
    "code", ["Put('gaps/g1', {})", "ports.Put('gaps/g1', {})", "from shared.ports import Put as W"]
)
def test_it_is_recognised_in_every_form(code: str) -> None:
    assert replacing(ast.parse(code))
