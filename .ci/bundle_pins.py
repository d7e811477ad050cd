"""Which pins of requirements.txt a bundle needs: those whose distribution owns a module that it imports."""

import re
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

from bundle_imports import ROOT, BundleError

READ_AT_RUN_TIME = {"zoneinfo": "tzdata"}
"""The standard library looks for these packages itself, without an import that could be followed."""


def pins(foreign: Iterable[str], root: Path = ROOT) -> list[str]:
    """The lines of requirements.txt, in its order."""
    pinned = _pinned(root / "requirements.txt")
    needed: set[str] = set()
    unpinned: dict[str, str] = {}
    for name in foreign:
        top = name.split(".")[0]
        if top in READ_AT_RUN_TIME:
            needed.add(READ_AT_RUN_TIME[top])
        if top in sys.stdlib_module_names:
            continue
        owner = _owner(name)
        if owner in pinned:
            needed.add(owner)
        else:
            unpinned[owner] = name
    brought = _requirements(frozenset(needed))
    strangers = {owner: name for owner, name in unpinned.items() if owner not in brought}
    if strangers:
        owner, name = min(strangers.items())
        raise BundleError(f"{root / 'requirements.txt'}: expected a pin that brings {owner} (for {name}), found none")
    return [line for distribution, line in pinned.items() if distribution in needed]


def _pinned(file: Path) -> Mapping[str, str]:
    lines = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    found: dict[str, str] = {}
    for line in lines:
        if not line or line.startswith("#"):
            continue
        exact = re.fullmatch(r"([A-Za-z0-9._-]+)==[A-Za-z0-9.+!]+", line)
        if exact is None:
            raise BundleError(f"{file}: expected name==version, found {line!r}")
        found[_normal(exact[1])] = line
    return found


def _normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


@cache
def _owners() -> Mapping[str, str]:
    """Module to distribution. By files and not by names: `google` belongs to many."""
    owners: dict[str, str] = {}
    for distribution in metadata.distributions():
        for file in distribution.files or ():
            if file.suffix == ".py" and ".." not in file.parts:
                parts = file.parts[:-1] if file.name == "__init__.py" else (*file.parts[:-1], file.stem)
                owners[".".join(parts)] = _normal(distribution.metadata["Name"])
    return owners


def _owner(name: str) -> str:
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        if (owner := _owners().get(".".join(parts[:length]))) is not None:
            return owner
    raise BundleError(f"expected {name} to belong to an installed package, found none")


@cache
def _requirements(distributions: frozenset[str]) -> set[str]:
    """What the distributions bring with them, without what only their extras ask for."""
    brought: set[str] = set()
    waiting = list(distributions)
    while waiting:
        for requirement in metadata.requires(waiting.pop()) or ():
            match = re.match(r"[A-Za-z0-9._-]+", requirement)
            if match is None or "extra ==" in requirement:
                continue
            name = _normal(match[0])
            if name not in brought and _installed(name):
                brought.add(name)
                waiting.append(name)
    return brought


def _installed(distribution: str) -> bool:
    try:
        metadata.distribution(distribution)
    except metadata.PackageNotFoundError:
        return False
    return True
