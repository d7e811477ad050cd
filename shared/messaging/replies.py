"""What a reply means, clause by clause: each word of a clause is part of a phrase of the lexicons, or unknown.

A yes books and a stop silences, so only what is understood to its last word does either; what is a yes but for a word or two is
asked back.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Final, Literal

from shared.messaging.lexicon import Role, known, lexicons
from shared.messaging.normalisation import asks, clauses, folded

Meaning = Literal[
    "accept",
    "probably_accept",
    "decline",
    "cancel_request",
    "stop",
    "start",
    "help",
    "approve",
    "reject",
    "question",
    "condition",
    "unclear",
]

CARRIER_OPT_OUT: Final = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
"""The words that on SMS, each alone, have already opted the person out with the carrier: we must believe the same."""
_NUMBER: Final = re.compile(r"\b\d+\b")
_UNKNOWN_BESIDE_YES: Final = 3
"""With more words that we do not know, a yes says something else too, which a person reads."""

_YES: Final[frozenset[Role]] = frozenset({"accept", "heard"})
_BESIDE_STOP: Final[frozenset[Role]] = frozenset({"stop", "enough", "decline", "regret", "cancel_request"})
_SAYS_NOTHING: Final[frozenset[Role]] = frozenset({"filler", "beside_stop"})


@dataclass(frozen=True)
class Verdict:
    """What a reply means, and the words that say so. `acknowledges` is true of a yes that may just as well only say "heard":
    of "ok thanks", not of "yes" or "book"."""

    meaning: Meaning
    because: tuple[str, ...] = ()
    acknowledges: bool = False


@dataclass(frozen=True)
class _Phrase:
    words: str
    roles: frozenset[Role]


@dataclass(frozen=True)
class _Clause:
    """One clause, cut into phrases. A word that no lexicon knows is a phrase without a role."""

    phrases: tuple[_Phrase, ...]

    @cached_property
    def roles(self) -> frozenset[Role]:
        return frozenset(role for phrase in self.phrases for role in phrase.roles) - _SAYS_NOTHING

    @cached_property
    def unknown(self) -> int:
        return sum(not phrase.roles for phrase in self.phrases)


def understand(body: str, *, locale: str, channel: Literal["whatsapp", "sms"] = "whatsapp") -> Verdict:
    """What the whole message means. A word means what it does in the person's own language, else all that it means in others.
    Which offer or booking it is about is for the caller to find; a `cancel_request` may also answer an offer."""
    if channel == "sms" and folded(body) in CARRIER_OPT_OUT:
        return Verdict("stop", (folded(body),))
    told = [_cut(tuple(known(word) for word in words), _language(locale)) for words in clauses(body)]
    meaning = _stopped(told, asks(body)) or _meaning(told, asks(body))
    return Verdict(
        meaning,
        tuple(phrase.words for clause in told for phrase in clause.phrases if phrase.roles - _SAYS_NOTHING),
        acknowledges=meaning == "accept" and all(clause.roles <= {"heard", "likely"} for clause in told),
    )


def day_named(body: str) -> int | None:
    """In how many days the day is that the words name, 0 for "today"; None where they name none, or several."""
    words = {word for clause in clauses(body) for word in clause}
    days = {in_days for lexicon in lexicons().values() for word, in_days in lexicon.days.items() if word in words}
    return days.pop() if len(days) == 1 else None


def _stopped(told: Sequence[_Clause], asked: bool) -> Literal["stop"] | None:
    """Any reasonable wording is an opt-out. One that says what has to end is one whatever is said beside it, a yes and a wish
    excepted; "stop" or "enough" by itself may be said to anything, so it stands beside nothing but noes."""
    roles = _all_roles(told)
    if roles & (_YES | {"likely", "condition", "question"}):
        return None
    stops = [clause for clause in told if clause.roles & {"stop", "enough"} and clause.roles <= _BESIDE_STOP]
    whole = [clause for clause in stops if not clause.unknown]
    if any("stop" in clause.roles for clause in whole):
        return "stop"
    bare = all(phrase.words in CARRIER_OPT_OUT for clause in stops for phrase in clause.phrases)
    alone = roles <= _BESIDE_STOP and not any(clause.unknown for clause in told)
    return "stop" if whole and alone and (bare or not asked) else None


def _meaning(told: Sequence[_Clause], asked: bool) -> Meaning:
    roles = _all_roles(told)
    unknown = sum(clause.unknown for clause in told)
    if roles == {"help"} and not unknown:
        return "help"
    if asked or "question" in roles:
        return "question"
    counter_offer = any(clause.roles == {"when"} for clause in told) and "decline" in roles
    if roles & {"condition", "negation"} or counter_offer:
        return "condition"
    says = roles - {"when", "regret", "mood", "mirth"}
    if says and says <= _YES | {"likely"}:
        return _yes(roles, unknown)
    if unknown or not says:
        return "unclear"
    return next((meaning for meaning, allowed in _ALONE if meaning in says and says <= allowed), "unclear")


def _yes(roles: frozenset[Role], unknown: int) -> Meaning:
    sure = roles & _YES
    if roles & {"mood", "mirth"} or unknown > (_UNKNOWN_BESIDE_YES if sure else 0):
        return "unclear"
    return "accept" if sure and not unknown and not roles & {"when", "regret"} else "probably_accept"


_ALONE: Final[tuple[tuple[Meaning, frozenset[Role]], ...]] = (
    ("cancel_request", frozenset({"cancel_request", "decline"})),
    ("reject", frozenset({"reject", "decline"})),
    ("approve", frozenset({"approve", "accept", "heard", "likely"})),
    ("decline", frozenset({"decline"})),
    ("start", frozenset({"start"})),
)
"""What each of these may be said beside, and still mean it."""


def _all_roles(told: Sequence[_Clause]) -> frozenset[Role]:
    return frozenset().union(*(clause.roles for clause in told))


def _language(locale: str) -> str:
    return re.split("[-_]", locale)[0].lower()


@lru_cache(maxsize=1024)
def _cut(words: tuple[str, ...], language: str) -> _Clause:
    """Cuts the clause so that the fewest words are unknown, and then into the fewest phrases: "not today" is one."""
    best: list[tuple[int, int, tuple[_Phrase, ...]]] = [(0, 0, ())]
    for end in range(1, len(words) + 1):
        choices = []
        for phrase, start in _ending(words, end, language):
            unknown, count, before = best[start]
            choices.append((unknown + (not phrase.roles), count + 1, (*before, phrase)))
        # Of equal ones the last, whose first phrases are longer: "do not send", "me" and not "do not", "send me".
        best.append(min(reversed(choices), key=lambda choice: choice[:2]))
    phrases = best[-1][2]
    stops = any(phrase.roles & {"stop", "enough"} for phrase in phrases)
    return _Clause(tuple(_settled(phrase, stops) for phrase in phrases))


def _ending(words: Sequence[str], end: int, language: str) -> Iterator[tuple[_Phrase, int]]:
    """The phrases that end there, the longest first, and where each starts."""
    for start in range(max(0, end - _longest()), end):
        said = " ".join(words[start:end])
        roles = _roles(said, language) or _roles(_NUMBER.sub("#", said), language)
        if roles or end - start == 1:
            yield _Phrase(said, roles), start


@lru_cache(maxsize=4096)
def _roles(said: str, language: str) -> frozenset[Role]:
    own = lexicons().get(language)
    if own is not None and said in own.phrases:
        return own.phrases[said]
    return frozenset().union(*(each.phrases[said] for each in lexicons().values() if said in each.phrases))


@cache
def _longest() -> int:
    return max(lexicon.longest for lexicon in lexicons().values())


def _settled(phrase: _Phrase, stops: bool) -> _Phrase:
    """What completes a stop ("me", "these messages") says nothing beside it, and elsewhere what else it says."""
    if "beside_stop" not in phrase.roles:
        return phrase
    return _Phrase(phrase.words, frozenset({"beside_stop"}) if stops else phrase.roles - {"beside_stop"})
