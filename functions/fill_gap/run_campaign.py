"""Runs a gap's campaign: the next round, or its end. Every event about the gap or its offers only says "look again".

A round is one transaction that requires the campaign to be where it was when the round was planned, so simultaneous events
cannot overshoot; the salon's limits are counted in it, under a lock.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.fill_gap.ask_round import ask_round
from functions.fill_gap.load_offers import open_offers
from functions.fill_gap.next_step import Ask, End, Leave, Wait, next_step
from functions.fill_gap.round_documents import AGENT, RoundContext
from functions.fill_gap.settings import Settings
from shared.approvals.settle_approval import cancel_approvals
from shared.asking.check_breaker import MayAsk, Stopped, may_ask
from shared.asking.decision import Decision, OutcomeStatus, conclude
from shared.asking.end_ask import ended
from shared.asking.fallback import still_awaited
from shared.asking.guard import Facts, unmet
from shared.asking.outreach import Outreach
from shared.asking.proposal import Asked, NobodyAsked
from shared.asking.watch_reactions import watch_reactions
from shared.calendar.campaign import Campaign
from shared.calendar.gap import Gap, campaigned, looked_at
from shared.messaging.sending import expired
from shared.ports import Clock, Deployment, Documents, Query, Reader, Snapshot
from shared.records.audit import Amended
from shared.records.commit import until_committed, update
from shared.records.events import EventType, SalonEvent
from shared.salon.load_salon import salon_of
from shared.salon.load_settings import accepted_as


@dataclass(frozen=True)
class Withdrawn:
    """The campaign is over; this many offers were still open."""

    offers: int


Outcome = Asked | NobodyAsked | Withdrawn

LOOKED_AT_AGAIN_AFTER = timedelta(minutes=5)
REACTIONS: frozenset[EventType] = frozenset({"OUTREACH_DECLINED", "OUTREACH_FAILED"})
"""The events that say how somebody took an ask. What they say of the campaign's asks in all is looked at before anybody else is
asked."""


def fill_gap(
    gap_id: str,
    *,
    documents: Documents,
    clock: Clock,
    deployment: Deployment,
    after_reaction: bool = False,
    new_wish: bool = False,
) -> Outcome:
    if after_reaction:
        watch_reactions(AGENT, documents=documents, clock=clock)
    found = documents.get(f"gaps/{gap_id}")
    if found is None:
        return NobodyAsked("no such gap")
    gap = Gap.model_validate(found.data)
    if not gap.is_open:
        return close_campaign(gap, documents=documents, clock=clock)
    offers, facts = [], Facts(clock.now(), gaps=[gap])
    for offer in open_offers(documents, gap.id):
        if unmet(offer.guard, facts) is None:
            offers.append(offer)
        else:
            _withdraw(offer, "the free time has moved", documents, clock)

    salon = salon_of(documents, documents.salon_id)
    settings = accepted_as(Settings, documents)
    now = clock.now()
    offers = [offer for offer in offers if still_awaited(offer, now)]
    step = next_step(gap, salon=salon, settings=settings, open_offers=len(offers), now=now, new_wish=new_wish)
    if isinstance(step, Ask):
        match may_ask(AGENT, documents=documents, settings=settings, now=now):
            case Stopped(until, reason):
                step = Wait(until, reason)
            case MayAsk(int(trial)):
                step = Ask(min(step.room, trial), step.top_up, step.whole)
    match step:
        case Leave(reason):
            return NobodyAsked(reason)
        case Wait(until, reason):
            return _move_on(found, gap, gap.campaign.postponed(until, reason), reason, documents, now)
        case End(reason):
            return _move_on(found, gap, gap.campaign.ended(reason), reason, documents, now)
        case Ask():
            context = RoundContext(gap, salon, settings, offers, now, deployment.signing_key)
            return ask_round(context, step, documents=documents, clock=clock)


def campaign_due(path: str, *, documents: Documents, clock: Clock, deployment: Deployment) -> Outcome:
    """Runs the campaign of the gap at this path, if it is due. When its time is over it is detect_gaps that closes it."""
    found = documents.get(path)
    gap, now = Gap.model_validate(found.data) if found else None, clock.now()
    if gap is None or gap.due_at is None or gap.due_at > now:
        return NobodyAsked("not due")
    if gap.is_open and now >= gap.expires_at:
        return NobodyAsked("its time is over")
    outcome = fill_gap(gap.id, documents=documents, clock=clock, deployment=deployment)
    _look_again_later(path, documents, clock.now())
    return outcome


def _look_again_later(path: str, documents: Documents, now: datetime) -> None:
    """Puts off a gap that is still due although it was looked at: it would be due for ever."""
    found = documents.get(path)
    gap = Gap.model_validate(found.data) if found else None
    if gap is None or gap.due_at is None or gap.due_at > now:
        return
    again_at = min(now + LOOKED_AT_AGAIN_AFTER, gap.expires_at) if gap.is_open else None
    documents.commit(*update(looked_at(gap, again_at=again_at, now=now, actor=AGENT), found))


def close_campaign(gap: Gap, *, documents: Documents, clock: Clock) -> Withdrawn:
    """Ends what this agent has still open about a gap that has closed: its offers, its approvals and its decisions. Done again it
    finds nothing to do."""
    reason = f"the gap is {gap.status}"
    withdrawn = [_withdraw(offer, reason, documents, clock) for offer in open_offers(documents, gap.id)]
    cancel_approvals(gap.id, reason, agent=AGENT, documents=documents, clock=clock)
    _conclude(documents, gap, clock)
    return Withdrawn(sum(withdrawn))


def _withdraw(offer: Outreach, reason: str, documents: Documents, clock: Clock) -> bool:
    """Closes an offer, and returns whether it was still open. The customer is told nothing: who has not answered need not hear
    that they no longer may."""

    def attempt() -> bool | None:
        snapshot = documents.get(offer.path)
        if snapshot is None:
            return False
        latest = Outreach.model_validate(snapshot.data)
        if not latest.is_open:
            return False
        now = clock.now()
        closed = expired(latest.changed(withdrawn=True), reason=reason, now=now, actor=AGENT)
        return (
            documents.commit(*update(closed, snapshot), *ended(latest, closed.document, documents, actor=AGENT)) or None
        )

    return until_committed(attempt, clock=clock)


def _conclude(documents: Documents, gap: Gap, clock: Clock) -> None:
    """Writes the outcome of this agent's decisions about the closed gap that sold nothing."""
    query = Query(
        "autonomous_decisions",
        where=(
            ("context.trigger_id", "==", gap.id),
            ("agent_name", "==", AGENT),
            ("outcome.status", "==", "pending"),
        ),
    )
    status: OutcomeStatus = "failed" if gap.status == "filled" else "expired"
    for snapshot in documents.query(query):
        concluded = conclude(
            Decision.model_validate(snapshot.data), status=status, result=f"the gap is {gap.status}", now=clock.now()
        )
        if concluded is not None:
            documents.commit(*update(concluded, snapshot))


def _move_on(
    found: Snapshot, gap: Gap, campaign: Campaign, reason: str, documents: Documents, now: datetime
) -> Outcome:
    if campaign != gap.campaign:
        moved: Amended[Gap] = campaigned(gap, campaign, now=now, actor=AGENT, details={"reason": reason})
        documents.commit(*update(moved, found))
    return NobodyAsked(reason)


def gap_of(event: SalonEvent, *, documents: Reader) -> str | None:
    """The gap that an event is about, directly or through one of its offers."""
    if event.resource_type == "gap":
        return event.resource_id
    if event.resource_type != "outreach":
        return None
    found = documents.get(f"outreach/{event.resource_id}")
    return Outreach.model_validate(found.data).trigger_id if found else None
