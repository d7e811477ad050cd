"""Whether an answer names one of the branches, and which."""

from datetime import UTC, datetime, timedelta

import pytest

from functions.choose_branch.branch import CHOICE_HOLDS, BranchQuestion, choices, named

NAMES = ["Glow Bandra", "Glow Juhu", "Señora Peinados"]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("1", 0),
        (" 3. ", 2),
        ("२", 1),
        ("glow juhu!", 1),
        ("JUHU", 1),
        ("the glow juhu one, please", 1),
        ("senora", 2),
        ("peinados", 2),
        ("glow", None),
        ("0", None),
        ("4", None),
        ("", None),
        ("ju", None),
        ("1 or 2", None),
        ("glow bandra or glow juhu", None),
        ("can I come at 3?", None),
    ],
)
def test_a_number_a_name_or_a_part_that_no_other_has_names_a_branch(body: str, place: int | None) -> None:
    assert named(body, NAMES) == place


def test_branches_are_numbered_from_one() -> None:
    assert choices(NAMES) == "1 Glow Bandra, 2 Glow Juhu, 3 Señora Peinados"


@pytest.mark.parametrize(
    ("body", "names", "place"),
    [
        ("spa", ["Spa Uno", "Salon Dos"], 0),
        ("3", ["One", "Two", "Three"], 2),
        ("uno", ["Uno", "Uno"], None),
        ("uno", ["Uno", "Uno Dos"], 0),
        ("the", ["", "Other"], None),
        ("", ["", "Other"], None),
        ("ab", ["AB", "ABC"], 0),
        ("abc", ["Xabc", "Y"], None),
    ],
)
def test_a_whole_name_goes_before_a_part_and_a_part_has_three_letters(
    body: str, names: list[str], place: int | None
) -> None:
    assert named(body, names) == place


NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("ago", "kept", "waits"),
    [
        (0 * SECOND, ["in_1"], True),
        (CHOICE_HOLDS - SECOND, ["in_1"], True),
        (CHOICE_HOLDS, ["in_1"], False),
        (0 * SECOND, [], False),
    ],
)
def test_a_question_waits_for_a_day_while_a_message_waits_for_it(ago: timedelta, kept: list[str], waits: bool) -> None:
    question = BranchQuestion(salon_ids=["a", "b"], asked_by="a", asked_at=NOW - ago, kept=kept)
    assert question.waits(NOW) is waits


@pytest.mark.parametrize(
    ("chosen_at", "salon_id"),
    [(NOW, "b"), (NOW - CHOICE_HOLDS + SECOND, "b"), (NOW - CHOICE_HOLDS, None), (None, None)],
)
def test_the_branch_that_was_named_is_remembered_for_a_day(chosen_at: datetime | None, salon_id: str | None) -> None:
    question = BranchQuestion(
        salon_ids=["a", "b"], asked_by="a", asked_at=NOW, kept=[], salon_id="b", chosen_at=chosen_at
    )
    assert question.remembered(NOW) == salon_id
