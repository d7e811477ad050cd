"""What a door's code can come to, by definition: the functions, classes and constants that it names, directly or not.

Finer than its imports: a module holds what several functions need, and each of them needs some of it.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.architecture.project import module_file, tree

Definition = tuple[Path, str]
"""A file and what is defined in it."""


def code_of(definition: Definition) -> ast.AST:
    path, name = definition
    return _defined(path)[name]


@cache
def come_to(door: Path) -> frozenset[Definition]:
    """Every definition of ours that the door's own may come to. A class comes with all its methods."""
    seen: set[Definition] = set()
    waiting = [(door, name) for name in _defined(door)]
    while waiting:
        definition = waiting.pop()
        if definition not in seen:
            seen.add(definition)
            waiting += _named(definition)
    return frozenset(seen)


@cache
def _defined(path: Path) -> dict[str, ast.AST]:
    found: dict[str, ast.AST] = {}
    for node in tree(path).body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
                found[name] = node
            case ast.Assign(targets=targets):
                found |= {target.id: node for target in targets if isinstance(target, ast.Name)}
    return found


@cache
def _imported(path: Path) -> dict[str, str]:
    """By the name it has in the file, the dotted name of what was imported."""
    found = {}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.asname or alias.name: alias.name for alias in node.names}
    return found


@cache
def _named(definition: Definition) -> frozenset[Definition]:
    path, _ = definition
    return frozenset(_names(path, code_of(definition)))


def _names(path: Path, code: ast.AST) -> Iterator[Definition]:
    for node in ast.walk(code):
        match node:
            case ast.Name(id=name):
                found = _definition(path, name)
            case ast.Attribute(value=ast.Name(id=module), attr=name):
                file = module_file(_imported(path).get(module, ""))
                found = _definition(file, name) if file is not None else None
            case _:
                continue
        if found is not None:
            yield found


def _definition(path: Path, name: str) -> Definition | None:
    """Where that name is defined which the file knows, itself or by an import."""
    if name in _defined(path):
        return path, name
    module, _, imported = _imported(path).get(name, "").rpartition(".")
    file = module_file(module) if module else None
    return _definition(file, imported) if file is not None else None
