"""function.json names exactly the variables a function may read, so that a deployment grants no secret too many.

What may be read is followed through the imports: a variable counts when a module the door reaches reads it from the
environment, where a read inside the settings adapter counts only if its function is used by what the door reaches.
"""

import ast
import re
from pathlib import Path

import pytest

from local.functions import Function, load
from tests.architecture.project import ROOT, reached, tree

SETTINGS = ROOT / "shared" / "adapters" / "settings.py"
VARIABLE = re.compile(r"^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$")


def read_in(code: ast.AST) -> set[str]:
    """Names of variables that stand in the code as text, where it speaks of the environment at all."""
    if "environ" not in ast.unparse(code) and "getenv" not in ast.unparse(code):
        return set()
    return {
        node.value
        for node in ast.walk(code)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and VARIABLE.match(node.value)
    }


def settings_read() -> dict[str, set[str]]:
    """Each function of the settings adapter with the variables it reads, also through the functions it calls."""
    definitions = {node.name: node for node in tree(SETTINGS).body if isinstance(node, ast.FunctionDef)}
    texts = {
        name: {
            node.value
            for node in ast.walk(definition)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and VARIABLE.match(node.value)
        }
        for name, definition in definitions.items()
    }
    calls = {
        name: {node.id for node in ast.walk(definition) if isinstance(node, ast.Name) and node.id in definitions}
        for name, definition in definitions.items()
    }

    def through(name: str, seen: frozenset[str]) -> set[str]:
        deeper = [through(called, seen | {called}) for called in calls[name] - seen]
        return texts[name].union(*deeper)

    return {name: through(name, frozenset({name})) for name in definitions}


def settings_used(path: Path) -> set[str]:
    return {
        node.attr
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "settings"
    }


def may_read(function: Function) -> set[str]:
    modules = reached(function.source) - {SETTINGS}
    settings = settings_read()
    direct = set().union(*(read_in(tree(path)) for path in modules))
    used = set().union(*(settings_used(path) for path in modules)) & settings.keys()
    return direct.union(*(settings[name] for name in used))


@pytest.mark.parametrize("function", load(), ids=lambda function: function.name)
def test_a_function_is_given_exactly_the_variables_it_may_read(function: Function) -> None:
    assert set(function.environment) | set(function.secrets) == may_read(function)


@pytest.mark.parametrize("function", load(), ids=lambda function: function.name)
def test_what_must_stay_secret_is_never_a_plain_variable(function: Function) -> None:
    assert [name for name in function.environment if re.search(r"KEY|TOKEN|SECRET|PASSWORD", name)] == []
