"""How long a document of ours is kept. The booking app's own are its own to delete.

Its model says for how long, as does the function.json that declares its collection; the document says when that is over
(`forget_at`, written with it). The database deletes it within a day after, and `clean_up` does too, wherever that is not
switched on.
"""

from dataclasses import dataclass
from datetime import timedelta

YEAR = timedelta(days=365)
HALF_A_YEAR = timedelta(days=182)
A_MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Kept:
    """A document is kept for `period` since the instant in its field `since`."""

    period: timedelta
    since: str = "created_at"


LOCKS_KEPT = timedelta(days=1)
"""How long a lock is kept after the end of its lease, in real time: whoever died holding it was succeeded long before,
or nobody wanted it again."""
