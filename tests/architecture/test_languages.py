"""A language is data: its files, and its name in one place."""

import ast
from pathlib import Path

import pytest

from shared.values.language import LANGUAGES, Language

ROOT = Path(__file__).resolve().parents[2]
CODE = [file for part in ("functions", "shared", "local", ".ci") for file in (ROOT / part).rglob("*.py")]
THE_PLACE = ROOT / "shared/values/language.py"


def folders_with(language: str) -> set[str]:
    found = (
        *ROOT.glob(f"functions/**/{language}.*"),
        *ROOT.glob(f"shared/**/{language}.*"),
        *ROOT.glob(f"local/**/{language}.*"),
    )
    return {file.relative_to(ROOT).with_stem("en").as_posix() for file in found}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_a_file_beside_each_of_english_and_no_other(language: Language) -> None:
    assert folders_with(language) == folders_with("en")


def test_no_code_asks_which_language_it_is() -> None:
    """English excepted: it is what people are spoken to in who have none of ours."""
    named = {
        (file.relative_to(ROOT).as_posix(), node.value)
        for file in CODE
        if file != THE_PLACE
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in set(LANGUAGES) - {"en"}
    }
    assert named == set()


def test_the_languages_are_named_to_whoever_reads_about_them() -> None:
    page = (ROOT / "docs/languages.md").read_text(encoding="utf-8")
    assert all(f"(`{language}`)" in page for language in LANGUAGES)
