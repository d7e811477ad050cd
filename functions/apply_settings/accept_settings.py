"""`settings/current` was written: what it says now becomes the next accepted version, or is refused with reasons.

What stands now counts, not what the event carries: late, repeated and disordered events end with the same version.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

from pydantic import ValidationError

from functions.apply_settings.agent_settings import HEEDED
from functions.apply_settings.refusal import Reason, reasons, silent
from functions.apply_settings.sections import AllSettings
from shared.ports import Clock, Create, Data, Delete, Documents, Snapshot, Update
from shared.records.audit import record_fact
from shared.records.commit import fact, until_committed
from shared.salon.load_settings import ACCEPTED, CURRENT, accepted_as, version_path
from shared.salon.section import BOOKKEEPING

ACTOR = "apply_settings"
REFUSED: Final = "settings/refused"

Outcome = Literal["accepted", "unchanged", "refused"]


def apply_settings(*, documents: Documents, clock: Clock) -> Outcome:
    return until_committed(lambda: _applied(documents, clock.now()), clock=clock)


def _applied(documents: Documents, now: datetime) -> Outcome | None:
    pointer, current = documents.get(ACCEPTED), documents.get(CURRENT)
    written = current.data if current else {}
    unserved = _unserved(written, documents, pointer)
    standing = accepted_as(AllSettings, documents)
    if pointer is not None and not written.keys() - BOOKKEEPING:
        return _refused(documents, current, [silent(current.data if current else None)], standing, now)
    said = {name: value for name, value in written.items() if name not in unserved}
    try:
        # The mode is changed by a word about it, and never by leaving it out.
        wanted = AllSettings.merged({"mode": standing.mode, **said})
    except ValidationError as invalid:
        return _refused(documents, current, reasons(AllSettings, invalid), standing, now)
    if wanted.same_as(standing) and (pointer is not None or current is None):
        refused = documents.get(REFUSED)
        return "unchanged" if refused is None or documents.commit(Delete(REFUSED)) else None
    return _accepted(documents, wanted, standing, unserved, pointer, now)


def _accepted(
    documents: Documents,
    wanted: AllSettings,
    standing: AllSettings,
    unserved: Data,
    pointer: Snapshot | None,
    now: datetime,
) -> Outcome | None:
    version = standing.version + 1
    changes = _changes(standing.stored(), wanted.stored())
    unheeded = [*without_effect(wanted), *sorted(unserved)]
    record = record_fact(
        salon_id=documents.salon_id,
        resource_type="settings",
        resource_id=f"v{version}",
        version=version,
        now=now,
        actor=ACTOR,
        event="config_changed",
        action=f"Settings accepted as version {version}",
        details={"version": version, "changes": changes, "without_effect": unheeded},
        announces="CONFIG_CHANGED",
        payload={"version": version, "changed": sorted(changes)},
    )
    here = {"version": version, "accepted_at": now}
    accepted = {**wanted.stored(), **unserved, **here}
    in_force = {**here, "without_effect": unheeded}
    committed = documents.commit(
        Create(version_path(version), accepted),
        Update(ACCEPTED, in_force, unchanged_since=pointer.version) if pointer else Create(ACCEPTED, in_force),
        Delete(REFUSED),
        fact(record),
    )
    return "accepted" if committed else None


def _unserved(written: Data, documents: Documents, pointer: Snapshot | None) -> Data:
    """The sections that were accepted before and that no function here knows any more, because their agent is gone. To write them
    is no mistake: they are kept, and mean something as soon as it is back."""
    before = documents.get(version_path(pointer.data["version"])) if pointer else None
    known = AllSettings.model_fields.keys() | BOOKKEEPING
    return {name: value for name, value in written.items() if before and name in before.data.keys() - known}


def without_effect(settings: AllSettings) -> list[str]:
    """The settings of agents, by dotted name, that differ from their defaults and that no function here goes by: their agent
    is not part of this deployment. They are kept, and mean something as soon as it is."""
    changed = _changes(AllSettings().stored(), settings.stored())
    of_agents = (name for name in changed if name.startswith(("agent_modes.", "autonomy.", "measurement.")))
    return sorted(name for name in of_agents if name not in HEEDED)


def _refused(
    documents: Documents, written: Snapshot | None, why: Sequence[Reason], standing: AllSettings, now: datetime
) -> Outcome | None:
    """Keeps what is wrong beside what is in force until something is accepted, and tells the owner, once for each time that it was
    written."""
    known, written_at = documents.get(REFUSED), written.update_time if written else None
    if known is not None and known.data["written_at"] == written_at:
        return "refused"
    refused = {
        "refused_at": now,
        "written_at": written_at,
        "version_in_force": standing.version,
        "mode_in_force": standing.mode,
        "reasons": [reason.stored() for reason in why],
    }
    sentences = [reason.sentence() for reason in why]
    record = record_fact(
        salon_id=documents.salon_id,
        resource_type="settings",
        resource_id="current",
        version=written_at or now,
        now=now,
        actor=ACTOR,
        event="config_rejected",
        action="Settings refused; the last accepted ones stay in force",
        details={"reasons": sentences, "version_in_force": standing.version},
        announces="ALERT_TRIGGERED",
        payload={"reason": f"the new settings were refused, and {_in_force(standing)}: {'; '.join(sentences)}"},
        severity="warning",
    )
    kept = Update(REFUSED, refused, unchanged_since=known.version) if known else Create(REFUSED, refused)
    told = () if documents.get(record.path) else (fact(record),)
    return "refused" if documents.commit(kept, *told) else None


def _in_force(standing: AllSettings) -> str:
    kept = f"version {standing.version} stays in force" if standing.version else "the defaults stay in force"
    return f"{kept} (mode {standing.mode})"


def _changes(before: Data, after: Data, prefix: str = "") -> dict[str, Data]:
    """By dotted name: what it was and what it is."""
    changes: dict[str, Data] = {}
    for name, value in after.items():
        if isinstance(value, dict):
            changes |= _changes(before[name], value, f"{prefix}{name}.")
        elif value != before[name] and name != "version":
            changes[f"{prefix}{name}"] = {"before": before[name], "after": value}
    return changes
