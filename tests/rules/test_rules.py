"""Who may what, and how a write must look: everything is tried once, then each rule is asked what came of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from typing import get_args
from urllib.error import HTTPError

import pytest
from google.api_core.exceptions import GoogleAPICallError, PermissionDenied

from tests.rules.attempts import ATTEMPTS, OWNER, ROLES
from tests.rules.cases import Case, Emulated, Op
from tests.rules.client import UserClient, coverage
from tests.rules.documents import MODELS, MOST, WRONG
from tests.rules.evaluated import Evaluated
from tests.rules.table import SECURITY, rights

pytestmark = pytest.mark.long
CASES_OF_A_PROJECT = 100
"""The emulator gives no coverage report of more than four megabytes, and every value is in it."""
SCHEMA = SECURITY.with_name("schema.md")


@dataclass
class Tried:
    evaluated: Evaluated
    surprises: list[Case] = field(default_factory=list)

    def of(self, cases: list[Case]) -> list[str]:
        return [str(case) for case in self.surprises if case in cases]


@pytest.fixture(scope="module")
def tried(emulated: Callable[[str], Emulated], rules: str) -> Tried:
    tried = Tried(Evaluated(rules))
    cases = list(chain.from_iterable(ATTEMPTS.values()))
    for start in range(0, len(cases), CASES_OF_A_PROJECT):
        project = emulated(rules)
        tried.surprises += project.surprises(cases[start : start + CASES_OF_A_PROJECT])
        tried.evaluated.add(coverage(project.host, project.project))
    return tried


@pytest.mark.parametrize("path", rights())
def test_the_rules_give_every_right_of_the_table_and_no_other(tried: Tried, path: str) -> None:
    cases = [case for case in ATTEMPTS["matrix"] if case.path == path]
    assert {case.op for case in cases} == set(get_args(Op)) and len(cases) >= 75
    assert tried.of(cases) == []


@pytest.mark.parametrize("path", WRONG)
def test_a_known_field_gets_in_as_it_should_be_and_no_other_way(tried: Tried, path: str) -> None:
    assert tried.of([case for case in ATTEMPTS["fields"] if case.path == path]) == []


@pytest.mark.parametrize("part", [part for part in ATTEMPTS if part not in ("matrix", "fields")])
def test_a_write_is_judged_as_described(tried: Tried, part: str) -> None:
    assert tried.of(ATTEMPTS[part]) == []


def test_every_boolean_expression_of_the_rules_was_true_and_was_false(tried: Tried) -> None:
    assert tried.evaluated.one_sided() == {}
    assert tried.evaluated.booleans() > 400


def test_the_table_knows_every_role_and_every_collection_of_the_schema() -> None:
    assert all(tuple(by_role) == ROLES for by_role in rights().values())
    headings = [
        line.split("`")[1] for line in SCHEMA.read_text(encoding="utf-8").splitlines() if line.startswith("## `")
    ]
    stored = {heading.split("/")[0] for heading in headings}
    known = set(chain.from_iterable(path.split("/") for path in rights()))
    assert stored - known == set()


@pytest.mark.parametrize("path", MODELS)
def test_every_field_the_suite_reads_is_checked(path: str) -> None:
    known = set(MODELS[path].model_fields) - {"id"}
    assert set(MOST[path]) == known
    assert set(WRONG[path]) == known


def test_nobody_asks_all_salons_at_once(emulated: Callable[[str], Emulated], rules: str) -> None:
    project = emulated(rules)
    client = UserClient(project.project)
    for role in ROLES:
        for collection in ("bookings", "customers", "gaps", "audit_logs", "messages"):
            with client.signed_in(type(OWNER)(role).token("s1")), pytest.raises(PermissionDenied):
                list(client.collection_group(collection).limit(1).stream())
    client.close()


@pytest.mark.parametrize("garbage", ["garbage", "a.b.c", "e30.e30.", "null", "owner.owner."])
def test_a_token_that_is_none_opens_nothing(emulated: Callable[[str], Emulated], rules: str, garbage: str) -> None:
    client = UserClient(emulated(rules).project)
    with client.signed_in(garbage), pytest.raises(GoogleAPICallError) as refused:
        client.document("salons/s1/bookings/b1").get()
    assert refused.value.code in (400, 401, 403)
    client.close()


def test_rules_that_do_not_compile_are_noticed(emulated: Callable[[str], Emulated], rules: str) -> None:
    with pytest.raises(HTTPError):
        emulated(rules.replace("return", "retrun"))
