"""Works on one stored message: finds what it answers, carries it out, answers. The transaction of its effect marks it
handled, so whoever works on it again after a crash finds either nothing done or everything.

A reply is bound by its button's signed token, else by the message it answers, else by the single open offer of that
address; else we ask which one is meant. Never "the latest".
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from shared.domain import tokens
from shared.domain.audit import record_fact
from shared.domain.customer import Customer
from shared.domain.message import Inbound, Message, handled, say
from shared.domain.outreach import Outreach, responded
from shared.domain.replies import understand
from shared.domain.salon import Salon
from shared.domain.wording import spoken_time
from shared.ports import Clock, Deployment, Documents, Query, Write
from shared.use_cases.load_settings import accepted_settings
from shared.use_cases.loading import inbound, salon_of
from shared.use_cases.opting import opt_in, opt_out
from shared.use_cases.sell_slot import AnsweredBefore, Sold, sell_slot
from shared.use_cases.speaking import answer_to, reply_to
from shared.use_cases.waitlist import entry_waits_again
from shared.use_cases.writing import create, fact, replace, said_handled, until_committed

ACTOR = "receive_message"
LATE_YES_WITHIN = timedelta(hours=24)
"""A yes in words to an offer that has expired is still understood as one, this long after it was made."""

Answered = Literal[
    "handled before",
    "booked",
    "not booked",
    "answered before",
    "declined",
    "opted out",
    "opted in",
    "helped",
    "asked which one",
    "forwarded offer",
    "kept for the owner",
    "unknown sender",
]


@dataclass(frozen=True)
class Bound:
    outreach: Outreach
    answer: Literal["accept", "decline"] | None
    """What the button said; None where only words can say."""


@dataclass(frozen=True)
class Unbound:
    reason: Literal["nothing open", "several open", "forwarded"]
    candidates: tuple[Outreach, ...] = ()


def answer_message(path: str, *, documents: Documents, clock: Clock, deployment: Deployment) -> Answered:
    snapshot = documents.get(path)
    if snapshot is None:
        raise LookupError("expected the stored message, found none")
    said = inbound(snapshot)
    if said.handled_at is not None:
        return "handled before"
    salon = salon_of(documents, documents.salon_id)
    customers = _customers(said, documents)
    locale = next((customer.locale for customer in customers if customer.locale), salon.locale)
    meaning = understand(said.body, locale=locale, channel=said.channel)
    work = _Work(path, said, salon, customers, locale, documents, clock, deployment)
    bound = work.bind()

    if said.opt_out == "STOP" or (meaning == "stop" and said.button_payload is None):
        return work.stop()
    if said.opt_out == "START" or meaning == "start":
        return work.start()
    if said.opt_out == "HELP" or meaning == "help":
        return work.reply("help", {}, "helped")
    if isinstance(bound, Bound):
        answer = bound.answer or ("decline" if meaning == "cancel_request" else meaning)
        if answer == "accept":
            return work.accept(bound.outreach)
        if answer == "decline":
            return work.decline(bound.outreach)
        return work.keep("an answer to an offer in other words")
    if bound.reason == "forwarded":
        return work.keep(
            "an offer that was made to somebody else", "unknown_offer_forwarded", outcome="forwarded offer"
        )
    if bound.reason == "several open" and meaning in ("accept", "decline"):
        return work.ask_which(bound.candidates)
    if not customers:
        return work.done("unknown sender")
    return work.keep("a message that needs a person")


def _customers(said: Inbound, documents: Documents) -> list[Customer]:
    """Everybody known at this address: several may share it."""
    found = documents.query(Query("customers", where=(("phone", "==", said.sender),), limit=20))
    return [Customer.from_document(snapshot.id, snapshot.data) for snapshot in found]


@dataclass(frozen=True)
class _Work:
    path: str
    said: Inbound
    salon: Salon
    customers: list[Customer]
    locale: str
    documents: Documents
    clock: Clock
    deployment: Deployment

    def bind(self) -> Bound | Unbound:
        said = self.said
        token = tokens.read(self.deployment.signing_key, said.button_payload or "")
        if token is not None:
            found = self.documents.get(f"outreach/{token.outreach_id}") if token.salon_id == self.salon.id else None
            if found is None:
                return Unbound("nothing open")
            outreach = Outreach.model_validate(found.data)
            if outreach.address_key != said.conversation_id:
                return Unbound("forwarded")
            return Bound(outreach, None if token.answer == "link" else token.answer)
        theirs = self._offers()
        if said.replied_to_sid:
            answered = [offer for offer in theirs if offer.delivery.message_id == said.replied_to_sid]
            if answered:
                return Bound(answered[0], None)
        standing = [offer for offer in theirs if offer.is_open] or [
            offer for offer in theirs if offer.status == "expired"
        ]
        if len(standing) == 1:
            return Bound(standing[0], None)
        return Unbound("several open" if standing else "nothing open", tuple(standing))

    def _offers(self) -> list[Outreach]:
        since = self.clock.now() - LATE_YES_WITHIN
        query = Query(
            "outreach", where=(("address_key", "==", self.said.conversation_id), ("created_at", ">", since)), limit=50
        )
        return [Outreach.model_validate(snapshot.data) for snapshot in self.documents.query(query)]

    def accept(self, outreach: Outreach) -> Answered:
        sale = sell_slot(
            outreach.id,
            salon=self.salon,
            settings=accepted_settings(self.documents),
            documents=self.documents,
            clock=self.clock,
            said_in=self.path,
        )
        if isinstance(sale, AnsweredBefore):
            return self.done("answered before")
        return "booked" if isinstance(sale, Sold) else "not booked"

    def decline(self, outreach: Outreach) -> Answered:
        return decline(
            outreach.id, salon=self.salon, documents=self.documents, clock=self.clock, said_in=self.path
        ) or (self.done("answered before"))

    def stop(self) -> Answered:
        def changes() -> tuple[Write, ...]:
            return opt_out(self.said, self.customers, documents=self.documents, now=self.clock.now())

        # On SMS the carrier, or Twilio's own opt-out, has answered already; a second confirmation would be spam.
        answered = self.said.opt_out is not None or self.said.channel == "sms"
        return self.finish("opted out", changes, None if answered else self._reply("stop_confirmed", {}))

    def start(self) -> Answered:
        def changes() -> tuple[Write, ...]:
            return opt_in(self.said, self.customers, now=self.clock.now())

        answered = self.said.opt_out is not None
        return self.finish("opted in", changes, None if answered else self._reply("start_confirmed", {}))

    def ask_which(self, offers: tuple[Outreach, ...]) -> Answered:
        times = ", ".join(
            spoken_time(offer.slot.start, self.salon.zone, self.locale, now=self.clock.now())
            for offer in sorted(offers, key=lambda offer: offer.id)
            if offer.slot
        )
        return self.reply("which_one", {"choices": times}, "asked which one")

    def keep(self, why: str, purpose: str = "holding_answer", *, outcome: Answered = "kept for the owner") -> Answered:
        """For the owner's inbox, with a word that it has arrived."""
        alert = record_fact(
            salon_id=self.salon.id,
            resource_type="message",
            resource_id=self.said.id,
            version="inbox",
            now=self.clock.now(),
            actor=ACTOR,
            event="alert_triggered",
            action=f"A message waits for the owner: {why}",
            announces="AGENT_ACTION_REQUIRED",
            payload={"reason": why, "path": self.path},
        )
        return self.finish(outcome, lambda: (fact(alert),), self._reply(purpose, {}))

    def reply(self, purpose: str, variables: dict[str, str], outcome: Answered) -> Answered:
        return self.finish(outcome, tuple, self._reply(purpose, variables))

    def done(self, outcome: Answered) -> Answered:
        return self.finish(outcome, tuple, None)

    def _reply(self, purpose: str, variables: dict[str, str]) -> Message:
        name = self.customers[0].name if len(self.customers) == 1 else ""
        return reply_to(
            self.said,
            purpose,
            self.salon,
            locale=self.locale,
            variables={"name": name, **variables},
            now=self.clock.now(),
        )

    def finish(self, outcome: Answered, effects: Callable[[], tuple[Write, ...]], answer: Message | None) -> Answered:
        """The effect, the answer and the mark that it is handled, in one commit."""

        def attempt() -> Answered | None:
            snapshot = self.documents.get(self.path)
            if snapshot is None or inbound(snapshot).handled_at is not None:
                return "handled before"
            now = self.clock.now()
            spoken = create(say(answer, now=now, actor=ACTOR)) if answer else ()
            marked = replace(handled(inbound(snapshot), outcome=outcome, now=now), snapshot)
            return outcome if self.documents.commit(*effects(), *spoken, *marked) else None

        return until_committed(attempt, clock=self.clock)


def decline(
    outreach_id: str, *, salon: Salon, documents: Documents, clock: Clock, said_in: str | None
) -> Literal["declined"] | None:
    """The customer's no, once. None when the offer has its answer already."""

    def attempt() -> Literal["declined", "before"] | None:
        snapshot = documents.get(f"outreach/{outreach_id}")
        if snapshot is None:
            raise LookupError(f"expected outreach {outreach_id}, found none")
        outreach = Outreach.model_validate(snapshot.data)
        if outreach.status == "responded":
            return "before"
        now = clock.now()
        said = documents.get(said_in) if said_in else None
        answer = answer_to(outreach, "offer_declined", salon, said_in=said, now=now)
        committed = documents.commit(
            *replace(responded(outreach, answer="decline", result="declined", now=now), snapshot),
            *entry_waits_again(outreach, documents, now),
            *create(say(answer, now=now, actor=ACTOR)),
            *said_handled(said, "declined", now),
        )
        return "declined" if committed else None

    outcome = until_committed(attempt, clock=clock)
    return "declined" if outcome == "declined" else None
