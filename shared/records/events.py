"""What is announced on the topic `salon-events`: the types, and the one shape all of them have."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from shared.records.stored import DocumentId, Instant

SCHEMA_VERSION = "1"

EventType = Annotated[str, Field(pattern=r"^[A-Z]+(_[A-Z]+)+$")]
"""What is announced, and what functions subscribe to. Which types there are, each function.json says under `announces`; that
none is announced that is not declared, and none awaited that nobody announces, is held by reading the code."""


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
