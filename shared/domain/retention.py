"""How long each collection of ours is kept. The booking app's own documents are its own to delete."""

from dataclasses import dataclass
from datetime import datetime, timedelta

YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Kept:
    """Deleted once `field` lies that far back."""

    collection: str
    period: timedelta
    field: str = "created_at"


RETENTION = (
    Kept("gaps", YEAR),
    Kept("outreach", YEAR),
    Kept("approvals", YEAR),
    Kept("autonomous_decisions", 2 * YEAR),
    Kept("audit_logs", 2 * YEAR),
    # Whoever died holding one was succeeded long ago, or nobody ever wanted it again.
    Kept("locks", timedelta(days=1), "until"),
)


def kept_since(now: datetime) -> dict[str, datetime]:
    """By collection: what was created before then may be deleted."""
    return {kept.collection: now - kept.period for kept in RETENTION if kept.field == "created_at"}
