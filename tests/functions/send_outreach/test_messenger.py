"""What an answer of the provider means, and what it is asked: whether something was sent is told by HTTP alone."""

import json
from datetime import timedelta

import pytest

from functions.send_outreach.messenger import message_form, outcome
from shared.ports import Accepted, AnswerLost, Refused
from tests.twilio_cases import ANA, BASE_URL, SMS_NUMBER, WHATSAPP_NUMBER, offer, text


def refusal(status: int, code: int | None) -> Refused:
    body = {"code": code, "message": f"Invalid number {ANA}", "status": status} if code else {}
    result = outcome(status, json.dumps(body))
    assert isinstance(result, Refused)
    return result


def test_a_message_with_a_sid_is_accepted() -> None:
    assert outcome(201, '{"sid": "SM1", "status": "queued"}') == Accepted("SM1")


@pytest.mark.parametrize("body", ["", "<html>", "[]", "null", "{}", '{"sid": null}', '{"sid": 5}', '{"sid": ""}'])
def test_an_acceptance_that_cannot_be_read_is_an_answer_lost(body: str) -> None:
    assert isinstance(outcome(201, body), AnswerLost)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599, 302, 100])
@pytest.mark.parametrize("body", ["", '{"code": 21610, "status": 400}', '{"sid": "SM1"}'])
def test_after_a_server_error_nobody_knows_whatever_the_body_says(status: int, body: str) -> None:
    assert isinstance(outcome(status, body), AnswerLost)


@pytest.mark.parametrize(("status", "code"), [(429, 20429), (429, None), (400, 20429), (400, 21611)])
def test_who_is_throttled_may_try_again(status: int, code: int | None) -> None:
    assert (refusal(status, code).retry, refusal(status, code).provider_fault) == (True, True)


@pytest.mark.parametrize("code", [21211, 21610, 21614, 63003, 63014, 63024, 63049])
def test_a_recipient_who_cannot_be_reached_is_nobodys_fault_and_not_tried_again(code: int) -> None:
    assert (refusal(400, code).code, refusal(400, code).retry, refusal(400, code).provider_fault) == (
        code,
        False,
        False,
    )


@pytest.mark.parametrize(("status", "code"), [(401, 20003), (400, 63016), (400, 21606), (400, 21408), (403, None)])
def test_a_fault_of_ours_or_the_providers_is_not_tried_again(status: int, code: int | None) -> None:
    assert (refusal(status, code).retry, refusal(status, code).provider_fault) == (False, True)


def test_a_refusal_without_a_code_has_its_http_status() -> None:
    assert refusal(404, None).code == 404


def test_an_error_in_the_form_of_rfc_9457_is_judged_by_http_too() -> None:
    problem = {"type": "https://x", "title": "Bad", "status": 400, "code": 21211, "detail": f"To {ANA}"}
    assert outcome(400, json.dumps(problem)) == refusal(400, 21211)
    assert isinstance(outcome(500, json.dumps(problem)), AnswerLost)


def test_a_refusal_never_repeats_the_number() -> None:
    assert ANA not in refusal(400, 21211).reason


def test_a_template_goes_without_body() -> None:
    form = message_form(offer(variables={"1": "Ana"}), BASE_URL)
    assert (form["To"], form["From"]) == (f"whatsapp:{ANA}", f"whatsapp:{WHATSAPP_NUMBER}")
    assert json.loads(form["ContentVariables"]) == {"1": "Ana"}
    assert "Body" not in form


def test_values_of_a_template_are_on_one_line() -> None:
    form = message_form(offer(variables={"1": " Ana\nMaría\t     López "}), BASE_URL)
    assert json.loads(form["ContentVariables"]) == {"1": "Ana María López"}


def test_a_text_goes_without_template() -> None:
    form = message_form(text(body="Hola\n¿Sí?"), BASE_URL)
    assert (form["To"], form["From"], form["Body"]) == (ANA, SMS_NUMBER, "Hola\n¿Sí?")
    assert form.keys().isdisjoint({"ContentSid", "ContentVariables"})


def test_reports_come_back_with_our_reference_and_are_tried_again() -> None:
    form = message_form(offer(reference="s1/outreach/o 1&"), BASE_URL)
    assert form["StatusCallback"] == f"{BASE_URL}/webhooks/twilio/status?mid=s1%2Foutreach%2Fo+1%26#rc=3&rp=all"


@pytest.mark.parametrize(
    ("validity", "seconds"),
    [(timedelta(minutes=30), "1800"), (timedelta(0), "1"), (timedelta(days=2), "36000"), (timedelta(seconds=-5), "1")],
)
def test_a_message_waits_for_delivery_no_longer_than_it_is_useful(validity: timedelta, seconds: str) -> None:
    assert message_form(offer(validity=validity), BASE_URL)["ValidityPeriod"] == seconds


def test_without_validity_the_provider_decides() -> None:
    assert "ValidityPeriod" not in message_form(offer(validity=None), BASE_URL)
