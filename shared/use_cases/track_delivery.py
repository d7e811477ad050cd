"""Delivery states of what we sent, only forward. A report is bound by the reference we put into its callback URL, so it also
repairs a message whose sending was never answered."""

from typing import Literal

from shared.domain.inbound import DeliveryReport
from shared.domain.invalid import InvalidEvent
from shared.domain.outgoing import reported
from shared.ports import Clock, Store
from shared.use_cases.falling_back import by_another_channel, opt_out_told_by
from shared.use_cases.loading import outgoing
from shared.use_cases.waitlist import waits_again
from shared.use_cases.writing import replace, until_committed

Tracked = Literal["recorded", "nothing new", "unknown message"]


def reference(salon_id: str, path: str) -> str:
    """What a callback URL carries: which document of which salon the message is."""
    return f"{salon_id}/{path}"


def track_delivery(report: DeliveryReport, *, store: Store, clock: Clock, signing_key: bytes) -> Tracked:
    salon_id, _, path = (report.reference or "").partition("/")
    if not path.startswith(("outreach/", "conversations/")):
        return "unknown message"
    try:
        documents = store.salon(salon_id)
    except InvalidEvent:
        return "unknown message"

    def attempt() -> Tracked | None:
        snapshot = documents.get(path)
        if snapshot is None:
            return "unknown message"
        message, now = outgoing(snapshot), clock.now()
        moved = reported(
            message,
            status=report.status,
            message_sid=report.message_sid,
            error=report.error_code,
            now=now,
        )
        if moved is None:
            return "nothing new"
        if moved.document.status != "failed":
            return "recorded" if documents.commit(*replace(moved, snapshot)) else None
        code = report.error_code
        other_way = by_another_channel(
            message, code, message_sid=report.message_sid,
            documents=documents, signing_key=signing_key, now=now, actor="track_delivery",
        )  # fmt: skip
        follows = [*opt_out_told_by(code, message, documents=documents, now=now)]
        if other_way is None:
            follows += waits_again(message, documents, now)
        return "recorded" if documents.commit(*replace(other_way or moved, snapshot), *follows) else None

    return until_committed(attempt, clock=clock)
