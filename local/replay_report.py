"""What a replay amounts to, figure by figure, each beside its definition. Read from the documents the functions left, not
from what the replay meant to do."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from shared.asking.outreach import OPEN
from shared.ports import Data

ORIGINS = ("freed", "no_show", "idle")
HALF_HOUR = timedelta(minutes=30)
DAY = timedelta(hours=24)
DECLINED, OPTED_OUT, BOOKED = "declined", "opted_out", "booked"

DEFINITIONS = {
    "bookings.standing_at_start": "bookings of the file, made before the first day and not over or cancelled by then",
    "bookings.appeared": "bookings of the file made within the days",
    "bookings.displaced": "of those, not made because a sale of ours had the time or the customer by then",
    "cancellations.total": "bookings of the file cancelled within the days (the displaced excepted)",
    "cancellations.within_24_hours": "of those, at most 24 hours before their start",
    "cancellations.earlier": "of those, more than 24 hours before their start",
    "cancellations.no_shows": "bookings of the file missed within the days (the displaced excepted)",
    "gaps.*.opened": "openings of free time; freed: by a cancellation, no_show: by a customer who did not come, idle: never booked",
    "gaps.*.asked_about": "of those, openings that at least one ask left us for",
    "gaps.*.filled_by_us": "of those opened, closed by a sale of ours",
    "gaps.*.filled_by_app": "of those opened, closed because the booking app filled the time",
    "gaps.*.expired": "of those opened, closed because too little time was left to sell",
    "gaps.*.ignored": "of those opened, closed because the time is not for sale or became part of another opening",
    "gaps.*.open_at_end": "of those opened, still open when the replay ended",
    "asks.created": "offers decided on, one for each customer asked about a slot",
    "asks.not_sent": "of those created, never handed to the provider: no longer right when their turn came, or refused",
    "asks.sent": "of those created, handed to the provider",
    "asks.undelivered": "of those sent, reported as not delivered",
    "asks.accepted": "of those sent, answered with a yes",
    "asks.declined": "of those sent, answered with a no",
    "asks.opted_out": "of those sent, answered with a wish to get no more",
    "asks.unanswered": "of those sent, over without an answer",
    "asks.open_at_end": "of those sent, still awaiting an answer when the replay ended",
    "asks.said_yes": "yeses that the simulated customers gave; each must be among asks.accepted",
    "fills.booked": "accepted asks that became a booking, so all before the slot's start",
    "fills.disappointed": "accepted asks that came too late for the slot; each was told so",
    "fills.within_30_minutes_of_opening": "of those booked, at most 30 minutes after the gap opened",
    "fills.within_30_minutes_of_first_ask": "of those booked, at most 30 minutes after the gap's first ask was sent",
    "fills.freed_share": "freed gaps filled by us, of all freed gaps opened",
    "fills.freed_share_when_asked": "freed gaps filled by us, of those asked about",
    "fills.asks_per_fill": "asks sent for each booking made of them; null without any",
    "revenue.freed": "price of the cancelled bookings of the file",
    "revenue.sold": "price of the bookings we made",
    "revenue.displaced": "price of the displaced bookings: what came later would have filled the time too",
    "revenue.net": "sold less displaced",
    "work.messages": "messages handed to the provider, confirmations and owner notices included",
    "work.deliveries": "events delivered to functions, retries included",
    "work.failed_attempts": "of those, attempts that raised and were tried again",
    "work.dead": "events given up after their last attempt; anything but 0 is a fault of ours",
    "work.refused_webhooks": "webhooks not answered with success; anything but 0 is a fault of ours",
}


@dataclass(frozen=True)
class Outcome:
    """What a replay left behind. `displaced` and the counts come from the replay, the rest are the documents."""

    bookings: Mapping[str, Data]
    gaps: Mapping[str, Data]
    outreach: Mapping[str, Data]
    standing_at_start: int
    appeared: int
    cancelled: Sequence[tuple[datetime, datetime, Decimal]]
    """(start, cancelled at, price) of each."""
    no_shows: int
    displaced: Sequence[Decimal]
    said_yes: int
    work: Mapping[str, int]


def figures(outcome: Outcome) -> dict[str, Any]:
    """Grouped as in DEFINITIONS; `gaps` has one group for each origin."""
    sales = {id: booking for id, booking in outcome.bookings.items() if booking["source"] == "smart_fill"}
    gaps = {origin: _gaps(origin, outcome, sales) for origin in ORIGINS}
    asks = _asks(outcome)
    return {
        "bookings": {
            "standing_at_start": outcome.standing_at_start,
            "appeared": outcome.appeared,
            "displaced": len(outcome.displaced),
        },
        "cancellations": {
            "total": len(outcome.cancelled),
            "within_24_hours": sum(start - at <= DAY for start, at, _ in outcome.cancelled),
            "earlier": sum(start - at > DAY for start, at, _ in outcome.cancelled),
            "no_shows": outcome.no_shows,
        },
        "gaps": gaps,
        "asks": asks,
        "fills": _fills(outcome, sales, asks, gaps["freed"]),
        "revenue": _revenue(outcome, sales),
        "work": dict(outcome.work),
    }


def definition(name: str) -> str:
    """Of a figure by its dotted name; origins share one."""
    group, _, rest = name.partition(".")
    return DEFINITIONS[f"gaps.*.{rest.partition('.')[2]}" if group == "gaps" else name]


def flat(figures: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """The figures by their dotted names."""
    found: dict[str, Any] = {}
    for name, value in figures.items():
        found |= flat(value, f"{prefix}{name}.") if isinstance(value, Mapping) else {f"{prefix}{name}": value}
    return found


def table(report: Mapping[str, Any]) -> str:
    values = flat(report["figures"])
    names = max(map(len, values))
    widest = max(len(_shown(value)) for value in values.values())
    title = "  ".join(f"{name} {value}" for name, value in report["about"].items())
    lines = [title, ""]
    group = None
    for name, value in values.items():
        if group not in (None, name.rpartition(".")[0]):
            lines.append("")
        group = name.rpartition(".")[0]
        lines.append(f"{name:<{names}}  {_shown(value):>{widest}}  {definition(name)}")
    return "\n".join(lines)


def _shown(value: Any) -> str:
    return "-" if value is None else f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"


def _gaps(origin: str, outcome: Outcome, sales: Mapping[str, Data]) -> dict[str, int]:
    own = {id: gap for id, gap in outcome.gaps.items() if gap["origin"] == origin}
    asked = {ask["trigger_id"] for ask in outcome.outreach.values() if _sent_at(ask)}
    status = Counter(_gap_end(gap, sales) for gap in own.values())
    return {"opened": len(own), "asked_about": len(own.keys() & asked)} | {
        end: status[end] for end in ("filled_by_us", "filled_by_app", "expired", "ignored", "open_at_end")
    }


def _gap_end(gap: Data, sales: Mapping[str, Data]) -> str:
    match gap["status"]:
        case "filled":
            return "filled_by_us" if gap["filled_by"] in sales else "filled_by_app"
        case "open":
            return "open_at_end"
    return str(gap["status"])


def _asks(outcome: Outcome) -> dict[str, int]:
    ends = Counter(_ask_end(ask) for ask in outcome.outreach.values())
    created = len(outcome.outreach)
    return {
        "created": created,
        "not_sent": ends["not_sent"],
        "sent": created - ends["not_sent"],
        "undelivered": ends["undelivered"],
        "accepted": ends["accepted"],
        "declined": ends["declined"],
        "opted_out": ends["opted_out"],
        "unanswered": ends["unanswered"],
        "open_at_end": ends["open_at_end"],
        "said_yes": outcome.said_yes,
    }


def _ask_end(ask: Data) -> str:
    action = ask["response"]["action"]
    if ask["status"] == "responded":
        return {DECLINED: "declined", OPTED_OUT: "opted_out"}.get(action, "accepted")
    if _sent_at(ask) is None:
        return "not_sent"
    if ask["status"] == "failed":
        return "undelivered"
    return "open_at_end" if ask["status"] in OPEN else "unanswered"


def _sent_at(ask: Data) -> datetime | None:
    found: datetime | None = ask["delivery"]["sent_at"]
    return found


def _fills(
    outcome: Outcome, sales: Mapping[str, Data], asks: Mapping[str, int], freed: Mapping[str, int]
) -> dict[str, Any]:
    first_ask: dict[str, datetime] = {}
    for ask in outcome.outreach.values():
        if (sent_at := _sent_at(ask)) is not None:
            first_ask[ask["trigger_id"]] = min(sent_at, first_ask.get(ask["trigger_id"], sent_at))
    return {
        "booked": len(sales),
        "disappointed": asks["accepted"] - len(sales),
        "within_30_minutes_of_opening": sum(
            sale["created_at"] - outcome.gaps[sale["gap_id"]]["created_at"] <= HALF_HOUR for sale in sales.values()
        ),
        "within_30_minutes_of_first_ask": sum(
            sale["created_at"] - first_ask[outcome.outreach[sale["outreach_id"]]["trigger_id"]] <= HALF_HOUR
            for sale in sales.values()
        ),
        "freed_share": _share(freed["filled_by_us"], freed["opened"]),
        "freed_share_when_asked": _share(freed["filled_by_us"], freed["asked_about"]),
        "asks_per_fill": _share(asks["sent"], len(sales)),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _revenue(outcome: Outcome, sales: Mapping[str, Data]) -> dict[str, float]:
    sold = sum((Decimal(str(sale["price"])) for sale in sales.values()), Decimal(0))
    displaced = sum(outcome.displaced, Decimal(0))
    freed = sum((price for _, _, price in outcome.cancelled), Decimal(0))
    return {"freed": float(freed), "sold": float(sold), "displaced": float(displaced), "net": float(sold - displaced)}
