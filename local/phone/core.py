"""The phone itself: takes messages as Twilio does, delivers them, and answers when a person does.

No sockets and no waiting in here: what reaches the outside goes through `post_webhook` and `later`, so that the same
phone serves the local cloud and runs inside a simulation. Every person who was written to has a phone, and reads all.
"""

import json
import threading
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from http.client import HTTPException
from typing import Any
from urllib.parse import parse_qs, urldefrag

from twilio.request_validator import RequestValidator

from local.phone import resources
from local.phone.faults import Faults
from local.phone.later import Later
from local.phone.resources import Answer, Message, bare, error
from local.phone.templates import Button, Template

WINDOW = timedelta(hours=24)
"""So long after a person wrote last may a business write freely on WhatsApp."""

STEP_SECONDS = 0.02
LATE_SECONDS = 2.0
RETRY_SECONDS = 0.25
"""A webhook that failed is tried again after this, then three times that, then nine times."""

STOP_WORDS = {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"}
START_WORDS = {"START", "YES", "UNSTOP"}

MAGIC_TO = {
    "+15005550001": (21211, "Invalid 'To' Phone Number"),
    "+15005550002": (21612, "Message cannot be sent with the current combination of 'To' and 'From'"),
    "+15005550003": (21408, "Permission to send an SMS has not been enabled for the region"),
    "+15005550004": (21610, "Attempt to send to unsubscribed recipient"),
    "+15005550009": (21614, "'To' number is not a valid mobile number"),
}
MAGIC_FROM = {
    "+15005550001": (21212, "Invalid 'From' number"),
    "+15005550007": (21606, "The 'From' phone number is not a valid, SMS-capable Twilio number"),
    "+15005550008": (21611, "This 'From' number has exceeded the maximum number of queued messages"),
}
LATE_FAILURE = {"30008": ("undelivered", 30008), "63024": ("failed", 63024), "63049": ("undelivered", 63049)}
"""A message to a number that ends in one of these fails with that code after it was accepted."""

STATUS_OF_CODE = {20003: 401, 20404: 404, 20429: 429, 20500: 500, 20503: 503}

PostWebhook = Callable[[str, list[tuple[str, str]], dict[str, str]], int]
"""(url, fields, headers) -> HTTP status; raises OSError or HTTPException when there is no answer."""

Step = tuple[str, int | None]
"""A status a message reaches, with the error code where it is a failure."""


class ReplyRefused(ValueError):
    """A person cannot do that with a phone: says what was expected and found."""


class Phone:
    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        post_webhook: PostWebhook,
        later: Later,
        account_sid: str,
        auth_token: str,
        incoming_url: str,
        step_seconds: float = STEP_SECONDS,
        late_seconds: float = LATE_SECONDS,
    ) -> None:
        """`incoming_url` is the webhook of all our numbers; how often it is tried again stands in its fragment, as Twilio
        has it: `#rc=3&rp=all`."""
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.faults = Faults()
        self.names: dict[str, str] = {}
        """Bare address -> what a person calls themselves."""
        self.zone: str | None = None
        """IANA; what clock the phones show. None: that of whoever looks at them."""
        self.locale: str | None = None
        """How that clock is written."""
        self._now = now
        self._post = post_webhook
        self._later = later
        self._incoming_url = incoming_url
        self._step_seconds = step_seconds
        self._late_seconds = late_seconds
        self._validator = RequestValidator(auth_token)
        self._lock = threading.RLock()
        self._in_flight = 0
        self._messages: dict[str, Message] = {}
        self._templates: dict[str, Template] = {}
        self._last_inbound: dict[tuple[str, str], datetime] = {}
        self._opted_out: set[tuple[str, str]] = set()

    # Twilio's API

    def create_message(self, form: Mapping[str, Any]) -> Answer:
        fault = self.faults.take("error")
        if fault:
            code = fault.code or 20500
            status = STATUS_OF_CODE.get(code, code if code < 1000 else 400)
            return error(code, "simulated", status)
        to, sender = form["To"], form["From"]
        pair = (sender, to)
        template = self._templates.get(form.get("ContentSid", ""))
        with self._lock:
            refusal = MAGIC_TO.get(bare(to)) or MAGIC_FROM.get(bare(sender))
            if not refusal and pair in self._opted_out:
                refusal = (21610, "Attempt to send to unsubscribed recipient")
        if not refusal and form.get("ContentSid") and template is None:
            refusal = (21655, f"The ContentSid {form['ContentSid']} is invalid")
        if refusal:
            return error(*refusal)

        variables = json.loads(form.get("ContentVariables") or "{}")
        body: str = form.get("Body", "")
        buttons: list[Button] = []
        if template:
            body, buttons = template.rendered(variables, on_whatsapp=to.startswith("whatsapp:"))
        now = self._now()
        message = Message(
            sid="SM" + uuid.uuid4().hex,
            account_sid=self.account_sid,
            direction="outbound-api",
            sender=sender,
            to=to,
            body=body,
            status="queued",
            created_at=now,
            updated_at=now,
            content_sid=form.get("ContentSid"),
            variables=variables,
            buttons=buttons,
            callback=form.get("StatusCallback"),
        )
        answer = 201, resources.message_resource(message)
        self._deliver(message, self._steps(message, template))
        lost = self.faults.take("lose_response")
        if lost:
            return error(20500, "simulated", lost.code) if lost.code else (0, {})
        return answer

    def fetch_message(self, sid: str) -> Answer:
        with self._lock:
            message = self._messages.get(sid)
            return (200, resources.message_resource(message)) if message else _not_found()

    def list_messages(self, query: Mapping[str, Any], target: str) -> Answer:
        if any(name.startswith("DateSent") for name in query):
            return error(20001, "the phone does not list by DateSent")
        with self._lock:
            found = resources.listed(list(self._messages.values()), query)
        return 200, resources.message_list(found, target, query.get("PageSize", 50))

    def create_content(self, body: Mapping[str, Any]) -> Answer:
        template = self.add_template(
            sid=None,
            name=body.get("friendly_name") or "",
            language=body["language"],
            variables=dict(body.get("variables") or {}),
            types=dict(body["types"]),
            approved=False,
        )
        return 201, resources.content_resource(template, self.account_sid)

    def fetch_content(self, sid: str) -> Answer:
        template = self._templates.get(sid)
        return (200, resources.content_resource(template, self.account_sid)) if template else _not_found()

    def request_approval(self, sid: str, body: Mapping[str, Any]) -> Answer:
        """Here Meta is never slow and never says no."""
        template = self._templates.get(sid)
        if template is None:
            return _not_found()
        template.name, template.category, template.approved = body["name"], body["category"], True
        return 201, resources.approval_resource(template)

    def fetch_approval(self, sid: str) -> Answer:
        template = self._templates.get(sid)
        if template is None:
            return _not_found()
        return 200, {
            "sid": sid,
            "account_sid": self.account_sid,
            "whatsapp": {"type": "whatsapp", **resources.approval_resource(template)},
            "url": f"{resources.CONTENT_API}/{sid}/ApprovalRequests",
        }

    def add_template(
        self,
        *,
        sid: str | None,
        name: str,
        language: str,
        variables: dict[str, str],
        types: dict[str, Any],
        approved: bool,
    ) -> Template:
        template = Template(
            sid or "HX" + uuid.uuid4().hex, name, language, variables, types, self._now(), approved=approved
        )
        with self._lock:
            self._templates[template.sid] = template
        return template

    # The people

    def reply(
        self,
        *,
        message_sid: str | None = None,
        sender: str | None = None,
        to: str | None = None,
        button: str | None = None,
        body: str | None = None,
    ) -> str:
        """A person taps a button (by its payload) or writes, to a message or just so; the SID of what they sent. With a
        message and another `sender`, the message was forwarded to them."""
        with self._lock:
            answered = self._answered(message_sid, to, button)
        if message_sid and answered is None:
            raise ReplyRefused(f"expected the SID of a message we sent, found {message_sid!r}")
        sender = sender or (answered.to if answered else None)
        to = to or (answered.sender if answered else None)
        if not sender or not to:
            raise ReplyRefused("expected a message_sid, or from and to")
        # Who writes from a bare number to a WhatsApp one writes on WhatsApp.
        if to.startswith("whatsapp:") and not sender.startswith("whatsapp:"):
            sender = f"whatsapp:{sender}"
        if button and not to.startswith("whatsapp:"):
            raise ReplyRefused("expected a body: SMS has no buttons")
        if not button and body is None:
            raise ReplyRefused("expected a button or a body")
        tapped = None
        if button:
            of_message = (each for each in (answered.buttons if answered else []) if each.payload == button)
            tapped = next(of_message, Button(body or "", button))
        now = self._now()
        message = Message(
            sid="SM" + uuid.uuid4().hex,
            account_sid=self.account_sid,
            direction="inbound",
            sender=sender,
            to=to,
            body=tapped.title if tapped else body or "",
            status="received",
            created_at=now,
            updated_at=now,
            # SMS knows no answer to a message, only a message back.
            answers=answered.sid if answered and to.startswith("whatsapp:") else None,
        )
        with self._lock:
            self._messages[message.sid] = message
            self._heed(message)
        name = self.names.get(bare(sender), "")
        fields = resources.inbound_fields(message, profile_name=name, button=tapped)
        late = self._late_seconds if self.faults.take("late") else 0
        for _ in range(2 if self.faults.take("duplicate") else 1):
            self._schedule(late, partial(self._call, self._incoming_url, fields))
        return message.sid

    def messages(self) -> list[dict[str, Any]]:
        """What we sent, oldest first."""
        with self._lock:
            return [resources.shown(each) for each in self._messages.values() if each.direction != "inbound"]

    def phones(self) -> list[dict[str, Any]]:
        """Every person with all that was written, both ways and on all channels, oldest first."""
        people: dict[str, list[dict[str, Any]]] = {}
        with self._lock:
            for message in self._messages.values():
                entry = resources.shown(message) | {"direction": message.direction, "answers": message.answers}
                people.setdefault(bare(message.person), []).append(entry)
        return [
            {
                "person": person,
                "name": self.names.get(person, ""),
                "zone": self.zone,
                "locale": self.locale,
                "messages": messages,
            }
            for person, messages in people.items()
        ]

    @property
    def in_flight(self) -> int:
        """Deliveries, callbacks and webhooks that are not answered yet, nor given up."""
        with self._lock:
            return self._in_flight

    def _answered(self, message_sid: str | None, to: str | None, button: str | None) -> Message | None:
        if message_sid:
            return self._messages.get(message_sid)
        if not button:
            return None
        payloads = (
            message
            for message in self._messages.values()
            if message.sender == to and any(each.payload == button for each in message.buttons)
        )
        return next(payloads, None)

    def _heed(self, message: Message) -> None:
        """What Twilio itself does with a message: on SMS it acts on STOP and START, on WhatsApp a window opens."""
        pair = (message.business, message.person)
        if message.on_whatsapp:
            self._last_inbound[pair] = message.created_at
        elif message.body.strip().upper() in STOP_WORDS:
            self._opted_out.add(pair)
        elif message.body.strip().upper() in START_WORDS:
            self._opted_out.discard(pair)

    # Delivery

    def _steps(self, message: Message, template: Template | None) -> list[Step]:
        fault = self.faults.take("undelivered")
        if fault:
            code = fault.code or (63024 if message.on_whatsapp else 30008)
            return [("failed", code)] if code == 63016 else [("sent", None), ("undelivered", code)]
        if message.on_whatsapp and not (template and template.approved) and not self._in_window(message):
            return [("failed", 63016)]
        for ending, (status, code) in LATE_FAILURE.items():
            if message.to.endswith(ending):
                return [("failed", code)] if status == "failed" else [("sent", None), (status, code)]
        arrived: list[Step] = [("sent", None), ("delivered", None)]
        return [*arrived, ("read", None)] if message.on_whatsapp else arrived

    def _in_window(self, message: Message) -> bool:
        with self._lock:
            last = self._last_inbound.get((message.business, message.person))
        return last is not None and message.created_at - last <= WINDOW

    def _deliver(self, message: Message, steps: list[Step]) -> None:
        with self._lock:
            self._messages[message.sid] = message
        reports = [] if self.faults.take("no_callback") or not message.callback else list(steps)
        if self.faults.take("reorder"):
            reports.reverse()
        copies = 2 if self.faults.take("duplicate") else 1
        late = self._late_seconds if self.faults.take("late") else 0.0
        self._schedule(self._step_seconds + late, partial(self._advance, message, steps, reports, copies))

    def _advance(self, message: Message, steps: list[Step], reports: list[Step], copies: int) -> None:
        """One step of the message and one report: when these come in order, each is about the step just made."""
        (status, code), *later_steps = steps
        with self._lock:
            message.status, message.error_code, message.updated_at = status, code, self._now()
            if status == "sent":
                message.sent_at = message.updated_at
        for reported, reported_code in reports[:1]:
            fields = resources.status_fields(message, reported, reported_code)
            for _ in range(copies):
                self._call(message.callback or "", fields)
        if later_steps:
            self._schedule(self._step_seconds, partial(self._advance, message, later_steps, reports[1:], copies))

    def _call(self, url: str, fields: list[tuple[str, str]], token: str | None = None, attempt: int = 0) -> None:
        address, overrides = urldefrag(url)
        token = token or str(uuid.uuid4())
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "User-Agent": "TwilioProxy/1.1",
            "I-Twilio-Idempotency-Token": token,
            "X-Twilio-Signature": self._validator.compute_signature(address, dict(fields)),
        }
        try:
            status = self._post(address, fields, headers)
            failure = f"{status // 100}xx" if status >= 400 else None
        except ConnectionRefusedError:
            failure = "ct"
        except (OSError, HTTPException):
            failure = "rt"
        if failure and attempt < _retries(overrides, failure):
            self._schedule(RETRY_SECONDS * 3**attempt, partial(self._call, url, fields, token, attempt + 1))

    def _schedule(self, seconds: float, work: Callable[[], None]) -> None:
        with self._lock:
            self._in_flight += 1
        self._later(seconds, partial(self._work, work))

    def _work(self, work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            with self._lock:
                self._in_flight -= 1


def _retries(overrides: str, failure: str) -> int:
    """How often Twilio tries again after such a failure. Unless told, once, and only if it could not connect."""
    asked = parse_qs(overrides)
    policy = asked.get("rp", ["ct"])[0].split(",")
    return int(asked.get("rc", ["1"])[0]) if "all" in policy or failure in policy else 0


def _not_found() -> Answer:
    return error(20404, "The requested resource was not found", 404)
