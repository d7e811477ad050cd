"""Writes docs/texts.html: every message in every language, filled with an example, for native readers."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from functions.send_outreach.gsm7 import in_gsm7, is_gsm7
from local.examples import examples, sample, segments
from shared.messaging.phrases import words
from shared.messaging.rendering import render
from shared.values.language import LANGUAGES, Language

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "texts.html"


@dataclass(frozen=True)
class Said:
    language: Language
    text: str
    titles: tuple[str, ...]
    segments: int
    alphabet: str


def said(purpose: str, language: Language) -> Said:
    rendered = render(purpose, sample(language)["locale"], examples(language, purpose))
    by_sms = in_gsm7(rendered.text)
    return Said(
        language,
        rendered.text,
        tuple(button.title for button in rendered.buttons),
        segments(by_sms),
        "GSM 7-bit" if is_gsm7(by_sms) else "UCS-2",
    )


def rooms() -> Iterator[tuple[str, list[tuple[str, list[Said]]]]]:
    for declared in sorted((*ROOT.glob("functions/*/texts/purposes.toml"), *ROOT.glob("shared/*/texts/purposes.toml"))):
        room = declared.parents[1].relative_to(ROOT).as_posix()
        yield room, [(purpose, [said(purpose, each) for each in LANGUAGES]) for purpose in words(declared)]


def page(_: str = "") -> str:
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    return templates.get_template("texts.html").render(rooms=rooms())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
