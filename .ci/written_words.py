"""The audit words and event types that a piece of code writes, by the forms in which it may write them."""

import ast
import re
from collections.abc import Iterator

AUDIT_WORD = re.compile(r"[a-z]+(_[a-z]+)*")
EVENT_TYPE = re.compile(r"[A-Z]+(_[A-Z]+)+")


def audit_words(code: ast.AST) -> Iterator[ast.Constant]:
    """What stands behind `event=`, beside an event type, or in a table of audit words."""
    return _constants(code, AUDIT_WORD, name="event", annotation="AuditWord", position=0)


def announced(code: ast.AST) -> Iterator[ast.Constant]:
    """What stands behind `announces=` or is called so, beside an audit word, or in a table of event types."""
    return _constants(code, EVENT_TYPE, name="announces", annotation="EventType", position=1)


def _constants(
    code: ast.AST, form: re.Pattern[str], *, name: str, annotation: str, position: int
) -> Iterator[ast.Constant]:
    for node in ast.walk(code):
        match node:
            case ast.keyword(arg=arg, value=value) if arg == name:
                found = value
            case ast.Assign(targets=[ast.Name(id=id)], value=value) if id == name:
                found = value
            case ast.AnnAssign(annotation=ast.Subscript() as annotated, value=ast.Dict() as table) if ast.unparse(
                annotated
            ).endswith(f", {annotation}]"):
                yield from (value for value in table.values if isinstance(value, ast.Constant))
                continue
            case ast.Tuple(elts=[ast.Constant(value=str(word)), ast.Constant(value=str(type))]) if AUDIT_WORD.fullmatch(
                word
            ) and EVENT_TYPE.fullmatch(type):
                found = node.elts[position]
            case _:
                continue
        yield from (constant for constant in _chosen(found) if form.fullmatch(str(constant.value)))


def _chosen(value: ast.expr) -> Iterator[ast.Constant]:
    """The constants that an expression may come to; what it compares is none of them."""
    match value:
        case ast.Constant():
            yield value
        case ast.IfExp(body=body, orelse=otherwise):
            yield from _chosen(body)
            yield from _chosen(otherwise)
