"""What the page of an owner's questions shows: each proposal, and a form for the one that waits."""

import pytest

from functions.answer_approval.notice_page import Question, page
from tests.html import answers, read_page, told

WAITS = Question("apr_1", "Cut & colour for <Ana>", "pending", "14:00")
SETTLED = Question("apr_2", "Wash for Bo", "rejected", None)


@pytest.mark.parametrize(
    ("locale", "language", "ask", "until", "approve", "reject", "outcome"),
    [
        ("en-IN", "en", "May we do this?", "If we don't hear from you by 14:00 we'll leave it.", "Approve", "Reject", "This is settled: rejected."),
        ("hi-IN", "hi", "क्या हम यह करें?", "अगर 14:00 तक आपका जवाब न आया, तो हम इसे छोड़ देंगे।", "मंज़ूर", "नामंज़ूर", "यह तय हो चुका है: rejected।"),
        ("fr-CA", "fr", "Pouvons-nous faire ceci ?", "Sans nouvelles de vous avant 14:00, nous ne le ferons pas.", "Approuver", "Refuser", "C'est déjà réglé : rejected."),
        ("es-ES", "es", "¿Podemos hacer esto?", "Si no sabemos nada de ti antes de 14:00 no lo haremos.", "Aprobar", "Rechazar", "Esto ya está resuelto: rejected."),
    ],
)  # fmt: skip
def test_each_question_is_shown_with_its_answers_or_with_how_it_ended(
    locale: str, language: str, ask: str, until: str, approve: str, reject: str, outcome: str
) -> None:
    shown = read_page(page([SETTLED, WAITS], locale=locale, salon="Glow & Co"))
    assert shown.attributes["lang"] == language
    assert [each.text for each in (*shown.all("title"), *shown.all("h1"))] == [ask, ask]
    assert told(shown) == ["Glow & Co", "Wash for Bo", outcome, "Cut & colour for <Ana>", until]
    [form] = shown.all("form")
    assert form.attributes == {"method": "post"} and answers(form) == {"approve": approve, "reject": reject}
    [about] = form.all("input")
    assert about.attributes == {"type": "hidden", "name": "approval", "value": "apr_1"}


@pytest.mark.parametrize(
    ("questions", "title"),
    [
        ([], "This link isn't valid."),
        ([SETTLED], "Nothing is waiting for your answer."),
        ([SETTLED, SETTLED, WAITS], "May we do this?"),
    ],
)
def test_the_title_says_whether_anything_waits(questions: list[Question], title: str) -> None:
    assert read_page(page(questions, locale="en")).all("h1")[0].text == title
