"""What people read stands where it can be approved and translated, and nowhere else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from shared.messaging.texts import Purpose
from tests.architecture.project import python_files, tree, where

SPEAK = {"texts", "spoken", "offer_page", "approval_page"}
"""Messages, what is put into them in words, and the pages behind an offer's and an approval's link."""
LISTEN = {"replies", "owner_replies"}
SPOKEN = {"body", "text", "title"}
LETTERS_OF_OTHER_SCRIPTS = re.compile(r"[\u0100-\u1fff\u2c00-\ud7ff]")


def silent_files() -> list[Path]:
    return [path for path in python_files("shared", "functions") if path.stem not in SPEAK]


def spoken(path: Path) -> Iterator[ast.AST]:
    """Text written out where a person's eyes are meant."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.keyword) and node.arg in SPOKEN:
            yield from (
                part
                for part in ast.walk(node.value)
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and " " in part.value.strip()
            )


def test_only_four_files_speak_to_people() -> None:
    assert [where(path, node) for path in silent_files() for node in spoken(path)] == []


def test_other_languages_stand_only_where_we_speak_and_listen() -> None:
    foreign = [
        path.name
        for path in silent_files()
        if path.stem not in LISTEN and LETTERS_OF_OTHER_SCRIPTS.search(path.read_text(encoding="utf-8"))
    ]
    assert foreign == []


def test_whatever_is_said_has_its_words() -> None:
    purposes = {
        (where(path, node), node.value.value)
        for path in python_files("shared", "functions")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.keyword) and node.arg == "purpose" and isinstance(node.value, ast.Constant)
    }
    assert {(place, purpose) for place, purpose in purposes if purpose not in get_args(Purpose)} == set()
