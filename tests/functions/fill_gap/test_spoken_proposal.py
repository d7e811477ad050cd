from datetime import UTC, datetime
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from functions.fill_gap.prospect import Source
from functions.fill_gap.spoken_proposal import Offered, spoken_proposal
from shared.messaging.spoken import spoken_time
from shared.values.language import LANGUAGES

KOLKATA = ZoneInfo("Asia/Kolkata")


def offered(locale: str, discount: float = 0) -> Offered:
    when = spoken_time(datetime(2026, 11, 21, 8, 30, tzinfo=UTC), KOLKATA, locale, now=None)
    return Offered("Cut", "Ben", when, "₹500", discount)


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en-IN", "ask Ana if they'd like Cut with Ben Sat, 21 Nov at 2:00 PM, for ₹500, because they are waiting for exactly this"),
        ("hi-IN", "Ana से पूछना कि क्या शनि, 21 नवंबर दोपहर 2:00 बजे Ben के साथ Cut चाहिए, क़ीमत ₹500, क्योंकि उन्हें ठीक यही चाहिए"),
        ("es-ES", "ofrecer a Ana Cut con Ben sáb, 21 nov a las 14:00, por ₹500, porque espera justo esto"),
        ("fr-FR", "proposer à Ana Cut avec Ben sam. 21 nov. à 14:00, à ₹500, car cette personne attend ce créneau précis"),
    ],
)  # fmt: skip
def test_a_proposal_says_who_what_with_whom_when_for_how_much_and_why(locale: str, said: str):
    assert spoken_proposal(["Ana"], offered(locale), ["waitlist_exact"], locale) == said


def test_people_who_came_to_mind_in_several_ways_are_said_with_each_way_once():
    said = spoken_proposal(
        ["Ana", "Bo", "Cy", "Di"], offered("en"), ["waitlist_exact", "regular", "regular", "waitlist_exact"], "en-GB"
    )
    assert said.startswith("ask Ana, Bo and 2 more if they'd like Cut with Ben ")
    assert said.endswith(", because they are waiting for exactly this or often come to Ben")


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_discount_is_said_in_the_language_of_the_salon(locale: str):
    assert "12" in spoken_proposal(["Ana"], offered(locale, 12.5), ["overdue"], locale)


@pytest.mark.parametrize("source", get_args(Source))
@pytest.mark.parametrize("locale", LANGUAGES)
def test_however_somebody_came_to_mind_there_are_words_for_it(source: Source, locale: str):
    assert spoken_proposal(["Ana"], offered(locale), [source], locale)
    assert spoken_proposal(["Ana", "Bo"], offered(locale), [source], locale)
