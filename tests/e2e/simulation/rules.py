"""What must hold over everything that was ever written, whatever went wrong on the way. Each rule yields what breaks it."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from local.in_process import Crash
from shared.adapters.memory import Change
from shared.domain import approval, decision, outgoing
from shared.domain.audit import AuditRecord
from shared.domain.booking import OCCUPYING
from shared.domain.stored import natural_id
from shared.ports import Contended, Data
from tests.e2e.simulation.cloud import Cloud, HandedOver
from tests.e2e.simulation.town import CUSTOMERS, PLACES, SHARED, Place

ZONE = ZoneInfo("Europe/London")
HOUR = timedelta(hours=1)
AUDITED = ("agent_states", "gaps", "outreach", "approvals", "autonomous_decisions", "consents", "messages")
GAP_STEPS = {"open": {"filled", "expired", "ignored"}}
WAITLIST_STEPS = {
    "waiting": {"offered", "booked", "expired", "cancelled"},
    "offered": {"waiting", "booked", "expired", "cancelled"},
}
BOOKING_STEPS = {
    "pending": {"confirmed", "completed", "cancelled", "no_show"},
    "confirmed": {"completed", "cancelled", "no_show"},
}


@dataclass(frozen=True)
class History:
    cloud: Cloud
    inbound: list[str]

    @cached_property
    def commits(self) -> list[list[Change]]:
        return [list(changes) for _, changes in groupby(self.cloud.history, key=lambda change: change.update_time)]

    @cached_property
    def now(self) -> dict[str, Data]:
        """Every document as it is in the end, by path."""
        found: dict[str, Data] = {}
        for change in self.cloud.history:
            if change.after is None:
                found.pop(change.path, None)
            else:
                found[change.path] = change.after
        return found

    def of(self, place: Place, collection: str) -> dict[str, Data]:
        return {path: data for path, data in self.now.items() if _kind(path) == collection and _in(place, path)}

    @cached_property
    def left(self) -> list[HandedOver]:
        return [each for each in self.cloud.handed_over if each.left]

    def versions(self, path: str, before: int) -> Data | None:
        """The document as it was after so many changes."""
        found = [change for change in self.cloud.history[:before] if change.path == path]
        return found[-1].after if found else None


def _kind(path: str) -> str:
    return path.split("/")[-2]


def _in(place: Place, path: str) -> bool:
    return path.startswith(f"{place.root}/") or path == place.root


def _overlap(one: Data, other: Data) -> bool:
    return bool(one["start_time"] < other["end_time"] and other["start_time"] < one["end_time"])


def nothing_is_sold_twice(history: History) -> Iterator[str]:
    """Nor is a customer booked by us in two places: by the bookings that stood when our sale was committed."""
    standing: dict[str, Data] = {}
    for commit in history.commits:
        bookings = [change for change in commit if _kind(change.path) == "bookings"]
        for change in bookings:
            if change.after is None or change.after["status"] not in OCCUPYING:
                standing.pop(change.path, None)
            else:
                standing[change.path] = change.after
        for change in bookings:
            sale = change.after
            if change.before is not None or sale is None or sale["source"] != "smart_fill":
                continue
            root = change.path.rpartition("/")[0]
            for path, other in standing.items():
                if path == change.path or not path.startswith(root) or not _overlap(sale, other):
                    continue
                if other["staff_id"] == sale["staff_id"]:
                    yield f"{change.path} sells time of {path}"
                if other["customer_id"] == sale["customer_id"]:
                    yield f"{change.path} books a customer who is at {path}"


def one_message_leaves_once(history: History) -> Iterator[str]:
    left = Counter((each.sending.reference, each.sending.channel) for each in history.left)
    for (reference, channel), times in left.items():
        if times > 1:
            yield f"{reference} left {times} times by {channel}"
    gone: set[tuple[str, str]] = set()
    for each in history.cloud.handed_over:
        key = each.sending.reference, each.sending.channel
        if key in gone:
            yield f"{key} was handed over again after it may have left"
        if each.left:
            gone.add(key)


def asks_keep_the_rules(history: History) -> Iterator[str]:
    """Consent, opt-outs and hours as they were when the ask was claimed; limits by when it was made."""
    asks = defaultdict(list)
    for each in history.left:
        salon_id, _, path = each.sending.reference.partition("/")
        if not path.startswith("outreach/"):
            continue
        root = f"salons/{salon_id}"
        claims = [
            index
            for index, change in enumerate(history.cloud.history[: each.after])
            if change.path == f"{root}/{path}" and (change.after or {}).get("status") == "sending"
        ]
        if not claims:
            yield f"{each.sending.reference} went out and nobody had claimed it"
            continue
        ask = history.cloud.history[claims[-1]].after or {}
        purpose, channel, at = ask["consent_purpose"], ask["channel"], each.at.astimezone(ZONE)
        customer = history.versions(f"{root}/customers/{ask['customer_id']}", claims[-1]) or {}
        if not customer["consents"].get(channel, {}).get(purpose):
            yield f"{each.sending.reference} went out without consent"
        said = [
            change.after
            for change in history.cloud.history[: claims[-1]]
            if change.path.startswith(f"{root}/consents/") and change.after
            and (change.after["channel"], change.after["purpose"]) == (channel, purpose)
            and ask["customer_id"] in change.after["customer_ids"]
        ]  # fmt: skip
        if said and not max(said, key=lambda record: (record["at"], not record["granted"]))["granted"]:
            yield f"{each.sending.reference} went out after a STOP"
        answers = ask["instead_of"] is not None and each.at < ask["created_at"] + timedelta(minutes=10)
        if not answers and not time(9) <= at.time() < time(20, 30):
            yield f"{each.sending.reference} went out in quiet hours, at {at:%H:%M}"
        asks[root, ask["customer_phone"]].append(ask)
    for (root, phone), theirs in asks.items():
        yield from _contact_limits(history, root, phone, theirs)
    yield from _salon_limits(history)


def _most(history: History, root: str, name: str, default: int) -> int:
    """The loosest that the salon ever allowed in this run."""
    path = f"{root}/settings/current"
    allowed = [c.after.get("limits", {}) for c in history.cloud.history if c.path == path and c.after]
    return max((int(limits.get(name, default)) for limits in allowed), default=default)


def _contact_limits(history: History, root: str, phone: str, asks: list[Data]) -> Iterator[str]:
    # One that went out by a second channel is still one ask.
    asks = list({ask["id"]: ask for ask in asks}.values())
    made = sorted(ask["created_at"] for ask in asks)
    hourly = _most(history, root, "per_customer_hourly", 1)
    # What answers their own yes may follow the ask that they said yes to; what follows that counts both.
    asked = sorted((ask["created_at"], ask["instead_of"] is None) for ask in asks)
    if any(
        of_itself and at - before < HOUR for (before, _), (at, of_itself) in zip(asked, asked[hourly:], strict=False)
    ):
        yield f"{root}: {phone} was asked more than {hourly} time(s) within an hour"
    if max(Counter(at.astimezone(ZONE).date() for at in made).values()) > 3:
        yield f"{root}: {phone} was asked more than 3 times a day"
    promotions = sorted(ask["created_at"] for ask in asks if ask["consent_purpose"] == "marketing")
    if any(after - before < 24 * HOUR for before, after in pairwise(promotions)):
        yield f"{root}: {phone} had two promotions within 24 hours"


def _salon_limits(history: History) -> Iterator[str]:
    for place in PLACES:
        left = {each.sending.reference for each in history.left}
        made = sorted(
            ask["created_at"]
            for path, ask in history.of(place, "outreach").items()
            if f"{place.id}/outreach/{path.rpartition('/')[2]}" in left
        )
        hourly = _most(history, place.root, "hourly_actions", 20)
        if any(after - before < HOUR for before, after in zip(made, made[hourly:], strict=False)):
            yield f"{place.id} asked more than {hourly} times within an hour"


def counters_equal_the_history(history: History) -> Iterator[str]:
    made: Counter[tuple[str, str]] = Counter()
    counted: dict[tuple[str, str], int] = {}
    for commit in history.commits:
        for change in commit:
            root = change.path.rpartition("/")[0].rpartition("/")[0]
            if _kind(change.path) == "outreach" and change.before is None and change.after:
                made[root, change.after["created_at"].astimezone(ZONE).date().isoformat()] += 1
            if change.path.endswith("/counters/asks") and change.after:
                counted[root, change.after["day"]] = sum(change.after["day_counts"].values())
        for key, number in made.items():
            if counted.get(key, 0) != number:
                yield f"{key} counts {counted.get(key, 0)} asks, {number} were made"
                return


def every_yes_has_an_end(history: History) -> Iterator[str]:
    """What was taken in is handled; who said yes has a booking or a kind answer."""
    stored = {path.rpartition("/")[2]: data for path, data in history.now.items() if data.get("direction") == "in"}
    for sid in history.inbound:
        if sid not in stored:
            yield f"{sid} was accepted and never stored"
    for sid, said in stored.items():
        if said["handled_at"] is None:
            yield f"{sid} was never handled"
    for path, ask in history.now.items():
        if _kind(path) != "outreach" or ask["status"] != "responded":
            continue
        root, _, id = path.rpartition("/outreach/")
        action = ask["response"]["action"]
        if action == "booked":
            if f"{root}/bookings/{ask['response']['booking_id']}" not in history.now and not _deleted(
                history, root, id
            ):
                yield f"{path} was booked and has no booking"
        elif action not in ("declined", "opted_out"):
            told = [m for p, m in history.now.items() if _kind(p) == "messages" and m.get("about") == id]
            plainly = any(message["purpose"] in ("slot_taken", "slot_no_longer_free") for message in told)
            with_another = any(
                _kind(p) == "outreach"
                and o["instead_of"] == id
                and (o["delivery"]["sent_at"] or (o["attempts"] and not o["delivery"]["error"]))
                for p, o in history.now.items()
            )
            if not plainly and not with_another:
                yield f"{path} was answered yes, refused ({action}) and nobody told them"


def _deleted(history: History, root: str, outreach_id: str) -> bool:
    """The app may delete what it likes."""
    path = f"{root}/bookings/{natural_id('bkg', outreach_id)}"
    return any(change.path == path and change.after is None for change in history.cloud.history)


def every_change_has_its_record(history: History) -> Iterator[str]:
    for commit in history.commits:
        records = {change.path for change in commit if _kind(change.path) == "audit_logs"}
        for change in commit:
            if _kind(change.path) not in AUDITED or change.after is None or "revision" not in change.after:
                continue
            before, after = change.before or {}, change.after
            if after["revision"] == before.get("revision"):
                if _kind(change.path) != "approvals":
                    yield f"{change.path} changed without a revision"
                continue
            if after["revision"] != before.get("revision", 0) + 1:
                yield f"{change.path} goes from revision {before.get('revision', 0)} to {after['revision']}"
            root = "/".join(change.path.split("/")[:2])
            kind = {"messages": "message", "autonomous_decisions": "decision"}
            name = kind.get(_kind(change.path), _kind(change.path).removesuffix("s"))
            name = "outreach" if _kind(change.path) == "outreach" else name
            if f"{root}/audit_logs/{name}-{after['id']}-{after['revision']}" not in records:
                yield f"{change.path} reached revision {after['revision']} without a record in the same commit"


def chains_verify(history: History) -> Iterator[str]:
    chains: dict[tuple[str, str, str], list[AuditRecord]] = defaultdict(list)
    for path, data in history.now.items():
        if _kind(path) == "audit_logs" and data["revision"] is not None:
            record = AuditRecord.model_validate(data)
            chains[record.salon_id, record.resource_type, record.resource_id].append(record)
    heads = {
        (data["salon_id"], data["audit_head"]): path
        for path, data in history.now.items()
        if "audit_head" in data and _kind(path) in AUDITED
    }
    for key, records in chains.items():
        records.sort(key=lambda record: record.revision or 0)
        if [record.revision for record in records] != list(range(1, len(records) + 1)):
            yield f"the trail of {key} has a hole"
        links = [None, *(record.hash for record in records)]
        if any(record.previous_hash != link for record, link in zip(records, links, strict=False)):
            yield f"the chain of {key} is broken"
        if (key[0], links[-1]) not in heads and key[1] not in ("settings", "channel_route"):
            yield f"the head of {key} is not the document's"


def everything_is_announced(history: History) -> Iterator[str]:
    for path, data in history.now.items():
        if _kind(path) != "audit_logs" or data["announces"] is None:
            continue
        if data["announced_at"] is None:
            yield f"{path} ({data['announces']}) was never announced"
        if not history.cloud.published[data["id"]]:
            yield f"{path} was marked announced and never published"


def nothing_is_stuck(history: History) -> Iterator[str]:
    now = history.cloud.clock.now()
    for path, data in history.now.items():
        status, due_at = data.get("status"), data.get("due_at")
        kind = _kind(path)
        waits = (
            (kind == "gaps" and status == "open")
            or (kind in ("outreach", "messages") and status in ("pending", "sending", "unknown"))
            or (kind == "outreach" and status in ("sent", "delivered", "read"))
            or (kind == "approvals" and (status == "pending" or (status == "approved" and not data["carried_out_at"])))
        )
        if waits and due_at is None:
            yield f"{path} is {status} and nobody will look at it again"
        if isinstance(due_at, datetime) and due_at <= now:
            yield f"{path} ({status}) was due at {due_at} and nobody came"
    for place in PLACES:
        for path, entry in history.of(place, "waitlist").items():
            if entry["status"] == "offered" and not any(
                ask["waitlist_entry_id"] == path.rpartition("/")[2] and ask["status"] in OPEN
                for ask in history.of(place, "outreach").values()
            ):
                yield f"{path} stays offered, and no offer is out"


OPEN = ("pending", "sending", "unknown", "sent", "delivered", "read")


def no_tenant_shows_in_another(history: History) -> Iterator[str]:
    secrets = {
        place.id: [place.word, place.owner, place.sender, *(place.phone(n) for n in range(1, CUSTOMERS))]
        for place in PLACES
    }
    of = {id: _any_of([*known, f"'{id}'"]) for id, known in secrets.items()}
    for change in history.cloud.history:
        for place in PLACES:
            if not _in(place, change.path) or change.after is None:
                continue
            # What stood there before was looked at when it was new.
            before = change.before or {}
            text = repr([value for name, value in change.after.items() if before.get(name) != value])
            for other in PLACES:
                if other is not place and of[other.id].search(text):
                    yield f"{change.path} shows something of {other.id}"
    everybody = _any_of([*(secret for each in secrets.values() for secret in each), SHARED])
    for message, fields in history.cloud.lines:
        text = f"{message} {fields}"
        if everybody.search(text):
            yield f"a log line shows a person: {text}"


def _any_of(words: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words)))


def only_allowed_steps(history: History) -> Iterator[str]:
    steps: dict[str, dict[str, set[str]]] = {
        "outreach": {k: set(v) for k, v in outgoing.TRANSITIONS.items()},
        "messages": {k: set(v) for k, v in outgoing.TRANSITIONS.items()},
        "approvals": {k: set(v) for k, v in approval.TRANSITIONS.items()},
        "gaps": GAP_STEPS,
        "waitlist": WAITLIST_STEPS,
    }
    for change in history.cloud.history:
        before, after, kind = change.before or {}, change.after or {}, _kind(change.path)
        was, is_now = before.get("status"), after.get("status")
        if kind == "approvals":
            # An app may write over the status; ours is the recorded one.
            was, is_now = before.get("recorded_status"), after.get("recorded_status")
        if kind in steps and was and is_now and was != is_now and is_now not in steps[kind].get(was, set()):
            yield f"{change.path}: {was} -> {is_now}"
        ours = kind == "bookings" and before.get("source") == "smart_fill"
        if ours and is_now and was != is_now and is_now not in BOOKING_STEPS.get(was or "", set()):
            yield f"{change.path}: {was} -> {is_now}"
        if kind == "autonomous_decisions" and before and after:
            was, is_now = before["outcome"]["status"], after["outcome"]["status"]
            if was != is_now and is_now not in decision.OUTCOMES[was]:
                yield f"{change.path}: {was} -> {is_now}"


def gaps_are_free(history: History) -> Iterator[str]:
    """In the end, when all was repaired."""
    now = history.cloud.clock.now()
    for place in PLACES:
        bookings = history.of(place, "bookings")
        for path, gap in history.of(place, "gaps").items():
            for other, booking in bookings.items():
                taken = booking["status"] in OCCUPYING and booking["staff_id"] == gap["staff_id"]
                if gap["status"] == "open" and taken and _overlap(gap, booking) and booking["end_time"] > now:
                    yield f"{path} is open over {other}"


def double_bookings_are_noticed(history: History) -> Iterator[str]:
    """The app cannot be stopped from writing over our sale, but the owner hears of what overlapped long enough."""
    for place in PLACES:
        told = {
            (data["resource_id"], data["details"].get("other_id"))
            for data in history.of(place, "audit_logs").values()
            if data["event_type"] == "alert_triggered" and data["resource_type"] == "booking"
        }
        standing = {p: b for p, b in history.of(place, "bookings").items() if b["status"] in OCCUPYING}
        for path, sale in standing.items():
            for other_path, other in standing.items():
                if sale["source"] != "smart_fill" or path == other_path or sale["staff_id"] != other["staff_id"]:
                    continue
                since = max(sale["updated_at"], other["updated_at"])
                pair = path.rpartition("/")[2], other_path.rpartition("/")[2]
                until = min(sale["end_time"], other["end_time"])
                if _overlap(sale, other) and until - since > timedelta(hours=4) and not {pair, pair[::-1]} & told:
                    yield f"{path} and {other_path} overlap, and the owner was never told"


def nothing_broke(history: History) -> Iterator[str]:
    """Machines die and locks are held; every other error is one of ours."""
    for name, error in history.cloud.failures:
        for each in _each(error):
            if not isinstance(each, Crash | Contended):
                yield f"{name} raised {each!r}"


def _each(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _each(inner)
    else:
        yield error


RULES: tuple[Callable[[History], Iterator[str]], ...] = (
    nothing_broke,
    nothing_is_sold_twice,
    one_message_leaves_once,
    asks_keep_the_rules,
    counters_equal_the_history,
    every_yes_has_an_end,
    every_change_has_its_record,
    chains_verify,
    everything_is_announced,
    nothing_is_stuck,
    no_tenant_shows_in_another,
    only_allowed_steps,
    gaps_are_free,
    double_bookings_are_noticed,
)
