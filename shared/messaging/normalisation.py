"""What people write, without what does not change its meaning: the same for customers and for the salon's own people."""

import re
import unicodedata
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
    letters = []
    # Taken apart, "´" would be a space and an accent: "can´t" is one word.
    for letter in unicodedata.normalize("NFKD", text.casefold().replace("´", "'")).replace("ँ", "ं"):
        kind = unicodedata.category(letter)
        if (
            "\u0300" <= letter <= "\u036f"
            or letter in "'’ʼ`\u093c"
            or kind in ("Cf", "Me", "Sk")
            or "\ufe00" <= letter <= "\ufe0f"
        ):
            continue
        if kind == "Nd":
            letters.append(str(unicodedata.digit(letter)))
        elif kind[0] in "PZC" or kind in ("Sm", "Sc"):
            letters.append(" ")
        else:
            letters.append(letter)
    return " ".join("".join(letters).split())


def clauses(body: str) -> list[list[str]]:
    """The words of each clause, and each pictogram as a clause of its own. A time is one number: "5:30" is 530."""
    for pictogram, smiley in _SMILEYS.items():
        body = re.sub(smiley, f" {pictogram} ", body)
    told = []
    for part in _ENDS.split(body):
        plain = folded(re.sub(r"(?<=\d)[.:,](?=\d)", "", part))
        spaced = "".join(f"\n{letter}\n" if unicodedata.category(letter) == "So" else letter for letter in plain)
        told += [_words(run) for run in spaced.split("\n") if run.strip()]
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
