"""What people read stands in `texts/`, where it can be approved and translated, and nowhere else."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from functions.choose_branch import hand_on
from functions.notify_owner import write_notice
from shared.approvals.asks import ASKS
from shared.asking.answer_customer import REFUSALS
from shared.messaging.texts import texts
from tests.architecture.project import ROOT, python_files, tree, where

SPOKEN = {"body", "text", "title"}
LETTERS_OF_OTHER_SCRIPTS = re.compile(r"[\u0100-\u1fff\u2c00-\ud7ff]")
OF_SMS = ROOT / "functions" / "send_outreach" / "gsm7.py"
OF_ALPHABETS = {OF_SMS, ROOT / "shared" / "messaging" / "normalisation.py"}
"""They hold letters, and no words."""
CODE = ("shared", "functions", "local/owner")
MARKUP = re.compile(
    r"<(?:!doctype|/?(?:html|body|main|section|form|button|input|p|a|ul|li|dl|dd|div|span|h\d|table|td|tr)\b)", re.I
)
OF_CLDR = re.compile(r"[€£¥₹]|\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Apr|Aug|Sep|Oct|Nov|Dec)\b")
"""Signs of a table of currencies, weekdays or months."""


def speaking() -> Iterator[tuple[Path, ast.AST]]:
    """Text written out where a person's eyes are meant."""
    for path in python_files("shared", "functions"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.keyword) and node.arg in SPOKEN:
                for part in ast.walk(node.value):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str) and " " in part.value.strip():
                        yield path, part


def constants(*folders: str) -> Iterator[tuple[Path, ast.Constant]]:
    """The texts in the code, without docstrings."""
    for path in python_files(*folders):
        said = {id(node.value) for node in ast.walk(tree(path)) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
                yield path, node


def parameters() -> dict[str, int]:
    """The functions and classes of ours that take a `purpose` by its place, and that place among what a caller gives."""
    places = {}
    for path in python_files(*CODE):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef):
                names = [argument.arg for argument in node.args.args if argument.arg != "self"]
            elif isinstance(node, ast.ClassDef):
                names = [
                    field.target.id
                    for field in node.body
                    if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
                ]
            else:
                continue
            if "purpose" in names:
                places[node.name] = names.index("purpose")
    return places


def purposes_given() -> Iterator[tuple[str, str]]:
    """Every purpose that is written out where one is given, with its place."""
    places = parameters()
    for path in python_files(*CODE):
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            place = places.get(called)
            given = [keyword.value for keyword in node.keywords if keyword.arg == "purpose"]
            given += node.args[place : place + 1] if place is not None else []
            for value in given:
                if isinstance(value, ast.Constant):
                    yield where(path, value), value.value


TABLES = {
    *REFUSALS.values(),
    *ASKS,
    *write_notice.WITHOUT_BUTTONS,
    *write_notice.WITHOUT_BUTTONS.values(),
    hand_on.QUESTION,
}


def test_nothing_is_said_in_the_code() -> None:
    assert [where(path, node) for path, node in speaking()] == []


def test_other_languages_stand_in_no_code() -> None:
    foreign = [
        path.name
        for path in python_files("shared", "functions")
        if path not in OF_ALPHABETS and LETTERS_OF_OTHER_SCRIPTS.search(path.read_text(encoding="utf-8"))
    ]
    assert foreign == []


def test_every_purpose_that_the_code_names_has_its_texts() -> None:
    given = list(purposes_given())
    assert len({purpose for _, purpose in given}) > 15, "the rule sees where purposes are given"
    assert [(place, purpose) for place, purpose in given if purpose not in texts()] == []
    assert TABLES - texts().keys() == set()


def test_every_text_is_named_by_the_code() -> None:
    named = {node.value for _, node in constants(*CODE)}
    assert texts().keys() - named == set()


def test_no_page_is_made_of_strings() -> None:
    written = [
        where(path, node)
        for path, node in constants("shared", "functions", "local", ".ci")
        if MARKUP.search(str(node.value))
    ]
    assert written == []


def test_no_currency_weekday_or_month_is_spelt_by_us() -> None:
    spelt = [
        where(path, node) for path, node in constants("shared", "functions", "local") if OF_CLDR.search(str(node.value))
    ]
    assert [place for place in spelt if OF_SMS.name not in place] == []
