"""One attempt of one person, and what it must come to. Every attempt has a salon of its own, so none disturbs another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from google.api_core.exceptions import PermissionDenied
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore

from local.emulators import Emulators
from tests.rules.client import ANONYMOUS, UserClient, load_rules, token

Data = dict[str, Any]
Op = Literal["get", "list", "create", "update", "delete"]
OWN, OTHER = "own", "other"
NOW = firestore.SERVER_TIMESTAMP


@dataclass(frozen=True)
class Person:
    """`salon` is which salon the token names, if any; `signed_in` False is somebody without a token."""

    role: str | None
    salon: str | None = OWN
    signed_in: bool = True

    @property
    def uid(self) -> str:
        return f"uid-{self.role}"

    def token(self, salon_id: str) -> str:
        if not self.signed_in:
            return ANONYMOUS
        claims = {"salon_id": salon_id if self.salon == OWN else self.salon, "role": self.role}
        return token(self.uid, {name: value for name, value in claims.items() if value is not None})

    def __str__(self) -> str:
        if not self.signed_in:
            return "nobody"
        return {OWN: "", None: "unbound "}.get(self.salon, f"{self.salon} salon's ") + (self.role or "without a role")


@dataclass(frozen=True, eq=False)
class Case:
    """`path` is a pattern as in docs/security.md; `before` is what stands there, `fields` what is written."""

    about: str
    person: Person
    op: Op
    path: str
    allowed: bool
    before: Data | None = None
    fields: Data = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.about}: {self.person} may {'' if self.allowed else 'not '}{self.op} {self.path}"


class Emulated:
    """A project in the emulator that has these rules."""

    def __init__(self, emulators: Emulators, project: str, rules: str) -> None:
        self.host = emulators.firestore_host
        self.project = project
        load_rules(self.host, project, rules)
        # Without rules, as the server library is: to put what stands there.
        self._server = firestore.Client(project=project, credentials=AnonymousCredentials())
        self._user = UserClient(project)

    def surprises(self, cases: Sequence[Case], *, at_most: int | None = None) -> list[Case]:
        """The cases that did not come to what they must. Stops after `at_most` of them."""
        self._seed(cases)
        found = []
        for number, case in enumerate(cases):
            if self._allowed(number, case) != case.allowed:
                found.append(case)
                if len(found) == at_most:
                    break
        return found

    def close(self) -> None:
        self._server.close()
        self._user.close()

    def _seed(self, cases: Iterable[Case]) -> None:
        standing = [(number, case) for number, case in enumerate(cases) if case.before is not None]
        for start in range(0, len(standing), 400):
            batch = self._server.batch()
            for number, case in standing[start : start + 400]:
                batch.set(self._server.document(_at(case.path, number)), case.before)
            batch.commit()

    def _allowed(self, number: int, case: Case) -> bool:
        document = self._user.document(_at(case.path, number))
        with self._user.signed_in(case.person.token(f"s{number}")):
            try:
                match case.op:
                    case "get":
                        document.get()
                    case "list":
                        list(document.parent.limit(10).stream())
                    case "create":
                        document.create(case.fields)
                    case "update":
                        document.update(case.fields)
                    case "delete":
                        document.delete()
            except PermissionDenied:
                return False
        return True


def _at(pattern: str, number: int) -> str:
    return pattern.replace("{salon}", f"s{number}").replace("{id}", f"d{number}")
