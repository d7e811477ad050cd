"""The real SDK against the phone on its port, with a door of ours that receives what Twilio would post."""

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from twilio.rest import Client

from local.phone.core import Phone
from local.phone.http import Server, post_webhook, serve
from local.phone.later import InThreads
from local.phone.loopback import LoopbackHttpClient, messenger
from local.phone.templates import seed_templates
from shared.adapters.twilio import authentic
from shared.ports import Accepted, AnswerLost, Messenger, Refused
from tests.phones import BUSINESS, OFFER, PERSON
from tests.twilio_cases import ACCOUNT_SID, ANA, AUTH_TOKEN, offer, our_account, text


@pytest.fixture(autouse=True)
def this_machine_only(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        assert address[0] in ("127.0.0.1", "::1", "localhost"), f"a socket to {address[0]}"
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


def eventually(holds: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "expected within seconds, found never"
        time.sleep(0.005)


@dataclass
class Door:
    """Our webhooks: believes what is signed and keeps it."""

    received: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    forged: int = 0

    def __enter__(self) -> "Door":
        door = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                pairs = parse_qsl(body, keep_blank_values=True)
                signature = self.headers["X-Twilio-Signature"]
                if authentic(url=door.url + self.path, pairs=pairs, signature=signature, auth_token=AUTH_TOKEN):
                    door.received.append((self.path, dict(pairs)))
                else:
                    door.forged += 1
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def statuses(self) -> list[str]:
        return [fields["MessageStatus"] for _, fields in self.received if "MessageStatus" in fields]


@dataclass
class Served:
    phone: Phone
    door: Door
    server: Server
    url: str
    messenger: Messenger
    content_sid: str

    def offer(self, **changes: Any) -> Accepted | Refused | AnswerLost:
        return self.messenger.send(offer(content_sid=self.content_sid, **changes))

    def http(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", urlsplit(self.url).port or 80, timeout=10)
        content = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        connection.request(method, path, content, {"Content-Type": "application/json", **headers})
        answer = connection.getresponse()
        read = answer.read()
        connection.close()
        return answer.status, json.loads(read) if "json" in (answer.getheader("Content-Type") or "") else read.decode()

    def settled(self) -> "Served":
        eventually(lambda: self.phone.in_flight == 0)
        return self


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    with Door() as door:
        our_account(monkeypatch, public_base_url=door.url)
        later = InThreads()
        phone = Phone(
            now=lambda: datetime.now(UTC),
            post_webhook=post_webhook,
            later=later,
            account_sid=ACCOUNT_SID,
            auth_token=AUTH_TOKEN,
            incoming_url=f"{door.url}/webhooks/twilio/incoming#rc=3&rp=all",
            step_seconds=0,
            late_seconds=0.3,
        )
        content_sid = seed_templates(phone, {"slot_offer": {"en": OFFER}})["slot_offer"]["en"]
        server = serve(phone)
        yield Served(phone, door, server, server.url, messenger(server.url, timeout=5), content_sid)
        server.stop()
        later.stop()


def test_an_offer_is_sent_delivered_read_and_reported_under_our_reference(served: Served) -> None:
    sent = served.offer()
    assert isinstance(sent, Accepted)
    served.settled()
    assert served.door.statuses == ["sent", "delivered", "read"]
    assert {path for path, _ in served.door.received} == {"/webhooks/twilio/status?mid=s1%2Foutreach%2Fo1"}
    assert served.door.forged == 0
    (shown,) = served.http("GET", "/messages")[1]
    assert (shown["sid"], shown["to"], shown["status"]) == (sent.message_sid, PERSON, "read")
    assert [button["payload"] for button in shown["buttons"]] == ["accept-token", "decline-token"]


def test_a_text_is_sent_and_delivered(served: Served) -> None:
    assert isinstance(served.messenger.send(text()), Accepted)
    assert served.settled().door.statuses == ["sent", "delivered"]


def test_a_tap_comes_back_as_a_signed_webhook(served: Served) -> None:
    sent = served.offer()
    assert isinstance(sent, Accepted)
    status, answer = served.http("POST", "/reply", {"message_sid": sent.message_sid, "button": "accept-token"})
    assert status == 200
    served.settled()
    path, fields = next((path, fields) for path, fields in served.door.received if "ButtonPayload" in fields)
    assert path == "/webhooks/twilio/incoming"
    assert (fields["ButtonPayload"], fields["Body"], fields["MessageSid"]) == ("accept-token", "Book it", answer["sid"])
    assert served.door.forged == 0


def test_a_person_can_write_first(served: Served) -> None:
    assert served.http("POST", "/reply", {"from": PERSON, "to": BUSINESS, "body": "¿Sí? 👍"})[0] == 200
    served.settled()
    assert served.door.received[0][1]["Body"] == "¿Sí? 👍"
    assert served.http("GET", "/messages") == (200, [])


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/reply", {"message_sid": "SM0", "body": "x"}),
        ("/reply", {"body": "x"}),
        ("/reply", {"form": PERSON}),
        ("/reply", {"from": 5, "to": BUSINESS, "body": "x"}),
        ("/reply", []),
        ("/reply", b"no json"),
        ("/reply", None),
        ("/faults", {"kind": "explode"}),
        ("/faults", {"kind": "error", "times": "many"}),
        ("/faults", {}),
    ],
    ids=repr,
)
def test_what_is_asked_wrongly_is_refused_with_the_reason(served: Served, path: str, body: Any) -> None:
    status, answer = served.http("POST", path, body)
    assert status == 400
    assert answer["error"]
    assert served.settled().door.received == []


# Every fault, as the real SDK meets it


def with_fault(served: Served, kind: str, **more: int) -> Accepted | Refused | AnswerLost:
    assert served.http("POST", "/faults", {"kind": kind, **more})[0] == 200
    result = served.offer()
    served.settled()
    return result


@pytest.mark.parametrize(
    ("code", "retry", "provider_fault"),
    [(429, True, True), (20003, False, True), (21610, False, False), (63016, False, True)],
)
def test_a_refusal_is_a_value(served: Served, code: int, retry: bool, provider_fault: bool) -> None:
    refused = with_fault(served, "error", code=code)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.retry, refused.provider_fault) == (code, retry, provider_fault)
    assert served.phone.messages() == []


def test_a_server_error_leaves_it_unknown(served: Served) -> None:
    assert isinstance(with_fault(served, "error"), AnswerLost)
    assert isinstance(with_fault(served, "error", code=503), AnswerLost)
    assert served.phone.messages() == []


@pytest.mark.parametrize("code", [{}, {"code": 500}])
def test_a_lost_answer_is_repaired_by_the_reports_that_carry_our_reference(
    served: Served, code: dict[str, int]
) -> None:
    assert isinstance(with_fault(served, "lose_response", **code), AnswerLost)
    assert served.door.statuses == ["sent", "delivered", "read"]
    path, fields = served.door.received[0]
    assert path.endswith("?mid=s1%2Foutreach%2Fo1")
    assert fields["MessageSid"] == served.phone.messages()[0]["sid"]


def test_late_reports_come_later(served: Served) -> None:
    before = time.monotonic()
    assert isinstance(with_fault(served, "late"), Accepted)
    assert time.monotonic() - before >= 0.3
    assert served.door.statuses == ["sent", "delivered", "read"]


@pytest.mark.parametrize(
    ("kind", "statuses"),
    [
        ("duplicate", ["sent", "sent", "delivered", "delivered", "read", "read"]),
        ("reorder", ["read", "delivered", "sent"]),
        ("undelivered", ["sent", "undelivered"]),
        ("no_callback", []),
    ],
)
def test_reports_lie_as_they_are_told(served: Served, kind: str, statuses: list[str]) -> None:
    assert isinstance(with_fault(served, kind), Accepted)
    assert served.door.statuses == statuses


def test_a_phone_that_is_not_there_is_told_from_one_that_hangs_up(served: Served) -> None:
    with socket.socket() as listening, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        refused = messenger(f"http://127.0.0.1:{closed.getsockname()[1]}").send(offer())
        silent = messenger(f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=0.2).send(offer())
    assert isinstance(refused, Refused)
    assert (refused.retry, refused.provider_fault) == (True, True)
    assert isinstance(silent, AnswerLost)


# Twilio's API


def sdk(served: Served, token: str = AUTH_TOKEN) -> Client:
    return Client(ACCOUNT_SID, token, http_client=LoopbackHttpClient(served.url))


def test_the_sdk_reads_and_lists_messages(served: Served) -> None:
    sent = served.offer()
    assert isinstance(sent, Accepted)
    served.settled()
    assert sdk(served).messages(sent.message_sid).fetch().status == "read"
    assert [message.sid for message in sdk(served).messages.list(to=PERSON, limit=5)] == [sent.message_sid]
    assert sdk(served).messages.list(to=ANA, limit=5) == []


def test_the_sdk_writes_and_approves_templates(served: Served) -> None:
    uri = "https://content.twilio.com/v1/Content"
    body = {
        "friendly_name": "x",
        "language": "en",
        "types": {"twilio/text": {"body": "Hi {{1}}"}},
        "variables": {"1": "a"},
    }
    created = json.loads(sdk(served).request("POST", uri, data=body, headers={"Content-Type": "application/json"}).text)
    contents = sdk(served).content.v1.contents(created["sid"])
    assert contents.fetch().language == "en"
    approval = {"name": "x", "category": "UTILITY"}
    sdk(served).request(
        "POST",
        f"{uri}/{created['sid']}/ApprovalRequests/whatsapp",
        data=approval,
        headers={"Content-Type": "application/json"},
    )
    assert contents.approval_fetch().fetch().whatsapp["status"] == "approved"


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, 21211),
        ({"To": "banana", "From": BUSINESS, "Body": "x"}, 21211),
        ({"To": PERSON, "Body": "x"}, 21603),
        ({"To": PERSON, "From": BUSINESS}, 21619),
        ({"To": ANA, "From": BUSINESS, "Body": "x"}, 63007),
        ({"To": PERSON, "From": BUSINESS, "Body": "x" * 1601}, 21617),
        ({"To": PERSON, "From": BUSINESS, "ContentSid": "HX1"}, 20001),
        ({"To": PERSON, "From": BUSINESS, "Body": "x", "ContentVariables": '{"1": ""}'}, 21656),
        ({"To": PERSON, "From": BUSINESS, "Body": "x", "StatusCallback": "no url"}, 21609),
        ({"To": PERSON, "From": BUSINESS, "Body": "x", "ValidityPeriod": "36001"}, 21620),
        ({"To": PERSON, "From": BUSINESS, "Body": "x", "Bdoy": "x"}, 20001),
    ],
    ids=repr,
)
def test_what_twilio_does_not_describe_is_refused(served: Served, form: dict[str, str], code: int) -> None:
    uri = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"
    answer = sdk(served).request("POST", uri, data=form)
    assert (answer.status_code, json.loads(answer.text)["code"]) == (400, code)
    assert served.phone.messages() == []


def test_a_wrong_token_an_unknown_path_and_an_operation_it_has_not_are_told_apart(served: Served) -> None:
    calls = "https://api.twilio.com/2010-04-01/Accounts/" + ACCOUNT_SID
    assert sdk(served, token="other").request("GET", f"{calls}/Messages.json").status_code == 401
    assert sdk(served).request("GET", f"{calls}/Faxes.json").status_code == 404
    assert "has no ListCall" in sdk(served).request("GET", f"{calls}/Calls.json").text


def test_an_answer_of_its_own_that_twilio_would_not_give_is_an_error(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served.phone, "fetch_message", lambda sid: (200, {"sid": sid}))
    uri = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/SM{'0' * 32}.json"
    answer = sdk(served).request("GET", uri)
    assert answer.status_code == 500
    assert "The phone is wrong" in answer.text


# Nothing but this machine


@pytest.mark.parametrize("url", ["http://example.com", "https://api.twilio.com", "http://192.168.1.5:8080", "phone"])
def test_the_sdk_is_pointed_at_this_machine_only(url: str) -> None:
    with pytest.raises(ValueError, match="on this machine"):
        LoopbackHttpClient(url)


def test_the_loopback_client_carries_nothing_but_twilios_requests(served: Served) -> None:
    with pytest.raises(ValueError, match="expected a request to Twilio"):
        LoopbackHttpClient(served.url).request("GET", "https://example.com/api.twilio.com")


@pytest.mark.parametrize("url", ["http://example.com/hook", "https://127.0.0.1/hook", "file:///hook"])
def test_webhooks_go_to_this_machine_only(url: str) -> None:
    with pytest.raises(ValueError, match="on this machine"):
        post_webhook(url, [], {})


def test_a_page_from_elsewhere_cannot_reach_the_phone(served: Served) -> None:
    assert served.http("GET", "/messages", Host="evil.example")[0] == 403


def test_the_page_says_that_it_is_simulated_and_loads_nothing_from_elsewhere(served: Served) -> None:
    status, page = served.http("GET", "/")
    assert status == 200
    assert "Simulated: no message leaves this machine." in page
    assert re.findall(r"""(?:src|href|action)\s*=|https?://|@import|url\(|innerHTML|insertAdjacentHTML""", page) == []


def test_an_empty_page_says_what_to_do_first(served: Served) -> None:
    page = served.http("GET", "/")[1]
    assert ">Cancel a booking</button>" in page
    assert "two minutes later those who would want its time are asked" in page


def test_the_page_reaches_the_doors_of_the_local_cloud_by_its_own_address_once_there_is_one(served: Served) -> None:
    assert served.http("GET", "/local/clock")[0] == 401, "Twilio has nothing there"
    heard: list[tuple[str, str, bytes]] = []

    def local(method: str, path: str, content: bytes) -> tuple[int, Any]:
        heard.append((method, path, content))
        return 418, {"error": "a teapot"}

    served.server.open(local)
    assert served.http("POST", "/local/cancellation/a%20b", {"x": 1}) == (418, {"error": "a teapot"})
    assert served.http("GET", "/local/clock", Host="evil.example")[0] == 403
    assert heard == [("POST", "cancellation/a b", b'{"x": 1}')]


def test_the_page_is_fed_with_both_directions(served: Served) -> None:
    served.offer()
    served.http("POST", "/reply", {"from": PERSON, "to": BUSINESS, "body": "<b>hola</b>"})
    (ana,) = served.http("GET", "/phones")[1]
    assert ana["person"] == ANA
    assert [message["direction"] for message in ana["messages"]] == ["outbound-api", "inbound"]


def test_a_body_larger_than_any_form_is_not_read(served: Served) -> None:
    assert served.http("POST", "/reply", b"x", **{"Content-Length": "1000001"})[0] == 413
