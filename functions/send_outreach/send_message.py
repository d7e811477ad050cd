"""Sends one message, at most once: validates it again, claims it, calls the provider, writes down what came of it.

A crash after the claim leaves `sending`: when that is due it becomes `unknown`, never a second copy.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from functions.send_outreach.attempt import answer_lost, claim, hold, refused, sent, set_back
from functions.send_outreach.compose_message import composed, spoken_now
from functions.send_outreach.find_obstacle import Drop, Hold, obstacle
from shared.asking.breaker import Breaker
from shared.asking.check_breaker import Stopped, admitted, attempted
from shared.asking.count_fault import fault_counted
from shared.asking.destination import Destination, destination_path, tried
from shared.asking.end_ask import ended
from shared.asking.load_outgoing import load_outgoing
from shared.asking.outreach import Outreach
from shared.asking.redirect_ask import by_another_channel, opt_out_told_by
from shared.messaging.message import Message
from shared.messaging.sending import expired, failed
from shared.ports import (
    Accepted,
    AnswerLost,
    Clock,
    Deployment,
    Documents,
    Messenger,
    Notice,
    Notifier,
    Reader,
    Refused,
    Sending,
    Snapshot,
    Write,
)
from shared.records.audit import Amended
from shared.records.commit import until_committed, update
from shared.salon.channel_route import ChannelRoute, route_path
from shared.salon.load_salon import salon_of, salon_to_tell
from shared.salon.load_settings import accepted_settings

ACTOR = "send_outreach"
ROUTE_RETRY = timedelta(minutes=2)
"""A salon that has just changed its number is connected within seconds."""
FRESH = timedelta(seconds=10)
"""A claim that is committed later than so long after the look is too late: the salon may be paused by then, the breaker open."""
REFUSED_RETRY = timedelta(minutes=1)

Outcome = Literal[
    "sent", "held", "refused", "failed", "unknown", "expired", "gone", "claimed by another", "not pending"
]


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
    message = load_outgoing(snapshot)
    if message.status != "pending":
        return "not pending"
    now = clock.now()
    if message.not_before is not None and now < message.not_before:
        return "held"
    about_owner = isinstance(message, Message) and message.audience == "owner"
    salon = (salon_to_tell if about_owner else salon_of)(documents, documents.salon_id)
    settings = accepted_settings(documents)

    verdict = obstacle(
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

    spoken = spoken_now(message, salon, now)
    sending = composed(spoken, salon=salon, settings=settings, documents=documents, deployment=deployment, now=now)
    if isinstance(sending, Notice) and sending.channel not in notifiers:
        sending = f"nothing is configured to send by {message.channel}"
    if isinstance(sending, str):
        given_up = failed(message, error=sending, action="Cannot be sent", now=now, actor=ACTOR)
        follows = ended(message, given_up.document, documents, actor=ACTOR)
        return "failed" if documents.commit(*update(given_up, snapshot), *follows) else "claimed by another"

    if isinstance(sending, Sending) and not _is_held(sending, documents.salon_id, platform):
        later = Hold(now + ROUTE_RETRY, "the number it would go out from is not this salon's")
        return _held(message, later, snapshot, documents=documents, now=now)

    breaker = Breaker()
    trial: tuple[Write, ...] = ()
    if isinstance(message, Outreach):
        found = documents.get(destination_path(message.channel, message.address))
        there = Destination.model_validate(found.data) if found else None
        if there is not None and there.is_stopped(now):
            return _elsewhere(message, snapshot, documents=documents, key=deployment.signing_key, now=now)
        if there is not None and there.needs_trial(now):
            trial = update(tried(there, now=now, actor=ACTOR), found)
        admission = admitted(message.agent_name, documents=documents, settings=settings, clock=clock, now=now)
        if isinstance(admission, Stopped):
            later = Hold(min(admission.until, message.expires_at), admission.reason)
            return _held(message, later, snapshot, documents=documents, now=now)
        breaker = admission
    claimed = claim(spoken, now=now, actor=ACTOR)
    if not documents.commit(*update(claimed, snapshot), *trial):
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
    follows = ended(message, dropped.document, documents, actor=ACTOR)
    return "expired" if documents.commit(*update(dropped, snapshot), *follows) else "claimed by another"


def _elsewhere(message: Outreach, snapshot: Snapshot, *, documents: Documents, key: bytes, now: datetime) -> Outcome:
    """Sends the ask by another channel, because this one reaches nobody there at present; else it is as if it had not been made."""
    other_way = by_another_channel(
        message, None, message_sid=None, documents=documents, signing_key=key, now=now, actor=ACTOR
    )
    if other_way is None:
        reason = f"{message.channel} reaches nobody there at present"
        return _dropped(message, reason, snapshot, documents=documents, now=now)
    return "refused" if documents.commit(*update(other_way, snapshot)) else "claimed by another"


def _held(
    message: Outreach | Message, verdict: Hold, snapshot: Snapshot, *, documents: Documents, now: datetime
) -> Outcome:
    if isinstance(message, Outreach) and message.is_answer:
        # Who came too late hears so at once, if need be without another time.
        return _dropped(message, verdict.reason, snapshot, documents=documents, now=now)
    if message.due_at != verdict.until:
        documents.commit(
            *update(hold(message, until=verdict.until, reason=verdict.reason, now=now, actor=ACTOR), snapshot)
        )
    return "held"


def _set_back(path: str, *, documents: Documents, clock: Clock) -> Outcome:
    """This machine stood still between the look and the claim: it is looked at again when it is due."""

    def attempt() -> Outcome | None:
        snapshot = documents.get(path)
        claimed = load_outgoing(snapshot) if snapshot else None
        if snapshot is None or claimed is None or claimed.status != "sending":
            return "not pending"
        back = set_back(claimed, reason="it was looked at too long ago", now=clock.now(), actor=ACTOR)
        return "held" if documents.commit(*update(back, snapshot)) else None

    return until_committed(attempt, clock=clock)


def _is_held(sending: Sending, salon_id: str, platform: Reader) -> bool:
    """Whether that number leads back to this salon. One that was refused to it, or is not claimed yet, would speak in
    somebody else's name, and the answers would go to them."""
    route = platform.get(route_path(sending.account_sid, sending.sender))
    return route is not None and salon_id in ChannelRoute.model_validate(route.data).holders


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
        if load_outgoing(snapshot).channel != was.channel:
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
    message = load_outgoing(snapshot)
    match answer:
        case Accepted():
            moved = sent(message, message_sid=answer.message_sid, now=now, actor=ACTOR)
            outcome: Outcome = "sent"
        case _ if message.status != "sending":
            # A delivery report was faster than the provider's lost or failed answer, and knows better; an opt-out holds anyway.
            code = answer.code if isinstance(answer, Refused) else None
            told = opt_out_told_by(code, message, documents=documents, now=now)
            return "sent" if not told or documents.commit(*told) else None
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
    return outcome if documents.commit(*update(moved, snapshot)) else None


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
    follows += fault_counted(message, code, documents, now=now, actor=ACTOR)
    if other_way is not None:
        return "refused" if documents.commit(*update(other_way, snapshot), *follows) else None
    follows += ended(message, given_up.document, documents, actor=ACTOR)
    return "failed" if documents.commit(*update(given_up, snapshot), *follows) else None
