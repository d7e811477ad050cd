"""Composes what goes to the provider: the words as they are said now, the template, the sender, the validity."""

from datetime import datetime, timedelta

from functions.send_outreach.gsm7 import in_gsm7
from functions.send_outreach.recipient_hours import hours_of
from functions.send_outreach.speak_to_owner import Words, owner_words
from shared.asking.outreach import Outreach
from shared.asking.spoken_offer import said_now
from shared.customers.identity import Identity, identity_path
from shared.customers.load_customer import customer_of
from shared.messaging import tokens
from shared.messaging.message import Message
from shared.messaging.messaging_hours import allowed_until
from shared.messaging.rendering import Rendered, render, spelt_out, unsigned_text
from shared.messaging.spoken import spoken_time
from shared.messaging.texts import texts
from shared.ports import Deployment, Notice, Reader, Sending
from shared.salon.salon import Salon
from shared.salon.settings import SalonSettings

LONGEST_VALIDITY = timedelta(hours=10)


def spoken_now(message: Outreach | Message, salon: Salon, now: datetime) -> Outreach | Message:
    """The message in the words in which it leaves: "tomorrow" was right when it was asked for, and an offer that goes out by
    another channel than it was made for says another text."""
    if isinstance(message, Outreach):
        variables = said_now(message, salon, now)
        return message.changed(variables=variables, message=unsigned_text(message.purpose, message.locale, variables))
    if message.moment is None:
        return message
    when = spoken_time(message.moment, salon.zone, message.locale, now=now)
    return message.changed(variables={**message.variables, "when": when})


def composed(
    message: Outreach | Message,
    *,
    salon: Salon,
    settings: SalonSettings,
    documents: Reader,
    deployment: Deployment,
    now: datetime,
) -> Sending | Notice | str:
    """What goes to the provider for this message, or why nothing can."""
    words = _words(message, documents, deployment, now)
    rendered = render(words.purpose, message.locale, words.variables)
    if message.channel in ("email", "push"):
        return Notice(
            channel="email" if message.channel == "email" else "push",
            to=message.address,
            reference=_reference(salon.id, message.path),
            subject=spelt_out({"salon": salon.name}, message.locale)["salon"],
            body=rendered.text,
            locale=rendered.locale,
        )
    messaging = salon.messaging
    sender = message.sender if isinstance(message, Message) and message.sender else None
    sender = sender or (messaging.whatsapp_from if message.channel == "whatsapp" else messaging.sms_from)
    account = (message.account_sid if isinstance(message, Message) else None) or messaging.account_sid
    if sender is None or account is None:
        return f"the salon has no {message.channel} number"
    in_session = message.channel == "whatsapp" and _in_session(message, documents, now)
    # Of several lines a template makes one, which is harder to read.
    in_own_words = message.channel != "whatsapp" or (in_session and "\n" in rendered.text)
    template = None if in_own_words else _template(rendered, salon, deployment)
    if message.channel == "whatsapp" and template is None and not in_session:
        return f"no approved template for {rendered.purpose} in {rendered.locale}"
    return Sending(
        channel="whatsapp" if message.channel == "whatsapp" else "sms",
        account_sid=account,
        sender=sender,
        to=message.address,
        reference=_reference(salon.id, message.path),
        body=None if template else in_gsm7(rendered.text) if message.channel == "sms" else rendered.text,
        content_sid=template,
        variables=rendered.numbered if template else {},
        validity=_validity(message, salon, settings, documents, now) if isinstance(message, Outreach) else None,
    )


def _validity(ask: Outreach, salon: Salon, settings: SalonSettings, documents: Reader, now: datetime) -> timedelta:
    """How long the provider may try to deliver the ask: while it can be answered, and not into the hours in which its customer is
    not written to. What answers them may go at any hour."""
    life = min(ask.expires_at - now, LONGEST_VALIDITY)
    quiet_from = allowed_until(now, **hours_of(ask, customer_of(documents, ask.customer_id), salon, settings))
    return life if quiet_from is None or quiet_from == now else min(life, quiet_from - now)


def _words(message: Outreach | Message, documents: Reader, deployment: Deployment, now: datetime) -> Words:
    """The variables of the message: its own, and an offer's signed buttons and link, which are never stored."""
    if isinstance(message, Message) and "accept_token" not in texts()[message.purpose].payloads:
        return owner_words(message, documents=documents, deployment=deployment, now=now)
    # A question of ours about an offer carries that offer's buttons.
    offer_id = message.about if isinstance(message, Message) else message.id

    def token(answer: tokens.Answer) -> str:
        return tokens.sign(deployment.signing_key, tokens.OfferToken(message.salon_id, offer_id, answer))

    variables = {
        **message.variables,
        "accept_token": token("accept"),
        "decline_token": token("decline"),
        "link": f"{deployment.public_base_url}/o/{token('link')}",
    }
    return Words(message.purpose, variables)


def _template(rendered: Rendered, salon: Salon, deployment: Deployment) -> str | None:
    own = salon.messaging.templates.get(rendered.purpose, {})
    return own.get(rendered.locale) or deployment.templates.get(rendered.purpose, {}).get(rendered.locale)


def _in_session(message: Outreach | Message, documents: Reader, now: datetime) -> bool:
    key = message.address_key if isinstance(message, Outreach) else message.conversation_id
    identity = documents.get(identity_path(key))
    return identity is not None and Identity.model_validate(identity.data).in_session(now)


def _reference(salon_id: str, path: str) -> str:
    """The reference that a callback URL carries: which document of which salon the message is."""
    return f"{salon_id}/{path}"
