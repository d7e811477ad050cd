"""The words of one language, and the part that each plays in a reply: data, one file of `lexicons/` for each language.

A phrase is written with its spellings: `book [it|me] (now|please)` are six. `{me}` stands for a group of `[groups]`,
`#` for any number. `signs.toml` holds the pictograms, which are of no language.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, Final, Literal, get_args

from shared.messaging.normalisation import folded, shortened

Role = Literal[
    # They say something by themselves.
    "accept",
    "heard",
    "likely",
    "decline",
    "cancel_request",
    "stop",
    "enough",
    "start",
    "help",
    "approve",
    "reject",
    # They change what others say.
    "when",
    "negation",
    "condition",
    "question",
    "regret",
    "mood",
    "mirth",
    # They say nothing: `beside_stop` only beside a stop.
    "filler",
    "beside_stop",
]
"""`heard` is a yes that may only say "heard", `likely` what may be one; `enough` is a stop that stands beside nothing but noes."""
ROLES: Final[tuple[Role, ...]] = get_args(Role)
FOLDER: Final = Path(__file__).parent / "lexicons"
_MARK: Final = re.compile(r"[()\[\]|]")


@dataclass(frozen=True)
class Lexicon:
    """`phrases` are the parts of each phrase, by its folded words; `days` says in how many days a word is. The longest phrase
    has `longest` words."""

    phrases: Mapping[str, frozenset[Role]]
    days: Mapping[str, int]
    longest: int


@cache
def lexicons() -> Mapping[str, Lexicon]:
    """The lexicon of each language that we understand, by the name of its file."""
    return {
        path.stem: lexicon(tomllib.loads(path.read_text(encoding="utf-8"))) for path in sorted(FOLDER.glob("*.toml"))
    }


def lexicon(told: Mapping[str, Any]) -> Lexicon:
    """Reads what a file tells. Raises ValueError for a part that no phrase can play."""
    groups, parts = told.get("groups", {}), dict[str, frozenset[Role]]()
    for role, phrases in told["phrases"].items():
        if role not in ROLES:
            raise ValueError(f"expected a part of {', '.join(ROLES)}, found {role!r}")
        # Tens of thousands: all of one part share one set.
        spelt = dict.fromkeys(set().union(*(spellings(phrase, groups) for phrase in phrases)), frozenset({role}))
        spelt |= {phrase: parts[phrase] | {role} for phrase in spelt.keys() & parts.keys()}
        parts |= spelt
    days = told.get("days", {})
    return Lexicon(
        parts,
        {folded(word): in_days for in_days, words in enumerate(days.values()) for word in words},
        max(phrase.count(" ") for phrase in parts) + 1,
    )


def spellings(phrase: str, groups: Mapping[str, str]) -> set[str]:
    """Every way in which the phrase is written, folded."""
    while "{" in phrase:
        phrase = re.sub(r"\{(\w+)\}", lambda name: f"({groups[name[1]]})", phrase)
    plain = re.sub(r"[^\s()\[\]|#]+", lambda word: folded(word[0]), phrase)
    parts = chain.from_iterable(zip(_MARK.split(plain), [*_MARK.findall(plain), ""], strict=True))
    every = "\n".join(_alternatives(iter(parts)))
    return set(re.sub(r" *\n *", "\n", re.sub(r" {2,}", " ", every)).strip(" ").split("\n")) - {""}


def _alternatives(parts: Iterator[str]) -> set[str]:
    """The texts up to the end of the bracket, or of the phrase."""
    done: set[str] = set()
    so_far = {""}
    for part in parts:
        if part in (")", "]", ""):
            if part:
                break
            continue
        if part == "|":
            done, so_far = done | so_far, {""}
            continue
        inner = _alternatives(parts) if part in ("(", "[") else {part}
        choices = inner | {""} if part == "[" else inner
        so_far = {before + after for before in so_far for after in choices}
    return done | so_far


@cache
def vocabulary() -> frozenset[str]:
    """Every word of any phrase."""
    return frozenset(" ".join(chain.from_iterable(each.phrases for each in lexicons().values())).split())


def known(word: str) -> str:
    """The word as the lexicons spell it, where it is only stretched."""
    if word in vocabulary():
        return word
    return next((each for each in shortened(word) if each in vocabulary()), word)
