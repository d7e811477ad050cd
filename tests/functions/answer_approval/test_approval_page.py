"""What the page of an owner's questions shows: each proposal, and a form for the one that waits."""

import pytest

from functions.answer_approval.approval_page import Question, page

WAITS = Question("apr_1", "Cut & colour for <Ana>", "pending", "14:00")
SETTLED = Question("apr_2", "Wash for Bo", "rejected", None)
FORM = (
    '<form method="post"><input type="hidden" name="approval" value="apr_1">'
    '<button name="answer" value="approve">{approve}</button>'
    '<button name="answer" value="reject">{reject}</button></form>'
)


def body(html: str) -> list[str]:
    """The lines below the title."""
    return html.partition("</h1>\n")[2].removesuffix("\n</html>\n").split("\n")


@pytest.mark.parametrize(
    ("locale", "language", "ask", "until", "approve", "reject", "outcome"),
    [
        ("en-IN", "en", "May we do this?", "Without your answer until 14:00 we will leave it.", "Approve", "Reject", "This is settled: rejected."),
        ("hi-IN", "hi", "क्या हम यह करें?", "अगर 14:00 तक जवाब न मिला, तो हम इसे छोड़ देंगे।", "मंज़ूर", "नामंज़ूर", "यह तय हो चुका है: नामंज़ूर।"),
        ("es-ES", "es", "¿Podemos hacer esto?", "Sin tu respuesta hasta 14:00 no lo haremos.", "Aprobar", "Rechazar", "Esto ya está resuelto: rechazado."),
    ],
)  # fmt: skip
def test_each_question_is_shown_with_its_answers_or_with_how_it_ended(
    locale: str, language: str, ask: str, until: str, approve: str, reject: str, outcome: str
) -> None:
    shown = page([SETTLED, WAITS], locale=locale)
    assert shown.startswith(f'<!doctype html>\n<html lang="{language}">\n')
    assert f"<title>{ask}</title>" in shown and f"<h1>{ask}</h1>" in shown
    form = FORM.format(approve=approve, reject=reject)
    assert body(shown) == [
        f"<section><p>Wash for Bo</p><p>{outcome}</p></section>",
        f"<section><p>Cut &amp; colour for &lt;Ana&gt;</p><p>{until}</p>{form}</section>",
    ]


@pytest.mark.parametrize(
    ("questions", "title"),
    [
        ([], "This link is not valid."),
        ([SETTLED], "Nothing waits for your answer."),
        ([SETTLED, SETTLED, WAITS], "May we do this?"),
    ],
)
def test_the_title_says_whether_anything_waits(questions: list[Question], title: str) -> None:
    assert f"<h1>{title}</h1>" in page(questions, locale="en")


@pytest.mark.parametrize(
    ("status", "said"),
    [("approved", "approved"), ("rejected", "rejected"), ("expired", "out of time"), ("cancelled", "called off")],
)
def test_how_a_question_ended_is_said_in_words(status: str, said: str) -> None:
    [section] = body(page([Question("a", "Cut", status, None)], locale="en"))
    assert section == f"<section><p>Cut</p><p>This is settled: {said}.</p></section>"
