"""A status is assigned by its state machine only: the file that declares it as a field. A new lifecycle needs no word here."""

import ast
from pathlib import Path

import pytest

from tests.architecture.project import python_files, tree, where

COPIES = {"amend", "changed", "model_copy", "replace", "step", "dict"}


def is_status(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.split(".")[-1] == "status"


def decides(value: ast.expr) -> bool:
    """An HTTP status is a number and a lifecycle's never is; what a state machine decided may be passed on as it is."""
    is_number = isinstance(value, ast.Constant) and isinstance(value.value, int)
    is_passed_on = isinstance(value, ast.Attribute) and value.attr == "status"
    return not (is_number or is_passed_on)


def declares(code: ast.AST) -> bool:
    """Whether a class in it has a status of its own: words, not the numbers of HTTP."""
    return any(
        isinstance(field, ast.AnnAssign)
        and ast.unparse(field.target) == "status"
        and not any(isinstance(each, ast.Constant) and isinstance(each.value, int) for each in ast.walk(field))
        for node in ast.walk(code)
        if isinstance(node, ast.ClassDef)
        for field in node.body
    )


def makes_a_document(call: ast.Call) -> bool:
    """A copy with changes, or a model's constructor. Handing `status` to any other function assigns nothing."""
    name = ast.unparse(call.func).split(".")[-1]
    return name in COPIES or name[:1].isupper()


def assigned(code: ast.AST) -> list[ast.AST]:
    found: list[ast.AST] = []
    for node in ast.walk(code):
        if isinstance(node, ast.Call) and makes_a_document(node):
            found += [k.value for k in node.keywords if k.arg == "status" and decides(k.value)]
        elif isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            found += [key for key, value in pairs if key is not None and is_status(key) and decides(value)]
        elif isinstance(node, ast.Assign):
            found += [
                target
                for target in node.targets
                if (isinstance(target, ast.Attribute) and target.attr == "status")
                or (isinstance(target, ast.Subscript) and is_status(target.slice))
            ]
    return found


def assignments(files: list[Path]) -> list[str]:
    return [where(path, node) for path in files for node in assigned(tree(path))]


def test_only_the_state_machines_assign_a_status() -> None:
    files = python_files("shared", "functions")
    # Outreach and the other messages share one life, outgoing.
    assert {"booking", "decision", "gap", "outgoing"} <= {path.stem for path in files if declares(tree(path))}
    assert assignments([path for path in files if not declares(tree(path))]) == []


@pytest.mark.parametrize(
    ("code", "is_machine"),
    [
        ('class Smile(StateDocument):\n    status: Literal["seen", "returned"] = "seen"', True),
        ("class Smile(StateDocument):\n    mood: str\ndef moved(smile, status: str): ...", False),
        ("class Page:\n    status: Literal[200, 404]", False),
    ],
)
def test_a_state_machine_is_the_file_that_declares_the_status(code: str, is_machine: bool) -> None:
    assert declares(ast.parse(code)) is is_machine


@pytest.mark.parametrize(
    "code",
    [
        'amend(gap, now=now, status="filled")',
        "gap.changed(status=wanted)",
        'Gap(id="g1", status="open")',
        'Update("gaps/g1", {"status": "filled"})',
        'fields["status"] = "filled"',
        'Update("d", {"outcome.status": "success"})',
    ],
)
def test_an_assignment_is_recognised_in_every_form(code: str) -> None:
    assert assigned(ast.parse(code))


@pytest.mark.parametrize(
    "code",
    ["reported(message, status=report.status)", "Response(status=204)", 'Query("gaps", (("status", "==", "open"),))'],
)
def test_passing_on_or_asking_for_a_status_is_no_assignment(code: str) -> None:
    assert not assigned(ast.parse(code))
