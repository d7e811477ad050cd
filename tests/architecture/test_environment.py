"""function.json names the variables a function reads: all it cannot do without, and none it never reads, so that a
deployment grants no secret too many.

What is read is followed through the imports: a variable counts when a module that the door reaches reads it from the
environment; a read inside the settings adapter counts when a module that the door reaches calls that function of it.
"""

import ast
import re
from dataclasses import dataclass
from functools import reduce

import pytest

from local.functions import Function, load
from tests.architecture.project import ROOT, reached, tree

SETTINGS = ROOT / "shared" / "adapters" / "settings.py"
VARIABLE = re.compile(r"^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$")


@dataclass(frozen=True)
class Variables:
    needed: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()

    def __or__(self, other: "Variables") -> "Variables":
        return Variables(self.needed | other.needed, self.optional | other.optional)


def together(found: list[Variables]) -> Variables:
    return reduce(Variables.__or__, found, Variables())


def read_in(code: ast.AST) -> Variables:
    """`os.environ["X"]` and `required("X")` need it; `os.environ.get("X")` does without."""
    needed, optional = set(), set()
    for node in ast.walk(code):
        match node:
            case ast.Subscript(value=value, slice=ast.Constant(value=str(name))) if ast.unparse(value) == "os.environ":
                needed.add(name)
            case ast.Call(func=func, args=[ast.Constant(value=str(name)), *_]) if VARIABLE.match(name):
                if ast.unparse(func).split(".")[-1] == "required":
                    needed.add(name)
                elif ast.unparse(func) in ("os.environ.get", "os.getenv"):
                    optional.add(name)
    return Variables(frozenset(needed), frozenset(optional))


def read_by_settings() -> dict[str, Variables]:
    """Each function of the settings adapter with what it reads, also through the functions it calls."""
    definitions = {node.name: node for node in tree(SETTINGS).body if isinstance(node, ast.FunctionDef)}
    calls = {
        name: {node.id for node in ast.walk(definition) if isinstance(node, ast.Name) and node.id in definitions}
        for name, definition in definitions.items()
    }

    def through(name: str, seen: frozenset[str]) -> Variables:
        return together([read_in(definitions[name]), *(through(to, seen | {to}) for to in calls[name] - seen)])

    return {name: through(name, frozenset({name})) for name in definitions}


def read_by(function: Function) -> Variables:
    modules = [tree(path) for path in reached(function.source) - {SETTINGS}]
    called = {
        node.attr
        for module in modules
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "settings"
    }
    settings = [variables for name, variables in read_by_settings().items() if name in called]
    return together([*map(read_in, modules), *settings])


@pytest.mark.parametrize("function", load(), ids=lambda function: function.name)
def test_a_function_is_given_what_it_reads_and_nothing_else(function: Function) -> None:
    given = set(function.environment) | set(function.secrets)
    read = read_by(function)
    assert {"missing": read.needed - given, "too many": given - read.needed - read.optional} == {
        "missing": set(),
        "too many": set(),
    }


@pytest.mark.parametrize("function", load(), ids=lambda function: function.name)
def test_what_must_stay_secret_is_never_a_plain_variable(function: Function) -> None:
    assert [name for name in function.environment if re.search(r"KEY|TOKEN|SECRET|PASSWORD", name)] == []


def test_every_read_of_the_environment_is_recognised() -> None:
    code = ast.parse('os.environ["A_B"]; required("C_D"); os.environ.get("E_F"); os.getenv("G_H"); "I_J"; f("K_L")')
    assert read_in(code) == Variables(frozenset({"A_B", "C_D"}), frozenset({"E_F", "G_H"}))


def test_no_variable_is_read_under_a_name_that_only_shows_at_run_time() -> None:
    """What the other tests cannot see: a name that is computed."""
    computed = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in (ROOT / "shared").rglob("*.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("os.environ.get", "os.getenv")
        and not (node.args and isinstance(node.args[0], ast.Constant))
        and path != SETTINGS
    ]
    assert computed == []
