"""Nothing stays where it is for ever, and nothing fails that should not."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from local.conditions import Crash
from shared.asking.outreach import ANSWER_LOST_WITHIN
from shared.messaging.messaging_hours import ANSWER_WITHIN
from shared.ports import Contended, Data
from shared.records.retention import LOCKS_KEPT
from tests.e2e.simulation.history import History, is_put_off, kind, salon

TICK = timedelta(minutes=1)
"""The sweep comes once a minute."""
CLEANED_EVERY = timedelta(hours=6)
LATE_YES_WITHIN = ANSWER_WITHIN + ANSWER_LOST_WITHIN + TICK
OPEN = ("pending", "sending", "unknown", "sent", "delivered", "read")


def whatever_waits_has_a_wake_up(history: History) -> Iterator[str]:
    """At every moment: who writes a state that waits also writes when somebody looks at it again."""
    for change in history.cloud.history:
        if change.after is not None and _waits(kind(change.path), change.after) and change.after["due_at"] is None:
            yield f"{change.path} is {change.after.get('status')} and nobody will look at it again"


def _waits(collection: str, data: Data) -> bool:
    match collection:
        case "gaps":
            return bool(data["status"] == "open")
        case "outreach":
            return data["status"] in OPEN or data["response"]["owed"]
        case "inbound":
            return bool(data["handled_at"] is None)
        case "messages":
            return data["status"] in ("pending", "sending", "unknown")
        case "approvals":
            return data["recorded_status"] == "pending" or (
                data["recorded_status"] == "approved" and not data["carried_out_at"]
            )
        case "audit_logs":
            return data["announces"] is not None and data["announced_at"] is None
    return False


def what_is_due_is_done_soon(history: History) -> Iterator[str]:
    """Within two minutes of being due, or of being said to be due by then. Done is what says anew when it is due, or that it
    no longer is. To be put off is that too, but only by a function that has just failed over it."""
    failed = {fields["event_id"] for _, fields in history.cloud.lines if "error" in fields}
    said: dict[str, datetime] = {}
    for index, change in enumerate(history.cloud.history):
        was, is_now = ((data or {}).get("due_at") for data in (change.before, change.after))
        if was == is_now:
            continue
        if is_put_off(change) and history.cloud.written_for[index] not in failed:
            yield f"{change.path} was put off until {is_now}, and nothing had failed"
        if isinstance(was, datetime):
            since = max(was, said[change.path])
            # The database tells two commits of one instant apart by microseconds; no lateness is made of them.
            took = change.update_time.replace(microsecond=0) - since
            if took > TICK + max(TICK, _unheard(history, change.path, since, change.update_time)):
                status = (change.before or {}).get("status")
                yield f"{change.path} ({status}) was due at {was}, done {change.update_time}"
        said[change.path] = change.update_time


def _unheard(history: History, path: str, since: datetime, until: datetime) -> timedelta:
    """What the platform kept from whoever looks after this document: each time that a machine hung or the clock jumped, and a
    tick more, as for each tick at which what wakes it was lost, late, or met a function that was down."""
    lasted, ticks = timedelta(), set()
    for each in history.cloud.unheard:
        if each.path in (None, path) and each.start <= until and each.end >= since:
            lasted += min(each.end, until) - max(each.start, since)
            # Of what lasted, the tick that it swallowed is the one before its end.
            ticks.add(each.end.replace(second=0, microsecond=0))
    return lasted + len(ticks) * TICK


def a_late_yes_is_answered_soon(history: History) -> Iterator[str]:
    """While they wait, though whoever would know of another time is down."""
    since: dict[str, datetime] = {}
    for change in history.cloud.history:
        if kind(change.path) != "outreach" or change.after is None:
            continue
        if change.after["response"]["owed"]:
            since.setdefault(change.path, change.update_time)
        elif asked_at := since.pop(change.path, None):
            took = change.update_time - asked_at
            unheard = _unheard(history, change.path, asked_at, change.update_time)
            if took > LATE_YES_WITHIN + max(TICK, unheard):
                yield f"{change.path} was answered after {took}"
    # The run ends with a calm day.
    yield from (f"{path} was never answered" for path in since)


def nothing_is_stuck(history: History) -> Iterator[str]:
    """In the end, after a calm day: all that was due has been done."""
    now = history.cloud.clock.now() - TICK
    for path, data in history.now.items():
        due_at = data.get("due_at")
        if isinstance(due_at, datetime) and due_at <= now:
            yield f"{path} ({data.get('status')}) was due at {due_at} and nobody came"
        if kind(path) == "locks" and data["until"] + LOCKS_KEPT + CLEANED_EVERY <= now:
            yield f"{path} was held until {data['until']}, and nobody cleared it away"


def a_place_waits_again_with_the_end_of_its_offer(history: History) -> Iterator[str]:
    """A place on the waitlist is taken out and put back in the very commits of its offers."""
    places: dict[str, str] = {}
    holders: dict[str, set[str]] = defaultdict(set)
    for commit in history.commits:
        touched = set()
        for change in commit:
            data: Data = change.after or change.before or {}
            if kind(change.path) == "waitlist":
                places[change.path] = data["status"] if change.after else "gone"
                touched.add(change.path)
            elif kind(change.path) == "outreach" and data["waitlist_entry_id"]:
                entry = f"{salon(change.path)}/waitlist/{data['waitlist_entry_id']}"
                (holders[entry].add if data["status"] in OPEN else holders[entry].discard)(change.path)
                touched.add(entry)
        for entry in touched:
            if places[entry] == "offered" and not holders[entry]:
                yield f"{entry} is offered after {commit[0].update_time}, and no offer is out"


def nothing_broke(history: History) -> Iterator[str]:
    """Machines die and locks are held; every other error is one of ours."""
    for name, error in history.cloud.failures:
        for each in _each(error):
            if not isinstance(each, Crash | Contended):
                yield f"{name} raised {each!r}"
    for line, fields in history.cloud.lines:
        # Also what a door kept to itself: an event set aside, or a second failure over what is put off already.
        if fields["outcome"] == "InvalidEvent" or fields.get("error") not in (None, "Contended", "ExceptionGroup"):
            yield f"{line} ({fields.get('error') or fields['reason']})"


def _each(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _each(inner)
    else:
        yield error
