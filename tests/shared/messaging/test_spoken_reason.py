from typing import get_args

import pytest

from shared.messaging.conversation import Reason
from shared.messaging.spoken import spoken_reason
from shared.values.language import LANGUAGES, Language


@pytest.mark.parametrize("reason", get_args(Reason))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_its_words(reason: str, language: Language) -> None:
    assert spoken_reason(reason, language, when="-")


@pytest.mark.parametrize(
    ("reason", "locale", "when", "said"),
    [
        ("needs_a_person", "en", "today", "something that needs a person"),
        ("other_words", "en", "today at 14:00", "our offer for today at 14:00, in other words than yes or no"),
        ("another_answer", "es", "hoy a las 14:00", "nuestra oferta de hoy a las 14:00, un sí después de todo"),
        ("cannot_come", "en", "", "not being able to come"),
        ("cannot_come", "hi", "आज", "वे आज नहीं आ सकते"),
    ],
)
def test_why_a_message_waits_names_the_time_it_is_about(reason: str, locale: str, when: str, said: str):
    assert spoken_reason(reason, locale, when=when) == said
