"""The platform's switch for the schedules: what is paused starts no round, meets no deadline and repairs nothing, for
all salons, until it is resumed. What customers do is still answered.

Cloud Scheduler and the audit log have no commit in common. What is asked for is written down first, so that nothing is
ever changed without a trace; whether it came about, the answer says, from what Cloud Scheduler then shows.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Literal

from shared.ports import Clock, Schedule, Scheduler, SignedIn, Store
from shared.records.audit import record_fact
from shared.records.commit import fact

Action = Literal["pause", "resume", "run"]
ROLE: Final = "platform"
ENDS_IN: Final = {"pause": "paused", "resume": "enabled"}


@dataclass(frozen=True)
class Managed:
    """All schedules as they stand now; `changed` names those that this request changed or ran."""

    schedules: list[Schedule]
    changed: list[str]

    def shown(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class NotAllowed:
    reason: str


@dataclass(frozen=True)
class UnknownSchedule:
    reason: str


Answer = Managed | NotAllowed | UnknownSchedule


def list_schedules(who: SignedIn, *, scheduler: Scheduler) -> Answer:
    return _refused(who) or Managed(scheduler.schedules(), [])


def manage_schedules(
    action: Action, name: str | None, who: SignedIn, *, scheduler: Scheduler, store: Store, clock: Clock
) -> Answer:
    """Pauses, resumes or runs a schedule and returns how all stand then. Without a name it does so to all of them,
    except to run them, which nobody means. Asking again changes nothing and is not recorded."""
    if refused := _refused(who):
        return refused
    standing = {schedule.name: schedule for schedule in scheduler.schedules()}
    if (name is None and action == "run") or (name is not None and name not in standing):
        return UnknownSchedule(f"expected one of the schedules {sorted(standing)}, found {name!r}")
    concerned = [schedule for each, schedule in standing.items() if name in (None, each)]
    wanted = [schedule.name for schedule in concerned if schedule.state != ENDS_IN.get(action)]
    carry_out = {"pause": scheduler.pause, "resume": scheduler.resume, "run": scheduler.run}[action]
    for each in wanted:
        _write_down(action, standing[each], who, store, clock.now())
        carry_out(each)
    now = scheduler.schedules()
    changed = [each.name for each in now if each.name in wanted and ENDS_IN.get(action, each.state) == each.state]
    return Managed(now, changed)


def _refused(who: SignedIn) -> NotAllowed | None:
    return None if who.role == ROLE else NotAllowed(f"expected the role {ROLE}, found {who.role!r}")


def _write_down(action: Action, schedule: Schedule, who: SignedIn, store: Store, now: datetime) -> None:
    # In the platform's own audit log, for it concerns no salon more than another.
    record = record_fact(
        salon_id=store.platform().salon_id,
        resource_type="schedule",
        resource_id=schedule.name,
        version=f"{action} {now.isoformat()} {who.uid}",
        now=now,
        actor=who.uid,
        event="manual_override",
        action=f"Asked Cloud Scheduler to {action} {schedule.name}",
        details={"asked": action, "state_before": schedule.state},
        severity="warning",
    )
    store.platform().commit(fact(record))
