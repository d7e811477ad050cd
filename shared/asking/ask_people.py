"""The one door through which an agent asks people: `ask_people(proposal)`.

Under the salon's lock of all asks, in one transaction, it looks at what holds for every ask of every agent (the agent's own
pause and breaker, contact limits, consent, hours, the guard of the ask, the sender's budget), lets the room choose among those
who may be asked, and writes the decision, the outreach, the counters and the room's own documents together. So simultaneous
runs cannot overshoot, and no agent can forget a rule.

What somebody answers is the room's: when it hears ASK_ANSWERED it calls `watch_reactions`, so that objections pause its promotion
before it asks anybody else. `clean_up` looks hourly as well, if somebody has said STOP. The guard of an ask is looked at when it
is made and when it leaves, and not when a question is answered, which may be days later: the room looks at it again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from shared.asking.agent_state import AgentState, fresh, state_path
from shared.asking.check_breaker import Stopped, verdict
from shared.asking.count_asks import counted, counters_to_change
from shared.asking.decision import Decision, DecisionApproval, decide, reconsidered
from shared.asking.find_unanswered import unanswered
from shared.asking.find_unreachable import unreachable
from shared.asking.guard import Facts, unmet
from shared.asking.holdout import HELD_OUT, Arm, arm_of
from shared.asking.limits import AskCounters
from shared.asking.load_asks import recent_asks
from shared.asking.load_facts import load_facts
from shared.asking.outreach import request
from shared.asking.person import Excluded, Person, reachable, unwanted
from shared.asking.proposal import (
    Allowed,
    Asked,
    Choice,
    Group,
    NobodyAsked,
    Proposal,
    Question,
    Selected,
    key_of,
    outreach_to,
)
from shared.asking.sender_budget import budget_for_asks, over_budget
from shared.customers.address_keys import keys_of
from shared.customers.move_waitlist import waitlist_moved
from shared.customers.waitlist import WaitlistEntry
from shared.ports import Clock, Documents, Reader, Transaction, Write
from shared.records.commit import create, update
from shared.records.hold_locks import holding, release
from shared.records.read_documents import readable_one

F = TypeVar("F")

ASKS_LOCK = "locks/asks"


def ask_people(
    proposal: Proposal,
    *,
    load: Callable[[Reader], F | NobodyAsked],
    choose: Callable[[F, Allowed], Choice | NobodyAsked],
    pointless: Callable[[], NobodyAsked | None],
    documents: Documents,
    clock: Clock,
) -> Asked | NobodyAsked:
    """Asks those of the proposed people whom the room chooses. `load` reads, in the transaction, what the room goes by, or says
    why nobody is to be asked after all: the precondition of its commit. `choose` is the room's own decision, and pure.
    `pointless` is asked while others hold the lock. Where nobody is asked for a reason that `load` or `choose` returns, nothing
    is written."""

    def work(transaction: Transaction) -> Asked | NobodyAsked:
        asked, writes = _ask(proposal, load, choose, transaction)
        transaction.write(*writes, *release([ASKS_LOCK]))
        return asked

    return holding([ASKS_LOCK], lambda: documents.transact(work), documents=documents, clock=clock, pointless=pointless)


def _ask(
    proposal: Proposal,
    load: Callable[[Reader], F | NobodyAsked],
    choose: Callable[[F, Allowed], Choice | NobodyAsked],
    transaction: Reader,
) -> tuple[Asked | NobodyAsked, Sequence[Write]]:
    facts = load(transaction)
    if isinstance(facts, NobodyAsked):
        return facts, ()
    counters, counters_read = counters_to_change(transaction)
    allowed = allowed_now(proposal, counters, transaction)
    if isinstance(allowed, NobodyAsked):
        return allowed, ()
    choice = choose(facts, allowed)
    if isinstance(choice, NobodyAsked):
        return choice, ()
    writes: list[Write] = []
    if choice.alone is not None:
        people = _chosen(choice.alone, proposal, allowed)
        writes += _asking(people, choice.alone, proposal, allowed)
        if proposal.live:
            writes.append(counted(_with(people, choice, counters, proposal), counters_read))
    if choice.question is not None:
        writes += _asking_first(choice.question, proposal, allowed)
    for moved in choice.moved:
        writes += update(moved)
    if choice.nobody is not None:
        writes += _considered(_with_arms(choice.nobody, allowed), proposal, transaction)
    return _outcome(choice, proposal), writes


def allowed_now(proposal: Proposal, counters: AskCounters, transaction: Reader) -> Allowed | NobodyAsked:
    """Who of the people may not be asked after all, by what holds for every agent and as it stands now; or why nobody may."""
    if proposal.salon.status == "paused":
        return NobodyAsked("the salon is paused")
    if proposal.approved and not proposal.live:
        return NobodyAsked("only a dry run is made")
    found = transaction.get(state_path(proposal.agent))
    state = AgentState.model_validate(found.data) if found else fresh(proposal.salon.id, proposal.agent, proposal.now)
    may_ask = verdict(state, proposal.settings, proposal.now)
    if isinstance(may_ask, Stopped) and (state.status == "paused" or not proposal.approved):
        return NobodyAsked(may_ask.reason)
    share = proposal.holdout_percent
    arms = {unit: arm_of(proposal.salon.id, proposal.agent, unit, share) for unit in proposal.units} if share else {}
    excluded = _excluded(proposal, arms, state.marketing.stopped(proposal.now), transaction)
    ready = [each for each in proposal.people if each.id not in excluded]
    stopped = unreachable(ready, proposal, transaction)
    excluded |= stopped
    ready = [each for each in ready if each.id not in stopped]
    budget = budget_for_asks(proposal.settings.limits, proposal.salon)
    keys = {each.id: key_of(each, proposal) for each in ready}
    excluded |= over_budget(ready, keys, counters.reached, budget=budget, now=proposal.now, approved=proposal.approved)
    trial = None if isinstance(may_ask, Stopped) or proposal.approved else may_ask.trial
    left = counters.left(proposal.agent, limits=proposal.settings.limits, now=proposal.now, zone=proposal.salon.zone)
    return Allowed(excluded, counters, left if trial is None else min(left, trial), trial, arms)


def _excluded(
    proposal: Proposal, arms: Mapping[str, Arm], stopped: str | None, transaction: Reader
) -> dict[str, Excluded]:
    now, people = proposal.now, proposal.people
    keys = {each.id: keys_of(each.person.customer, proposal.signing_key) for each in people}
    asks = recent_asks(transaction, "customer_id", list(keys), now)
    asks += recent_asks(transaction, "address_key", [key for theirs in keys.values() for key in theirs], now)
    wishes = [f"waitlist/{each.entry.id}" for each in people if each.entry]
    entries = [readable_one(WaitlistEntry, snapshot) for snapshot in transaction.get_all(wishes)]
    waiting = {entry.id for entry in entries if entry and entry.status == "waiting"}
    asked = [each.person.customer for each in people]
    unheard = unanswered(asked, transaction, signing_key=proposal.signing_key, now=now)
    facts = load_facts([condition for each in people for condition in each.guard], transaction, now)

    def why_not(selected: Selected) -> Excluded | None:
        if arms.get(selected.unit or "") == "held_out":
            return Excluded(HELD_OUT)
        theirs = {ask.id: ask for ask in asks if {ask.customer_id, ask.address_key} & {selected.id, *keys[selected.id]}}
        if theirs.keys() - {ask.id for ask in selected.person.asks}:
            return Excluded("asked by another run just now")
        if stopped and selected.consent == "marketing":
            return Excluded(f"promotional asks are paused: {stopped}")
        if selected.entry and selected.entry.id not in waiting:
            return Excluded("waits no longer")
        person = replace(selected.person, asks=tuple(theirs.values()), unanswered=selected.id in unheard)
        return _not_right(selected, person, facts, proposal)

    return {each.id: why for each in people if (why := why_not(each)) is not None}


def _not_right(selected: Selected, person: Person, facts: Facts, proposal: Proposal) -> Excluded | None:
    if selected.autonomy == "manual_only":
        return Excluded(f"for a person to decide: {selected.autonomy}")
    reason = unmet(selected.guard, facts) or unwanted(person.customer, unanswered=person.unanswered)
    if reason is not None:
        return Excluded(reason)
    by = reachable(person, selected.consent, salon=proposal.salon, settings=proposal.settings, now=proposal.now)
    if isinstance(by, Excluded):
        return by
    if by != selected.channel:
        raise ValueError(f"expected {selected.id} to be asked by {by}, found {selected.channel}")
    return None


def _with_arms(decision: Decision, allowed: Allowed) -> Decision:
    """The decision with what was drawn: first of all, and of all units, whoever is asked in the end."""
    return decision.changed(arms=dict(allowed.arms)) if allowed.arms else decision


def _considered(nobody: Decision, proposal: Proposal, transaction: Reader) -> tuple[Write, ...]:
    """The writes of the decision to ask nobody at present. There is one for each round that does not go out, written again
    when the reasons are others."""
    found = transaction.get(nobody.path)
    if found is None:
        return create(decide(nobody, now=proposal.now))
    again = reconsidered(Decision.model_validate(found.data), nobody, now=proposal.now)
    return update(again) if again else ()


def _chosen(group: Group, proposal: Proposal, allowed: Allowed) -> list[Selected]:
    """The people of the group. Whoever was not proposed, may not be asked, waits for the owner's word, or would be asked twice,
    was chosen by mistake."""
    proposed = {each.id: each for each in proposal.people if each.id not in allowed.excluded}
    if set(group.people) - proposed.keys():
        raise ValueError(f"expected only people who may be asked in {group.decision.id}")
    people = [proposed[id] for id in group.people]
    supervised = [each.id for each in people if each.autonomy == "supervised" and not proposal.approved]
    if supervised:
        raise ValueError(
            f"expected only people whom the agent asks alone, found without the owner's approval: {', '.join(supervised)}"
        )
    if len(people) > allowed.left:
        raise ValueError(f"expected at most the {allowed.left} asks that are left, found {len(people)}")
    if len({key_of(each, proposal) for each in people}) < len(people):
        raise ValueError(f"expected each address to be asked once, found one twice in {group.decision.id}")
    return people


def _asking(people: Sequence[Selected], group: Group, proposal: Proposal, allowed: Allowed) -> list[Write]:
    """The writes by which these people are asked: the decision, and unless it is a dry run their asks."""
    writes: list[Write] = (
        [] if proposal.approved else [*create(decide(_with_arms(group.decision, allowed), now=proposal.now))]
    )
    for selected in people if proposal.live else ():
        outreach = outreach_to(selected, proposal, group.decision.id, round=group.round)
        reasons = [*selected.reasons, *(["approved by the owner"] if proposal.approved else [])]
        writes += create(request(outreach, now=proposal.now, reasons=reasons))
        if selected.entry:
            writes += waitlist_moved(
                selected.entry, "offered", salon_id=outreach.salon_id, now=proposal.now, about=outreach.id
            )
    return writes


def _asking_first(question: Question, proposal: Proposal, allowed: Allowed) -> list[Write]:
    """The writes by which the owner is asked first. In a dry run nobody is, so the decision waits for no approval."""
    decision = _with_arms(question.decision, allowed)
    if not proposal.live:
        return [*create(decide(decision.changed(approval=DecisionApproval()), now=proposal.now))]
    return [*create(decide(decision, now=proposal.now)), *create(question.approval)]


def _with(people: Sequence[Selected], choice: Choice, before: AskCounters, proposal: Proposal) -> AskCounters:
    """The counters with these asks."""
    now, zone = proposal.now, proposal.salon.zone
    by_whatsapp = {key_of(each, proposal): each.deadline for each in people if each.channel == "whatsapp"}
    after = choice.count(before.counted(proposal.agent, len(people), now=now, zone=zone))
    return after.reaching(by_whatsapp, now)


def _outcome(choice: Choice, proposal: Proposal) -> Asked | NobodyAsked:
    if choice.alone is None and choice.question is None:
        return NobodyAsked(choice.reason)
    if not proposal.live:
        return NobodyAsked("dry run")
    return Asked(len(choice.alone.people)) if choice.alone else NobodyAsked("the owner is asked first")
