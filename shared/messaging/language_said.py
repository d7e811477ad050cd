"""Tells in which of our languages somebody writes whom we do not know."""

import re
from collections.abc import Mapping
from functools import cache
from itertools import chain

from shared.messaging.lexicon import lexicons
from shared.messaging.normalisation import clauses
from shared.values.language import LANGUAGES, Language

_SURELY = 2
"""How many words that no other lexicon has make sure of a language: one may be a loan, a name or a greeting."""


def language_said(body: str) -> Language | None:
    """The language that these words are surely of, or None. Hindi in Latin letters is not sure: its writer need not read
    Devanagari."""
    if re.search("[\u0900-\u097f]", body):
        return "hi"
    words = set(chain.from_iterable(clauses(body)))
    found = {language: words & own for language, own in _own_words().items() if words & own}
    sure = [language for language in LANGUAGES if language != "hi" and len(found.get(language, ())) >= _SURELY]
    return sure[0] if len(found) == 1 and sure else None


@cache
def _own_words() -> Mapping[str, frozenset[str]]:
    """By lexicon, the words that no other has."""
    words = {name: {word for phrase in each.phrases for word in phrase.split()} for name, each in lexicons().items()}
    return {
        name: frozenset(own.difference(*(others for other, others in words.items() if other != name)))
        for name, own in words.items()
    }
