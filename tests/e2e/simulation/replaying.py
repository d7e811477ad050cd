"""What an audit trail says about its object, from its records alone."""

from collections.abc import Iterator, Sequence
from typing import Any

from shared.records.audit import AuditRecord

MESSAGE_STATES = {
    "requested": "pending",
    "claimed": "sending",
    "held": "pending",
    "sent": "sent",
    "responded": "responded",
    "expired": "expired",
    "failed": "failed",
}
STAYS = ("Not known to have arrived", "Kept for a digest", "Late yes announced again")
APPROVAL_STATES = {
    "approval_requested": "pending",
    "approval_granted": "approved",
    "approval_rejected": "rejected",
    "approval_expired": "expired",
    "approval_cancelled": "cancelled",
}


def replayed(records: Sequence[AuditRecord]) -> Iterator[dict[str, Any]]:
    """After each record, by the stored field's dotted name. `records` are one object's, in their order."""
    # What people say is of the moment at which they said it, which may be long before it is known whose it is and what it means.
    said = records[0].resource_type == "consent" or records[0].event_type == "message_received"
    state: dict[str, Any] = {} if said else {"created_at": records[0].created_at}
    for record in records:
        state |= {"revision": record.revision, "updated_at": record.created_at, "audit_head": record.hash}
        state |= _CHANGES[record.resource_type](record)
        yield dict(state)


def _outgoing(record: AuditRecord) -> dict[str, Any]:
    if record.event_type == "message_received":
        return {"handled_at": None}
    if record.event_type == "message_handled":
        return {"handled_at": record.created_at, "outcome": record.action.removeprefix("Message handled: ")}
    if record.action in STAYS or record.action.endswith(" when it was closed already"):
        return {}
    if record.action == "Late yes answered":
        return {"response.owed": False}
    if record.action.startswith("Reported "):
        return {"status": record.action.removeprefix("Reported ")}
    if record.action.startswith(("Closed: ", "Left to a digest")):
        return {"status": "expired"}
    if record.action == "The provider's answer was lost":
        return {"status": "unknown"}
    changed: dict[str, Any] = {"status": MESSAGE_STATES[record.event_type.partition("_")[2]]}
    if record.event_type == "outreach_responded":
        changed |= {"response.action": record.details["result"], "response.responded_at": record.created_at}
        changed |= {"response.owed": record.announces == "OFFER_LOST"}
    if "channel" in record.details:
        changed["channel"] = record.details["channel"]
    return changed


def _gap(record: AuditRecord) -> dict[str, Any]:
    match record.event_type:
        case "gap_opened":
            start, end, origin = (record.details[name] for name in ("start", "end", "origin"))
            return {"status": "open", "opened_start": start, "opened_end": end, "start_time": start,
                    "end_time": end, "origin": origin, "ordinal": record.details["ordinal"]}  # fmt: skip
        case "gap_closed":
            return {**record.details, "closed_at": record.created_at, "campaign.status": "ended"}
    moved = {name: value for name, value in record.details.items() if name in ("start_time", "end_time", "origin")}
    campaign = record.details.get("campaign") or {}
    return moved | {f"campaign.{name}": campaign[name] for name in ("status", "round", "asked") if name in campaign}


def _approval(record: AuditRecord) -> dict[str, Any]:
    status = APPROVAL_STATES.get(record.event_type)
    if record.event_type == "approval_carried_out":
        return {"carried_out_at": record.created_at}
    return {} if status is None else {"recorded_status": status}


def _decision(record: AuditRecord) -> dict[str, Any]:
    what, _, result = record.action.partition(": ")
    match what:
        case "Outcome":
            return {"outcome.status": result, "outcome.completed_at": record.created_at}
        case "Approval" if result in ("rejected", "expired", "cancelled"):
            return {"approval.status": result}
        case "Approval":
            return {"approval.status": result, "approval.approved_at": record.created_at}
        case "Considered again":
            return {"action_taken": record.details["action_taken"]}
    return {"action_taken": record.details["action_taken"], "autonomy_level": record.details["autonomy_level"]}


def _agent(record: AuditRecord) -> dict[str, Any]:
    _, _, after = record.action.partition(" -> ")
    return {"circuit_breaker.state": after} if after else {}


def _consent(record: AuditRecord) -> dict[str, Any]:
    return {"granted": record.details["granted"], "source": record.details["source"]}


def _nothing(record: AuditRecord) -> dict[str, Any]:
    return {}


_CHANGES = {
    "outreach": _outgoing,
    "message": _outgoing,
    "gap": _gap,
    "approval": _approval,
    "decision": _decision,
    "agent_state": _agent,
    "consent": _consent,
    "settings": _nothing,
    "conversation": _nothing,
    "channel_route": _nothing,
}
