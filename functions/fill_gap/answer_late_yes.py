"""Answers a yes that came too late, once for each lost offer: with another open slot if one suits, else with the kind no. Then
the campaign of its gap is run: the offer has fallen away, and where the time is still free another may go out in its place.

A late yes is announced until it has its answer, so it is heard of more than once: the answer, and the mark that none is owed
any more, are one commit.
"""

from datetime import datetime
from typing import Literal

from functions.fill_gap.offer_another import LateYes, offer_another
from functions.fill_gap.round_documents import AGENT
from functions.fill_gap.run_campaign import fill_gap
from functions.fill_gap.settings import Settings
from shared.asking.answer_plainly import answered_plainly
from shared.asking.outreach import Outreach, lost_answered
from shared.messaging.load_inbound import load_inbound
from shared.messaging.messaging_hours import answers
from shared.ports import Clock, Deployment, Documents, Write
from shared.records.commit import until_committed, update
from shared.salon.load_salon import salon_of
from shared.salon.load_settings import accepted_as

TRIES_WITH_ANOTHER = 2
"""How often another slot is looked for. Of many who came too late together each must hear at once: whoever was beaten to another
slot so often gets the plain answer."""

Outcome = Literal["another time offered", "told that it is gone", "answered before"]


def answer_late_yes(outreach_id: str, *, documents: Documents, clock: Clock, deployment: Deployment) -> Outcome:
    found = documents.get(f"outreach/{outreach_id}")
    if found is None:
        return "answered before"
    outcome = _answer(outreach_id, documents, clock, deployment)
    gap_id = Outreach.model_validate(found.data).trigger_id
    fill_gap(gap_id, documents=documents, clock=clock, deployment=deployment)
    return outcome


def _answer(outreach_id: str, documents: Documents, clock: Clock, deployment: Deployment) -> Outcome:
    tries = TRIES_WITH_ANOTHER

    def attempt() -> Outcome | None:
        nonlocal tries
        found = documents.get(f"outreach/{outreach_id}")
        lost = Outreach.model_validate(found.data) if found else None
        if found is None or lost is None or not lost.response.owed:
            return "answered before"
        now = clock.now()
        offer = _another(lost, documents, now, deployment.signing_key) if tries > 0 else None
        tries -= 1
        if offer is None:
            plainly = answered_plainly(lost, found, documents, now=now, actor=AGENT)
            return "told that it is gone" if documents.commit(*plainly) else None
        answered = lost_answered(lost, by="another_slot", now=now, actor=AGENT)
        return "another time offered" if documents.commit(*update(answered, found), *offer) else None

    return until_committed(attempt, clock=clock)


def _another(lost: Outreach, documents: Documents, now: datetime, signing_key: bytes) -> list[Write] | None:
    """The writes that offer another slot, or None where none suits, or so much time has passed that an offer would be no answer
    any more."""
    found = documents.get(lost.response.said_in) if lost.response.said_in else None
    said = load_inbound(found) if found else None
    said_at = said.received_at if said else lost.response.responded_at
    if said_at is None or not answers(now, said_at):
        return None
    salon, settings = salon_of(documents, documents.salon_id), accepted_as(Settings, documents)
    return offer_another(LateYes(lost, said, salon, settings, signing_key, now), documents)
