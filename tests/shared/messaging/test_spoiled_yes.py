"""A yes with a no, a condition, a question or a mood beside it books nothing, whichever yes it is."""

import tomllib
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from shared.messaging.replies import understand

LANGUAGES: dict[str, Any] = tomllib.loads(Path(__file__).with_name("spoiled_yes.toml").read_text(encoding="utf-8"))


def dressed(words: dict[str, Any]) -> list[str]:
    return [dress.replace("_", yes) for yes, dress in product(words["yes"], words["dressed"])]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_dressed_yes_is_a_yes_or_asked_back(language):
    words = LANGUAGES[language]
    meant = {yes: understand(yes, locale=words["locale"]).meaning for yes in dressed(words)}
    assert {yes: meaning for yes, meaning in meant.items() if meaning not in ("accept", "probably_accept")} == {}
    assert sum(meaning == "accept" for meaning in meant.values()) >= 0.9 * len(meant)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_spoiled_yes_books_nothing(language):
    words = LANGUAGES[language]
    said = {spoiled.replace("_", yes) for yes, spoiled in product(dressed(words), words["spoiled"])}
    assert len(said) > 5_500
    assert [each for each in said if understand(each, locale=words["locale"]).meaning == "accept"] == []
