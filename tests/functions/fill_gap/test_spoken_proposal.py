from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from functions.fill_gap.spoken_proposal import spoken_proposal
from shared.messaging.spoken import spoken_time

KOLKATA = ZoneInfo("Asia/Kolkata")


@pytest.mark.parametrize(
    ("locale", "whole", "reduced"),
    [
        ("en-IN", "offer Cut Sat, 21 Nov at 2:00 PM to Ana", ", 12.5% off"),
        ("hi-IN", "Cut, शनि, 21 नवंबर दोपहर 2:00 बजे, Ana को ऑफ़र देना", ", 12.5% की छूट"),
        ("es-ES", "ofrecer Cut sáb, 21 nov a las 14:00 a Ana", ", 12,5 % de descuento"),
    ],
)
def test_a_proposal_names_its_day_in_the_salons_language(locale, whole, reduced):
    when = spoken_time(datetime(2026, 11, 21, 8, 30, tzinfo=UTC), KOLKATA, locale, now=None)
    assert spoken_proposal("Cut", when, "Ana", locale, discount_percent=0) == whole
    assert spoken_proposal("Cut", when, "Ana", locale, discount_percent=12.5) == whole + reduced
