"""Who is asked, how often, when, and whether they, the salon and the owner wanted it."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple

from functions.send_outreach.send_message import FRESH
from shared.calendar.booking import OCCUPYING
from shared.ports import Data
from shared.salon.salon import zone_named
from tests.e2e.simulation.history import History, kind, salon

HOUR = timedelta(hours=1)
INSTANT = timedelta(milliseconds=1)
"""While the clock stands, each commit is a microsecond after the one before."""


class Claimed(NamedTuple):
    """An ask that may have left: as it was when it was claimed, which change that was, and when it was handed over."""

    root: str
    ask: Data
    claim: int
    at: datetime


def one_message_leaves_once(history: History) -> Iterator[str]:
    gone: set[tuple[str, str]] = set()
    for each in history.cloud.handed_over:
        key = each.sending.reference, each.sending.channel
        if key in gone:
            yield f"{key} was handed over again after it may have left"
        if each.left:
            gone.add(key)


def nothing_goes_out_unclaimed(history: History) -> Iterator[str]:
    for each in history.cloud.handed_over:
        salon_id, _, path = each.sending.reference.partition("/")
        steps = [
            (change.after or {}).get("status") for _, change in history.changes(f"salons/{salon_id}/{path}", each.after)
        ]
        # What the same ask had said by another channel may be answered meanwhile.
        steps = [status for status in steps if status != "responded"]
        if not steps or steps[-1] not in ("sending", "sent", "delivered", "read"):
            yield f"{each.sending.reference} went out and nobody had claimed it"


def _claimed(history: History) -> Iterator[Claimed]:
    for each in history.left:
        salon_id, _, path = each.sending.reference.partition("/")
        root = f"salons/{salon_id}"
        if path.startswith("outreach/"):
            for index, change in reversed(history.changes(f"{root}/{path}", each.after)):
                if change.after is not None and change.after["status"] == "sending":
                    yield Claimed(root, change.after, index, each.at)
                    break


def consent_and_hours_hold(history: History) -> Iterator[str]:
    """Consent, opt-outs and hours as they were when the ask was claimed."""
    for root, ask, claim, instant in _claimed(history):
        purpose, channel = ask["consent_purpose"], ask["channel"]
        customer = history.version(f"{root}/customers/{ask['customer_id']}", claim) or {}
        at = instant.astimezone(zone_named(customer["timezone"]) if "timezone" in customer else history.zone(root))
        if not customer["consents"].get(channel, {}).get(purpose):
            yield f"{ask['id']} went out without consent"
        said = [
            change.after
            for change in history.cloud.history[:claim]
            if change.path.startswith(f"{root}/consents/") and change.after
            and (change.after["channel"], change.after["purpose"]) == (channel, purpose)
            and ask["customer_id"] in change.after["customer_ids"]
        ]  # fmt: skip
        if said and not max(said, key=lambda record: (record["at"], not record["granted"]))["granted"]:
            yield f"{ask['id']} went out after a STOP"
        answers = ask["instead_of"] is not None and at < ask["created_at"] + timedelta(minutes=10)
        if not answers and not time(9) <= at.time() < time(20, 30):
            yield f"{ask['id']} went out in quiet hours, at {at:%H:%M}"


def nobody_asks_while_stopped(history: History) -> Iterator[str]:
    """By a salon that is paused, or an agent whose breaker is open or that the owner has paused. It must have been so
    before the instant at which that was looked at, all through it, and still when the ask was claimed: of what changes at
    the same instant anything may be seen."""

    def then(path: str, at: datetime, claim: int) -> list[Data]:
        changes = history.changes(path, claim)
        during = (change.after for _, change in changes if at <= change.update_time < at + INSTANT)
        versions = (history.version_until(path, at), *during, history.version(path, claim))
        return [version or {} for version in versions]

    def stopped(agent: Data, at: datetime) -> bool:
        breaker = agent.get("circuit_breaker", {})
        cools = breaker.get("state") == "open" and breaker["cooldown_until"] > at
        return agent.get("status") == "paused" or cools

    for root, ask, claim, _ in _claimed(history):
        at = ask["last_attempt_at"]
        if all(house.get("status") == "paused" for house in then(root, at, claim)):
            yield f"{ask['id']} went out while the salon was paused"
        if all(stopped(agent, at) for agent in then(f"{root}/agent_states/{ask['agent_name']}", at, claim)):
            yield f"{ask['id']} went out while its agent was stopped"


def what_leaves_was_looked_at_just_before(history: History) -> Iterator[str]:
    """Whatever is right at the look may not be so when a machine that hung commits its claim."""
    for _, ask, claim, _ in _claimed(history):
        ago = history.cloud.history[claim].update_time - ask["last_attempt_at"]
        if ago > FRESH:
            yield f"{ask['id']} was claimed {ago.total_seconds():.0f} s after it was looked at, and went out"


def contact_limits_hold(history: History) -> Iterator[str]:
    """An ask that goes on by another channel is still that one ask."""
    asks: dict[tuple[str, str], dict[str, Data]] = defaultdict(dict)
    for root, ask, _, _ in _claimed(history):
        asks[root, ask["customer_phone"]][ask["id"]] = ask
    for (root, phone), theirs in asks.items():
        made = sorted(ask["created_at"] for ask in theirs.values())
        hourly = _most(history, root, "per_customer_hourly", 1)
        # What answers their own yes may follow the ask that they said yes to; what follows that counts both.
        asked = sorted((ask["created_at"], ask["instead_of"] is not None) for ask in theirs.values())
        later = zip(asked, asked[hourly:], strict=False)
        if any(at - before < HOUR and not answers for (before, _), (at, answers) in later):
            yield f"{root}: {phone} was asked more than {hourly} time(s) within an hour"
        if max(Counter(at.astimezone(history.zone(root)).date() for at in made).values()) > 3:
            yield f"{root}: {phone} was asked more than 3 times a day"
        promotions = sorted(ask["created_at"] for ask in theirs.values() if ask["consent_purpose"] == "marketing")
        if any(after - before < 24 * HOUR for before, after in pairwise(promotions)):
            yield f"{root}: {phone} had two promotions within 24 hours"


def _most(history: History, root: str, name: str, default: int) -> int:
    """The loosest that the salon ever allowed in this run."""
    changes = history.changes(f"{root}/settings/current")
    allowed = [change.after.get("limits", {}) for _, change in changes if change.after]
    return max((int(limits.get(name, default)) for limits in allowed), default=default)


def salon_limits_hold(history: History) -> Iterator[str]:
    for place in history.town.places:
        made = sorted(ask["created_at"] for _, path, ask in history.created("outreach") if salon(path) == place.root)
        hourly = _most(history, place.root, "hourly_actions", 20)
        if any(after - before < HOUR for before, after in zip(made, made[hourly:], strict=False)):
            yield f"{place.id} asked more than {hourly} times within an hour"


def recipients_stay_within_the_tier(history: History) -> Iterator[str]:
    """By when asks were really handed over, which may be long after they were decided on."""
    sent: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for root, ask, _, at in _claimed(history):
        if ask["channel"] != "whatsapp":
            continue
        sent[root].append((at, ask["customer_phone"]))
        different = {phone for before, phone in sent[root] if before > at - 24 * HOUR}
        tier = _most(history, root, "whatsapp_recipients_24h", 250)
        if len(different) > tier:
            yield f"{root} wrote to {len(different)} different people within 24 hours, {tier} are allowed"


def promotion_keeps_its_pause(history: History) -> Iterator[str]:
    for index, path, ask in history.created("outreach"):
        agent = history.version(f"{salon(path)}/agent_states/{ask['agent_name']}", index) or {}
        until = agent.get("marketing", {}).get("paused_until")
        if ask["consent_purpose"] == "marketing" and until is not None and ask["created_at"] < until:
            yield f"{path} promotes during a pause"


def asks_are_about_open_time(history: History) -> Iterator[str]:
    """And follow a decision that was written before them or with them."""
    for index, path, ask in history.created("outreach"):
        root, made = salon(path), history.cloud.history[index].update_time
        whole = next((n for n, c in enumerate(history.cloud.history[index:], index) if c.update_time != made), None)
        gap = history.version(f"{root}/gaps/{ask['trigger_id']}", index)
        if gap is None or gap["status"] != "open":
            yield f"{path} asks about a gap that is {gap and gap['status']}"
        written = len(history.cloud.history) if whole is None else whole
        if history.version(f"{root}/autonomous_decisions/{ask['decision_id']}", written) is None:
            yield f"{path} was made and nobody had decided so"


def nobody_is_asked_about_time_they_are_booked_in(history: History) -> Iterator[str]:
    """By what stood before the instant of the ask and still when it was made, but for what they would give up for it."""
    bookings: dict[tuple[str, str | None], set[str]] = defaultdict(set)
    for change in history.cloud.history:
        if kind(change.path) == "bookings" and change.after is not None:
            bookings[salon(change.path), change.after["customer_id"]].add(change.path)

    def is_there(customer: str, slot: Data, booking: Data | None) -> bool:
        stands = booking is not None and booking["status"] in OCCUPYING and booking["customer_id"] == customer
        return (
            booking is not None
            and stands
            and booking["start_time"] < slot["end"]
            and slot["start"] < booking["end_time"]
        )

    for index, path, ask in history.created("outreach"):
        mine, slot = f"{salon(path)}/bookings/{ask['moves_booking_id']}", ask["slot"]
        for other in bookings[salon(path), ask["customer_id"]] - {mine}:
            versions = history.version_until(other, ask["created_at"]), history.version(other, index)
            if all(is_there(ask["customer_id"], slot, version) for version in versions):
                yield f"{path} asks who is at {other} then"


def the_owner_allowed_it(history: History) -> Iterator[str]:
    """Where the owner wants to be asked, exactly what was approved is asked, of whom they have not struck, after it was, and
    once."""
    carried_out: Counter[tuple[str, str]] = Counter()
    for index, path, ask in history.created("outreach"):
        root = salon(path)
        decision = history.now[f"{root}/autonomous_decisions/{ask['decision_id']}"]
        version = history.now.get(f"{root}/settings/v{decision['settings_version']}") or {}
        supervised = version.get("autonomy", {}).get("gap_fill") == "supervised"
        costly = ask["offer_details"]["discount_percent"] > 20
        if not decision["approval"]["required"]:
            if supervised or costly:
                yield f"{path} was made without the owner's word"
            continue
        approval = history.version(f"{root}/approvals/{decision['approval']['approval_id']}", index) or {}
        action, slot = approval.get("action_details", {}), ask["slot"]
        if approval.get("recorded_status") == "approved" and approval["response"]["action"] != "approve":
            yield f"{path} was made though nobody had said yes to it"
        if approval.get("recorded_status") != "approved":
            yield f"{path} was made while its approval was {approval.get('recorded_status')}"
            continue
        carried_out[decision["id"], ask["customer_id"]] += 1
        offer = ask["offer_details"]
        asked = {"customer_id": ask["customer_id"], "staff_id": slot["staff_id"], "service_id": slot["service_id"]}
        asked |= {"start": slot["start"], "discount_percent": offer["discount_percent"], "price": offer["price"]}
        struck = approval["response"].get("struck", [])
        if ask["trigger_id"] != action["gap_id"] or asked not in action["people"] or ask["customer_id"] in struck:
            yield f"{path} is not what was approved: {asked} instead of {action['people']} without {struck}"
    yield from (f"{about} was carried out {times} times" for about, times in carried_out.items() if times > 1)
