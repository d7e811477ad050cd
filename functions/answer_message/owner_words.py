"""The words by which one of the salon's own people asks something of us: PAUSE, RESUME, TODAY and HELP. Each language's stand in
its texts, and count whatever language their contact is spoken to in."""

from collections.abc import Mapping
from functools import cache
from typing import Literal, cast

from shared.messaging.lexicon import spellings
from shared.messaging.normalisation import folded
from shared.messaging.phrases import phrases
from shared.values.language import LANGUAGES

OwnerWord = Literal["pause", "resume", "today", "help"]


def owner_word(body: str) -> OwnerWord | None:
    """What the whole message asks for, or None: a word within a sentence asks for nothing."""
    return _words().get(folded(body))


@cache
def _words() -> Mapping[str, OwnerWord]:
    said = {language: phrases(__file__, language)["owner_words"] for language in LANGUAGES}
    return {
        spelling: cast(OwnerWord, word)
        for words in said.values()
        for word, phrase in words.items()
        for spelling in spellings(phrase, words)
    }
