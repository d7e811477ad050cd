"""Reads the ledger of consents, and enters into it."""

from collections.abc import Sequence
from datetime import datetime

from shared.customers.consent import ConsentRecord
from shared.ports import Reader, Write
from shared.records.audit import amend
from shared.records.commit import create
from shared.records.split_query import queries_by_values


def withdrawal_records(documents: Reader, keys: Sequence[str]) -> dict[str, list[ConsentRecord]]:
    """The entries of the ledger by address. What a person has withdrawn follows from the entries of all their addresses
    together."""
    found: dict[str, list[ConsentRecord]] = {}
    for query in queries_by_values("consents", "identity", keys):
        for snapshot in documents.query(query):
            record = ConsentRecord.model_validate(snapshot.data)
            found.setdefault(record.identity, []).append(record)
    return found


def entered(records: Sequence[ConsentRecord], now: datetime, actor: str = "customer") -> tuple[Write, ...]:
    """The writes that add these entries to the ledger."""
    writes: list[Write] = []
    for record in records:
        entry = amend(
            record,
            now=now,
            actor=actor,
            event="consent_changed",
            action=f"{record.purpose} on {record.channel} {'granted' if record.granted else 'withdrawn'}",
            details={"granted": record.granted, "source": record.source},
        )
        writes += create(entry)
    return tuple(writes)
