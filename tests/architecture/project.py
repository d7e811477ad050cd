"""The project as its rules see it: files, their syntax trees, and who imports whom."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def tracked_files() -> list[str]:
    """What git knows, staged files included: what a clone will hold, and nothing a tool left lying about."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listing.split("\0") if name and (ROOT / name).is_file()]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def imports(path: Path) -> Iterator[tuple[str, ast.AST]]:
    """Every dotted name the file imports, also inside functions; `from a import b` gives `a.b`."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{where(path, node)}: expected an absolute import, found a relative one"
            yield from ((f"{node.module}.{alias.name}", node) for alias in node.names)


def module_file(dotted: str) -> Path | None:
    """The file of one of our modules; None for a name inside a module, and for other people's modules."""
    path = ROOT.joinpath(*dotted.split("."))
    if path.with_suffix(".py").is_file():
        return path.with_suffix(".py")
    if (path / "__init__.py").is_file():
        return path / "__init__.py"
    return None


def reached(start: Path) -> set[Path]:
    """The file and every module of ours that it imports, directly or not."""
    seen: set[Path] = set()
    waiting = [start]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        for name, _ in imports(path):
            target = module_file(name) or module_file(name.rpartition(".")[0])
            if target is not None:
                waiting.append(target)
    return seen


PORTS = ROOT / "shared" / "ports.py"


def reaches_ports(path: Path) -> bool:
    """Whether the file may read or write anything: what it decides is then not decided from given facts alone."""
    return PORTS in reached(path)


VENDORS = {"fcm", "messenger", "notifiers", "scheduler", "sign_in", "smtp"}
"""Adapters that only one function needs, and that stand in its folder."""
VERBS = {
    "accept",
    "announce",
    "answer",
    "ask",
    "bind",
    "carry",
    "check",
    "claim",
    "clean",
    "commit",
    "compose",
    "count",
    "decline",
    "delete",
    "end",
    "fan",
    "find",
    "follow",
    "hand",
    "hear",
    "hold",
    "keep",
    "learn",
    "load",
    "look",
    "mark",
    "meet",
    "mend",
    "move",
    "offer",
    "opt",
    "pass",
    "publish",
    "read",
    "reconcile",
    "reconnect",
    "redirect",
    "refresh",
    "refuse",
    "release",
    "remember",
    "report",
    "run",
    "scan",
    "sell",
    "send",
    "settle",
    "speak",
    "split",
    "store",
    "switch",
    "tell",
    "track",
    "watch",
    "write",
}
"""How the name of a file begins that reads or writes documents, or calls one that does."""


def is_named_by_a_verb(path: Path) -> bool:
    return path.stem.split("_")[0] in VERBS
