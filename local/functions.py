"""The functions of the suite as their folders describe them: `function.json` is the one source, read only here."""

import importlib.util
import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from shared.asking import decision
from shared.records.events import EventType
from shared.salon.section import Section
from shared.salon.settings import SalonSettings

FUNCTIONS = Path(__file__).resolve().parent.parent / "functions"
SALON = "salons/{salon_id}/"
VERB_NOUN = re.compile(r"^[a-z]+(_[a-z]+)+$")
FIELD = r"[a-z0-9*/\-,]+"
Cron = Annotated[str, Field(pattern=rf"^{FIELD}( {FIELD}){{4}}$")]


class FunctionError(Exception):
    """A folder under functions/ is not what it has to be; says which file, which field and what was found."""


class _Described(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FirestoreTrigger(_Described):
    kind: Literal["firestore"]
    event: Literal["written", "created", "updated", "deleted"]
    document: str = Field(pattern=r"^[^/]+/[^/]+(/[^/]+/[^/]+)*$")


class EventsTrigger(_Described):
    """One push subscription of `salon-events` per type: a Pub/Sub filter cannot be changed later. With `agent`, only what is
    about that agent's work."""

    kind: Literal["events"]
    event_types: tuple[EventType, ...] = Field(min_length=1)
    agent: str | None = None


class JobTrigger(_Described):
    """One message on `salon-jobs` per salon: made by dispatch_jobs whenever the schedule is due, and by whichever function
    asks for that job. Without a schedule only by the latter."""

    kind: Literal["job"]
    job: str = Field(pattern=r"^[a-z][a-z_]*$")
    schedule: Cron | None = None


class DueTrigger(_Described):
    """One message on `salon-due` for each document of that collection whose `due_at` has come, made by wake_due.
    `collection` is its path without ids."""

    kind: Literal["due"]
    collection: str = Field(pattern=r"^[a-z_]+(/[a-z_]+)*$")


class TickTrigger(_Described):
    """One message on `ticks` for all salons, with the attribute `tick` = the folder's name."""

    kind: Literal["tick"]
    schedule: Cron


class TicksTrigger(_Described):
    """The messages on `ticks` that carry the attribute `job`: only what dispatches jobs wants these."""

    kind: Literal["ticks"]


class HttpTrigger(_Described):
    kind: Literal["http"]
    path: str = Field(pattern=r"^/")
    methods: tuple[Literal["GET", "POST", "PUT", "PATCH", "DELETE"], ...] = Field(min_length=1)
    access: Literal["public", "platform"] = "public"


Trigger = Annotated[
    FirestoreTrigger | EventsTrigger | JobTrigger | DueTrigger | TickTrigger | TicksTrigger | HttpTrigger,
    Field(discriminator="kind"),
]


def _every_salon_has(setting: str) -> str:
    kind: Any = SalonSettings
    for part in setting.split("."):
        kind = kind.model_fields[part].annotation if part in getattr(kind, "model_fields", {}) else Section
    if isinstance(kind, type) and issubclass(kind, Section):
        raise ValueError("expected a setting that every salon has")
    return setting


class Agent(_Described):
    """Whom a function acts as. `name` is what its decisions, state and limits are stored under; `settings` are those by their
    dotted names that it goes by, of the ones that every agent has: a setting that no function goes by is without effect. Both
    are stored words, so an agent that is new takes some that are there."""

    name: decision.Agent
    settings: tuple[Annotated[str, AfterValidator(_every_salon_has)], ...] = ()


class Kept(_Described):
    """For so many days since the instant in the field `since`."""

    days: int = Field(ge=1)
    since: str = "created_at"


Role = Literal["owner", "manager", "staff", "viewer", "app", "platform"]
"""Of a token: docs/security.md."""


class Collection(_Described):
    """Documents that the suite writes, declared by one function: by the one that looks after them, where several write.

    Its `readers` may read it and nobody may write it. Without `readers` people write there too, and who may what is said by
    hand in firestore.rules.
    """

    document: str = Field(pattern=r"^[^/]+/[^/]+(/[^/]+/[^/]+)*$")
    model: str | None = Field(default=None, pattern=r"^(shared|functions)(\.\w+)+$")
    readers: tuple[Role, ...] | None = None
    kept: Kept | Annotated[str, Field(min_length=1)]
    """So many days, and then the document says itself when it may go; otherwise until when, in words."""
    people: str = Field(min_length=1)
    """What it holds of people, for whoever must know where that stands."""

    @property
    def group(self) -> str:
        return self.document.split("/")[-2]

    @property
    def within(self) -> str:
        """Its place in the salon, or above all salons."""
        return self.document.removeprefix(SALON)

    @property
    def is_salons(self) -> bool:
        return self.document.startswith(SALON)

    @property
    def lies_below(self) -> bool:
        """Whether it lies below a document of another collection, its salon's own aside."""
        return self.within.count("/") > 1

    @model_validator(mode="after")
    def _tenants_stay_apart(self) -> Self:
        if self.readers and not self.is_salons:
            raise ValueError(f"expected no readers above the salons, where no token belongs, of {self.document}")
        return self


class Page(_Described):
    """A page for the salon's people, which a console may serve below `path`: the template stands in the function's folder, and
    `query` is `(documents: Reader, salon: Salon, now: datetime) -> Mapping` of its own, which says what the template shows."""

    path: str = Field(pattern=r"^/[a-z]+([/_-][a-z]+)*$")
    template: str = Field(pattern=r"^pages/[a-z_]+\.html$")
    query: str = Field(pattern=r"^functions\.[a-z_]+\.[a-z_]+\.[a-z_]+$")


Index = Annotated[str, Field(pattern=r"^-?[a-z_.]+(\[\])?(, -?[a-z_.]+(\[\])?)+$")]
"""The fields of a composite index in their order: `-` before one that falls, `[]` after one that contains."""


class Function(_Described):
    name: str
    folder: Path
    description: str = Field(min_length=1)
    triggers: tuple[Trigger, ...] = Field(min_length=1)
    agent: Agent | None = None
    announces: tuple[EventType, ...] = ()
    """What its commits may announce on `salon-events`, by its own code or by what it uses of shared/."""
    collections: tuple[Collection, ...] = ()
    indexes: dict[str, tuple[Index, ...]] = {}
    """By collection group: the composite indexes that its queries need, whoever writes there. Those by which any agent asks are
    declared by send_outreach."""
    pages: tuple[Page, ...] = ()
    uses: tuple[Literal["firestore", "salon-events", "salon-jobs", "salon-due", "ticks", "schedules"], ...] = ()
    """What its account may do in the cloud: read and write documents, publish on a topic, stop and start schedules."""
    environment: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    memory: str = Field(default="256Mi", pattern=r"^[0-9]+(Mi|Gi)$")
    timeout_seconds: int = Field(default=60, ge=1, le=3600)
    max_instances: int = Field(default=20, ge=1)
    retry: bool = True

    @property
    def signature(self) -> Literal["http", "cloudevent"]:
        """How functions-framework has to call it."""
        return "http" if isinstance(self.triggers[0], HttpTrigger) else "cloudevent"

    @property
    def source(self) -> Path:
        return self.folder / "main.py"


def load(folder: Path = FUNCTIONS) -> list[Function]:
    """Every function of the folder, by name."""
    return [_read(path.parent) for path in sorted(folder.glob("*/function.json"))]


def door(function: Function) -> Callable[..., Any]:
    """The function itself, from its main.py; each call loads a fresh module."""
    module = _module(function)
    found = getattr(module, function.name, None)
    if not callable(found):
        others = [name for name in vars(module) if not name.startswith("_")]
        raise FunctionError(f"{function.source}: expected a function named {function.name!r}, found {others}")
    return found  # type: ignore[no-any-return]


def _read(folder: Path) -> Function:
    file = folder / "function.json"
    if not VERB_NOUN.match(folder.name):
        raise FunctionError(f"{folder}: expected a folder named verb_noun, found {folder.name!r}")
    if not (folder / "main.py").exists():
        raise FunctionError(f"{folder}: expected a main.py beside function.json, found none")
    try:
        described = Function.model_validate({**_json(file), "name": folder.name, "folder": folder})
    except ValidationError as error:
        raise FunctionError(f"{file}: " + "; ".join(_problems(error))) from None
    if len({isinstance(trigger, HttpTrigger) for trigger in described.triggers}) > 1:
        raise FunctionError(f"{file}: triggers: expected either HTTP or events, found both")
    own = described.agent.name if described.agent else None
    heard = {trigger.agent for trigger in described.triggers if isinstance(trigger, EventsTrigger)} - {None, own}
    if heard:
        raise FunctionError(
            f"{file}: triggers: expected events of its own agent, {own!r}, found {sorted(map(str, heard))}"
        )
    for page in described.pages:
        _, room, module, _ = page.query.split(".")
        there = {
            f"functions.{room}": room == folder.name,
            page.template: (folder / page.template).exists(),
            f"{module}.py": (folder / f"{module}.py").exists(),
        }
        if absent := [name for name, is_there in there.items() if not is_there]:
            raise FunctionError(
                f"{file}: pages: expected all of {page.path} in this folder, found no {', '.join(absent)}"
            )
    return described


def _json(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text())
    except json.JSONDecodeError as error:
        raise FunctionError(f"{file}: expected JSON, found {error}") from None
    if not isinstance(content, dict):
        raise FunctionError(f"{file}: expected an object, found {type(content).__name__}")
    return content


def _problems(error: ValidationError) -> Iterator[str]:
    for problem in error.errors():
        yield f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}, found {problem['input']!r}"


def _module(function: Function) -> ModuleType:
    # Under a name of its own: every one of these files is called main.py.
    name = f"smart_fill_{function.name}_main"
    spec = importlib.util.spec_from_file_location(name, function.source)
    assert spec is not None and spec.loader is not None, f"{function.source} is not a Python file"
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
