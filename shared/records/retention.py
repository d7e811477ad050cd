"""How long each kind of document of ours is kept. The booking app's own are its own to delete.

A document says itself when it may go (`forget_at`, written with it): the database deletes it within a day after, and
`clean_up` does too, wherever that is not switched on.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

YEAR = timedelta(days=365)
HALF_A_YEAR = timedelta(days=182)
A_MONTH = timedelta(days=30)

Kind = Literal[
    "gaps", "outreach", "approvals", "autonomous_decisions", "audit_logs", "messages", "inbound", "conversations", "identities",
    "senders",
]  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """A document is kept for `period` since the instant in its field `since`."""

    period: timedelta
    since: str = "created_at"


KEPT: Final[dict[Kind, Kept]] = {
    # They hold what people wrote and were told, their names and addresses.
    "outreach": Kept(HALF_A_YEAR),
    "messages": Kept(HALF_A_YEAR),
    "inbound": Kept(HALF_A_YEAR),
    "conversations": Kept(HALF_A_YEAR, "updated_at"),
    "senders": Kept(A_MONTH, "asked_at"),
    "identities": Kept(YEAR, "last_inbound_at"),
    "gaps": Kept(YEAR),
    "approvals": Kept(YEAR),
    # Why something was done, by ids.
    "autonomous_decisions": Kept(2 * YEAR),
    "audit_logs": Kept(2 * YEAR),
}
"""How long documents are kept, by collection group. What is not here stays: a withdrawn consent must be known for ever,
and settings, agents and counters are one document each."""

LOCKS_KEPT = timedelta(days=1)
"""How long a lock is kept after the end of its lease, in real time: whoever died holding it was succeeded long before,
or nobody wanted it again."""
