"""The real SDK up to the wire: there Twilio's own description says whether the request is right, and no socket is opened."""

import io
import json
import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter
from twilio.http.http_client import TwilioHttpClient
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError

from functions.send_outreach import messenger
from functions.send_outreach.messenger import TIMEOUT_SECONDS, TwilioMessenger
from local.phone.contract import Call, ContractBroken, contract
from shared.ports import Accepted, AnswerLost, Refused
from tests.twilio_cases import ACCOUNT_SID, ANA, TEMPLATE, offer, our_account, text

Answer = Callable[[Call], tuple[int, str]]


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    our_account(monkeypatch)


def example(call: Call) -> tuple[int, str]:
    """Twilio's own answer, as its description gives it."""
    status, described = next(iter(call.operation.described["responses"].items()))
    examples = described["content"]["application/json"]["examples"]
    return int(status), json.dumps(next(iter(examples.values()))["value"])


class Wire(BaseAdapter):
    """Where the SDK would open a connection."""

    def __init__(self, answer: Answer = example) -> None:
        super().__init__()
        self.calls: list[Call] = []
        self.timeouts: list[Any] = []
        self._answer = answer

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        assert (request.url or "").startswith("https://api.twilio.com/")
        body = request.body or b""
        encoded = body.encode() if isinstance(body, str) else body
        kind = request.headers.get("Content-Type", "")
        call = contract().request(request.method or "", request.path_url, kind, encoded)
        self.calls.append(call)
        self.timeouts.append(options["timeout"])
        response = requests.Response()
        response.status_code, content = self._answer(call)
        response.raw = io.BytesIO(content.encode())
        response.request, response.url = request, request.url or ""
        return response

    def close(self) -> None:
        pass


def over(wire: Wire) -> TwilioMessenger:
    def http_client() -> TwilioHttpClient:
        client = TwilioHttpClient(timeout=TIMEOUT_SECONDS, logger=messenger.silent_logger())
        client.session.mount("https://", wire)
        return client

    return TwilioMessenger(http_client)


def broken(error: Exception) -> Answer:
    def answer(call: Call) -> tuple[int, str]:
        raise error

    return answer


def test_an_offer_is_what_twilio_describes() -> None:
    wire = Wire()
    assert isinstance(over(wire).send(offer()), Accepted)
    (call,) = wire.calls
    assert call.operation.id == "CreateMessage"
    assert call.path == {"AccountSid": ACCOUNT_SID}
    assert (call.body["ContentSid"], call.body["ValidityPeriod"]) == (TEMPLATE, 1800)


def test_a_text_is_what_twilio_describes() -> None:
    wire = Wire()
    assert isinstance(over(wire).send(text()), Accepted)
    assert wire.calls[0].body["Body"] == "Reply BOOK or SKIP"


def test_the_description_would_catch_a_wrong_request() -> None:
    with pytest.raises(ContractBroken, match="21211"):
        over(Wire()).send(offer(to="banana"))


def test_no_request_waits_for_ever() -> None:
    wire = Wire()
    over(wire).send(offer())
    assert wire.timeouts == [TIMEOUT_SECONDS]
    assert TIMEOUT_SECONDS == 10


def test_the_messenger_that_is_deployed_goes_to_twilio(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire()
    monkeypatch.setattr(requests.Session, "get_adapter", lambda session, url: wire)
    messenger.messenger.cache_clear()
    assert isinstance(messenger.messenger().send(offer()), Accepted)
    assert messenger.messenger() is messenger.messenger()
    messenger.messenger.cache_clear()


def test_nothing_is_sent_for_an_account_that_is_not_ours() -> None:
    wire = Wire()
    refused = over(wire).send(offer(account_sid="AC" + "9" * 32))
    assert refused == Refused(20003, "no credentials for this account", retry=False, provider_fault=True)
    assert wire.calls == []


POOL = HTTPConnectionPool("api.twilio.com")
NEVER_STOOD = [
    requests.ConnectTimeout(),
    requests.ConnectionError(MaxRetryError(POOL, "/", NewConnectionError(POOL, "refused"))),  # type: ignore[arg-type]
]
BROKE = [
    requests.ReadTimeout(),
    requests.ConnectionError(ProtocolError("Connection aborted.", ConnectionResetError(104, "reset"))),
    requests.exceptions.ChunkedEncodingError(),
    requests.exceptions.SSLError(),
]


@pytest.mark.parametrize("error", NEVER_STOOD, ids=lambda error: type(error).__name__)
def test_a_connection_that_never_stood_may_be_tried_again(error: Exception) -> None:
    refused = over(Wire(broken(error))).send(offer())
    assert isinstance(refused, Refused)
    assert (refused.retry, refused.provider_fault) == (True, True)


@pytest.mark.parametrize("error", BROKE, ids=lambda error: type(error).__name__)
def test_a_connection_that_broke_may_have_carried_it(error: Exception) -> None:
    assert isinstance(over(Wire(broken(error))).send(offer()), AnswerLost)


def test_an_error_that_is_no_json_is_judged_by_its_status() -> None:
    refused = over(Wire(lambda call: (403, "<html>denied</html>"))).send(offer())
    assert isinstance(refused, Refused)
    assert (refused.code, refused.retry) == (403, False)
    assert isinstance(over(Wire(lambda call: (502, "<html>bad gateway</html>"))).send(offer()), AnswerLost)


def test_threads_do_not_share_an_http_client() -> None:
    """The SDK's keeps the last response in an attribute before it returns it: shared, it hands out others' answers."""

    def http_client() -> TwilioHttpClient:
        client = TwilioHttpClient(timeout=TIMEOUT_SECONDS)
        client.session.mount("https://", wire)
        made.append(client)
        return client

    def send() -> None:
        together.wait(timeout=5)
        messenger.send(offer())
        messenger.send(offer())

    wire, together = Wire(), threading.Barrier(4)
    made: list[TwilioHttpClient] = []
    messenger = TwilioMessenger(http_client)
    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert (len(made), len(wire.calls)) == (4, 8)


def test_no_number_is_ever_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    body = json.dumps({"code": 21211, "message": f"The number {ANA} is not valid", "status": 400})
    for answer in (example, lambda call: (400, body), lambda call: (500, body), broken(requests.ReadTimeout(ANA))):
        result = over(Wire(answer)).send(offer())
        assert ANA not in repr(result)
    assert ANA not in caplog.text
    assert ANA[1:] not in caplog.text
