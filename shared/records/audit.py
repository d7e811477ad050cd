"""The audit record: what changed, who did it and why. It is also the outbox: a record that `announces` is published.

The records of one object form a chain: each carries the hash of the one before, and the object carries the hash of its
last (`audit_head`), so a change, a gap or a reordering can be found afterwards.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Generic, Literal, NotRequired, TypedDict, TypeVar, Unpack

from pydantic import Field

from shared.records.events import EventType, SalonEvent
from shared.records.retention import YEAR, Kept
from shared.records.stored import Instant, StateDocument, Stored, natural_id

Severity = Literal["debug", "info", "warning", "error", "critical"]

AuditWord = Annotated[str, Field(pattern=r"^[a-z]+(_[a-z]+)*$")]
"""What happened, for whoever reads the trail. docs/schema.md lists the words with where each is written."""

ANNOUNCE_WITHIN = timedelta(seconds=60)
"""How long a record may take to be announced: one that is not by then is announced again."""

D = TypeVar("D", bound=StateDocument)


class AuditRecord(Stored):
    """`agent` is whose work the object is, where it is an agent's. `announced_at` and `due_at` are the outbox's own marks and no
    part of the hash."""

    retained = Kept(2 * YEAR)

    id: str
    salon_id: str
    event_type: AuditWord
    severity: Severity
    actor: str
    action: str
    resource_type: str
    resource_id: str
    agent: str | None = None
    revision: int | None
    details: dict[str, Any]
    ip_address: str | None = None
    user_agent: str | None = None
    created_at: Instant
    announces: EventType | None
    payload: dict[str, Any]
    announced_at: Instant | None = None
    previous_hash: str | None
    due_at: Instant | None

    @property
    def path(self) -> str:
        return f"audit_logs/{self.id}"

    @property
    def hash(self) -> str:
        # Without an agent as before there was one: what is stored keeps its hash.
        unsaid = {"announced_at", "due_at"} | ({"agent"} if self.agent is None else set())
        body = self.model_dump(exclude=unsaid)
        return hashlib.sha256(_CANONICAL.encode(body).encode()).hexdigest()

    def event(self) -> SalonEvent | None:
        """The announcement that this record stands for, or None."""
        if self.announces is None:
            return None
        return SalonEvent(
            event_id=self.id,
            event_type=self.announces,
            salon_id=self.salon_id,
            occurred_at=self.created_at,
            resource_type=self.resource_type,
            resource_id=self.resource_id,
            agent=self.agent,
            payload=self.payload,
        )


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


_CANONICAL = json.JSONEncoder(sort_keys=True, default=_text)


class _Happened(TypedDict):
    """What a record says about its object."""

    now: datetime
    actor: str
    event: AuditWord
    action: str
    details: NotRequired[dict[str, Any] | None]
    announces: NotRequired[EventType | None]
    payload: NotRequired[dict[str, Any] | None]
    severity: NotRequired[Severity]


@dataclass(frozen=True)
class Amended(Generic[D]):
    """A document as it shall be, with the audit record that must be written in the same commit."""

    document: D
    record: AuditRecord


def amend(
    document: D,
    *,
    now: datetime,
    actor: str,
    event: AuditWord,
    action: str,
    details: dict[str, Any] | None = None,
    announces: EventType | None = None,
    payload: dict[str, Any] | None = None,
    severity: Severity = "info",
    **changes: Any,
) -> Amended[D]:
    """The document with these changes, one revision on. One of revision 0 has never been stored: this creates it."""
    revision = document.revision + 1
    record = _record(
        id=f"{document.resource_type}-{document.id}-{revision}",
        salon_id=document.salon_id,
        resource_type=document.resource_type,
        resource_id=document.id,
        agent=document.agent,
        revision=revision,
        previous_hash=document.audit_head,
        now=now,
        actor=actor,
        event=event,
        action=action,
        details=details,
        announces=announces,
        payload=payload,
        severity=severity,
    )
    amended = document.changed(**{**changes, "revision": revision, "audit_head": record.hash, "updated_at": now})
    return Amended(amended, record)


def record_fact(
    *, salon_id: str, resource_type: str, resource_id: str, version: object, **happened: Unpack[_Happened]
) -> AuditRecord:
    """The record about an object that is not ours (a document of the booking app), or about no stored object at all. It
    is in no chain. Its id is made of the object and `version` (its update time, a content hash), so recording it again
    is harmless."""
    id = natural_id("fact", resource_type, resource_id, version, happened["event"])
    return _record(id=id, salon_id=salon_id, resource_type=resource_type, resource_id=resource_id, **happened)


def _record(
    *,
    id: str,
    salon_id: str,
    resource_type: str,
    resource_id: str,
    agent: str | None = None,
    revision: int | None = None,
    previous_hash: str | None = None,
    **happened: Unpack[_Happened],
) -> AuditRecord:
    now, announces = happened["now"], happened.get("announces")
    return AuditRecord(
        id=id,
        salon_id=salon_id,
        event_type=happened["event"],
        severity=happened.get("severity", "info"),
        actor=happened["actor"],
        action=happened["action"],
        resource_type=resource_type,
        resource_id=resource_id,
        agent=agent,
        revision=revision,
        details=happened.get("details") or {},
        created_at=now,
        announces=announces,
        payload=happened.get("payload") or {},
        previous_hash=previous_hash,
        due_at=now + ANNOUNCE_WITHIN if announces else None,
    )
