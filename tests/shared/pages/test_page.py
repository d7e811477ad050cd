"""What every page behind a link keeps, whatever it shows."""

import hashlib
import re
from base64 import b64encode
from itertools import pairwise
from pathlib import Path

import pytest

from functions.accept_offer import offer_page
from functions.answer_approval import notice_page
from shared.pages import page
from shared.values.language import LANGUAGES
from tests.html import faults, read_page

OFFER = {
    "service": "Cut", "duration": "45 minutes", "price": "£50", "when": "today", "staff": "Mia", "place": "Glow", "until": "13:30",
}  # fmt: skip
QUESTIONS = [
    notice_page.Question("a", "Cut", "rejected", None),
    notice_page.Question("b", "Cut", "pending", "13:30"),
]
BASE = Path(page.__file__).with_name("base.html").read_text()


def every_page(language: str) -> list[str]:
    another = offer_page.Another(OFFER, "https://glow.example/o/x")
    return [
        *(offer_page.page(state, locale=language, offer=OFFER, another=another) for state in offer_page.STATES),
        offer_page.page("unknown", locale=language),
        notice_page.page(QUESTIONS, locale=language, salon="Glow"),
        notice_page.page([], locale=language),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_screen_reader_misses_nothing(language: str) -> None:
    assert [faults(read_page(html)) for html in every_page(language) if faults(read_page(html))] == []


def test_the_rules_find_a_page_that_breaks_them() -> None:
    html = "<html><body><h1>Yes?</h1><dl><dd>Cut</dd></dl><button></button></body></html>"
    assert len(faults(read_page(html))) == 7


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_loads_nothing_and_tells_nobody_where_it_was(language: str) -> None:
    for html in every_page(language):
        assert not re.search(r"<(?:script|link|img|iframe)|url\(|@import|\bon\w+=", html)
        metas = {each.attributes.get("name"): each.attributes.get("content") for each in read_page(html).all("meta")}
        assert (metas["robots"], metas["referrer"]) == ("noindex", "no-referrer")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_policy_of_a_page_lets_in_its_own_styles_and_nothing_else(language: str) -> None:
    policy = dict(each.strip().split(" ", 1) for each in page.headers()["Content-Security-Policy"].split(";"))
    assert (policy.pop("default-src"), policy.pop("form-action")) == ("'none'", "'self'")
    assert (policy.pop("base-uri"), policy.pop("frame-ancestors")) == ("'none'", "'none'")
    for html in every_page(language):
        [styles] = re.findall(r"<style>(.*?)</style>", html, re.S)
        digest = b64encode(hashlib.sha256(styles.encode()).digest()).decode()
        assert policy == {"style-src": f"'sha256-{digest}'"} and " style=" not in html


def test_what_stands_on_a_colour_of_ours_can_be_read() -> None:
    found = re.findall(r"background: (#\w{6}); color: (#\w{3,6});", BASE)
    assert found and all(contrast(*pair) >= 4.5 for pair in found)


def test_nothing_is_wider_than_a_small_phone() -> None:
    assert not re.search(r"min-width|(?<!max-)width: \d+(?:px|rem)", BASE) and "overflow-wrap: anywhere" in BASE


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted(map(luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[start:end], 16) / 255 for start, end in pairwise((0, 2, 4, 6))]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
