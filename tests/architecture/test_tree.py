"""What may stand in the project at all."""

import re

from tests.architecture.project import ROOT, tracked_files

TOP_LEVEL = {
    ".ci",
    ".gitignore",
    "LICENSE",
    "Makefile",
    "README.md",
    "bench",
    "docs",
    "firestore.indexes.json",
    "firestore.rules",
    "functions",
    "local",
    "pyproject.toml",
    "requirements-dev.txt",
    "requirements.txt",
    "shared",
    "terraform",
    "tests",
}
# Written so that this file does not match itself.
FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.])/(?:[w]ork|[r]oot|[h]ome/\w+|[U]sers/\w+)/|(?<![\w.])/[t]mp/\w+/"),
    "a ticket's number": re.compile(r"\b[i]ssue #?\d", re.IGNORECASE),
    "a merge conflict": re.compile(r"^[<>]{7} ", re.MULTILINE),
}
ONLY_IN = {"the folder beside the checkout": (re.compile(r"\.\./[s]hared"), {".ci/run"})}


def readable() -> dict[str, str]:
    texts = {}
    for name in tracked_files():
        try:
            texts[name] = (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return texts


def test_every_top_level_entry_has_its_place_in_the_design() -> None:
    assert {name.split("/")[0] for name in tracked_files()} - TOP_LEVEL == set()


def test_no_file_names_a_machine_or_a_ticket() -> None:
    checkout = re.compile(re.escape(f"{ROOT}/"))
    rules = FORBIDDEN | {"the path of this checkout": checkout}
    found = [
        f"{name}: {what}: {match.group()!r}"
        for name, text in readable().items()
        for what, pattern in rules.items()
        if (match := pattern.search(text))
    ]
    assert found == []


def test_what_lies_beside_the_checkout_is_named_only_by_the_gate() -> None:
    found = [
        f"{name}: {what}"
        for name, text in readable().items()
        for what, (pattern, allowed) in ONLY_IN.items()
        if name not in allowed and pattern.search(text)
    ]
    assert found == []


def test_the_suite_never_skips_a_test_by_itself() -> None:
    skips = re.compile(r"pytest\.mark\.(?:[s]kip|[x]fail)\b")
    assert [name for name, text in readable().items() if name.endswith(".py") and skips.search(text)] == []
