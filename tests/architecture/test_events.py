"""What is announced is declared where it is written, by every function that may come to write it; and somebody announces
whatever is awaited. Types and words are strings: it is here that a misspelt one is found."""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator

import pytest

from local.functions import EventsTrigger, Function, load
from tests.architecture.definitions import code_of, come_to
from tests.architecture.project import ROOT, python_files, tree, where

sys.path.insert(0, str(ROOT / ".ci"))
from written_words import EVENT_TYPE, announced, audit_words

FUNCTIONS = load()
DECLARED = {type for function in FUNCTIONS for type in function.announces}
SUBJECTS = {type.partition("_")[0] for type in DECLARED}


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_a_function_declares_what_it_may_come_to_announce_and_nothing_else(function: Function) -> None:
    written = defaultdict(set)
    for definition in come_to(function.source):
        for type in announced(code_of(definition)):
            written[type.value].add(where(definition[0], type))
    undeclared = {f"{type}, at {', '.join(sorted(written[type]))}" for type in written.keys() - {*function.announces}}
    unwritten = {f"{type}, which none of its code announces" for type in {*function.announces} - written.keys()}
    assert (undeclared, unwritten) == (set(), set()), f"{function.name}/function.json: announces"
    assert list(function.announces) == sorted({*function.announces})


def test_whatever_is_awaited_is_announced_by_some_function() -> None:
    awaited = {
        f"{function.name} awaits {type}"
        for function in FUNCTIONS
        for trigger in function.triggers
        if isinstance(trigger, EventsTrigger)
        for type in {*trigger.event_types} - DECLARED
    }
    assert awaited == set()


def test_no_event_type_is_named_that_nobody_announces() -> None:
    """Also where it is only compared with."""
    named = {
        f"{where(path, node)}: {node.value}"
        for path in python_files("functions", "shared")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and EVENT_TYPE.fullmatch(node.value)
        and node.value.partition("_")[0] in SUBJECTS
        and node.value not in DECLARED
    }
    assert named == set()


def test_an_announced_type_and_an_audit_word_are_written_out() -> None:
    """What is put together at run time is found by nobody who looks for it."""
    hidden = [
        f"{where(path, node.value)}: {node.arg}={ast.unparse(node.value)}"
        for path in python_files("functions", "shared")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.keyword) and node.arg in ("announces", "event") and not is_written_out(node)
    ]
    assert hidden == []


def is_written_out(keyword: ast.keyword) -> bool:
    """Constants, or what was given by that name, or was read in a table that is looked through itself."""
    return not any(isinstance(node, ast.JoinedStr | ast.BinOp | ast.Call) for node in ast.walk(keyword.value))


def test_every_audit_word_is_on_the_page_that_lists_them() -> None:
    page = (ROOT / "docs" / "schema.md").read_text()
    listed = {*re.findall(r"^\| `([a-z_]+)` \| `(?:functions|shared)/", page, re.MULTILINE)}
    written = {
        (word.value, where(path, word))
        for path in python_files("functions", "shared")
        for word in audit_words(tree(path))
    }
    assert {f"{word}, at {place}" for word, place in written if word not in listed} == set(), "run `make pages`"
    assert listed == {word for word, _ in written}


def types(code: str) -> Iterator[str]:
    return (str(constant.value) for constant in announced(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        'amend(gap, announces="GAP_FILLED")',
        'amend(gap, announces="GAP_FILLED" if sold else None)',
        'announces = None if old else "GAP_FILLED"',
        'TYPES: dict[str, EventType] = {"booked": "GAP_FILLED"}',
        'ENDED: dict[str, tuple[AuditWord, EventType]] = {"booked": ("gap_closed", "GAP_FILLED")}',
        'def happened(): return ("gap_closed", "GAP_FILLED") if sold else None',
    ],
)
def test_an_announcement_is_recognised_in_every_form(code: str) -> None:
    assert [*types(code)] == ["GAP_FILLED"]


@pytest.mark.parametrize(
    "code", ['is_sold = type == "GAP_FILLED"', 'amend(gap, announces=kind if kind == "GAP_FILLED" else None)']
)
def test_comparing_with_a_type_announces_nothing(code: str) -> None:
    assert [*types(code)] == []
