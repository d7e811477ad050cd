"""About whom the owner is asked: the same question once, one at a time, and none without time to answer it."""

from collections.abc import Sequence
from dataclasses import replace

from functions.fill_gap.candidates import Candidate, owner_asked_until
from functions.fill_gap.offered_slot import TIME_TO_ANSWER
from functions.fill_gap.round_documents import RoundContext
from shared.approvals.approval import Approval


def asked_about_once(
    candidates: Sequence[Candidate], questions: Sequence[Approval], context: RoundContext
) -> list[Candidate]:
    """The owner hears the same question about a gap once, however many rounds follow, one question at a time, and none
    without time to answer: it would be over unheard and stand in the way of the same customer's next. `questions` are all
    that were asked about this gap."""
    named = {question.action_details.get("customer_id") for question in questions}
    named |= {each["customer_id"] for question in questions for each in question.people}

    def again(candidate: Candidate) -> Candidate:
        if candidate.autonomy is None or candidate.autonomy.level != "supervised" or candidate.excluded is not None:
            return candidate
        if candidate.prospect.customer.id in named:
            return candidate.out("the owner was asked about this before")
        if owner_asked_until(candidate, context.settings) - context.now < TIME_TO_ANSWER:
            # By then it is too late for this time, and another of the gap may come next.
            return replace(candidate, asleep_until=context.now + TIME_TO_ANSWER).out("too late to ask the owner")
        return candidate.out("the owner is asked about another") if any(each.waits for each in questions) else candidate

    return [again(candidate) for candidate in candidates]
