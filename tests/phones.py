"""A phone without sockets or threads: what it would call is kept, and nothing happens before it is told to go on."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from local.phone.core import Phone
from local.phone.templates import seed_templates
from tests.twilio_cases import ACCOUNT_SID, ANA, AUTH_TOKEN, BASE_URL, SMS_NUMBER, WHATSAPP_NUMBER

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
INCOMING = f"{BASE_URL}/webhooks/twilio/incoming"
CALLBACK = f"{BASE_URL}/webhooks/twilio/status?mid=42"
PERSON, BUSINESS = f"whatsapp:{ANA}", f"whatsapp:{WHATSAPP_NUMBER}"
OFFER = {
    "body": "Hi {{1}}! A slot is free.",
    "buttons": [{"title": "Book it", "id": "{{2}}"}, {"title": "No, thanks", "id": "{{3}}"}],
    "variables": {"1": "guest", "2": "accept", "3": "decline"},
}


class WhenAsked:
    def __init__(self) -> None:
        self.delays: list[float] = []
        self._waiting: deque[Callable[[], None]] = deque()

    def __call__(self, seconds: float, work: Callable[[], None]) -> None:
        self.delays.append(seconds)
        self._waiting.append(work)

    def run(self) -> None:
        while self._waiting:
            self._waiting.popleft()()


@dataclass
class Posted:
    url: str
    fields: dict[str, str]
    headers: dict[str, str]

    @property
    def status(self) -> str | None:
        return self.fields.get("MessageStatus")


@dataclass
class Desk:
    """A phone, what it called, and the clock on the wall."""

    now: datetime = NOON
    posted: list[Posted] = field(default_factory=list)
    answers: deque[int | Exception] = field(default_factory=deque)
    later: WhenAsked = field(default_factory=WhenAsked)
    incoming_url: str = f"{INCOMING}#rc=3&rp=all"

    def __post_init__(self) -> None:
        self.phone = Phone(
            now=lambda: self.now,
            post_webhook=self._post,
            later=self.later,
            account_sid=ACCOUNT_SID,
            auth_token=AUTH_TOKEN,
            incoming_url=self.incoming_url,
        )
        self.content_sid = seed_templates(self.phone, {"slot_offer": {"en": OFFER}})["slot_offer"]["en"]

    def _post(self, url: str, fields: list[tuple[str, str]], headers: dict[str, str]) -> int:
        self.posted.append(Posted(url, dict(fields), headers))
        answer = self.answers.popleft() if self.answers else 204
        if isinstance(answer, Exception):
            raise answer
        return answer

    def asked(self, **form: str) -> tuple[int, dict[str, Any]]:
        """An offer on WhatsApp, unless the form says otherwise."""
        template = {} if "Body" in form else {"ContentSid": self.content_sid, "ContentVariables": '{"1": "Ana"}'}
        return self.phone.create_message(
            {"To": PERSON, "From": BUSINESS, "StatusCallback": CALLBACK, **template, **form}
        )

    def sms(self, **form: str) -> tuple[int, dict[str, Any]]:
        return self.asked(**{"To": ANA, "From": SMS_NUMBER, "Body": "Reply BOOK or SKIP", **form})

    def statuses(self) -> list[str | None]:
        self.later.run()
        return [posted.status for posted in self.posted]

    def heard(self) -> list[Posted]:
        """What people sent us."""
        self.later.run()
        return [posted for posted in self.posted if posted.url == INCOMING]

    @property
    def shown(self) -> dict[str, Any]:
        """The last message we sent."""
        return self.phone.messages()[-1]
