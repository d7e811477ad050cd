"""The words of every message, per purpose and language. They stand with whoever decides that something is said: in `texts/` of
its room, or here for what several rooms say.

A text is written once with named variables. WhatsApp approves it as a template with numbered ones: they are numbered in the
order of `purposes.toml`. WhatsApp refuses a template that starts or ends with a variable, has two side by side, or has too few
words of its own; on SMS, CANCEL, END, QUIT and YES mean something to the carrier, so nobody is told to answer with them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from shared.messaging.phrases import words
from shared.values.language import LANGUAGES, Language

ROOT = Path(__file__).resolve().parents[2]


class UnclearWords(Exception):
    """What is said for a purpose is not clear: the words of two rooms, or none of one language."""


@dataclass(frozen=True)
class Text:
    """What is said for one purpose, in the words of `folder`. `variables` are in the order they are numbered, then `payloads`,
    the variables that the buttons carry, the yes first; `titles` are theirs."""

    folder: Path
    variables: tuple[str, ...]
    payloads: tuple[str, ...]
    words: Mapping[Language, str]
    titles: Mapping[Language, tuple[str, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all that is numbered in the template: the variables, then the payloads of the buttons."""
        return (*self.variables, *self.payloads)


@cache
def texts(root: Path = ROOT) -> Mapping[str, Text]:
    """What is said for every purpose, by whichever room."""
    said: dict[str, Text] = {}
    for folder in sorted((*root.glob("shared/*/texts"), *root.glob("functions/*/texts"))):
        if not (folder / "purposes.toml").is_file():
            continue
        for purpose, declared in words(folder / "purposes.toml").items():
            if purpose in said:
                where = f"{said[purpose].folder.relative_to(root)} and {folder.relative_to(root)}"
                raise UnclearWords(f"expected the purpose {purpose} in one room, found it in {where}")
            said[purpose] = _text(purpose, declared, folder)
    return said


def _text(purpose: str, declared: Mapping[str, Any], folder: Path) -> Text:
    spoken = {language: words(folder / f"{language}.toml").get(purpose) for language in LANGUAGES}
    if missing := [language for language, said in spoken.items() if said is None]:
        raise UnclearWords(f"expected a text for {purpose} in {folder}/{missing[0]}.toml, found none")
    return Text(
        folder=folder,
        variables=tuple(declared["variables"]),
        payloads=tuple(declared.get("buttons", ())),
        words={language: said["text"] for language, said in spoken.items() if said},
        titles={language: tuple(said.get("buttons", ())) for language, said in spoken.items() if said},
    )
