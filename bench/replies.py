"""python -m bench.replies FILE: what the rules make of labelled replies, by language. No argument: the corpus of the tests.

A file has the columns language, text and meaning. The meanings are accept, decline, cannot_come, stop, start, help, person
(a person has to answer) and unclear (nobody can tell). `--wrong` names each reply that is taken for something else.
"""

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.table import show
from shared.messaging.replies import understand

CORPUS: Final = Path(__file__).resolve().parents[1] / "tests" / "shared" / "messaging" / "replies.tsv"
LOCALES: Final = {"hinglish": "en-IN"}
"""What a salon would have written down of whoever writes so. Of the others the language is the locale."""
GOT: Final = {
    "accept": "accept",
    "probably_accept": "asked back",
    "decline": "decline",
    "cancel_request": "cannot come",
    "stop": "stop",
    "start": "start",
    "help": "help",
}
COLUMNS: Final = (*GOT.values(), "person")
LABELS: Final = ("accept", "decline", "cannot_come", "stop", "start", "help", "person", "unclear")


@dataclass(frozen=True)
class Reply:
    language: str
    text: str
    label: str

    @property
    def got(self) -> str:
        return GOT.get(understand(self.text, locale=LOCALES.get(self.language, self.language)).meaning, "person")


@dataclass(frozen=True)
class Figures:
    """What the rules are judged by. A yes that is asked back counts half."""

    false_accepts: int
    false_stops: int
    missed_stops: float
    accepts: float
    declines: float


def read_replies(path: Path) -> list[Reply]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Reply(row["language"], row["text"], row["meaning"]) for row in rows]


def figures(replies: Iterable[Reply]) -> Figures:
    seen = Counter((reply.label, reply.got) for reply in replies)
    of = Counter[str]()
    for (label, _), count in seen.items():
        of[label] += count

    def wrongly(got: str) -> int:
        return sum(count for (label, each), count in seen.items() if each == got != label)

    return Figures(
        wrongly("accept"),
        wrongly("stop"),
        1 - seen["stop", "stop"] / (of["stop"] or 1) if of["stop"] else 0.0,
        (seen["accept", "accept"] + seen["accept", "asked back"] / 2) / (of["accept"] or 1),
        seen["decline", "decline"] / (of["decline"] or 1),
    )


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.replies", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=CORPUS)
    parser.add_argument("--wrong", action="store_true")
    chosen = parser.parse_args(arguments)
    replies = read_replies(chosen.file)
    languages = list(dict.fromkeys(reply.language for reply in replies))
    seen = Counter((reply.language, reply.label, reply.got) for reply in replies)

    show(
        "what was meant, and what it is taken for",
        ["language", "meant", *COLUMNS],
        [
            [language, label, *(seen[language, label, got] or "" for got in COLUMNS)]
            for language in languages
            for label in LABELS
            if any(seen[language, label, got] for got in COLUMNS)
        ],
    )
    show(
        "false accepts and stops, and shares of those that meant it",
        ["language", "replies", "false accepts", "false stops", "missed stops", "accepts", "declines"],
        [_row(each, [reply for reply in replies if reply.language == each]) for each in languages]
        + [_row("all", replies)],
    )
    if chosen.wrong:
        for reply in replies:
            if reply.got not in (reply.label.replace("_", " "), "person" if reply.label == "unclear" else ""):
                print(f"{reply.language}\t{reply.label}\t{reply.got}\t{reply.text}")


def _row(name: str, replies: Sequence[Reply]) -> list[object]:
    of = figures(replies)
    shares = (f"{share:.1%}" for share in (of.missed_stops, of.accepts, of.declines))
    return [name, len(replies), of.false_accepts, of.false_stops, *shares]


if __name__ == "__main__":
    main(sys.argv[1:])
