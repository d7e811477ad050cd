"""Tells in which of our languages somebody writes whom we do not know."""

import unicodedata
from collections.abc import Mapping
from functools import cache
from itertools import chain

from shared.messaging.lexicon import lexicons
from shared.messaging.normalisation import clauses
from shared.messaging.phrases import phrases
from shared.values.language import LANGUAGES, Language

_SURELY = 2
"""How many words that no other lexicon has make sure of a language: one may be a loan, a name or a greeting."""


def language_said(body: str) -> Language | None:
    """The language that these words are surely of, or None. In Latin letters a language with others is not sure: who types Hindi
    so need not read Devanagari."""
    elsewhere = {writing: language for language, writing in _writings().items() if writing != "LATIN"}
    for letter in body:
        if _writing(letter) in elsewhere:
            return elsewhere[_writing(letter)]
    words = set(chain.from_iterable(clauses(body)))
    found = {language: words & own for language, own in _own_words().items() if words & own}
    sure = [each for each in LANGUAGES if each not in elsewhere.values() and len(found.get(each, ())) >= _SURELY]
    return sure[0] if len(found) == 1 and sure else None


@cache
def _writings() -> Mapping[Language, str]:
    """The writing of each language: that of its word for today."""
    return {language: _writing(phrases(__file__, language)["today"][0]) for language in LANGUAGES}


def _writing(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


@cache
def _own_words() -> Mapping[str, frozenset[str]]:
    """By lexicon, the words that no other has."""
    words = {name: {word for phrase in each.phrases for word in phrase.split()} for name, each in lexicons().items()}
    return {
        name: frozenset(own.difference(*(others for other, others in words.items() if other != name)))
        for name, own in words.items()
    }
