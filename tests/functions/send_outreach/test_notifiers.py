"""E-mail and push as channels to owners: what they take, what they refuse, and when nobody can know. Off unless configured."""

import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from functions.send_outreach import notifiers
from functions.send_outreach.fcm import FcmNotifier
from functions.send_outreach.smtp import SmtpNotifier
from local.in_process import BASE_URL, Suite
from local.mailbox import Mailbox
from local.outbox import seeded_templates
from local.push_service import PushService, error
from shared.adapters import settings
from shared.ports import Accepted, AnswerLost, Deployment, Notice, Notifier, Refused
from tests.stories.approvals import approval, ask, carrying
from tests.stories.salon import NOW, OWNER, ROOT, open_salon

OLGA = {"name": "Olga", "role": "owner", "phone": OWNER, "email": "olga@salon.example", "push_token": "token-of-olga"}
NOTICE = Notice(
    "email", "olga@salon.example", "s1/conversations/x", "Salon Ünö", "Grüße: tap https://x.example/a/b.", "en"
)


def by_mail(mailbox: Mailbox, **options: Any) -> SmtpNotifier:
    return SmtpNotifier.at(f"127.0.0.1:{mailbox.port}", sender="suite@smart-fill.example", login="user:secret")


def by_push(service: PushService) -> FcmNotifier:
    return FcmNotifier("demo", session=requests.Session(), api=service.url)


def test_a_mail_arrives_as_it_was_written():
    with Mailbox() as mailbox:
        answer = by_mail(mailbox).send(NOTICE)
        [letter] = mailbox.letters
    assert answer == Accepted(letter["Message-ID"])
    assert letter["To"] == "olga@salon.example" and letter["Subject"] == "Salon Ünö"
    assert "suite@smart-fill.example" in letter["From"]
    assert letter.get_content().strip() == NOTICE.body
    assert letter["Auto-Submitted"] == "auto-generated", "out-of-office replies stay away"


def test_the_same_notice_has_the_same_message_id():
    with Mailbox() as mailbox:
        for _ in range(2):
            by_mail(mailbox).send(NOTICE)
        assert len({letter["Message-ID"] for letter in mailbox.letters}) == 1


@pytest.mark.parametrize(
    ("verb", "reply", "expected"),
    [
        ("RCPT", b"550 no such user", Refused(550, "SMTP 550", retry=False, provider_fault=False)),
        ("RCPT", b"451 later", Refused(451, "SMTP 451", retry=True, provider_fault=False)),
        ("MAIL", b"530 who are you", Refused(530, "SMTP 530", retry=False, provider_fault=True)),
        ("AUTH", b"535 no", Refused(535, "the mail server refused our login", retry=False, provider_fault=True)),
        ("TEXT", b"552 too big", Refused(552, "SMTP 552", retry=False, provider_fault=True)),
        ("DATA", b"452 full", Refused(452, "SMTP 452", retry=True, provider_fault=True)),
    ],
)
def test_a_mail_that_is_refused_was_not_sent(verb, reply, expected):
    with Mailbox(replies={verb: reply}) as mailbox:
        assert by_mail(mailbox).send(NOTICE) == expected
        assert mailbox.letters == []


def test_a_server_that_breaks_off_after_the_text_leaves_nobody_knowing():
    with Mailbox(replies={"TEXT": None}) as mailbox:
        assert isinstance(by_mail(mailbox).send(NOTICE), AnswerLost)


def test_a_server_that_breaks_off_before_the_text_or_is_not_there_may_be_tried_again():
    with Mailbox(replies={"RCPT": None}) as mailbox:
        refused = by_mail(mailbox).send(NOTICE)
        assert isinstance(refused, Refused) and refused.retry
    gone = by_mail(mailbox).send(NOTICE)
    assert isinstance(gone, Refused) and gone.retry and gone.provider_fault


@pytest.mark.parametrize("to", ["", "olga", "a@b\r\nRCPT TO:<x@y.example>", "a@b, c@d"])
def test_what_is_no_address_never_reaches_the_server(to):
    with Mailbox() as mailbox:
        refused = by_mail(mailbox).send(Notice("email", to, "r", "s", "b", "en"))
        assert isinstance(refused, Refused) and not refused.retry and mailbox.letters == []


def test_a_push_shows_the_words_and_opens_the_link():
    with PushService() as service:
        answer = by_push(service).send(NOTICE)
        assert answer == Accepted("projects/demo/messages/1")
        assert service.pushed == [
            {
                "token": "olga@salon.example",
                "notification": {"title": "Salon Ünö", "body": NOTICE.body},
                "data": {"reference": "s1/conversations/x", "link": "https://x.example/a/b"},
            }
        ]


@pytest.mark.parametrize(
    ("status", "code", "retry", "provider_fault"),
    [
        (404, "UNREGISTERED", False, False),
        (400, "INVALID_ARGUMENT", False, False),
        (401, "UNAUTHENTICATED", False, True),
        (403, "PERMISSION_DENIED", False, True),
        (429, "QUOTA_EXCEEDED", True, True),
    ],
)
def test_a_push_that_is_refused_was_not_sent(status, code, retry, provider_fault):
    with PushService(answers=deque([(status, error(status, code))])) as service:
        answer = by_push(service).send(NOTICE)
        assert answer == Refused(status, f"HTTP {status} {code}", retry, provider_fault) and service.pushed == []


def test_a_push_whose_answer_is_lost_may_have_been_sent():
    with PushService(answers=deque([(503, error(503, "UNAVAILABLE")), None])) as service:
        assert isinstance(by_push(service).send(NOTICE), AnswerLost)
        assert isinstance(by_push(service).send(NOTICE), AnswerLost) and len(service.pushed) == 1
    gone = by_push(service).send(NOTICE)
    assert isinstance(gone, Refused) and gone.retry


@contextmanager
def suite_with(channels: dict[str, Notifier]) -> Iterator[Suite]:
    deployment = Deployment(
        BASE_URL, b"in-process signing key", seeded_templates(), notices=frozenset(name for name in ("email", "push") if name in channels)
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch, Suite(now=NOW, deployment=deployment) as suite:
        patch.setattr(notifiers, "notifiers", lambda: channels)
        open_salon(suite, contacts=[OLGA])
        yield suite
        assert suite.failures == [] and suite.dead == []


def test_an_owner_is_asked_by_every_configured_channel_and_answers_through_any():
    with (
        Mailbox() as mailbox,
        PushService() as service,
        suite_with({"email": by_mail(mailbox), "push": by_push(service)}) as suite,
        carrying() as carrier,
    ):
        id = ask(suite)
        assert approval(suite, id)["notifications_sent"] == {"whatsapp": True, "email": True, "push": True}
        [letter], [pushed] = mailbox.letters, service.pushed
        assert "Offer 1: a cut for Vera" in letter.get_content()
        link = pushed["data"]["link"].removeprefix(BASE_URL)
        assert link in service.pushed[0]["notification"]["body"]
        suite.request("POST", link, form={"approval": id, "answer": "approve"})
        suite.run_until_idle()
        assert carrier.done == ["dec_1"] and approval(suite, id)["response"]["responded_by"] == "Olga"
        suite.run_until_idle()
        told = {(m["channel"], m["status"]) for m in sent_notices(suite)}
        assert told == {("whatsapp", "sent"), ("email", "sent"), ("push", "sent")}


def test_a_channel_that_is_not_configured_is_not_used():
    with Mailbox() as mailbox, suite_with({}) as suite:
        id = ask(suite)
        assert approval(suite, id)["notifications_sent"] == {"whatsapp": True} and mailbox.letters == []


def test_a_mail_that_bounces_does_not_keep_the_whatsapp_from_going_out():
    with Mailbox(replies={"RCPT": b"550 no"}) as mailbox, suite_with({"email": by_mail(mailbox)}) as suite:
        ask(suite)
        told = {m["channel"]: m["status"] for m in sent_notices(suite)}
        assert told == {"whatsapp": "sent", "email": "failed"}


def sent_notices(suite: Suite) -> list[dict[str, Any]]:
    paths = {r["payload"]["path"] for r in suite.list(f"{ROOT}/audit_logs").values() if "path" in r["payload"]}
    found = [suite.get(f"{ROOT}/{path}") for path in sorted(paths)]
    return [each for each in found if each is not None and each["direction"] == "out"]


def test_what_is_not_configured_is_not_even_imported():
    code = "import sys; from functions.send_outreach import notifiers; print(notifiers.notifiers(), [m for m in ('smtplib', 'requests') if m in sys.modules])"  # fmt: skip
    environment = {"PUBLIC_BASE_URL": "https://x.example", "SIGNING_KEY": "k" * 32, "PATH": ""}
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)
    assert ran.stdout.strip() == "{} []", ran.stderr


def test_a_channel_without_what_it_needs_says_so(monkeypatch):
    with pytest.raises(settings.SettingsError, match="NOTICE_CHANNELS to list email or push, found \\['pigeon'\\]"):
        settings._notices("email, pigeon")
    for name in ("SMTP_SERVER", "SMTP_FROM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(settings, "deployment", lambda: Deployment("https://x", b"k", notices=frozenset({"email"})))
    notifiers.notifiers.cache_clear()
    with pytest.raises(settings.SettingsError, match="SMTP_SERVER and SMTP_FROM"):
        notifiers.notifiers()
    monkeypatch.setenv("SMTP_SERVER", "mail.example:465")
    monkeypatch.setenv("SMTP_FROM", "suite@smart-fill.example")
    [(channel, notifier)] = notifiers.notifiers().items()
    assert channel == "email" and notifier == SmtpNotifier("mail.example", 465, "suite@smart-fill.example")
    notifiers.notifiers.cache_clear()
