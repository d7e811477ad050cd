"""A function is a folder that says all about itself: a thin door in main.py, and function.json.

What function.json may say is held by `local.functions.load`: a folder it does not understand fails every test here.
"""

import ast
import re

import pytest

from local.functions import Function, load
from tests.architecture.project import ROOT, imports, is_named_by_a_verb, module_file, reaches_ports, tree

FUNCTIONS = load()
LONGEST_DOOR = 60


@pytest.fixture(params=FUNCTIONS, ids=lambda function: function.name)
def function(request: pytest.FixtureRequest) -> Function:
    found: Function = request.param
    return found


def test_every_folder_under_functions_is_a_function() -> None:
    folders = {path.name for path in (ROOT / "functions").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == {function.name for function in FUNCTIONS}


def test_a_door_is_short(function: Function) -> None:
    assert len(function.source.read_text().splitlines()) <= LONGEST_DOOR


def test_a_door_defines_one_public_function_named_like_its_folder(function: Function) -> None:
    defined = [node.name for node in tree(function.source).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert [name for name in defined if not name.startswith("_")] == [function.name]


def test_the_docstring_of_a_door_is_its_arrow(function: Function) -> None:
    docstring = ast.get_docstring(tree(function.source)) or ""
    assert re.search(r"->|→", docstring.splitlines()[0] if docstring else ""), docstring


def test_a_door_calls_one_verb_file_for_each_kind_of_thing_it_hears_of(function: Function) -> None:
    files = {module_file(name) for name, _ in imports(function.source) if not name.startswith("shared.adapters")}
    called = [file for file in files if file is not None and reaches_ports(file) and is_named_by_a_verb(file)]
    heard = {type.partition("_")[0] for trigger in function.triggers for type in getattr(trigger, "event_types", [])}
    other_ways_in = {trigger.kind for trigger in function.triggers} - {"events"}
    assert 1 <= len(called) <= len(heard | other_ways_in)


def test_a_function_is_described_in_one_line(function: Function) -> None:
    assert "\n" not in function.description and "|" not in function.description
    assert len(function.description) <= 160


def test_no_two_functions_answer_the_same_path() -> None:
    paths = [
        (trigger.path, method)
        for function in FUNCTIONS
        for trigger in function.triggers
        if trigger.kind == "http"
        for method in trigger.methods
    ]
    assert len(paths) == len(set(paths))


def test_no_two_functions_do_the_same_job() -> None:
    jobs = [trigger.job for function in FUNCTIONS for trigger in function.triggers if trigger.kind == "job"]
    assert len(jobs) == len(set(jobs))
