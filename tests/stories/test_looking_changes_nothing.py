"""Looking changes nothing. Whoever opens a link only looks: a person, a preview, a scanner of e-mail, whatever stands in the
address. Only a form that is sent answers, and only a webhook that is posted is heard."""

import json
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from local.in_process import ACCOUNT_SID, AUTH_TOKEN
from shared.adapters import twilio
from tests.stories.busy_day import everything
from tests.stories.public_doors import FORM, Knock, Open, campaign
from tests.stories.salon import WHATSAPP, offers, phone

LOOKS = ("GET", "HEAD", "OPTIONS")
OTHERS = ("PUT", "PATCH", "DELETE")
LINKS = ("accept_offer", "answer_approval")


@pytest.fixture
def opened() -> Iterator[Open]:
    with campaign() as opened:
        yield opened


def link(opened: Open, door: str) -> str:
    return f"/o/{opened.offer}" if door == "accept_offer" else f"/a/{opened.approval}"


def answers(opened: Open, door: str) -> list[dict[str, str]]:
    """What the forms of the page say, and what somebody may think they say."""
    if door == "accept_offer":
        said = [{"answer": answer} for answer in ("accept", "decline", "stop")]
    else:
        said = [{"answer": answer, "approval": opened.question} for answer in ("approve", "reject")]
    return [*said, {"decision": "approve"}, {"action": "accept"}, {"_method": "POST", **said[0]}]


def webhooks(opened: Open) -> list[tuple[str, str, dict[str, str]]]:
    """A report that the offer was read, and a yes to it."""
    offer = offers(opened.suite)[0]
    people = {"AccountSid": ACCOUNT_SID, "From": f"whatsapp:{phone(0)}", "To": f"whatsapp:{WHATSAPP}"}
    said = {**people, "MessageSid": "SMyes", "Body": "BOOK", "ButtonPayload": offer.buttons[0].payload}
    read = {**people, "MessageSid": offer.sid, "MessageStatus": "read"}
    query = "?" + urlencode({"mid": offer.sending.reference})
    return [("track_delivery", twilio.STATUS_PATH + query, read), ("receive_message", twilio.INCOMING_PATH, said)]


def changed(opened: Open, door: str, path: str, knock: Knock) -> tuple[bool, TestResponse]:
    """Whether anything was written or sent, at once or by what was woken."""
    suite = opened.suite
    before, sent = everything(suite), len(suite.outbox.messages)
    answer = opened.knock(door, path, knock)
    suite.run_until_idle()
    return (everything(suite), len(suite.outbox.messages)) != (before, sent), answer


@pytest.mark.parametrize("method", LOOKS)
@pytest.mark.parametrize("door", LINKS)
def test_opening_a_link_shows_it_and_changes_nothing_whatever_the_address_says(
    opened: Open, door: str, method: str
) -> None:
    for said in ({}, *answers(opened, door)):
        for body in (b"", urlencode(said).encode()):
            path = link(opened, door) + (f"?{urlencode(said)}" if said else "")
            different, answer = changed(opened, door, path, Knock(method, body, {"Content-Type": FORM}))
            assert not different, f"{method} {said}"
            assert answer.status_code == (405 if method == "OPTIONS" else 200)


@pytest.mark.parametrize("method", OTHERS)
@pytest.mark.parametrize("door", LINKS)
def test_a_link_knows_no_other_method(opened: Open, door: str, method: str) -> None:
    for said in answers(opened, door):
        knock = Knock(method, urlencode(said).encode(), {"Content-Type": FORM})
        different, answer = changed(opened, door, f"{link(opened, door)}?{urlencode(said)}", knock)
        assert (different, answer.status_code) == (False, 405), said


@pytest.mark.parametrize("type_", ["application/json", "text/plain", ""])
@pytest.mark.parametrize("door", LINKS)
def test_what_is_posted_and_is_no_form_answers_nothing(opened: Open, door: str, type_: str) -> None:
    for said in answers(opened, door):
        for body in (json.dumps(said).encode(), urlencode(said).encode(), b""):
            path = f"{link(opened, door)}?{urlencode(said)}"
            different, answer = changed(opened, door, path, Knock("POST", body, {"Content-Type": type_}))
            assert (different, answer.status_code) == (False, 400), said


@pytest.mark.parametrize("door", LINKS)
def test_the_form_of_the_page_that_is_sent_is_an_answer(opened: Open, door: str) -> None:
    said = urlencode(answers(opened, door)[0]).encode()
    different, answer = changed(opened, door, link(opened, door), Knock("POST", said, {"Content-Type": FORM}))
    assert (different, answer.status_code) == (True, 200)


@pytest.mark.parametrize("door", LINKS)
def test_whatever_a_link_answers_runs_nothing_and_tells_nobody_its_address(opened: Open, door: str) -> None:
    said = urlencode(answers(opened, door)[0]).encode()
    form = {"Content-Type": FORM}
    knocks = [Knock("GET", b"", {}), Knock("POST", b"", form), Knock("PUT", b"", {}), Knock("POST", said, form)]
    for path in (link(opened, door), link(opened, door)[:-1]):
        for knock in knocks:
            sent = opened.knock(door, path, knock).headers
            assert sent["Content-Security-Policy"].startswith("default-src 'none';"), knock
            assert (sent["Referrer-Policy"], sent["X-Content-Type-Options"]) == ("no-referrer", "nosniff"), knock
            assert sent["Cache-Control"] == "no-store", knock


@pytest.mark.parametrize("method", [*LOOKS, *OTHERS])
def test_a_webhook_that_is_not_posted_is_not_heard_however_well_it_is_signed(opened: Open, method: str) -> None:
    for door, path, fields in webhooks(opened):
        asked = path + ("&" if "?" in path else "?") + urlencode(fields)
        for url, body in ((asked, b""), (path, urlencode(fields).encode())):
            signed = RequestValidator(AUTH_TOKEN).compute_signature(
                opened.suite.deployment.public_base_url + url, fields if body else {}
            )
            headers = {"Content-Type": FORM, "X-Twilio-Signature": signed}
            different, answer = changed(opened, door, url, Knock(method, body, headers))
            assert (different, answer.status_code) == (False, 403), door


def test_a_webhook_that_is_posted_is_heard(opened: Open) -> None:
    for door, path, fields in webhooks(opened):
        before = everything(opened.suite)
        assert opened.signed(door, fields, path.partition(twilio.STATUS_PATH)[2]).status_code < 300
        opened.suite.run_until_idle()
        assert everything(opened.suite) != before, door
