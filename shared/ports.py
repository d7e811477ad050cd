"""What functions ask of the outside: small Protocols, each implemented by every adapter behind the same contract tests.

A `path` is relative to the salon it was opened for (`bookings/b1`, `conversations/c1/messages/SM1`); `SALON` names the
salon's own document. Documents are plain dicts; instants in them are timezone-aware UTC datetimes in microseconds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol, TypeVar

SALON = "."

Data = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Snapshot:
    """A document as it was read. `version` is opaque: it only says "unchanged since" to a later write."""

    path: str
    data: Data
    version: str
    update_time: datetime

    @property
    def id(self) -> str:
        return self.path.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Query:
    """Documents of one collection. As in Firestore, a document without a field that is filtered or ordered by is not
    found, an inequality only finds values of the same type, and `in` takes at most 30 values. A field of `order_by` with
    a leading `-` runs backwards. `after` goes on behind the document of that id, where nothing is compared or ordered by."""

    collection: str
    where: tuple[tuple[str, Literal["==", "<", "<=", ">", ">=", "in", "array_contains"], Any], ...] = ()
    order_by: tuple[str, ...] = ()
    limit: int | None = None
    after: str | None = None


@dataclass(frozen=True)
class Create:
    """Fails the whole commit when the document exists."""

    path: str
    data: Data


@dataclass(frozen=True)
class Put:
    """Replaces the whole document, as the booking app does: what stands for the app writes so, locally and in tests. A
    function creates or updates, so that fields it does not know stay."""

    path: str
    data: Data


@dataclass(frozen=True)
class Update:
    """Changes only the named fields (dotted names reach into maps) of a document that must exist. With `unchanged_since` (a
    Snapshot's version) it fails the whole commit when the document was written since."""

    path: str
    fields: Data
    unchanged_since: str | None = None


@dataclass(frozen=True)
class Delete:
    path: str


Write = Create | Put | Update | Delete


class Reader(Protocol):
    def get(self, path: str) -> Snapshot | None: ...
    def get_all(self, paths: Sequence[str]) -> list[Snapshot]:
        """Those that exist, in the order asked for."""
        ...

    def query(self, query: Query) -> list[Snapshot]: ...


class Transaction(Reader, Protocol):
    """Every read comes before every write (a later read raises ReadAfterWrite). The commit happens when the work
    returns, and only if nothing read, a query's result included, has changed since; else the work runs again."""

    def write(self, *writes: Write) -> None: ...


class Documents(Reader, Protocol):
    """The documents below one salon; no other salon can be addressed through it."""

    salon_id: str

    def commit(self, *writes: Write) -> bool:
        """All or nothing, without reads. False when a precondition did not hold: nothing was written."""
        ...

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Raises Contended when the work could not be committed after several attempts."""
        ...


@dataclass(frozen=True)
class Found:
    """A hit of a query over all salons: which salon, and the document's path below it."""

    salon_id: str
    path: str


@dataclass(frozen=True)
class Due(Found):
    """A document that somebody must look at since `due_at`."""

    due_at: datetime


class Store(Protocol):
    def salon(self, salon_id: str) -> Documents:
        """Raises InvalidEvent when salon_id is not a plain document id."""
        ...

    def platform(self) -> Documents:
        """The top-level collections that belong to no salon: `channel_routes`, `registry`. Its salon_id is ""."""
        ...

    def due(self, collection: str, now: datetime, limit: int, after: Due | None = None) -> list[Due]:
        """Documents of collections of that name, in any salon or in none, whose `due_at` has come; longest overdue first.
        With `after`, those that follow it in that order: nothing at the head keeps the rest from being found."""
        ...

    def outlived(self, salon_id: str, collection: str, now: datetime, limit: int) -> list[Found]:
        """Documents of collections of that name below this salon, however deep, that name it in `salon_id` and whose
        `forget_at` has come; longest overdue first."""
        ...

    def salons_written(self, since: datetime, limit: int) -> list[str]:
        """The ids of salons whose own document says an `updated_at` after that, latest first."""
        ...


class ReadAfterWrite(Exception):
    """A transaction read after it wrote; Firestore refuses that, so do all adapters."""


class Contended(Exception):
    """A transaction kept meeting others; nothing was written, and the platform may retry."""


@dataclass(frozen=True)
class Published:
    """A message for a Pub/Sub topic. Consumers filter by `attributes`."""

    topic: Literal["salon-events", "salon-jobs", "salon-due", "ticks"]
    body: Data
    attributes: Mapping[str, str]


class Bus(Protocol):
    def publish(self, message: Published) -> None:
        """Returns when the broker has the message; raises when it may not have it."""
        ...


@dataclass(frozen=True)
class Sending:
    """One message on its way to one person. `content_sid` with `variables` outside WhatsApp's 24-hour window, else
    `body`. `reference` comes back in every delivery callback, also when the provider's answer was lost."""

    channel: Literal["whatsapp", "sms"]
    account_sid: str
    sender: str
    to: str
    reference: str
    body: str | None = None
    content_sid: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    validity: timedelta | None = None


@dataclass(frozen=True)
class Accepted:
    """The provider took the message; delivery is reported later."""

    message_sid: str


@dataclass(frozen=True)
class Refused:
    """The provider did not take it: nothing was sent. `retry` says that trying later makes sense (throttled, not
    reached); `provider_fault` that the recipient is not to blame."""

    code: int
    reason: str
    retry: bool
    provider_fault: bool


@dataclass(frozen=True)
class AnswerLost:
    """Nobody knows whether it was sent: a server error or a broken connection after the request left."""

    reason: str


class Messenger(Protocol):
    def send(self, sending: Sending) -> Accepted | Refused | AnswerLost: ...


@dataclass(frozen=True)
class Notice:
    """One notice on its way to one of the salon's own people, by a channel nobody answers on: an answer goes through the
    link in its body. `to` is an e-mail address, or the push token of a device."""

    channel: Literal["email", "push"]
    to: str
    reference: str
    subject: str
    body: str
    locale: str


class Notifier(Protocol):
    def send(self, notice: Notice) -> Accepted | Refused | AnswerLost: ...


@dataclass(frozen=True)
class Schedule:
    """A cron job of the suite. `disabled` is what the platform itself stopped because it could not run it."""

    name: str
    cron: str
    state: Literal["enabled", "paused", "disabled"]


class Scheduler(Protocol):
    """The suite's own schedules, and nobody else's in the project. Pausing what is paused is no error, nor is resuming
    what runs."""

    def schedules(self) -> list[Schedule]: ...
    def pause(self, name: str) -> None: ...
    def resume(self, name: str) -> None: ...
    def run(self, name: str) -> None:
        """Once, now, paused or not."""
        ...


@dataclass(frozen=True)
class SignedIn:
    """Whose a token is, once its signature, its time and its audience have been checked."""

    uid: str
    role: str | None
    salon_id: str | None


class SignIns(Protocol):
    def who(self, token: str) -> SignedIn | None:
        """None for whatever is no valid token of this deployment."""
        ...


class Clock(Protocol):
    """`now` is business time, simulated in the local cloud; `real` is the machine's, for leases and back-off only."""

    def now(self) -> datetime: ...
    def real(self) -> datetime: ...
    def sleep(self, seconds: float) -> None: ...


@dataclass(frozen=True)
class Deployment:
    """What one deployment of the suite is configured with. `signing_key` signs links and buttons and keys the hashes of
    addresses; `templates` is purpose -> locale -> ContentSid, used where a salon has none of its own; `notices` are the
    channels by which owners are told besides the salon's own numbers."""

    public_base_url: str
    signing_key: bytes
    templates: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    notices: frozenset[Literal["email", "push"]] = frozenset()
