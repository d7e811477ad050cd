"""Boots every bundle of build/bundles alone, each in a fresh process, and prints how long it takes to be ready.

On sys.path are the bundle and the installed packages; in the environment is what its function.json names.
"""

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bundle import BUNDLES, functions
from bundle_imports import ROOT

ALONE = Path(__file__).with_name("bundle_alone.py")
SECONDS = 120


@dataclass(frozen=True)
class Boot:
    """`outside` are modules of ours that came from elsewhere, `compiled` files whose bytecode was not used."""

    ms: int
    booted: list[str]
    outside: list[str]
    compiled: list[str]
    status: int | None = None


class BootError(Exception):
    """A bundle does not boot alone; holds the last line it wrote."""


def boot(bundle: Path, function: str, environment: Mapping[str, str], request: Mapping[str, Any] | None = None) -> Boot:
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(bundle) as archive:
            archive.extractall(folder)
        ran = subprocess.run(
            [sys.executable, "-I", str(ALONE), folder, function],
            env={"PATH": os.environ["PATH"], **environment},
            cwd=folder,
            input=json.dumps(request) if request else "",
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
    if ran.returncode:
        raise BootError(f"{function}: {''.join(ran.stderr.splitlines()[-1:])}")
    return Boot(**json.loads(ran.stdout.splitlines()[-1]))


def environment(function: str, root: Path = ROOT) -> dict[str, str]:
    """What its function.json declares, each with something of the right form, and what the platform sets: a function
    that Terraform deploys without a trigger of its own counts as HTTP."""
    described = json.loads((root / "functions" / function / "function.json").read_text())
    names = [*described.get("environment", []), *described.get("secrets", [])]
    return {name: _value(name) for name in names} | {"FUNCTION_SIGNATURE_TYPE": "http"}


def _value(name: str) -> str:
    return "{}" if name.endswith("_TEMPLATES") else "https://example.test" if name.endswith("_URL") else "x" * 32


if __name__ == "__main__":
    for function in functions():
        result = boot(BUNDLES / f"{function}.zip", function, environment(function))
        print(f"{function:<22} ready after {result.ms:5d} ms, {len(result.booted):2d} modules of ours")
