"""Tells the owner what was sold, and what needs a person. One notice per event and contact, however often it is delivered."""

from datetime import datetime
from typing import Literal

from shared.domain import money
from shared.domain.booking import Booking
from shared.domain.events import SalonEvent
from shared.domain.message import Message, say
from shared.domain.salon import Contact, Salon
from shared.domain.wording import spoken_time
from shared.ports import Clock, Deployment, Documents, Reader
from shared.use_cases.load_settings import accepted_settings
from shared.use_cases.loading import customer_of, salon_of
from shared.use_cases.speaking import notice_to
from shared.use_cases.writing import create

Outcome = Literal["requested", "requested before", "nothing to tell", "nobody to tell", "dry run"]


def notify_owner(event: SalonEvent, *, documents: Documents, clock: Clock, deployment: Deployment) -> Outcome:
    salon = salon_of(documents, documents.salon_id)
    if accepted_settings(documents).mode == "dry_run":
        return "dry run"
    contact = first_owner(salon)
    if contact is None:
        return "nobody to tell"
    now = clock.now()
    notice = _notice(event, contact, salon, documents=documents, deployment=deployment, now=now)
    if notice is None:
        return "nothing to tell"
    return "requested" if documents.commit(*create(say(notice, now=now, actor="notify_owner"))) else "requested before"


def first_owner(salon: Salon) -> Contact | None:
    owners = [contact for contact in salon.contacts if contact.role == "owner"] or salon.contacts
    return next((contact for contact in owners if contact.phone), None)


def _notice(
    event: SalonEvent, contact: Contact, salon: Salon, *, documents: Reader, deployment: Deployment, now: datetime
) -> Message | None:
    locale = contact.locale or salon.locale
    if event.event_type == "GAP_FILLED":
        if not event.payload.get("ours"):
            return None
        found = documents.get(f"bookings/{event.payload.get('booking_id')}")
        if found is None:
            return None
        booking = Booking.from_document(found.id, found.data)
        customer = customer_of(documents, booking.customer_id) if booking.customer_id else None
        variables = {
            "customer": customer.name if customer else "",
            "service": _name(documents, "services", booking.service_ids[0]),
            "staff": _name(documents, "staff", booking.staff_id),
            "when": spoken_time(booking.start_time, salon.zone, locale, now=now),
            "price": money.display(booking.price, salon.currency, locale),
        }
        purpose = "owner_sold"
    else:
        variables = {"problem": str(event.payload.get("reason") or event.resource_type)}
        purpose = "owner_alert"
    return notice_to(
        contact, purpose, salon, about=event.event_id, variables=variables, signing_key=deployment.signing_key, now=now
    )


def _name(documents: Reader, collection: str, document_id: str) -> str:
    found = documents.get(f"{collection}/{document_id}")
    return str(found.data.get("name", document_id)) if found else document_id
