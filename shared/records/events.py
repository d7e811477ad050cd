"""What is announced on the topic `salon-events`: the types, and the one shape all of them have."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from shared.records.stored import DocumentId, Instant

SCHEMA_VERSION = "1"

EventType = Literal[
    "AUTONOMOUS_DECISION",
    "GAP_DETECTED",
    "GAP_CHANGED",
    "GAP_FILLED",
    "GAP_EXPIRED",
    "GAP_IGNORED",
    "OUTREACH_REQUESTED",
    "OUTREACH_SENT",
    "OUTREACH_DELIVERED",
    "OUTREACH_RESPONDED",
    "OUTREACH_DECLINED",
    "OUTREACH_EXPIRED",
    "OUTREACH_FAILED",
    "OUTREACH_NOT_ARRIVED",
    "OFFER_LOST",
    "ASK_ANSWERED",
    "APPROVAL_REQUESTED",
    "APPROVAL_APPROVED",
    "APPROVAL_REJECTED",
    "APPROVAL_EXPIRED",
    "APPROVAL_CANCELLED",
    "BOOKING_CREATED",
    "BOOKING_CANCELLED",
    "BOOKING_COMPLETED",
    "BOOKING_NO_SHOW",
    "BOOKING_RESCHEDULED",
    "CIRCUIT_BREAKER_OPENED",
    "CIRCUIT_BREAKER_CLOSED",
    "CONFIG_CHANGED",
    "AGENT_ACTION_REQUIRED",
    "ALERT_TRIGGERED",
]


class SalonEvent(BaseModel):
    """One announced change. Consumers must not trust `payload` for a decision: it says what to look at, and they read
    the current state. `event_id` is the audit record's id, the same for every delivery of the same change. `agent` is whose
    work it is about, null where it is nobody's: an agent's room subscribes to its own."""

    # Not strict: instants arrive as RFC 3339 text.
    model_config = ConfigDict(frozen=True, extra="ignore")

    event_id: DocumentId
    event_type: EventType
    salon_id: DocumentId
    occurred_at: Instant
    resource_type: str
    resource_id: str
    agent: str | None = None
    payload: dict[str, Any] = {}
