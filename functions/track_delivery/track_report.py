"""Tracks what became of the messages we sent: their delivery state only moves forward. A report is bound by the
reference that we put into its callback URL, so it also repairs a message whose sending was never answered."""

from datetime import datetime
from typing import Literal

from functions.track_delivery.delivery_report import ACTOR, reported
from shared.asking.breaker import LATE_FAULTS
from shared.asking.check_breaker import delivery, fault
from shared.asking.count_fault import fault_counted
from shared.asking.destination import Destination, destination_path, reached
from shared.asking.end_ask import ended
from shared.asking.load_outgoing import load_outgoing
from shared.asking.outreach import Outreach
from shared.asking.promotion_pause import TOO_MUCH_MARKETING
from shared.asking.redirect_ask import by_another_channel, opt_out_told_by
from shared.asking.watch_reactions import watch_reactions
from shared.messaging.inbound import DeliveryReport
from shared.messaging.message import Message
from shared.ports import SALON, Clock, Documents, Reader, Store, Write
from shared.records.commit import until_committed, update
from shared.records.invalid import InvalidEvent
from shared.salon.load_settings import accepted_settings

ARRIVED = ("delivered", "read")
"""The reports that prove a message on its phone: "sent" is said of what a carrier filters as well."""

Tracked = Literal["recorded", "nothing new", "unknown message"]


def track_delivery(
    report: DeliveryReport, *, account_sid: str, store: Store, clock: Clock, signing_key: bytes
) -> Tracked:
    """Applies a delivery report. `account_sid` is the account whose signature the report carries: an account speaks for
    its own messages only."""
    salon_id, _, path = (report.reference or "").partition("/")
    if not path.startswith(("outreach/", "conversations/")):
        return "unknown message"
    try:
        return _tracked(
            path, report, account_sid, documents=store.salon(salon_id), clock=clock, signing_key=signing_key
        )
    except InvalidEvent:
        return "unknown message"


def _tracked(
    path: str, report: DeliveryReport, account_sid: str, *, documents: Documents, clock: Clock, signing_key: bytes
) -> Tracked:
    def attempt() -> Tracked | None:
        snapshot = documents.get(path)
        if snapshot is None:
            return "unknown message"
        message, now = load_outgoing(snapshot), clock.now()
        if _account(message, documents) != account_sid:
            return "unknown message"
        moved = reported(
            message,
            status=report.status,
            message_sid=report.message_sid,
            error=report.error_code,
            now=now,
        )
        code = report.error_code
        # An opt-out is one of the person, however far their message has come.
        told = opt_out_told_by(code, message, documents=documents, now=now)
        if moved is None:
            if not told:
                return "nothing new"
            return "recorded" if documents.commit(*told) else None
        if moved.document.status != "failed":
            there = _reached_again(message, documents, now) if report.status in ARRIVED else ()
            if not documents.commit(*update(moved, snapshot), *there):
                return None
            if isinstance(message, Outreach) and report.status in ARRIVED:
                delivery(message.agent_name, documents=documents, clock=clock)
            return "recorded"
        other_way = by_another_channel(
            message,
            code,
            message_sid=report.message_sid,
            documents=documents,
            signing_key=signing_key,
            now=now,
            actor=ACTOR,
        )
        follows = [*told, *fault_counted(message, code, documents, now=now, actor=ACTOR)]
        if other_way is None:
            follows += ended(message, moved.document, documents, actor=ACTOR)
        if not documents.commit(*update(other_way or moved, snapshot), *follows):
            return None
        if isinstance(message, Outreach) and code in LATE_FAULTS:
            settings = accepted_settings(documents)
            fault(message.agent_name, str(code), documents=documents, settings=settings, clock=clock)
        if isinstance(message, Outreach) and code == TOO_MUCH_MARKETING:
            watch_reactions(message.agent_name, documents=documents, clock=clock)
        return "recorded"

    return until_committed(attempt, clock=clock)


def _reached_again(message: Outreach | Message, documents: Reader, now: datetime) -> tuple[Write, ...]:
    """The writes that end a run of faults where this message went."""
    found = documents.get(destination_path(message.channel, message.address))
    moved = reached(Destination.model_validate(found.data), now=now, actor=ACTOR) if found else None
    return update(moved, found) if moved else ()


def _account(message: Outreach | Message, documents: Reader) -> str | None:
    """The account that the message goes out through. It is read leniently: a report must not be lost because of the
    salon's timezone."""
    own = message.account_sid if isinstance(message, Message) else None
    salon = None if own else documents.get(SALON)
    return own or ((salon.data.get("messaging") or {}).get("account_sid") if salon else None)
