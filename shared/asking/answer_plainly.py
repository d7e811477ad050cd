"""The kind no to a yes that came too late, and what becomes of such a yes while nobody answers it."""

from datetime import datetime

from shared.asking.answer_customer import REFUSALS, answer_to
from shared.asking.outreach import Outreach, lost_again, lost_answered
from shared.messaging.message import say
from shared.messaging.messaging_hours import answers
from shared.ports import Reader, Snapshot, Write
from shared.records.commit import create, update
from shared.salon.load_salon import salon_of


def answered_plainly(
    lost: Outreach, read: Snapshot, documents: Reader, *, now: datetime, actor: str
) -> tuple[Write, ...]:
    """The writes that tell the customer that the time is gone, over the number they wrote to, and that note the late yes as
    answered."""
    said = documents.get(lost.response.said_in) if lost.response.said_in else None
    purpose = REFUSALS.get(lost.response.action or "", "slot_no_longer_free")
    answer = answer_to(lost, purpose, salon_of(documents, lost.salon_id), said_in=said, now=now)
    told = lost_answered(lost, by=purpose, now=now, actor=actor)
    return (*update(told, read), *create(say(answer, now=now, actor=actor)))


def late_yes_due(lost: Outreach, read: Snapshot, documents: Reader, *, now: datetime, actor: str) -> tuple[Write, ...]:
    """The writes for a late yes that nobody has answered yet: it is announced again while an offer of another time would still
    be an answer; after that the customer is told at least that theirs is gone."""
    if answers(now, lost.response.responded_at or lost.updated_at):
        return update(lost_again(lost, now=now, actor=actor), read)
    return answered_plainly(lost, read, documents, now=now, actor=actor)
