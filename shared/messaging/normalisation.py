"""What people write, without what does not change its meaning: the same for customers and for the salon's own people."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_SMILEYS: Final = {
    "🙂": r"[:;=]-?[)dDpP](?!\w)",
    "🙁": r"[:=]'?-?[(/](?!/)",
    "❤": r"<3",
}
_ENDS: Final = re.compile(
    r"(?<!\d)[.:,]+|[.:,]+(?!\d)|[!?;…।॥¡¿？؟()\n\r\"“”«»/]+|\s+-+\s+|-{2,}|[–—]"  # "5.30" and "opt-out" are one word
)


def folded(text: str) -> str:
    """The text without case, accents, punctuation, skin tones, the dots of Devanagari and kinds of digits."""
    # Taken apart, "´" would be a space and an accent: "can´t" is one word.
    plain = unicodedata.normalize("NFKD", text.casefold().replace("´", "'")).replace("ँ", "ं")
    return " ".join("".join(map(_left, plain)).split())


@lru_cache(maxsize=4096)
def _left(letter: str) -> str:
    """What is left of a letter: itself, a space, or nothing."""
    kind = unicodedata.category(letter)
    dropped = "\u0300" <= letter <= "\u036f" or letter in "'’ʼ`\u093c" or "\ufe00" <= letter <= "\ufe0f"
    if dropped or kind in ("Cf", "Me", "Sk"):
        return ""
    if kind == "Nd":
        return str(unicodedata.digit(letter))
    return " " if kind[0] in "PZC" or kind in ("Sm", "Sc") else letter


@lru_cache(maxsize=4096)
def _apart(letter: str) -> str:
    """A pictogram on a line of its own."""
    return f"\n{letter}\n" if unicodedata.category(letter) == "So" else letter


def clauses(body: str) -> list[list[str]]:
    """The words of each clause, and each pictogram as a clause of its own. A time is one number: "5:30" is 530."""
    for pictogram, smiley in _SMILEYS.items():
        body = re.sub(smiley, f" {pictogram} ", body)
    told = []
    for part in _ENDS.split(body):
        plain = folded(re.sub(r"(?<=\d)[.:,](?=\d)", "", part))
        told += [_words(run) for run in "".join(map(_apart, plain)).split("\n") if run.strip()]
    return told


def _words(run: str) -> list[str]:
    return re.sub(r"(?<=\d)(?=[^\W\d])|(?<=[^\W\d])(?=\d)", " ", run).split()


def asks(body: str) -> bool:
    """Whether the words end a question."""
    return re.search("[?？؟]", body) is not None


def shortened(word: str) -> list[str]:
    """The words that a stretched one may be: "yesss" may be "yess" and "yes", "okk" may be "ok"."""
    if word.isdecimal():
        return []
    once, twice = re.sub(r"(.)\1{2,}", r"\1", word), re.sub(r"(.)\1{2,}", r"\1\1", word)
    return [each for each in (twice, once, re.sub(r"(.)\1+$", r"\1", once)) if each != word]
