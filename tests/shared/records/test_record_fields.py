"""All that a record holds, whoever makes it; how long documents are kept; and what of a stored field is read."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from shared.records.app_document import Absence, AppDocument, Count, Minutes
from shared.records.audit import ANNOUNCE_WITHIN, AuditRecord, amend, record_fact
from shared.records.events import SCHEMA_VERSION, SalonEvent
from shared.records.problem import Problem, readable_or_problem
from shared.records.retention import LOCKS_KEPT, YEAR, Kept
from shared.records.stored import DocumentId, Instant, Money, Number, Stored, natural_id
from tests.shared.records.test_audit import Thing

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
DAY = timedelta(days=1)
THING = Thing(id="t1", salon_id="s1", revision=4, audit_head="h4", created_at=NOW, updated_at=NOW)
SAID: dict[str, Any] = {"now": LATER, "actor": "ann", "event": "gap_changed", "action": "Painted"}
MORE: dict[str, Any] = {"details": {"a": 1}, "announces": "GAP_CHANGED", "payload": {"b": 2}, "severity": "warning"}
PLAIN = {"details": {}, "announces": None, "payload": {}, "severity": "info", "due_at": None}
FULL = {**MORE, "due_at": LATER + timedelta(seconds=60)}


@pytest.mark.parametrize(("said", "held"), [({}, PLAIN), (MORE, FULL), ({"details": None, "payload": None}, PLAIN)])
def test_a_record_holds_what_is_said_of_the_change_and_of_which_object(said: dict[str, Any], held: dict[str, Any]):
    amended = amend(THING, **SAID, **said, colour="blue")
    assert amended.record == AuditRecord(
        id="thing-t1-5", salon_id="s1", event_type="gap_changed", actor="ann", action="Painted", resource_type="thing",
        resource_id="t1", revision=5, created_at=LATER, previous_hash="h4", **held,
    )  # fmt: skip
    assert amended.document == THING.changed(
        colour="blue", revision=5, audit_head=amended.record.hash, updated_at=LATER
    )
    assert amended.record.path == "audit_logs/thing-t1-5"


@pytest.mark.parametrize(("said", "held"), [({}, PLAIN), (MORE, FULL)])
def test_a_record_about_what_is_not_ours_is_in_no_chain(said: dict[str, Any], held: dict[str, Any]):
    record = record_fact(salon_id="s1", resource_type="booking", resource_id="b1", version=NOW, **SAID, **said)
    assert record == AuditRecord(
        id=natural_id("fact", "booking", "b1", NOW, "gap_changed"), salon_id="s1", event_type="gap_changed",
        actor="ann", action="Painted", resource_type="booking", resource_id="b1", revision=None, created_at=LATER,
        previous_hash=None, **held,
    )  # fmt: skip


def test_a_record_is_announced_as_it_is():
    record = amend(THING, **SAID, **MORE).record
    assert record.event() == SalonEvent(
        event_id="thing-t1-5", event_type="GAP_CHANGED", salon_id="s1", occurred_at=LATER, resource_type="thing",
        resource_id="t1", payload={"b": 2},
    )  # fmt: skip
    assert amend(THING, **SAID).record.event() is None
    assert (timedelta(seconds=60), "1") == (ANNOUNCE_WITHIN, SCHEMA_VERSION)


def test_a_record_has_the_same_hash_in_every_release():
    record = amend(THING, **SAID, **MORE).record
    assert record.hash == "c2c8171f6499053500512262848d8dbd0b379b9a0318709565e838476d004f6e"
    east = timezone(timedelta(hours=5, minutes=30))
    moment = record.changed(details={"at": NOW, "amount": Decimal("2.50")})
    assert moment.hash == record.changed(details={"at": NOW.isoformat(), "amount": "2.50"}).hash
    assert record.changed(created_at=LATER.astimezone(east)).hash == record.hash


def test_ids_are_the_same_in_every_release_and_depend_on_each_part_and_its_place():
    made = natural_id("gap", "s1", NOW, 1)
    assert made == "gap_f3016823dc129b488df6"
    assert made == natural_id("gap", "s1", NOW.isoformat(), "1")
    assert (
        len({made, natural_id("gap", "s1", NOW, 2), natural_id("gap", 1, NOW, "s1"), natural_id("out", "s1", NOW, 1)})
        == 4
    )
    assert natural_id("x", "ab", "c") != natural_id("x", "a", "bc")


def test_a_lock_is_kept_for_a_day_after_its_lease():
    assert timedelta(days=1) == LOCKS_KEPT


class Seen(Stored):
    retained = Kept(YEAR, "last_inbound_at")
    last_inbound_at: Instant | None = None


def test_what_has_not_begun_to_age_is_kept_and_what_never_does_says_nothing():
    assert Seen(last_inbound_at=NOW).stored() == {"last_inbound_at": NOW, "forget_at": NOW + 365 * DAY}
    assert Seen().stored() == {"last_inbound_at": None, "forget_at": None}
    assert "forget_at" not in THING.stored() and "forget_at" not in THING.changed(colour="blue").changes()
    assert THING.changed(colour="blue").changes() == {"colour": "blue"}


class Stuff(Thing):
    pass


def test_documents_are_equal_only_to_documents_of_their_kind():
    assert THING.changed(colour="red") == THING and THING.changed(colour="blue") != THING
    assert THING != "thing" and Stuff(**dict(THING)) != THING


class Fields(AppDocument):
    at: Instant | None = None
    price: Money = Decimal(0)
    share: Number = 0.0
    minutes: Minutes = 0
    count: Count = 0
    who: DocumentId = "a"


EAST = timezone(timedelta(hours=5, minutes=30))
READ: list[tuple[dict[str, Any], Any]] = [
    ({"at": NOW.astimezone(EAST)}, NOW),
    ({"price": 0.1}, Decimal("0.1")),
    ({"price": 50}, Decimal(50)),
    ({"price": Decimal("2.50")}, Decimal("2.50")),
    ({"share": 1}, 1.0),
    ({"share": 0.25}, 0.25),
    ({"minutes": 0}, 0),
    ({"minutes": 7 * 24 * 60}, 10080),
    ({"minutes": 45.0}, 45),
    ({"count": 0}, 0),
    ({"who": "x" * 1500}, "x" * 1500),
]


@pytest.mark.parametrize(("data", "value"), READ)
def test_a_field_is_read_as_what_it_is(data: dict[str, Any], value: Any):
    (name,) = data
    found = getattr(Fields.from_document("f1", data), name)
    assert found == value and type(found) is type(value)
    assert getattr(found, "tzinfo", UTC) is UTC


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"at": datetime(2026, 11, 21)}, "Value error, expected an instant with a timezone, found a naive datetime "),  # noqa: DTZ001
        ({"at": "2026-11-21T10:00:00Z"}, "datetime"),
        ({"price": True}, "Decimal"),
        ({"price": "50"}, "Decimal"),
        ({"share": "1"}, "number"),
        ({"minutes": 7 * 24 * 60 + 1}, "less than or equal to 10080"),
        ({"minutes": -1}, "greater than or equal to 0"),
        ({"minutes": 1.5}, "integer"),
        ({"count": -1}, "greater than or equal to 0"),
        ({"who": ""}, "at least 1 character"),
        ({"who": "a/b"}, "pattern"),
        ({"who": "a\x00b"}, "pattern"),
        ({"who": "x" * 1501}, "at most 1500"),
    ],
)  # fmt: skip
def test_what_is_no_such_value_is_refused(data: dict[str, Any], said: str):
    with pytest.raises(ValidationError, match=said):
        Fields.from_document("f1", data)


@pytest.mark.parametrize(("price", "stored"), [(Decimal("50.00"), 50), (Decimal("2.50"), 2.5)])
def test_an_amount_is_stored_as_a_number(price: Decimal, stored: float):
    found = Fields(id="f1", price=price).stored()
    assert found["price"] == stored and type(found["price"]) is type(stored) and "id" not in found


@pytest.mark.parametrize("ends", [NOW, NOW - timedelta(seconds=1)])
def test_an_absence_that_does_not_run_forward_is_refused(ends: datetime):
    with pytest.raises(ValidationError) as refusal:
        Absence(start=NOW, end=ends)
    said = f"Value error, expected an absence that ends after it starts, found {NOW} to {ends}"
    assert refusal.value.errors()[0]["msg"] == said


class Hinge(Stored):
    turned: int


class Window(AppDocument):
    panes: int
    hinges: list[Hinge] = []


def test_what_cannot_be_read_says_which_field_and_never_what_it_held():
    read = readable_or_problem(Window, "window", "w1", {"panes": "secret", "hinges": [{"turned": 1}, {"turned": "x"}]})
    assert read == Problem(
        "window",
        "w1",
        "window cannot be understood (panes: int_type; hinges.1.turned: int_type)",
        "panes: Input should be a valid integer; hinges.1.turned: Input should be a valid integer",
        "unreadable_window",
    )
    assert readable_or_problem(Window, "window", "w1", {"panes": 2, "hinges": None}) == Window(id="w1", panes=2)


def test_what_is_wrong_with_a_whole_document_names_its_kind():
    read = readable_or_problem(Backwards, "absence", "a1", {})
    assert isinstance(read, Problem)
    assert (read.kind, read.reason) == (
        "absence cannot be understood (absence: value_error)",
        "absence: Value error, expected it to run forward",
    )


class Backwards(AppDocument):
    def model_post_init(self, context: Any) -> None:
        raise ValueError("expected it to run forward")
