"""What stands in terraform/*.tf, parsed: expressions are text, as Terraform would read it."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import hcl2

from tests.architecture.project import ROOT

TERRAFORM = ROOT / "terraform"


@cache
def blocks(kind: str, folder: Path = TERRAFORM) -> dict[str, dict[str, Any]]:
    """Resources by `type.name`, other blocks by name."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(folder.glob("*.tf")):
        for block in parsed(file).get(kind, []):
            for label, body in labelled(block):
                if kind == "resource":
                    found |= {f"{label}.{name}": inner for name, inner in labelled(body)}
                else:
                    found[label] = body
    return found


@cache
def parsed(file: Path) -> dict[str, Any]:
    return hcl2.loads(file.read_text() + "\n")  # type: ignore[no-any-return]


def labelled(block: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((name.strip('"'), body) for name, body in block.items() if not name.startswith("__"))


def locals_() -> dict[str, Any]:
    return {
        name: value
        for file in sorted(TERRAFORM.glob("*.tf"))
        for block in parsed(file).get("locals", [])
        for name, value in labelled(block)
    }


def text(folder: Path = TERRAFORM) -> str:
    return "\n".join(file.read_text() for file in sorted(folder.rglob("*.tf")))


def keys(value: Any) -> set[str]:
    return {name for name, _ in labelled(value)}
