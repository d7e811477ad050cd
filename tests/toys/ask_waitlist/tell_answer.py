"""Tells the owner what somebody said whom this agent has asked."""

from functions.ask_waitlist.ask_about_gap import AGENT
from shared.asking.outreach import Outreach
from shared.messaging.phrases import phrases
from shared.ports import Clock, Documents
from shared.records.audit import record_fact
from shared.records.commit import fact
from shared.records.events import SalonEvent
from shared.records.read_documents import readable_one
from shared.salon.load_salon import salon_of


def tell_answer(event: SalonEvent, *, documents: Documents, clock: Clock) -> str:
    ask = readable_one(Outreach, documents.get(f"outreach/{event.resource_id}"))
    if ask is None or ask.agent_name != AGENT:
        return "another agent's"
    said = phrases(__file__, salon_of(documents, documents.salon_id).locale).get(ask.response.action or "")
    if said is None:
        return "nothing to tell"
    told = record_fact(
        salon_id=documents.salon_id,
        resource_type="outreach",
        resource_id=ask.id,
        version=event.event_id,
        now=clock.now(),
        actor="ask_waitlist",
        event="alert_triggered",
        action="An answer came in",
        # It names a customer, so it stands in the record and not in what is announced of it.
        details={"reason": str(said).format(customer=ask.customer_name)},
        announces="ALERT_TRIGGERED",
    )
    return "told" if documents.commit(fact(told)) else "told before"
