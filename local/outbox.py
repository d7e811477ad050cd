"""A provider that only takes: what a person would see is kept, and nothing leaves."""

import hashlib
import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from shared.messaging import rendering
from shared.messaging.rendering import Button, templates
from shared.ports import Accepted, AnswerLost, Refused, Sending
from shared.values.language import LANGUAGES


@dataclass(frozen=True)
class Message:
    """What the provider took, and when. `text` and `buttons` are what the person sees, from the template."""

    sid: str
    sending: Sending
    at: datetime
    purpose: str | None = None
    text: str = ""
    buttons: tuple[Button, ...] = ()


class Outbox:
    """A provider that takes every message and tells nothing about it by itself. `answers` are given first, one for each
    message; `on_message` hears of each that was taken."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.messages: list[Message] = []
        self.answers: deque[Refused | AnswerLost] = deque()
        self.on_message: Callable[[Message], None] | None = None
        self._now = now

    @cached_property
    def _templates(self) -> dict[str, tuple[str, dict[str, Any]]]:
        return {
            _content_sid(purpose, language): (purpose, template)
            for purpose, languages in templates().items()
            for language, template in languages.items()
        }

    def send(self, sending: Sending) -> Accepted | Refused | AnswerLost:
        if self.answers:
            return self.answers.popleft()
        message = self._taken(sending)
        self.messages.append(message)
        if self.on_message is not None:
            self.on_message(message)
        return Accepted(message.sid)

    def _taken(self, sending: Sending) -> Message:
        sid = f"SM{len(self.messages) + 1:032x}"
        if sending.content_sid is None:
            return Message(sid, sending, self._now(), text=sending.body or "")
        if sending.content_sid not in self._templates:
            raise LookupError(f"expected a ContentSid of the seeded templates, found {sending.content_sid!r}")
        purpose, template = self._templates[sending.content_sid]

        def filled(text: str) -> str:
            return re.sub(r"\{\{(\d+)\}\}", lambda match: sending.variables[match[1]], text)

        buttons = tuple(Button(button["title"], filled(button["payload"])) for button in template["buttons"])
        return Message(sid, sending, self._now(), purpose, filled(template["body"]), buttons)


def _content_sid(purpose: str, language: str) -> str:
    return "HX" + hashlib.md5(f"{purpose} {language}".encode(), usedforsecurity=False).hexdigest()


def seeded_templates() -> dict[str, dict[str, str]]:
    """The ContentSid of every template by purpose and language, as the deployment knows them."""
    return {
        purpose: {language: _content_sid(purpose, language) for language in LANGUAGES} for purpose in rendering.texts()
    }
