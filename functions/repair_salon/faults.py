"""What can be wrong with documents that belong together, and what is done about it.

None of this should ever be found: each change is one commit, and whatever waits has its time. It is looked for all the
same, because an event that is dead in the end, a restored backup or somebody's hand in the console can bring it about.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

from shared.approvals.approval import Approval
from shared.asking.decision import GAP_FILL_AGENT, Decision
from shared.asking.outreach import Outreach
from shared.calendar.booking import Booking
from shared.calendar.gap import Gap
from shared.customers.waitlist import WaitlistEntry
from shared.messaging.message import Inbound, Message
from shared.records.audit import Amended, AuditRecord, amend, record_fact
from shared.records.stored import StateDocument

Waiting = Gap | Outreach | Approval | Inbound
Mend = Literal["wake", "let wait again", "tell the owner"]
D = TypeVar("D", bound=StateDocument)

ACTOR = "repair_salon"
AT_REST = timedelta(minutes=15)
"""What changed more recently may be somebody's work under way."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, in one document. `version` is the document's: the same fault in a later one is another.
    `problem` is what `notify_owner` has words for, where the owner is told."""

    resource_type: str
    resource_id: str
    path: str
    version: object
    reason: str
    mend: Mend
    problem: str | None = None


def asleep(document: Waiting) -> Fault | None:
    """It waits for something, and nothing will ever look at it again."""
    if document.due_at is not None or not _waits(document):
        return None
    return _of(document, "it waits, and nothing would wake it", "wake")


def _waits(document: Waiting) -> bool:
    match document:
        case Gap():
            return document.is_open
        case Outreach():
            return document.is_open or document.response.owed
        case Approval():
            return document.recorded_status == "pending" or document.to_be_carried_out
        case Inbound():
            return document.handled_at is None


def woken(document: D, reason: str, *, now: datetime) -> Amended[D]:
    """The document, due at once: whoever looks after it does the rest, by its own rules."""
    return amend(
        document, now=now, actor=ACTOR, event="repaired", action=f"Woken: {reason}", severity="warning", due_at=now
    )


def left_open(decision: Decision, gap: Gap | None, *, now: datetime) -> Fault | None:
    """The fault of a gap that has closed and nobody heard of it: offers may still be open, and the decision has no outcome. Only the
    gap's own agent ends its decisions when the gap closes."""
    if decision.agent_name != GAP_FILL_AGENT:
        return None
    if decision.outcome.status != "pending" or gap is None or gap.closed_at is None or gap.due_at is not None:
        return None
    if now - gap.closed_at < AT_REST:
        return None
    return _of(gap, "it has closed, and its campaign has not", "wake")


def offered_by_nobody(entry: WaitlistEntry, asks: Sequence[Outreach], version: object) -> Fault | None:
    """Whoever is believed to have an offer is asked by nobody else."""
    if entry.status != "offered" or any(ask.is_open for ask in asks):
        return None
    return Fault(
        "waitlist",
        entry.id,
        f"waitlist/{entry.id}",
        version,
        "it stands as offered, and no offer is open",
        "let wait again",
    )


def contradicted(booking: Booking, gap: Gap | None, offer: Outreach | None, *, zone: ZoneInfo) -> Fault | None:
    """A sale of ours of which its gap or its offer knows nothing: nobody can say whether it was sold."""
    if not booking.occupies or booking.source != "smart_fill":
        return None
    if gap is None or gap.filled_by != booking.id:
        return _sale(
            booking, zone, "is not what its gap was filled by: please look whether it is right", "sale_in_doubt"
        )
    if offer is None or offer.response.booking_id != booking.id:
        return _sale(booking, zone, "is not the answer to its offer: please look whether it is right", "sale_in_doubt")
    return None


def unconfirmed(booking: Booking, confirmation: Message | None, *, zone: ZoneInfo, now: datetime) -> Fault | None:
    """They said yes, and nobody knows whether they heard that they have it."""
    if not booking.occupies or booking.start_time <= now:
        return None
    if confirmation is not None and not _never_arrived(confirmation, now):
        return None
    return _sale(
        booking,
        zone,
        "was sold to a customer who may not have heard that they have it: please tell them",
        "sale_unheard",
    )


def _never_arrived(message: Message, now: datetime) -> bool:
    if message.status == "expired":
        return message.delivery.sent_at is None
    if message.status == "unknown":
        # Its delivery report may still say that it did.
        return now - message.updated_at >= AT_REST
    return message.status == "failed"


def _sale(booking: Booking, zone: ZoneInfo, what: str, problem: str) -> Fault:
    reason = f"the booking at {booking.start_time.astimezone(zone):%Y-%m-%d %H:%M} {what}"
    return Fault("booking", booking.id, f"bookings/{booking.id}", reason, reason, "tell the owner", problem)


def _of(document: Waiting, reason: str, mend: Mend) -> Fault:
    return Fault(document.resource_type, document.id, document.path, document.revision, reason, mend)


def noted(fault: Fault, *, salon_id: str, now: datetime) -> AuditRecord:
    """The record of what was found, once; where only a person can mend it, the owner hears of it."""
    told = fault.mend == "tell the owner"
    return record_fact(
        salon_id=salon_id,
        resource_type=fault.resource_type,
        resource_id=fault.resource_id,
        version=f"repair:{fault.version}",
        now=now,
        actor=ACTOR,
        event="alert_triggered" if told else "repaired",
        action="Handed to the owner" if told else f"Repaired: {fault.reason}",
        details={
            "reason": fault.reason,
            "mend": fault.mend,
            **({"problem": fault.problem, "booking_ids": [fault.resource_id]} if told else {}),
        },
        announces="ALERT_TRIGGERED" if told else None,
        payload={"reason": fault.reason, "path": fault.path} if told else {},
        severity="warning",
    )
