"""Every change has its record, the records tell the whole story, and what they announce is heard."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from local.memory.memory import Change
from shared.approvals import approval
from shared.asking import decision
from shared.asking.agent_figures import Figures
from shared.messaging import outgoing
from shared.ports import Data
from shared.records.audit import AuditRecord
from tests.e2e.simulation.history import History, changed, is_put_off, kind, salon
from tests.e2e.simulation.replaying import replayed

AUDITED = {
    "agent_states": "agent_state",
    "gaps": "gap",
    "outreach": "outreach",
    "approvals": "approval",
    "autonomous_decisions": "decision",
    "consents": "consent",
    "messages": "message",
    "inbound": "message",
    "conversations": "conversation",
}
"""Collections of state documents, and what their records call them."""
STEPS: dict[str, dict[str, Any]] = {
    "outreach": dict(outgoing.TRANSITIONS),
    "messages": dict(outgoing.TRANSITIONS),
    "approvals": dict(approval.TRANSITIONS),
    "autonomous_decisions": dict(decision.OUTCOMES),
    "gaps": {"open": {"filled", "expired", "ignored"}},
    "waitlist": {
        "waiting": {"offered", "booked", "expired", "cancelled"},
        "offered": {"waiting", "booked", "expired", "cancelled"},
    },
    "bookings": {
        "pending": {"confirmed", "completed", "cancelled", "no_show"},
        "confirmed": {"completed", "cancelled", "no_show"},
    },
}


def every_change_has_its_record(history: History) -> Iterator[str]:
    for commit in history.commits:
        records = {change.path for change in commit if kind(change.path) == "audit_logs"}
        for change in commit:
            name = _audited(change.path)
            if name is None or change.after is None or "revision" not in change.after:
                continue
            before, after = change.before or {}, change.after
            if after["revision"] == before.get("revision"):
                # An app answers an approval in place; an agent's figures and when a failing look is repeated are no state.
                learns = name == "agent_state" and changed(change) <= Figures.model_fields.keys()
                if not (name == "approval" or learns or is_put_off(change)):
                    yield f"{change.path} changed without a revision"
                continue
            if after["revision"] < before.get("revision", 0):
                yield f"{change.path} goes from revision {before['revision']} to {after['revision']}"
            # What is done with when it comes takes two steps at once.
            for revision in range(before.get("revision", 0) + 1, after["revision"] + 1):
                if f"{salon(change.path)}/audit_logs/{name}-{after['id']}-{revision}" not in records:
                    yield f"{change.path} reached revision {revision} without a record in the same commit"


def _audited(path: str) -> str | None:
    """What the records call a document of this kind. A message to a number of several salons is not any salon's yet."""
    return AUDITED.get(kind(path)) if path.startswith("salons/") else None


def what_we_write_for_the_app_has_its_record(history: History) -> Iterator[str]:
    """Its documents are in no chain. Places on the waitlist it only makes here: every later status is ours."""
    for commit in history.commits:
        records = [change.after for change in commit if kind(change.path) == "audit_logs" and change.before is None]
        told = {(record["resource_type"], record["resource_id"]) for record in records if record}
        for change in commit:
            name = {"bookings": "booking", "waitlist": "waitlist"}.get(kind(change.path))
            if name and _written_by_us(name, change) and (name, change.path.rpartition("/")[2]) not in told:
                yield f"{change.path} was written by us without a record in the same commit"


def _written_by_us(name: str, change: Change) -> bool:
    before, after = change.before, change.after
    if after is None:
        return False
    if name == "waitlist":
        return before is not None and before["status"] != after["status"]
    sold = before is None and after["source"] == "smart_fill"
    given_up = before is not None and before.get("chain_depth") != after.get("chain_depth")
    return sold or given_up


def records_are_never_rewritten(history: History) -> Iterator[str]:
    """Only the outbox's own marks change, and only retention deletes."""
    marks = {"announced_at", "due_at"}
    for change in history.cloud.history:
        if kind(change.path) != "audit_logs" or change.before is None or is_put_off(change):
            continue
        if rewritten := changed(change) - marks:
            yield f"{change.path} was changed in {sorted(rewritten)}"


def trails_replay_to_what_is_stored(history: History) -> Iterator[str]:
    """Their hash chains hold, without a hole, and lead to the document; what they tell is what it said, at every revision."""
    trails: dict[tuple[str, str, str], list[AuditRecord]] = defaultdict(list)
    for path, data in history.now.items():
        if kind(path) == "audit_logs" and data["revision"] is not None:
            record = AuditRecord.model_validate(data)
            trails[salon(path), record.resource_type, record.resource_id].append(record)
    versions: dict[tuple[str, str, str], list[Data]] = defaultdict(list)
    for change in history.cloud.history:
        name = _audited(change.path)
        if name is not None and change.after is not None and "revision" in change.after:
            versions[salon(change.path), name, change.after["id"]].append(change.after)
    for key in versions.keys() - trails.keys():
        yield f"{key} has no trail"
    for key, records in trails.items():
        records.sort(key=lambda record: record.revision or 0)
        if [record.revision for record in records] != list(range(1, len(records) + 1)):
            yield f"the trail of {key} has a hole"
        links = [None, *(record.hash for record in records)]
        if any(record.previous_hash != link for record, link in zip(records, links, strict=False)):
            yield f"the chain of {key} is broken"
        if key[1] not in AUDITED.values():
            continue
        if key not in versions:
            yield f"the trail of {key} is about nothing"
            continue
        told = list(replayed(records))
        for version in versions[key]:
            if version["revision"] > len(told):
                yield f"the trail of {key} ends before revision {version['revision']}"
                break
            for name, value in told[version["revision"] - 1].items():
                if (found := _field(version, name)) != value:
                    yield f"the trail of {key} tells {name} {value!r}, revision {version['revision']} says {found!r}"


def _field(data: Data, dotted: str) -> Any:
    value: Any = data
    for part in dotted.split("."):
        value = value[part]
    return value


def everything_is_announced(history: History) -> Iterator[str]:
    for path, data in history.now.items():
        if kind(path) != "audit_logs" or data["announces"] is None:
            continue
        if data["announced_at"] is None:
            yield f"{path} ({data['announces']}) was never announced"
        if not history.cloud.published[data["id"]]:
            yield f"{path} was marked announced and never published"


def nothing_is_announced_before_it_is_committed(history: History) -> Iterator[str]:
    """Nor what never was."""
    for message, after in history.cloud.announcements:
        salon_id, event_id = message.body["salon_id"], message.body["event_id"]
        if not history.changes(f"salons/{salon_id}/audit_logs/{event_id}", after):
            yield f"{event_id} was published before anything was written"


def only_allowed_steps(history: History) -> Iterator[str]:
    for change in history.cloud.history:
        steps = STEPS.get(kind(change.path))
        if steps is None or change.before is None or change.after is None:
            continue
        was, is_now = (_status(kind(change.path), data) for data in (change.before, change.after))
        # With its own bookings the app may do what it likes.
        theirs = kind(change.path) == "bookings" and change.before.get("source") != "smart_fill"
        redirects = is_now == "pending" and change.before.get("channel") != change.after.get("channel")
        allowed = is_now in steps.get(was, ()) or (redirects and was in outgoing.ON_ANOTHER_CHANNEL)
        if was and is_now and was != is_now and not allowed and not theirs:
            yield f"{change.path}: {was} -> {is_now}"


def _status(collection: str, data: Data) -> str | None:
    match collection:
        case "approvals":
            # An app may write over the status; ours is the recorded one.
            return data.get("recorded_status")
        case "autonomous_decisions":
            outcome: str = data["outcome"]["status"]
            return outcome
    return data.get("status")
