"""Writes what follows when an ask ends and has sold nothing: a wish that it held waits again, and a customer whom it was to
answer, and never reached, hears the plain no."""

from shared.asking.answer_customer import REFUSALS, answer_to
from shared.asking.limits import may_have_left
from shared.asking.outreach import Outreach
from shared.asking.release_wish import entry_waits_again
from shared.messaging.message import Message, say
from shared.ports import Reader, Write
from shared.records.commit import create
from shared.salon.load_salon import salon_of


def ended(before: Outreach | Message, after: Outreach | Message, documents: Reader, *, actor: str) -> tuple[Write, ...]:
    """The writes that follow from the end of this message; none unless it was an ask."""
    if not isinstance(before, Outreach) or not isinstance(after, Outreach):
        return ()
    return (*entry_waits_again(before, documents, after.updated_at), *_plain_answer(after, documents, actor))


def _plain_answer(unsent: Outreach, documents: Reader, actor: str) -> tuple[Write, ...]:
    """The writes of the plain no to a yes that came too late, where the offer that was to answer it never left."""
    never_left = unsent.instead_of is not None and not may_have_left(unsent)
    found = documents.get(f"outreach/{unsent.instead_of}") if never_left else None
    if found is None:
        return ()
    lost, now = Outreach.model_validate(found.data), unsent.updated_at
    purpose = REFUSALS.get(lost.response.action or "", "slot_no_longer_free")
    there = lost.changed(channel=unsent.channel, address_key=unsent.address_key)
    answer = answer_to(there, purpose, salon_of(documents, lost.salon_id), said_in=None, now=now)
    return () if documents.get(answer.path) else create(say(answer, now=now, actor=actor))
