"""What people see of a text: never what turns it around or hides in it, and nothing where there is nothing to see."""

import unicodedata

import pytest

from shared.values.visible import visible


@pytest.mark.parametrize(
    "text",
    ["", "   ", "\t\n", "\u200b", "\u00ad", "\ufeff \u2060", "\u0000", "\u202e", "\u200d", "\u3164", "\u2800\u115f", "\ufe0f", "\u0301", "\ue000"],
)  # fmt: skip
def test_of_what_shows_nothing_nothing_is_left(text: str) -> None:
    assert visible(text) == ""


@pytest.mark.parametrize(("text", "seen"), [
    ("Mi\u200ba\u202e \u2066Lo\u0000pez\u2069\u200f", "Mia Lo pez"), ("  Mia \n Lopez ", "Mia Lopez"), ("Mi\u200da", "Mia"),
    ("Zoë O'Neil-Łuk", "Zoë O'Neil-Łuk"), ("Salon ❤️", "Salon ❤️"), ("1.", "1."), ("Cut\u2028& colour", "Cut & colour"),
])  # fmt: skip
def test_what_is_seen_stays_as_it_is(text: str, seen: str) -> None:
    assert visible(text) == seen


@pytest.mark.parametrize("text", ["क्‍षमा", "می‌خواهم", "👩‍🎨 Mia"])
def test_what_shapes_letters_and_pictures_stays(text: str) -> None:
    assert visible(text) == text


def test_seen_twice_it_is_the_same() -> None:
    for code in range(0x3200):
        text = f"a{chr(code)}b {chr(code)}"
        assert visible(visible(text)) == visible(text)
        assert not {unicodedata.bidirectional(letter) for letter in visible(text)} & {
            "RLO",
            "LRO",
            "RLE",
            "LRE",
            "RLI",
            "LRI",
            "FSI",
            "PDF",
            "PDI",
        }
