"""The phrases that are put into messages and pages: those of a room stand in its folder, under `[phrases]` of `texts/`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from shared.values.cldr import cldr_locale
from shared.values.language import language_of


def phrases(file: str, locale: str) -> Mapping[str, Any]:
    """The phrases of the room in which this file stands, in the language of the locale. A group of phrases is a mapping."""
    found: Mapping[str, Any] = words(Path(file).parent / "texts" / f"{language_of(locale)}.toml")["phrases"]
    return found


@cache
def words(path: Path) -> Mapping[str, Any]:
    """Reads what a file of `texts/` says."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def in_form(forms: Mapping[str, str], number: int, locale: str) -> str:
    """The form of a phrase that goes with this number: "1 vendido", "2 vendidos"."""
    return forms.get(cldr_locale(locale).plural_form(number), forms["other"])
