"""Whether an answer names one of the branches, and which."""

import pytest

from functions.choose_branch.branch import choices, named

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
