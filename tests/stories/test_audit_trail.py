"""Every change we make is in the audit, chained, and was announced if it announces something."""

import re
from typing import Any

import pytest

from local.audit_chain import broken_links
from local.in_process import Suite
from shared.records.audit import AuditRecord
from tests.stories.busy_day import busy_day, records, state_documents


@pytest.fixture(scope="module")
def day() -> Suite:
    return busy_day()


def audit(suite: Suite) -> list[AuditRecord]:
    return [AuditRecord.model_validate(record) for record in records(suite).values()]


def test_after_a_busy_day_every_chain_holds(day: Suite):
    documents = state_documents(day)
    assert {path.split("/")[-2] for path in documents} >= {
        "gaps",
        "outreach",
        "messages",
        "autonomous_decisions",
        "consents",
    }
    assert broken_links(audit(day), documents.values()) == []


def test_every_state_document_says_how_often_it_changed(day: Suite):
    chained = [record for record in audit(day) if record.revision is not None]
    for document in state_documents(day).values():
        theirs = [r for r in chained if r.resource_id == document["id"]]
        assert len(theirs) == document["revision"] > 0
        assert max(record.created_at for record in theirs) == document["updated_at"]


def test_whatever_a_record_announces_was_announced(day: Suite):
    announcing = [record for record in audit(day) if record.announces]
    assert len(announcing) > 50
    assert all(record.announced_at is not None and record.due_at is None for record in announcing)


def test_a_change_past_the_audit_is_found(day: Suite):
    documents = {path: dict(data) for path, data in state_documents(day).items()}
    path = next(path for path in documents if "/outreach/" in path)
    documents[path]["revision"] -= 1
    assert broken_links(audit(day), documents.values()) != []


def test_a_record_says_who_did_what_and_why(day: Suite):
    for record in audit(day):
        assert record.actor and record.action and record.severity
    closed = [record for record in audit(day) if record.event_type == "outreach_expired"]
    assert closed and all(record.details["reason"] for record in closed)


def phones(value: Any) -> bool:
    match value:
        case dict():
            return any(phones(item) for item in value.values())
        case list() | tuple():
            return any(phones(item) for item in value)
        case str():
            return "+4477" in value or re.search(r"Customer \d", value) is not None
    return False


def test_no_address_and_no_name_of_a_customer_is_in_the_audit_or_in_a_path(day: Suite):
    for record in audit(day):
        assert not phones(record.stored()), record.action
    for path in day.database._collections:
        assert not phones(path)
