"""A broken document is left out where it is one of many, and named where its salon shall hear of it."""

from datetime import UTC, datetime
from typing import Any

from functions.fill_gap.customer_score import Preferences
from shared.calendar.staff import StaffMember
from shared.ports import Snapshot
from shared.records.problem import Problem
from shared.records.read_documents import readable, readable_and_problems, readable_one

WRITTEN = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def snapshot(id: str, **data: Any) -> Snapshot:
    return Snapshot(f"staff/{id}", data, "1", WRITTEN)


MIA, NAMELESS = snapshot("mia", name="Mia"), snapshot("ghost")


def test_a_document_that_cannot_be_read_does_not_hide_the_others() -> None:
    assert [member.id for member in readable(StaffMember, [NAMELESS, MIA])] == ["mia"]


def test_a_document_of_ours_is_read_without_the_name_it_lies_under() -> None:
    assert readable(Preferences, [snapshot("p", preferred_staff=["mia"]), snapshot("q", preferred_staff="mia")]) == [
        Preferences(preferred_staff=["mia"])
    ]


def test_one_document_is_none_where_it_is_not_there_or_cannot_be_read() -> None:
    assert readable_one(StaffMember, None) is None
    assert readable_one(StaffMember, NAMELESS) is None
    found = readable_one(StaffMember, MIA)
    assert found is not None and found.name == "Mia"


def test_what_is_wrong_with_a_document_of_the_app_is_named_beside_the_others() -> None:
    staff, problems = readable_and_problems(StaffMember, "staff", [MIA, NAMELESS])
    assert [member.id for member in staff] == ["mia"]
    assert problems == [
        Problem(
            "staff", "ghost", "staff cannot be understood (name: missing)", "name: Field required", "unreadable_staff"
        )
    ]
