"""Counters say what the history says, after every single commit."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime

from shared.asking.fallback import still_awaited
from shared.asking.outreach import Outreach
from shared.ports import Data
from tests.e2e.simulation.history import History, kind, salon

NEVER = datetime.min.replace(tzinfo=UTC)


def counters_equal_the_history(history: History) -> Iterator[str]:
    """The salon's asks of the day; time that nobody gave back is counted a second time, on its own."""
    made: Counter[tuple[str, str]] = Counter()
    counted: dict[tuple[str, str], int] = {}
    for commit in history.commits:
        for change in commit:
            root = salon(change.path)
            if kind(change.path) == "outreach" and change.before is None and change.after:
                made[root, change.after["created_at"].astimezone(history.zone(root)).date().isoformat()] += 1
            if change.path.endswith("/counters/asks") and change.after:
                counts: dict[str, int] = change.after["day_counts"]
                counted[root, change.after["day"]] = sum(n for name, n in counts.items() if ":" not in name)
        for key, number in made.items():
            if counted.get(key, 0) != number:
                yield f"{key} counts {counted.get(key, 0)} asks, {number} were made"
                return


def campaigns_count_their_asks(history: History) -> Iterator[str]:
    """`asked` starts anew when time is freed again, and otherwise grows by what was written with it."""
    for commit in history.commits:
        asks = Counter(
            (salon(change.path), change.after["trigger_id"])
            for change in commit
            if kind(change.path) == "outreach" and change.before is None and change.after
        )
        for change in commit:
            if kind(change.path) != "gaps" or change.after is None:
                continue
            before: Data = change.before["campaign"] if change.before else {"asked": 0, "round": 0}
            after, new = change.after["campaign"], asks.pop((salon(change.path), change.after["id"]), 0)
            anew = after["status"] == "settling" and after["asked"] == 0
            if not anew and after["asked"] != before["asked"] + new:
                yield f"{change.path} counts {after['asked']} asked, of {before['asked']} and {new} more"
            if change.after["fill_attempts"] != after["round"]:
                yield f"{change.path} has {change.after['fill_attempts']} attempts in round {after['round']}"
        yield from (f"{root}/gaps/{gap} does not count {number} asks" for (root, gap), number in asks.items())


def rounds_keep_their_pause(history: History) -> Iterator[str]:
    """A round goes out when it is due. Before that no more are asked than have fallen away since the one before; but a wish that
    was written since meets the gap at once: one more is asked, or a round where nobody was found before."""
    wishes: dict[str, datetime] = {}
    offers: dict[tuple[str, str], dict[str, Data]] = defaultdict(dict)
    for commit in history.commits:
        asked: Counter[tuple[str, str]] = Counter()
        for change in commit:
            if kind(change.path) in ("outreach", "approvals") and change.before is None and change.after:
                asked[salon(change.path), change.after["trigger_id"]] += 1
        for change in commit:
            if kind(change.path) != "gaps" or change.before is None or change.after is None:
                continue
            before, after, now = change.before["campaign"], change.after["campaign"], change.update_time
            due, new = before["next_round_at"], asked[salon(change.path), change.after["id"]]
            if after["round"] == before["round"] or due is None or due <= now:
                continue
            found = map(Outreach.model_validate, offers[salon(change.path), change.after["id"]].values())
            fell_away = before["wave"] - sum(each.is_open and still_awaited(each, now) for each in found)
            wished = wishes.get(salon(change.path), NEVER) >= (change.before["last_attempt_at"] or NEVER)
            if wished and before["reason"] is not None:
                continue
            if new > max(fell_away, int(wished)):
                yield f"{change.path} asked {new} more, {due - now} before its round, where {fell_away} had fallen away"
        for change in commit:
            if kind(change.path) == "audit_logs" and change.after and change.after["announces"] == "WAITLIST_CHANGED":
                wishes[salon(change.path)] = change.update_time
            if kind(change.path) == "outreach" and change.after:
                offers[salon(change.path), change.after["trigger_id"]][change.path] = change.after


def each_offer_teaches_once(history: History) -> Iterator[str]:
    """`counters/learned` grows by the offers whose deadline lies between the one counted until before and the one since."""
    for change in history.cloud.history:
        if not change.path.endswith("/counters/learned") or change.after is None:
            continue
        before = change.before or {}
        since, until = before.get("counted_until") or NEVER, change.after["counted_until"]
        asked = [sum(tally["asked"] for tally in each.get("tallies", {}).values()) for each in (before, change.after)]
        ended = [
            path
            for _, path, ask in history.created("outreach")
            if salon(path) == salon(change.path) and since < ask["expires_at"] <= until
        ]
        if until <= since or not 0 <= asked[1] - asked[0] <= len(ended):
            yield f"{change.path} learns {asked[1] - asked[0]} of {len(ended)} offers that ended until {until}"
