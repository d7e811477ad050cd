"""E-mail to a salon's own people, over the deployment's mail server. Imported only where e-mail is configured.

A message counts as sent once the server has taken its text; where the connection breaks after the text began to leave,
nobody knows. Its Message-ID comes from our reference, so a copy would be recognised as one.
"""

import hashlib
import re
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Self

from shared.ports import Accepted, AnswerLost, Notice, Refused

TIMEOUT_SECONDS = 10.0
IMPLICIT_TLS = 465
LOOPBACK = ("127.0.0.1", "localhost")
AN_ADDRESS = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")

Reply = tuple[int, bytes]


@dataclass(frozen=True)
class SmtpNotifier:
    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""

    @classmethod
    def at(cls, server: str, *, sender: str, login: str) -> Self:
        """`server` as `host:port` (465 speaks TLS from the start, any other port has to offer STARTTLS), `login` as
        `user:password`, or nothing."""
        host, _, port = server.partition(":")
        user, _, password = login.partition(":")
        return cls(host, int(port or "587"), sender, user, password)

    def send(self, notice: Notice) -> Accepted | Refused | AnswerLost:
        if not AN_ADDRESS.fullmatch(notice.to):
            return Refused(501, "no e-mail address", retry=False, provider_fault=False)
        try:
            connection = self._connected()
        except smtplib.SMTPAuthenticationError as error:
            return Refused(error.smtp_code, "the mail server refused our login", retry=False, provider_fault=True)
        except (smtplib.SMTPException, OSError) as error:
            return Refused(0, f"the mail server was not reached: {type(error).__name__}", True, provider_fault=True)
        with connection:
            return self._handed_over(connection, notice)

    def _handed_over(self, connection: smtplib.SMTP, notice: Notice) -> Accepted | Refused | AnswerLost:
        message = letter(notice, self.sender)
        steps: tuple[tuple[Callable[[], Reply], bool], ...] = (
            (lambda: connection.mail(self.sender), True),
            (lambda: connection.rcpt(notice.to), False),
        )
        try:
            for step, ours in steps:
                code, _ = step()
                if code >= 300:
                    return _refused(code, provider_fault=ours)
        except (smtplib.SMTPException, OSError) as error:
            return Refused(0, f"the mail server broke off: {type(error).__name__}", True, provider_fault=True)
        try:
            code, _ = connection.data(message.as_bytes(policy=SMTP))
        except smtplib.SMTPDataError as error:
            return _refused(error.smtp_code, provider_fault=True)
        except (smtplib.SMTPException, OSError) as error:
            return AnswerLost(f"the mail server broke off: {type(error).__name__}")
        return Accepted(str(message["Message-ID"])) if code < 300 else _refused(code, provider_fault=True)

    def _connected(self) -> smtplib.SMTP:
        if self.port == IMPLICIT_TLS:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS)
        else:
            connection = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        try:
            connection.ehlo_or_helo_if_needed()
            if self.port != IMPLICIT_TLS and self.host not in LOOPBACK:
                connection.starttls()
            if self.user:
                connection.login(self.user, self.password)
        except BaseException:
            connection.close()
            raise
        return connection


def letter(notice: Notice, sender: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(" ".join(notice.subject.split()), addr_spec=sender)
    message["To"] = Address(addr_spec=notice.to)
    message["Subject"] = " ".join(notice.subject.split())
    message["Message-ID"] = f"<{hashlib.sha256(notice.reference.encode()).hexdigest()[:32]}@{sender.partition('@')[2]}>"
    message["Content-Language"] = notice.locale
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(notice.body)
    return message


def _refused(code: int, *, provider_fault: bool) -> Refused:
    return Refused(code, f"SMTP {code}", retry=400 <= code < 500, provider_fault=provider_fault)
