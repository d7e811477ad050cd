"""function.json keeps what its function has promised, and every way in has a story that lives through it alone."""

import ast
from collections.abc import Iterator

import pytest

from local.functions import (
    DueTrigger,
    EventsTrigger,
    FirestoreTrigger,
    Function,
    HttpTrigger,
    JobTrigger,
    TickTrigger,
    load,
)
from tests.architecture.project import python_files, tree
from tests.architecture.promises import PROMISES
from tests.stories.one_way_in import ways_in
from tests.stories.test_documents_heard import DOCUMENTS

FUNCTIONS = {function.name: function for function in load()}


def woken_by(function: Function) -> Iterator[str]:
    for trigger in function.triggers:
        match trigger:
            case EventsTrigger(event_types=types, agent=agent):
                yield from (f"event {type}" + (f" of {agent}" if agent else "") for type in types)
            case FirestoreTrigger(document=document, event=event):
                yield f"{document} {event}"
            case DueTrigger(collection=collection):
                yield f"due {collection}"
            case JobTrigger(job=job, schedule=None):
                yield f"job {job} when asked for"
            case JobTrigger(job=job, schedule=schedule):
                yield f"job {job} at {schedule}"
            case TickTrigger(schedule=schedule):
                yield f"tick at {schedule}"
            case HttpTrigger(path=path, methods=methods, access=access):
                yield f"{' '.join(methods)} {path} {access}"
            case _:
                yield "ticks of jobs"


def test_every_function_has_promised_something_and_is_there() -> None:
    assert FUNCTIONS.keys() == PROMISES.keys()


@pytest.mark.parametrize("name", PROMISES)
def test_a_function_is_woken_as_promised(name: str) -> None:
    found, promised = {*woken_by(FUNCTIONS[name])}, PROMISES[name].woken_by
    broken = [f"{name} is no longer woken by: {way}" for way in sorted(promised - found)]
    broken += [f"{name} has not promised to be woken by: {way}" for way in sorted(found - promised)]
    assert broken == []


@pytest.mark.parametrize("name", PROMISES)
def test_a_delivery_that_failed_comes_again_where_that_was_promised(name: str) -> None:
    tried_again = FUNCTIONS[name].retry
    assert tried_again == PROMISES[name].tried_again, (
        f"{name}: what failed {'comes' if tried_again else 'never comes'} again"
    )


@pytest.mark.parametrize("name", PROMISES)
def test_a_function_is_trusted_with_the_secrets_it_needs_and_no_others(name: str) -> None:
    given, promised = {*FUNCTIONS[name].secrets}, PROMISES[name].secrets
    broken = [f"{name} is not given {secret}" for secret in sorted(promised - given)]
    broken += [f"{name} is given {secret}, which is none of its business" for secret in sorted(given - promised)]
    assert broken == []


def lived_through() -> set[tuple[str, str]]:
    """The ways in whose story closes all others: `only_way_in(suite, function, way)`, or a table of those."""
    found = set()
    for path in python_files("tests/stories"):
        for node in ast.walk(tree(path)):
            match node:
                case ast.Call(
                    func=ast.Name("only_way_in"), args=[_, ast.Constant(str(function)), ast.Constant(str(way))]
                ):
                    found.add((function, way))
                case ast.Call(
                    func=ast.Name("only_when_due"), args=[_, ast.Constant(str(function)), ast.Constant(str(collection))]
                ):
                    found.add((function, f"due {collection}"))
    return found


def test_every_way_in_has_a_story_in_which_there_is_no_other() -> None:
    wanted = {(name, way) for name, function in FUNCTIONS.items() for way in ways_in(function)}
    assert wanted == lived_through() | {*DOCUMENTS.items()}
