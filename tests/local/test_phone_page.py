"""The page of phones, for people who see little or nothing of it."""

import re

import pytest

from local.phone.http import PAGE
from tests.html import read_page
from tests.shared.pages.test_page import contrast

READ_ON = [
    *[("--soft", ground) for ground in ("--desk", "--glass", "--theirs", "--mine")],
    *[("--ink", ground) for ground in ("--desk", "--theirs", "--mine")],
    *[(words, "--theirs") for words in ("--tap", "--read", "--wrong")],
    ("--bar-ink", "--bar"),
    ("--note-ink", "--note"),
]
"""Which colour is read on which."""


def colours(scheme: str) -> dict[str, str]:
    css = PAGE.read_text().partition("</style>")[0]
    light, dark = re.findall(r":root \{(.*?)\}", css, re.DOTALL)
    return dict(re.findall(r"(--[\w-]+): (#\w{6})", light if scheme == "light" else light + dark))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_has_the_contrast_that_people_need(scheme: str) -> None:
    shown = colours(scheme)
    found = {(words, ground): contrast(shown[words], shown[ground]) for words, ground in READ_ON}
    assert {pair: ratio for pair, ratio in found.items() if ratio < 4.5} == {}
    assert re.findall(r"(?<!disabled \{ )opacity: 0\.\d", PAGE.read_text()) == [], "what shines through has less"


def test_what_arrives_is_told_to_whoever_does_not_see_it() -> None:
    regions = {each.attributes.get("role") for each in read_page(PAGE.read_text()).all("p")}
    assert {"status", "log"} <= regions


def test_addresses_in_a_message_are_links_and_nothing_else_is() -> None:
    """As the page's own expression parts them."""
    [found] = re.findall(r"text\.split\(/\((.*?)\)/\)", PAGE.read_text())
    parted = re.split(f"({found})".replace(r"\/", "/"), "See http://a.b/o/x_y-z. Or (https://c.d/e?f=1)! http://")
    assert parted[1::2] == ["http://a.b/o/x_y-z", "https://c.d/e?f=1"]
