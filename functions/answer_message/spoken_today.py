"""A salon's day in a few lines, as one of its people reads it on a phone."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from functions.answer_message.today import Today
from shared.messaging.phrases import phrases
from shared.messaging.spoken import spoken_deadline, spoken_time
from shared.salon.salon import Salon
from shared.values import money

LONGEST = 800
"""With the words around them the lines stay within WhatsApp's 1,024 characters."""
LONGEST_LINE = 200


def spoken_today(today: Today, salon: Salon, locale: str, *, now: datetime) -> str:
    """What waits first, then what was sold, what is out and what is free: a line each. What does not fit is counted."""
    words = phrases(__file__, locale)["today"]
    return fitting(list(_lines(today, salon, locale, now)), more=words["more"]) or words["nothing"]


def fitting(lines: Sequence[str], *, more: str, longest: int = LONGEST) -> str:
    """As many whole lines as fit, and how many more there are."""
    for shown in range(len(lines), -1, -1):
        rest = [more.format(count=len(lines) - shown)] if shown < len(lines) else []
        text = "\n".join([*lines[:shown], *rest])
        if len(text) <= longest:
            return text
    raise ValueError(f"expected room for a line that counts the others, found {longest} characters")


def _lines(today: Today, salon: Salon, locale: str, now: datetime) -> Iterator[str]:
    words = phrases(__file__, locale)["today"]

    def line(kind: str, **said: str) -> str:
        told = " ".join(words[kind].format(**said).split())
        return told if len(told) <= LONGEST_LINE else f"{told[: LONGEST_LINE - 3].rstrip()}..."

    def at(moment: datetime) -> str:
        return spoken_time(moment, salon.zone, locale, now=now)

    def until(moment: datetime) -> str:
        return spoken_deadline(moment, salon.zone, locale, now=now)

    if today.paused:
        yield line("paused")
    for approval in today.approvals:
        yield line("question", proposal=approval.action_summary, until=until(approval.expires_at))
    for conversation in today.conversations:
        who = ", ".join(conversation.customer_names) or phrases(__file__, locale)["somebody"]
        yield line("message", name=who, when=at(conversation.waiting_since or now))
    for sale in today.sales:
        price = money.display(sale.booking.price, salon.currency, salon.locale)
        yield line("sold", name=sale.outreach.customer_name, when=at(sale.booking.start_time), price=price)
    for offer in today.offers:
        kind = "offer" if offer.slot else "ask"
        when = at(offer.slot.start) if offer.slot else ""
        yield line(kind, name=offer.customer_name, when=when, until=until(offer.expires_at))
    for gap in today.gaps:
        yield line("gap", staff=gap.staff_name, when=at(gap.start_time), until=until(gap.end_time))
