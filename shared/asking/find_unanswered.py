"""Finds who wrote what still waits for a person. Whoever did is asked nothing new until it is answered: they would be promoted to
instead of being heard."""

from collections.abc import Sequence
from datetime import datetime

from shared.messaging.conversation import HOLDS_ASKS_FOR
from shared.ports import Reader
from shared.records.split_query import queries_by_values


def unanswered(keys: Sequence[str], documents: Reader, now: datetime) -> set[str]:
    """Those of these address keys at which something waits for a person that was last added to within `HOLDS_ASKS_FOR`."""
    queries = queries_by_values("conversations", "address_key", keys, ("updated_at", ">", now - HOLDS_ASKS_FOR))
    found = (snapshot.data for query in queries for snapshot in documents.query(query))
    return {conversation["address_key"] for conversation in found if conversation["waiting_since"] is not None}
