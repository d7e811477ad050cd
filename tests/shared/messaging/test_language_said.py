"""In which language somebody writes: said where it is sure, and left open where it is not."""

import pytest

from shared.messaging.language_said import language_said


@pytest.mark.parametrize(
    ("body", "language"),
    [
        ("Hello, I would like an appointment on Friday", "en"),
        ("Good morning! Are you open on Sunday?", "en"),
        ("Hola, quisiera una cita para el viernes", "es"),
        ("¿Cuánto cuesta un corte?", "es"),
        ("Bonjour, je voudrais un rendez-vous vendredi", "fr"),
        ("नमस्ते, क्या कल समय मिलेगा?", "hi"),
        ("Hello, कल?", "hi"),
        # One word may be a loan, a name or a greeting.
        ("Hola", None),
        ("hello?", None),
        ("ok", None),
        ("", None),
        ("👍", None),
        ("Good morning, una cita mañana", None),
        # Not ours, or in letters that their writer need not read.
        ("Guten Tag, haben Sie morgen einen Termin?", None),
        ("Buongiorno, vorrei un appuntamento", None),
        ("Olá, gostaria de marcar um horário amanhã", None),
        ("namaste kya kal time milega", None),
    ],
)
def test_a_language_is_told_only_where_it_is_sure(body: str, language: str | None) -> None:
    assert language_said(body) == language
