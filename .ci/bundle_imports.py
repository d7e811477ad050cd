"""What a door reaches: our modules, whatever it imports of others, and the data files beside the modules.

Imports inside functions count: they run later, but they run. Those under `if TYPE_CHECKING` never do.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OURS = ("functions", "shared")


class BundleError(Exception):
    """A function cannot be bundled; says which file, what was expected and what was found."""


@dataclass(frozen=True)
class Reached:
    """`files` are ours, the door included; `foreign` are dotted names of the standard library and of packages."""

    files: frozenset[Path]
    foreign: frozenset[str]


def reach(door: Path, root: Path = ROOT) -> Reached:
    files: set[Path] = set()
    foreign: set[str] = set()
    waiting = [door]
    while waiting:
        path = waiting.pop()
        if path in files:
            continue
        files.add(path)
        module = _module(path, path.read_text(encoding="utf-8"))
        # Such as a page's template: its code names the file, which lies beside it.
        files.update(path.parent / name for name in module.data if (path.parent / name).is_file())
        for name in module.imported:
            if name.split(".")[0] not in OURS:
                foreign.add(name)
                continue
            found = [file for part in _prefixes(name) if (file := _file(part, root)) is not None]
            if not found or len(found) < name.count("."):
                raise BundleError(f"{path}: expected {name} to be a module of ours or a name inside one, found neither")
            waiting += found
    return Reached(frozenset(files), frozenset(foreign))


def _prefixes(dotted: str) -> list[str]:
    """`a`, `a.b`, `a.b.c`: importing a module runs every package above it."""
    parts = dotted.split(".")
    return [".".join(parts[: length + 1]) for length in range(len(parts))]


def _file(dotted: str, root: Path) -> Path | None:
    path = root.joinpath(*dotted.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((candidate for candidate in candidates if candidate.is_file()), None)


@dataclass(frozen=True)
class _Module:
    imported: tuple[str, ...]
    data: tuple[str, ...]


@cache
def _module(path: Path, source: str) -> _Module:
    tree = ast.parse(source, str(path))
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    data = {text for text in texts if text.endswith((".json", ".html")) and "/" not in text}
    return _Module(tuple(_imported(path, tree)), tuple(sorted(data)))


def _imported(path: Path, tree: ast.Module) -> Iterator[str]:
    """Every dotted name the module imports; `from a import b` gives `a.b`, whether b is a module or a name in one."""
    for node in _running(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                raise BundleError(f"{path}:{node.lineno}: expected an absolute import, found a relative one")
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        if any(name.split(".")[0] == "importlib" for name in names):
            raise BundleError(f"{path}:{node.lineno}: expected imports that can be followed, found importlib")
        yield from names


def _running(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test).split(".")[-1] == "TYPE_CHECKING":
            for otherwise in child.orelse:
                yield otherwise
                yield from _running(otherwise)
            continue
        yield child
        yield from _running(child)
