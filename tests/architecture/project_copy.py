"""The project in a folder of its own, where a test may add to it and take away."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.architecture.project import ROOT

INGREDIENTS = (".ci", "docs", "functions", "local", "shared", "README.md", "firestore.indexes.json", "firestore.rules")
LEFTOVERS = shutil.ignore_patterns("__pycache__")


def copied(to: Path, *added: Path) -> Path:
    """The project, copied there, with these folders among its functions."""
    to.mkdir(exist_ok=True)
    for name in INGREDIENTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, to / name, ignore=LEFTOVERS)
        else:
            shutil.copyfile(ROOT / name, to / name)
    for folder in added:
        shutil.copytree(folder, to / "functions" / folder.name, ignore=LEFTOVERS)
    return to


def make_pages(project: Path) -> None:
    """Writes there what `make pages` writes."""
    ran = pages_tried(project)
    assert ran.returncode == 0, ran.stderr


def pages_tried(project: Path) -> "subprocess.CompletedProcess[str]":
    """`make pages` there, whether it succeeds or not."""
    without_leftovers = {**os.environ, "PYTHONPATH": str(project), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, ".ci/pages.py"]
    return subprocess.run(command, cwd=project, env=without_leftovers, capture_output=True, text=True)


def files_of(project: Path) -> dict[str, bytes]:
    """Every file there by its name, but what Python leaves behind."""
    return {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in project.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
