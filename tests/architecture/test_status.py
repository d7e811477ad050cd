"""A status is assigned by its state machine only: one file of the domain for each lifecycle."""

import ast
from pathlib import Path

import pytest

from tests.architecture.project import python_files, tree, where

MACHINES = {"approval", "booking", "breaker", "decision", "gap", "outgoing", "waitlist"}
"""Outreach and the other messages share one life: outgoing."""
COPIES = {"amend", "changed", "model_copy", "replace", "step", "dict"}


def is_status(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.split(".")[-1] == "status"


def makes_a_document(call: ast.Call) -> bool:
    """A copy with changes, or a model's constructor. Handing `status` to any other function assigns nothing."""
    name = ast.unparse(call.func).split(".")[-1]
    return name in COPIES or name[:1].isupper()


def assigned(code: ast.AST) -> list[ast.AST]:
    found: list[ast.AST] = []
    for node in ast.walk(code):
        if isinstance(node, ast.Call) and makes_a_document(node):
            # An HTTP status is a number; a lifecycle's never is.
            found += [
                keyword.value
                for keyword in node.keywords
                if keyword.arg == "status"
                and not (isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, int))
            ]
        elif isinstance(node, ast.Dict):
            # What a state machine has decided may be written down: `{"status": moved.status}`.
            found += [
                key
                for key, value in zip(node.keys, node.values, strict=True)
                if key is not None
                and is_status(key)
                and not (isinstance(value, ast.Attribute) and value.attr == "status")
            ]
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


def test_nothing_outside_the_domain_assigns_a_status() -> None:
    assert assignments(python_files("shared/use_cases", "shared/adapters", "functions")) == []


def test_inside_the_domain_only_the_state_machines_assign_a_status() -> None:
    assert assignments([path for path in python_files("shared/domain") if path.stem not in MACHINES]) == []


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
