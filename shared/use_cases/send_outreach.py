"""Sends one message, at most once: validates it again, claims it, calls the provider, writes down what came of it.

A crash after the claim leaves `sending`: the sweep makes that `unknown`, never a second copy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from types import MappingProxyType
from typing import Any, Literal
from zoneinfo import ZoneInfo

from shared.domain import tokens
from shared.domain.audit import Amended
from shared.domain.breaker import Breaker
from shared.domain.channel_route import ChannelRoute
from shared.domain.consent import withdrawn
from shared.domain.conversation import Identity, identity_path
from shared.domain.customer import Customer
from shared.domain.gap import Gap
from shared.domain.message import Message
from shared.domain.messaging_hours import answers, country_of, next_allowed
from shared.domain.outgoing import answer_lost, claim, expired, failed, hold, refused, sent, set_back
from shared.domain.outreach import Outreach
from shared.domain.salon import Salon, zone_named
from shared.domain.settings import QuietHours, SalonSettings
from shared.domain.wording import Rendered, render, spoken_deadline, spoken_time
from shared.ports import (
    Accepted,
    AnswerLost,
    Clock,
    Deployment,
    Documents,
    Messenger,
    Notice,
    Notifier,
    Query,
    Reader,
    Refused,
    Sending,
    Snapshot,
)
from shared.use_cases.breaking import Stopped, admitted, attempted
from shared.use_cases.connect_salon import route_path
from shared.use_cases.ending import ended
from shared.use_cases.falling_back import by_another_channel, opt_out_told_by
from shared.use_cases.find_prospects import keys_of
from shared.use_cases.load_calendar import readable
from shared.use_cases.load_settings import accepted_settings
from shared.use_cases.loading import customer_of, outgoing, salon_of, salon_to_tell
from shared.use_cases.opting import withdrawal_records
from shared.use_cases.owner_words import Words, answered_meanwhile, owner_words
from shared.use_cases.track_delivery import reference
from shared.use_cases.writing import replace, until_committed

ACTOR = "send_outreach"
PAUSED_RETRY = timedelta(minutes=15)
ROUTE_RETRY = timedelta(minutes=2)
"""A salon that has just changed its number is connected within seconds."""
FRESH = timedelta(seconds=10)
"""A claim that is committed later than so long after the look is too late: the salon may be paused by then, the breaker open."""
REFUSED_RETRY = timedelta(minutes=1)
LONGEST_VALIDITY = timedelta(hours=10)

Outcome = Literal[
    "sent", "held", "refused", "failed", "unknown", "expired", "gone", "claimed by another", "not pending"
]


@dataclass(frozen=True)
class Hold:
    until: datetime
    reason: str


@dataclass(frozen=True)
class Drop:
    reason: str


def send_outreach(
    path: str,
    *,
    documents: Documents,
    platform: Reader,
    messenger: Messenger,
    clock: Clock,
    deployment: Deployment,
    notifiers: Mapping[str, Notifier] = MappingProxyType({}),
) -> Outcome:
    """`notifiers` by channel, for what goes to owners by other ways than the salon's own numbers."""
    snapshot = documents.get(path)
    if snapshot is None:
        return "gone"
    message = outgoing(snapshot)
    if message.status != "pending":
        return "not pending"
    now = clock.now()
    if message.not_before is not None and now < message.not_before:
        return "held"
    about_owner = isinstance(message, Message) and message.audience == "owner"
    salon = (salon_to_tell if about_owner else salon_of)(documents, documents.salon_id)
    settings = accepted_settings(documents)

    verdict = _obstacle(
        message,
        salon=salon,
        settings=settings,
        documents=documents,
        signing_key=deployment.signing_key,
        now=now,
    )
    if isinstance(verdict, Drop):
        return _dropped(message, verdict.reason, snapshot, documents=documents, now=now)
    if isinstance(verdict, Hold):
        return _held(message, verdict, snapshot, documents=documents, now=now)

    sending = _sending(message, salon=salon, documents=documents, deployment=deployment, now=now)
    if isinstance(sending, Notice) and sending.channel not in notifiers:
        sending = f"nothing is configured to send by {message.channel}"
    if isinstance(sending, str):
        given_up = failed(message, error=sending, action="Cannot be sent", now=now, actor=ACTOR)
        follows = ended(message, given_up.document, documents)
        return "failed" if documents.commit(*replace(given_up, snapshot), *follows) else "claimed by another"

    if isinstance(sending, Sending) and not _is_held(sending, documents.salon_id, platform):
        later = Hold(now + ROUTE_RETRY, "the number it would go out from is not this salon's")
        return _held(message, later, snapshot, documents=documents, now=now)

    breaker = Breaker()
    if isinstance(message, Outreach):
        admission = admitted(message.agent_name, documents=documents, settings=settings, clock=clock, now=now)
        if isinstance(admission, Stopped):
            later = Hold(min(admission.until, message.expires_at), admission.reason)
            return _held(message, later, snapshot, documents=documents, now=now)
        breaker = admission
    claimed = claim(message, now=now, actor=ACTOR)
    if not documents.commit(*replace(claimed, snapshot)):
        return "claimed by another"
    if clock.now() - now > FRESH:
        return _set_back(path, documents=documents, clock=clock)
    answer = messenger.send(sending) if isinstance(sending, Sending) else notifiers[sending.channel].send(sending)
    if isinstance(message, Outreach):
        outcome = _written_down(message, answer, documents=documents, clock=clock, signing_key=deployment.signing_key)
        attempted(message.agent_name, answer, before=breaker, documents=documents, settings=settings, clock=clock)
        return outcome
    return _written_down(message, answer, documents=documents, clock=clock, signing_key=deployment.signing_key)


def _dropped(
    message: Outreach | Message, reason: str, snapshot: Snapshot, *, documents: Documents, now: datetime
) -> Outcome:
    dropped = expired(message, reason=reason, now=now, actor=ACTOR)
    follows = ended(message, dropped.document, documents)
    return "expired" if documents.commit(*replace(dropped, snapshot), *follows) else "claimed by another"


def _held(
    message: Outreach | Message, verdict: Hold, snapshot: Snapshot, *, documents: Documents, now: datetime
) -> Outcome:
    if isinstance(message, Outreach) and message.is_answer:
        # Who came too late hears so at once, if need be without another time.
        return _dropped(message, verdict.reason, snapshot, documents=documents, now=now)
    if message.due_at != verdict.until:
        documents.commit(
            *replace(hold(message, until=verdict.until, reason=verdict.reason, now=now, actor=ACTOR), snapshot)
        )
    return "held"


def _set_back(path: str, *, documents: Documents, clock: Clock) -> Outcome:
    """This machine stood still between the look and the claim: the next sweep has it looked at again."""

    def attempt() -> Outcome | None:
        snapshot = documents.get(path)
        claimed = outgoing(snapshot) if snapshot else None
        if snapshot is None or claimed is None or claimed.status != "sending":
            return "not pending"
        back = set_back(claimed, reason="it was looked at too long ago", now=clock.now(), actor=ACTOR)
        return "held" if documents.commit(*replace(back, snapshot)) else None

    return until_committed(attempt, clock=clock)


def _is_held(sending: Sending, salon_id: str, platform: Reader) -> bool:
    """Whether that number leads back to this salon. One that was refused to it, or is not claimed yet, would speak in
    somebody else's name, and the answers would go to them."""
    route = platform.get(route_path(sending.account_sid, sending.sender))
    return route is not None and salon_id in ChannelRoute.model_validate(route.data).holders


def _obstacle(
    message: Outreach | Message,
    *,
    salon: Salon,
    settings: SalonSettings,
    documents: Reader,
    signing_key: bytes,
    now: datetime,
) -> Hold | Drop | None:
    """Why it may not go now. What was right when it was requested may have changed since."""
    if now >= message.expires_at:
        return Drop("its time had passed before it could be sent")
    mode = settings.mode_of(message.agent_name) if isinstance(message, Outreach) else settings.mode
    if mode == "dry_run" and not _settles_an_offer(message, documents):
        return Drop("only a dry run is made")
    if salon.status == "paused":
        return Hold(now + PAUSED_RETRY, "the salon is paused")
    if isinstance(message, Message):
        if answered_meanwhile(message, documents=documents, now=now):
            return Drop("it has been answered meanwhile")
        if message.audience == "owner":
            return _owner_asleep(message, salon=salon, now=now)
        return None if _answers(message, now) else _asleep(message, salon, settings, documents, now)
    right = _no_longer_right(message, documents=documents, signing_key=signing_key)
    if isinstance(right, Drop) or _answers(message, now):
        return right if isinstance(right, Drop) else None
    return _quiet(message, right, salon=salon, settings=settings, now=now)


def _answers(message: Outreach | Message, now: datetime) -> bool:
    """What somebody has just written themselves: it may go out in their quiet hours."""
    return message.is_answer and answers(now, message.created_at)


def _asleep(message: Message, salon: Salon, settings: SalonSettings, documents: Reader, now: datetime) -> Hold | None:
    """What a customer must hear is never dropped: it waits for their morning."""
    query = Query("customers", where=(("phone", "==", message.to),), limit=20)
    zones = [customer.timezone for customer in readable(Customer, documents, query) if customer.timezone]
    zone = zone_named(zones[0]) if zones else salon.zone
    free_at = _next_allowed(message, zone=zone, quiet=settings.quiet_hours, marketing=False, now=now)
    return Hold(free_at, "quiet hours") if free_at is not None and free_at > now else None


def _settles_an_offer(message: Outreach | Message, documents: Reader) -> bool:
    """It is about what we offered them before the dry run began: who took that up is owed it."""
    return isinstance(message, Message) and documents.get(f"outreach/{message.about}") is not None


def _owner_asleep(message: Message, *, salon: Salon, now: datetime) -> Hold | None:
    contact = salon.contact_at(message.to)
    if contact is None or contact.quiet_hours is None:
        return None
    quiet = QuietHours(start=contact.quiet_hours.start, end=contact.quiet_hours.end)
    free_at = _next_allowed(message, zone=salon.zone, quiet=quiet, marketing=False, now=now)
    return Hold(free_at, "the owner's quiet hours") if free_at is not None and free_at > now else None


def _next_allowed(
    message: Outreach | Message, *, zone: ZoneInfo, quiet: QuietHours, marketing: bool, now: datetime
) -> datetime | None:
    return next_allowed(
        now,
        zone=zone,
        quiet=quiet,
        channel="sms" if message.channel == "sms" else "whatsapp",
        marketing=marketing,
        country=country_of(message.address),
    )


def _no_longer_right(outreach: Outreach, *, documents: Reader, signing_key: bytes) -> Drop | Customer:
    """Why the offer must not go out any more, or its customer as they are now."""
    found = documents.get(f"gaps/{outreach.trigger_id}")
    slot = outreach.slot
    gap = Gap.model_validate(found.data) if found else None
    if gap is None or slot is None or not (gap.is_open and gap.stretch.contains(slot.stretch)):
        return Drop("the time is no longer on offer")
    customer = customer_of(documents, outreach.customer_id)
    if customer is None or customer.blocked or customer.open_complaint or customer.phone != outreach.customer_phone:
        return Drop("the customer may no longer be asked there")
    if outreach.channel not in ("whatsapp", "sms") or not customer.consents.allows(
        outreach.channel, outreach.consent_purpose
    ):
        return Drop("the customer no longer consents")
    ledger = withdrawal_records(documents, keys_of(customer, signing_key))
    if (outreach.channel, outreach.consent_purpose) in withdrawn(chain.from_iterable(ledger.values())):
        return Drop("the customer has opted out")
    return customer


def _quiet(
    outreach: Outreach, customer: Customer, *, salon: Salon, settings: SalonSettings, now: datetime
) -> Hold | Drop | None:
    zone = zone_named(customer.timezone) if customer.timezone else salon.zone
    marketing = outreach.consent_purpose == "marketing"
    free_at = _next_allowed(outreach, zone=zone, quiet=settings.quiet_hours, marketing=marketing, now=now)
    if free_at == now:
        return None
    if free_at is None or free_at >= outreach.expires_at:
        return Drop("quiet hours last longer than the offer")
    return Hold(free_at, "quiet hours")


def _sending(
    message: Outreach | Message, *, salon: Salon, documents: Reader, deployment: Deployment, now: datetime
) -> Sending | Notice | str:
    """What goes to the provider, or why nothing can."""
    words = _words(message, salon, documents, deployment, now)
    rendered = render(words.purpose, message.locale, words.variables)
    if message.channel in ("email", "push"):
        return Notice(
            channel="email" if message.channel == "email" else "push",
            to=message.address,
            reference=reference(salon.id, message.path),
            subject=salon.name,
            body=rendered.text,
            locale=rendered.locale,
        )
    messaging = salon.messaging
    sender = message.sender if isinstance(message, Message) and message.sender else None
    sender = sender or (messaging.whatsapp_from if message.channel == "whatsapp" else messaging.sms_from)
    account = (message.account_sid if isinstance(message, Message) else None) or messaging.account_sid
    if sender is None or account is None:
        return f"the salon has no {message.channel} number"
    template = _template(rendered, salon, deployment) if message.channel == "whatsapp" else None
    if message.channel == "whatsapp" and template is None and not _in_session(message, documents, now):
        return f"no approved template for {rendered.purpose} in {rendered.locale}"
    return Sending(
        channel="whatsapp" if message.channel == "whatsapp" else "sms",
        account_sid=account,
        sender=sender,
        to=message.address,
        reference=reference(salon.id, message.path),
        body=None if template else rendered.text,
        content_sid=template,
        variables=rendered.numbered if template else {},
        validity=min(message.expires_at - now, LONGEST_VALIDITY) if isinstance(message, Outreach) else None,
    )


def _words(
    message: Outreach | Message, salon: Salon, documents: Reader, deployment: Deployment, now: datetime
) -> Words:
    """The stored variables; for an offer, times as they are said now ("tomorrow" was right when it was requested), and
    its signed buttons and link, which are never stored."""
    if isinstance(message, Message):
        return owner_words(message, documents=documents, deployment=deployment, now=now)

    def token(answer: tokens.Answer) -> str:
        return tokens.sign(deployment.signing_key, tokens.OfferToken(salon.id, message.id, answer))

    when = {"when": spoken_time(message.slot.start, salon.zone, message.locale, now=now)} if message.slot else {}
    variables = {
        **message.variables,
        **when,
        "until": spoken_deadline(message.expires_at, salon.zone, message.locale, now=now),
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


def _written_down(
    was: Outreach | Message,
    answer: Accepted | Refused | AnswerLost,
    *,
    documents: Documents,
    clock: Clock,
    signing_key: bytes,
) -> Outcome:
    """`was` is what has been sent: meanwhile a report may have moved it to another channel."""

    def attempt() -> Outcome | None:
        snapshot = documents.get(was.path)
        if snapshot is None:
            return "gone"
        if outgoing(snapshot).channel != was.channel:
            return "failed"
        return _record(snapshot, answer, documents=documents, signing_key=signing_key, now=clock.now())

    return until_committed(attempt, clock=clock)


def _record(
    snapshot: Snapshot,
    answer: Accepted | Refused | AnswerLost,
    *,
    documents: Documents,
    signing_key: bytes,
    now: datetime,
) -> Outcome | None:
    message = outgoing(snapshot)
    match answer:
        case Accepted():
            moved = sent(message, message_sid=answer.message_sid, now=now, actor=ACTOR)
            outcome: Outcome = "sent"
        case _ if message.status != "sending":
            # A delivery report was faster than the provider's lost or failed answer, and knows better.
            return "sent"
        case Refused():
            retry_at = now + REFUSED_RETRY * 2 ** (message.attempts - 1) if answer.retry else None
            moved = refused(message, code=answer.code, reason=answer.reason, retry_at=retry_at, now=now, actor=ACTOR)
            if moved.document.status == "failed":
                return _failed(message, moved, answer.code, snapshot, documents=documents, key=signing_key, now=now)
            outcome = "refused"
        case AnswerLost():
            moved = answer_lost(message, reason=answer.reason, now=now, actor=ACTOR)
            outcome = "unknown"
    if moved is None:
        return outcome
    return outcome if documents.commit(*replace(moved, snapshot)) else None


def _failed(
    message: Outreach | Message,
    given_up: Amended[Any],
    code: int,
    snapshot: Snapshot,
    *,
    documents: Documents,
    key: bytes,
    now: datetime,
) -> Outcome | None:
    other_way = by_another_channel(
        message, code, message_sid=None, documents=documents, signing_key=key, now=now, actor=ACTOR
    )
    follows = [*opt_out_told_by(code, message, documents=documents, now=now)]
    if other_way is not None:
        return "refused" if documents.commit(*replace(other_way, snapshot), *follows) else None
    follows += ended(message, given_up.document, documents)
    return "failed" if documents.commit(*replace(given_up, snapshot), *follows) else None
