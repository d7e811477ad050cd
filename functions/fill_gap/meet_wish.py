"""Has a new wish on the waitlist meet the gaps that are open: those it suits look for people again, soonest first, until it is
offered one. A gap for which nobody was found would else look again only hours later."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from functions.fill_gap.run_campaign import Outcome, fill_gap
from shared.asking.proposal import NobodyAsked
from shared.calendar.gap import Gap
from shared.customers.waitlist import WaitlistEntry
from shared.ports import Clock, Deployment, Documents, Query, Reader
from shared.records.read_documents import readable, readable_one

LOOKED_AT: Final = 100
"""As many open gaps are looked through, soonest first."""
TRIED: Final = 5
"""Of those that suit, so many look for people again. The others come to the wish in rounds of their own."""


def meet_wish(entry_id: str, *, documents: Documents, clock: Clock, deployment: Deployment) -> Outcome:
    outcome: Outcome = NobodyAsked("no open gap suits the wish")
    for gap_id in _gaps_for(entry_id, documents, clock.now())[:TRIED]:
        if _waiting(entry_id, documents, clock.now()) is None:
            break
        outcome = fill_gap(gap_id, documents=documents, clock=clock, deployment=deployment, new_wish=True)
    return outcome


def _waiting(entry_id: str, documents: Reader, now: datetime) -> WaitlistEntry | None:
    wish = readable_one(WaitlistEntry, documents.get(f"waitlist/{entry_id}"))
    return wish if wish and wish.status == "waiting" and not wish.over(now) else None


def _gaps_for(entry_id: str, documents: Reader, now: datetime) -> list[str]:
    wish = _waiting(entry_id, documents, now)
    if wish is None:
        return []
    wanted_from = min((window.start for window in wish.windows), default=now)
    query = Query(
        "gaps",
        where=(("status", "==", "open"), ("expires_at", ">", max(now, wanted_from))),
        order_by=("expires_at",),
        limit=LOOKED_AT,
    )
    return [gap.id for gap in suited(wish, readable(Gap, documents.query(query)))]


def suited(wish: WaitlistEntry, gaps: Iterable[Gap]) -> list[Gap]:
    """Those of the open gaps that the wish may be for. Idle time is offered to few, so freed time comes before it."""
    return sorted((gap for gap in gaps if _suits(wish, gap)), key=lambda gap: gap.origin == "idle")


def _suits(wish: WaitlistEntry, gap: Gap) -> bool:
    return (
        (not wish.service_ids or not set(wish.service_ids).isdisjoint(gap.services_fittable))
        and (not wish.staff_ids or gap.staff_id in wish.staff_ids)
        and (not wish.windows or any(window.stretch.overlaps(gap.stretch) for window in wish.windows))
    )
