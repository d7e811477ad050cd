"""Reads the ledger of consents, and enters into it."""

from collections.abc import Sequence
from datetime import datetime
from itertools import chain

from shared.customers.consent import ConsentRecord, standing
from shared.ports import Reader, Write
from shared.records.audit import amend
from shared.records.commit import create
from shared.records.split_query import queries_by_values
from shared.values.identity import address_key


def withdrawal_records(documents: Reader, keys: Sequence[str]) -> dict[str, list[ConsentRecord]]:
    """The entries of the ledger by address. What a person has withdrawn follows from the entries of all their addresses
    together."""
    found: dict[str, list[ConsentRecord]] = {}
    for query in queries_by_values("consents", "identity", keys):
        for snapshot in documents.query(query):
            record = ConsentRecord.model_validate(snapshot.data)
            found.setdefault(record.identity, []).append(record)
    return found


def ledger_at(phone: str, documents: Reader, signing_key: bytes) -> list[ConsentRecord]:
    """All that was ever entered of whoever is reached at this number, by either channel."""
    found = withdrawal_records(documents, [address_key(signing_key, channel, phone) for channel in ("whatsapp", "sms")])
    return list(chain.from_iterable(found.values()))


def entered(
    records: Sequence[ConsentRecord], now: datetime, actor: str = "customer", known: Sequence[ConsentRecord] = ()
) -> tuple[Write, ...]:
    """The writes that add these entries to the ledger. What the latest word of `known`, the entries of the same person, says
    already is not entered again: the ledger is kept for ever, and must not grow by repetition. Their own word is entered where we
    have only concluded the same."""
    own = [record for record in known if record.source != "follow_customer"]
    latest = (standing(known), standing(own))
    writes: list[Write] = []
    for record in records:
        if all(said.get((record.channel, record.purpose)) == record.granted for said in latest):
            continue
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
