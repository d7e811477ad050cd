"""Shows one of the salon's own people what their link leads to, and does what they answer there. Looking changes nothing;
an answer does what it does by any other way."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from functions.answer_approval.end_conversation import close_conversation
from functions.answer_approval.notice_page import InRound, Question, Said, Written, page
from functions.answer_approval.opt_out_customer import opt_out_customer
from functions.answer_approval.read_conversations import Talk, read_conversations
from functions.answer_approval.read_link import Visit, let_in
from shared.approvals.approval import Approval
from shared.approvals.settle_approval import Action, answer
from shared.customers.customer import Customer
from shared.messaging.message import Message
from shared.messaging.rendering import unsigned_text
from shared.messaging.spoken import spoken_deadline, spoken_outcome, spoken_reason, spoken_time, spoken_why_not
from shared.messaging.tokens import binding
from shared.ports import Clock, Deployment, Store
from shared.records.read_documents import readable
from shared.values import money

WRITTEN = "owner_message"


@dataclass(frozen=True)
class Page:
    status: Literal[200, 404]
    html: str
    salon_id: str | None = None


@dataclass(frozen=True)
class Reply:
    """What the form of a page says: about an approval and whom of its round is `struck`, or about the people who wrote, as they
    were `seen`."""

    action: Action | Literal["close", "opt_out"]
    about: str
    seen: int = 0
    struck: tuple[str, ...] = ()


@dataclass(frozen=True)
class LinkVisits:
    """The visits by signed links of one deployment."""

    store: Store
    clock: Clock
    deployment: Deployment

    def show(self, token: str) -> Page:
        """The page that the link leads to, as it stands."""
        visit = let_in(token, store=self.store, deployment=self.deployment)
        return self._page(visit) if visit else _unknown()

    def answer(self, token: str, reply: Reply) -> Page:
        """Does what the form says, and returns the page that says what came of it, or of somebody's faster answer."""
        visit = let_in(token, store=self.store, deployment=self.deployment)
        done = self._done(reply, visit) if visit else "nothing here"
        after = None if done == "nothing here" else let_in(token, store=self.store, deployment=self.deployment)
        return self._page(after, newer=reply.about if done == "something new" else None) if after else _unknown()

    def _done(self, reply: Reply, visit: Visit) -> Literal["done", "something new", "nothing here"]:
        by, documents = visit.contact.called, visit.documents
        if reply.action == "approve" or reply.action == "reject":
            seen = next((each for each in visit.approvals if each.id == reply.about), None)
            if seen is None:
                return "nothing here"
            in_round = {each["customer_id"] for each in seen.people}
            answer(
                seen.id,
                reply.action,
                bound_to=binding(seen.action_hash),
                by=by,
                struck=[each for each in reply.struck if each in in_round],
                documents=documents,
                clock=self.clock,
            )
            return "done"
        talk = next((each for each in self._talks(visit) if each.key == reply.about), None)
        if talk is None:
            return "nothing here"
        if reply.action == "opt_out":
            opt_out_customer(talk, by=by, documents=documents, clock=self.clock, deployment=self.deployment)
            return "done"
        closed = close_conversation(talk.key, seen=reply.seen, by=by, documents=documents, clock=self.clock)
        return "something new" if closed == "something new" else "done"

    def _talks(self, visit: Visit) -> list[Talk]:
        notices = [each for each in visit.told if each.purpose == WRITTEN]
        return read_conversations(notices, visit.documents, self.deployment)

    def _page(self, visit: Visit, *, newer: str | None = None) -> Page:
        """`newer` is the conversation that stays open because somebody has written since it was seen."""
        now = self.clock.now()
        html = page(
            _questions(visit, now),
            written=[_written(talk, visit, now, newer=talk.key == newer) for talk in self._talks(visit)],
            news=[_in_full(each) for each in visit.told if each.purpose != WRITTEN],
            locale=visit.locale,
            salon=visit.salon.name,
        )
        return Page(200, html, visit.salon.id)


def _questions(visit: Visit, now: datetime) -> list[Question]:
    zone, locale = visit.salon.zone, visit.locale
    ids = dict.fromkeys(each["customer_id"] for approval in visit.approvals for each in approval.people)
    known = readable(Customer, visit.documents.get_all([f"customers/{id}" for id in ids]))
    names = {customer.id: customer.name for customer in known}

    def in_round(approval: Approval) -> list[InRound]:
        """Who is in the round, in its order, with when and for how much."""
        return [
            InRound(
                each["customer_id"],
                names.get(each["customer_id"], each["customer_id"]),
                f"{spoken_time(each['start'], zone, locale, now=now)}, "
                f"{money.display(Decimal(str(each['price'])), visit.salon.currency, locale)}",
                spoken_why_not(reason, locale) if (reason := approval.not_asked.get(each["customer_id"])) else None,
            )
            for each in approval.people
        ]

    return [
        Question(
            approval.id,
            approval.action_summary,
            spoken_outcome(approval.settled_as, locale),
            spoken_deadline(approval.expires_at, zone, locale, now=now)
            if approval.waits and now < approval.expires_at
            else None,
            in_round(approval),
        )
        for approval in visit.approvals
    ]


def _written(talk: Talk, visit: Visit, now: datetime, *, newer: bool) -> Written:
    zone, locale, conversation = visit.salon.zone, visit.locale, talk.conversation
    moment = conversation.moment if conversation else None
    when = spoken_time(moment, zone, locale, now=now) if moment else ""
    return Written(
        key=talk.key,
        names=", ".join(conversation.customer_names) if conversation else "",
        sender=talk.sender,
        reason=spoken_reason(conversation.reason, locale, when=when) if conversation else "",
        lines=[
            Said(line.by, spoken_time(line.at, zone, locale, now=now), line.text, line.attachments)
            for line in talk.lines
        ],
        seen=conversation.revision if conversation and talk.waits else None,
        newer=newer,
        opted_out=talk.opted_out,
    )


def _in_full(notice: Message) -> str:
    """What the notice says, where a message had to cut it."""
    return notice.variables.get("problem") or unsigned_text(notice.purpose, notice.locale, notice.variables)


def _unknown() -> Page:
    return Page(404, page([], locale="en"))
