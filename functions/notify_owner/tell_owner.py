"""Tells the salon's own people what was sold, what needs a person, and asks them what policy leaves to them. One notice per
event, contact and channel, however often the event is delivered; what can wait goes out in one digest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from functions.notify_owner.notices import NoticesSent, Weight, awake, notified, told_at
from functions.notify_owner.read_problem import Named, read_problem, spoken_problem
from functions.notify_owner.spoken_stop import spoken_stop
from functions.notify_owner.write_notice import notices_to
from shared.approvals.approval import Approval
from shared.asking.destination import Destination
from shared.calendar.booking import Booking
from shared.customers.load_customer import customer_of
from shared.messaging.conversation import Conversation, Reason
from shared.messaging.message import KEEP_TRYING, Inbound, Message, collected, merged, message_path, say
from shared.messaging.spoken import spoken_deadline, spoken_reason, spoken_time, spoken_why_not
from shared.ports import Clock, Deployment, Documents, Reader, Write
from shared.records.commit import create, save, until_committed, update
from shared.records.events import EventType, SalonEvent
from shared.records.stored import natural_id
from shared.salon.load_salon import salon_to_tell
from shared.salon.load_settings import accepted_settings
from shared.salon.salon import Contact, Salon
from shared.values import money

ACTOR = "notify_owner"
TOLD_IN_DRY_RUN: frozenset[EventType] = frozenset({"ALERT_TRIGGERED", "GAP_FILLED"})
"""A dry run asks nobody. That something is wrong with the salon's own data or settings is no question, and without it the salon would
never be ready; and whoever takes up an offer made before it is booked."""

Outcome = Literal["requested", "kept for a digest", "requested before", "nothing to tell", "nobody to tell", "dry run"]
Told = Literal["requested", "kept for a digest", "requested before"]


@dataclass(frozen=True)
class OwnerNotice:
    """What there is to tell. `moments` are variables that are spoken when it is known who reads them, and when; so are the
    `reason` of a message that waits, the `problem` of an alert, and why an approval was `called_off`."""

    purpose: str
    about: str
    weight: Weight
    variables: dict[str, str]
    moments: dict[str, datetime] = field(default_factory=dict)
    until: datetime | None = None
    approval: Approval | None = None
    reason: Reason | None = None
    problem: Named | None = None
    called_off: str | None = None
    stopped: Destination | None = None


def notify_owner(event: SalonEvent, *, documents: Documents, clock: Clock, deployment: Deployment) -> Outcome:
    salon = salon_to_tell(documents, documents.salon_id)
    if accepted_settings(documents).mode == "dry_run" and event.event_type not in TOLD_IN_DRY_RUN:
        return "dry run"
    contacts = _in_order(salon)
    if not contacts:
        return "nobody to tell"
    notifier = _OwnerNotifier(salon, contacts, documents, clock, deployment)
    if event.resource_type == "approval":
        return notifier.about_approval(event)
    notice = _notice_of(event, salon, documents)
    if notice is None:
        return "nothing to tell"
    return notifier.tell(notice, contacts[:1])


def _in_order(salon: Salon) -> list[Contact]:
    """The contacts who can be reached, the owners first: the first of them is told, and asked, first."""
    return sorted((c for c in salon.contacts if c.addresses), key=lambda contact: contact.role != "owner")


@dataclass(frozen=True)
class _OwnerNotifier:
    """Tells these contacts of a salon."""

    salon: Salon
    contacts: Sequence[Contact]
    documents: Documents
    clock: Clock
    deployment: Deployment

    def about_approval(self, event: SalonEvent) -> Outcome:
        found = self.documents.get(f"approvals/{event.resource_id}")
        if found is None:
            return "nothing to tell"
        approval = Approval.model_validate(found.data)
        if event.event_type == "APPROVAL_CANCELLED":
            return self._called_off(approval, event)
        if not approval.waits or self.clock.now() >= approval.expires_at:
            return "nothing to tell"
        if event.event_type == "APPROVAL_REQUESTED":
            return self._asked(approval)
        return self._reminded(approval)

    def _asked(self, approval: Approval) -> Outcome:
        """Asks the first contact who is awake, or all who are when there is no time to lose. At night the question
        waits for the first contact."""
        there = [contact for contact in self.contacts if self._is_awake(contact)] or self.contacts[:1]
        return self.tell(_question(approval, "owner_approval"), there if approval.priority == "urgent" else there[:1])

    def _reminded(self, approval: Approval) -> Outcome:
        """Reminds those who have been asked, and asks the others now. Nobody is woken for it."""
        there = [contact for contact in self.contacts if self._is_awake(contact)]
        asked = [contact for contact in there if self._has_heard(contact, approval)]
        others = [contact for contact in there if contact not in asked]
        reminders = self.tell(_question(approval, "owner_reminder"), asked)
        return _together([reminders, self.tell(_question(approval, "owner_approval"), others)])

    def _called_off(self, approval: Approval, event: SalonEvent) -> Outcome:
        """Tells those who were asked that the question is called off. That a yes could not be carried out is told to
        the owner in any case."""
        asked = [contact for contact in self.contacts if self._has_heard(contact, approval)]
        if not asked and event.payload.get("was") == "approved":
            asked = list(self.contacts[:1])
        variables, reason = {"proposal": approval.action_summary}, str(_details(event, self.documents).get("reason"))
        return self.tell(OwnerNotice("owner_not_done", approval.id, "usual", variables, called_off=reason), asked)

    def _is_awake(self, contact: Contact) -> bool:
        now = self.clock.now()
        return awake(contact, zone=self.salon.zone, now=now) <= now

    def _has_heard(self, contact: Contact, approval: Approval) -> bool:
        return any(
            self.documents.get(each.path) for each in self._messages(_question(approval, "owner_approval"), contact)
        )

    def _messages(self, notice: OwnerNotice, contact: Contact, *, read_at: datetime | None = None) -> list[Message]:
        now, zone, locale = self.clock.now(), self.salon.zone, self.salon.spoken_to(contact.locale)
        read_at = read_at or now
        variables = notice.variables | {
            name: spoken_time(moment, zone, locale, now=read_at) for name, moment in notice.moments.items()
        }
        if notice.reason is not None:
            variables["topic"] = spoken_reason(notice.reason, locale, when=variables.get("when", ""))
        if notice.problem is not None:
            when = spoken_time(notice.problem.when, zone, locale, now=read_at) if notice.problem.when else ""
            variables["problem"] = spoken_problem(notice.problem, locale, when=when)
        if notice.called_off is not None:
            variables["reason"] = spoken_why_not(notice.called_off, locale)
        if notice.stopped is not None:
            variables["problem"] = spoken_stop(notice.stopped, locale)
        if notice.until is not None:
            variables["until"] = spoken_deadline(notice.until, zone, locale, now=read_at)
        return notices_to(
            contact,
            notice.purpose,
            self.salon,
            about=notice.about,
            variables=variables,
            deployment=self.deployment,
            now=now,
        )

    def tell(self, notice: OwnerNotice, people: Sequence[Contact]) -> Outcome:
        return _together(
            [
                self._tell(notice, contact, number)
                for contact in people
                for number in range(len(self._messages(notice, contact)))
            ]
        )

    def _tell(self, notice: OwnerNotice, contact: Contact, number: int) -> Told:
        """Sends the message of one contact and channel, alone or into a digest, in one commit with what says so."""

        def attempt() -> Told | None:
            now = self.clock.now()
            message = self._messages(notice, contact)[number]
            if self.documents.get(message.path) is not None:
                return "requested before"
            counter = f"counters/notices-{message.conversation_id}"
            counted = self.documents.get(counter)
            sent = NoticesSent.model_validate(counted.data) if counted else NoticesSent()
            when = told_at(contact, notice.weight, sent, zone=self.salon.zone, now=now, until=notice.until)
            if when != "alone" and self._has_left(message, when):
                when = "alone"
            if when == "alone":
                writes: tuple[Write, ...] = create(say(_kept_until(message, notice), now=now, actor=ACTOR))
                if notice.weight != "sale":
                    writes = (*writes, save(counter, sent.one_more(now), counted))
            else:
                late = self._messages(notice, contact, read_at=when)[number]
                writes = (*create(merged(late, now=now, actor=ACTOR)), *self._collected(late, when, now))
            if not self.documents.commit(*writes, *self._noted(notice.approval, message, now)):
                return None
            return "requested" if when == "alone" else "kept for a digest"

        return until_committed(attempt, clock=self.clock)

    def _has_left(self, message: Message, due_at: datetime) -> bool:
        """Whether the digest that is due then no longer waits: what is added to it now, nobody reads."""
        found = self.documents.get(message_path(message.conversation_id, _digest_id(message, due_at)))
        return found is not None and found.data["status"] != "pending"

    def _collected(self, message: Message, due_at: datetime, now: datetime) -> tuple[Write, ...]:
        id = _digest_id(message, due_at)
        found = self.documents.get(message_path(message.conversation_id, id))
        if found is not None:
            digest = Message.model_validate(found.data)
            return update(collected(digest, message.id, due_at=due_at, now=now, actor=ACTOR), found)
        digest = message.changed(
            id=id,
            about=id,
            purpose="owner_digest",
            variables={"salon": self.salon.name},
            merges=[],
            expires_at=due_at + KEEP_TRYING,
        )
        return create(collected(digest, message.id, due_at=due_at, now=now, actor=ACTOR))

    def _noted(self, approval: Approval | None, message: Message, now: datetime) -> tuple[Write, ...]:
        """Writes on the approval by which channel somebody has been told of it."""
        if approval is None:
            return ()
        found = self.documents.get(approval.path)
        if found is None:
            return ()
        latest = Approval.model_validate(found.data)
        if not latest.waits or latest.notifications_sent.get(message.channel):
            return ()
        return update(notified(latest, [message.channel], now=now, actor=ACTOR), found)


def _digest_id(message: Message, due_at: datetime) -> str:
    return natural_id("msg", "digest", message.conversation_id, due_at)


def _together(told: Sequence[Outcome]) -> Outcome:
    order: tuple[Outcome, ...] = ("requested", "kept for a digest", "requested before")
    return next((outcome for outcome in order if outcome in told), "nothing to tell")


def _kept_until(message: Message, notice: OwnerNotice) -> Message:
    """The message, which is tried no longer than the question makes sense."""
    return message.changed(expires_at=notice.until) if notice.until is not None else message


def _question(approval: Approval, purpose: Literal["owner_approval", "owner_reminder"]) -> OwnerNotice:
    weight: Weight = "urgent" if approval.priority == "urgent" else "usual"
    return OwnerNotice(
        purpose,
        approval.id,
        weight,
        {"proposal": approval.action_summary},
        until=approval.expires_at,
        approval=approval,
    )


def _notice_of(event: SalonEvent, salon: Salon, documents: Reader) -> OwnerNotice | None:
    if event.resource_type == "conversation":
        return _written(event, documents)
    if event.resource_type == "destination":
        stopped = documents.get(f"destinations/{event.resource_id}")
        there = Destination.model_validate(stopped.data) if stopped else None
        # It works again, and nobody need do anything.
        there = there if there is not None and there.stopped_until is not None else None
        return OwnerNotice("owner_alert", event.event_id, "usual", {}, stopped=there) if there else None
    if event.event_type != "GAP_FILLED":
        details = _details(event, documents)
        # What nobody has words for is told as it was written down.
        problem = str(event.payload.get("reason") or details.get("reason") or event.resource_type)
        named = read_problem(details, documents)
        return OwnerNotice("owner_alert", event.event_id, "usual", {"problem": problem}, problem=named)
    found = documents.get(f"bookings/{event.payload.get('booking_id')}")
    if found is None:
        return None
    booking = Booking.from_document(found.id, found.data)
    if not booking.occupies or booking.source != "smart_fill" or booking.gap_id != event.resource_id:
        # It was called off since, or it is no sale of ours.
        return None
    customer = customer_of(documents, booking.customer_id) if booking.customer_id else None
    return OwnerNotice(
        "owner_sold",
        event.event_id,
        "sale",
        {
            "customer": customer.name if customer else "",
            "service": _name(documents, "services", booking.service_ids[0]),
            "staff": _name(documents, "staff", booking.staff_id),
            "price": money.display(booking.price, salon.currency, salon.locale),
        },
        moments={"when": booking.start_time},
    )


def _details(event: SalonEvent, documents: Reader) -> Mapping[str, Any]:
    """What the record says of it. Why it happened stands only there, where that may name people."""
    record = documents.get(f"audit_logs/{event.event_id}")
    return record.data["details"] if record else {}


def _written(event: SalonEvent, documents: Reader) -> OwnerNotice | None:
    """What somebody wrote, and how to reach them: the very message that the event is about, whatever they have written since."""
    path = str(event.payload["path"])
    said, found = documents.get(path), documents.get(path.partition("/inbound/")[0])
    if said is None or found is None:
        return None
    inbound, conversation = Inbound.model_validate(said.data), Conversation.model_validate(found.data)
    variables = {
        "customer": ", ".join(conversation.customer_names),
        "reach": inbound.sender,
        "words": inbound.body,
    }
    moments = {"when": conversation.moment} if conversation.moment else {}
    return OwnerNotice("owner_message", path, "usual", variables, moments=moments, reason=conversation.reason)


def _name(documents: Reader, collection: str, document_id: str) -> str:
    found = documents.get(f"{collection}/{document_id}")
    return str(found.data.get("name", document_id)) if found else document_id
