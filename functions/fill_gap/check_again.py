"""What must still hold of the candidates when a round is committed, whatever another run has done since they were judged.
Everything here is read in the transaction that creates the asks, and under its lock."""

from collections.abc import Sequence
from dataclasses import replace

from functions.fill_gap.candidates import Candidate, owner_asked_until
from functions.fill_gap.load_asks import recent_asks
from functions.fill_gap.offered_slot import TIME_TO_ANSWER
from functions.fill_gap.prospect import PURPOSE
from functions.fill_gap.sender_budget import budget_for_asks, within_budget
from functions.fill_gap.write_round import AGENT, RoundContext, key_of
from shared.approvals.approval import Approval
from shared.asking.limits import AskCounters
from shared.asking.watch_reactions import promotions_stopped
from shared.customers.address_keys import keys_of
from shared.customers.waitlist import WaitlistEntry
from shared.ports import Query, Transaction
from shared.records.read_documents import readable_one


def checked_again(
    candidates: Sequence[Candidate], counters: AskCounters, transaction: Transaction, context: RoundContext
) -> list[Candidate]:
    """The contact limits, the waitlist, the agent's own pause and the sender's budget as they are now: under the lock,
    nobody else is asked meanwhile."""
    ready = [c for c in candidates if c.excluded is None]
    keys = {c.prospect.customer.id: keys_of(c.prospect.customer, context.signing_key) for c in ready}
    asks = recent_asks(transaction, "customer_id", list(keys), context.now)
    asks += recent_asks(transaction, "address_key", [key for theirs in keys.values() for key in theirs], context.now)
    known = {ask.id for c in ready for ask in c.prospect.asks}
    busy = {name for ask in asks if ask.id not in known for name in (ask.customer_id, ask.address_key)}
    wishes = [f"waitlist/{c.prospect.entry.id}" for c in ready if c.prospect.entry]
    entries = [readable_one(WaitlistEntry, snapshot) for snapshot in transaction.get_all(wishes)]
    waiting = {entry.id for entry in entries if entry and entry.status == "waiting"}
    stopped = promotions_stopped(AGENT, transaction, context.now)

    def again(candidate: Candidate) -> Candidate:
        if candidate.excluded is not None:
            return candidate
        customer_id = candidate.prospect.customer.id
        if busy & {customer_id, *keys[customer_id]}:
            return candidate.out("asked by another run just now")
        if stopped and PURPOSE[candidate.prospect.source] == "marketing":
            return candidate.out(f"promotional asks are paused: {stopped}")
        entry = candidate.prospect.entry
        return candidate.out("waits no longer") if entry and entry.id not in waiting else candidate

    return within_budget(
        [again(candidate) for candidate in candidates],
        {candidate.prospect.customer.id: key_of(candidate, context) for candidate in ready},
        counters.reached,
        budget=budget_for_asks(context.settings.limits, context.salon),
        now=context.now,
    )


def asked_about_once(candidates: list[Candidate], transaction: Transaction, context: RoundContext) -> list[Candidate]:
    """The owner hears the same question about a gap once, however many rounds follow, one question at a time, and none
    without time to answer: it would be over unheard and stand in the way of the same customer's next."""
    query = Query("approvals", where=(("trigger_id", "==", context.gap.id),))
    asked = [Approval.model_validate(snapshot.data) for snapshot in transaction.query(query)]
    named = {approval.action_details.get("customer_id") for approval in asked}

    def again(candidate: Candidate) -> Candidate:
        if candidate.autonomy is None or candidate.autonomy.level != "supervised" or candidate.excluded is not None:
            return candidate
        if candidate.prospect.customer.id in named:
            return candidate.out("the owner was asked about this before")
        if owner_asked_until(candidate, context.settings) - context.now < TIME_TO_ANSWER:
            # By then it is too late for this time, and another of the gap may come next.
            return replace(candidate, asleep_until=context.now + TIME_TO_ANSWER).out("too late to ask the owner")
        return candidate.out("the owner is asked about another") if any(each.waits for each in asked) else candidate

    return [again(candidate) for candidate in candidates]
