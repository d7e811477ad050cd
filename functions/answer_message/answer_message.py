"""Handles one stored message: finds what it answers, carries that out, and answers. The commit of its effect marks the
message handled, so whoever handles it again after a crash finds either nothing done or everything.

`bind_reply` says which offer it is about; where several stand open the customer is asked which one they mean. Whoever says
that they cannot come to what is booked asks something of the salon, whatever offer stands open.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from functions.answer_message.answer_owner import Outcome as OwnerOutcome
from functions.answer_message.answer_owner import OwnerAnswer, answer_other_words, answer_word
from functions.answer_message.bind_reply import Bound, Unbound, bind
from functions.answer_message.find_doubt import ASKED_BACK, asked_back, is_doubtful
from functions.answer_message.find_sender import Sender, find_sender
from functions.answer_message.keep_for_owner import STRANGER_HOLDING_FOR, Waiting, about, cannot_come, is_held, kept
from functions.answer_message.owner_words import OwnerWord, owner_word
from functions.answer_message.read_approval_answer import Forwarded, Meant, WhichOne, read_approval_answer
from functions.answer_message.remember_stranger import stranger_remembered
from shared.approvals.approval import Approval
from shared.approvals.settle_approval import Verdict as Settled
from shared.approvals.settle_approval import answer
from shared.asking.opt_out import opt_in, opt_out, said_by
from shared.asking.outreach import Outreach
from shared.calendar.booking import Booking
from shared.calendar.find_next_booking import next_booking
from shared.calendar.load_booking import booking_of
from shared.customers.consent import ConsentRecord
from shared.customers.read_consents import ledger_at
from shared.messaging.conversation import HOLDING_FOR
from shared.messaging.greeting import greeted_by
from shared.messaging.language_said import language_said
from shared.messaging.load_inbound import load_inbound
from shared.messaging.mark_handled import said_handled
from shared.messaging.message import Inbound, Message, handled, message_id, reply_to, say
from shared.messaging.phrases import phrases
from shared.messaging.replies import CARRIER_OPT_OUT, Meaning, Verdict, day_named, understand
from shared.messaging.spoken import spoken_outcome, spoken_time
from shared.ports import Clock, Deployment, Documents, Query, Reader, Write
from shared.records.commit import create, until_committed, update
from shared.sales.decline_offer import called_off, decline
from shared.sales.mark_answered import mark_answered
from shared.sales.read_offer_answer import OfferAnswer
from shared.sales.sell_slot import AnsweredBefore, Sold, sell_slot
from shared.salon.channel_route import route_path
from shared.salon.load_salon import salon_of
from shared.salon.load_settings import accepted_settings
from shared.salon.salon import Salon

ACTOR = "answer_message"
Handled = Literal[
    "handled before",
    "booked",
    "not booked",
    "answered before",
    "declined",
    "answered",
    "opted out",
    "opted in",
    "helped",
    "asked which one",
    "asked back",
    "asked to cancel",
    "forwarded offer",
    "kept for the owner",
    "approved",
    "rejected",
    "answered too late",
    OwnerOutcome,
]


def answer_message(
    path: str, *, documents: Documents, platform: Reader, clock: Clock, deployment: Deployment
) -> Handled:
    """Handles the message at this path, unless it is handled already, and returns what came of it."""
    snapshot = documents.get(path)
    if snapshot is None:
        raise LookupError("expected the stored message, found none")
    said = load_inbound(snapshot)
    if said.handled_at is not None:
        return "handled before"
    salon = salon_of(documents, documents.salon_id)
    signing_key = deployment.signing_key
    sender = find_sender(said, salon, documents=documents, signing_key=signing_key, clock=clock)
    customers, contact = sender.customers, sender.contact
    locales = [contact.locale if contact else None, *(customer.locale for customer in customers)]
    if sender.is_stranger:
        locales.append(language_said(said.body))
    locale = salon.spoken_to(next((locale for locale in locales if locale), None))
    verdict = understand(said.body, locale=locale, channel=said.channel)
    meaning = verdict.meaning
    handler = _MessageHandler(path, said, sender, salon, locale, documents, clock, deployment)
    if said.sender == said.recipient or (
        sender.is_stranger and platform.get(route_path(said.account_sid, said.sender))
    ):
        # Two of our own numbers would answer each other.
        return handler.keep(Waiting("needs_a_person", "a message from a number of ours"), silent=True)
    bound = bind(said, sender, documents=documents, signing_key=signing_key, now=clock.now())
    named = isinstance(bound, Bound) and bound.named
    elsewhere = not isinstance(bound, Bound) and bound.reason == "not ours"
    word = None if contact is None or named or elsewhere else owner_word(said.body)

    if said.opt_out == "STOP" or (meaning == "stop" and word is None):
        return handler.stop()
    if word is not None and said.opt_out is None:
        return handler.answer_word(word)
    if elsewhere and contact is None and customers:
        return handler.keep(Waiting("not_ours", "an answer to a message that is not ours"))
    owners = None
    if not named and not elsewhere:
        owners = read_approval_answer(
            said, meaning, sender, _open(bound), documents=documents, clock=clock, signing_key=signing_key
        )
    # To Twilio an SMS that says "YES" opts in, also where it answers an offer or a question.
    takes_it = meaning == "accept" and (owners is not None or (isinstance(bound, Bound) and bound.outreach.is_open))
    if meaning == "start" or (said.opt_out == "START" and not takes_it):
        return handler.start()
    if said.opt_out == "HELP":
        # Twilio has told them already.
        return handler.done("helped")
    if meaning == "help":
        return handler.answer_word("help") if contact else handler.reply("help", {}, "helped")
    if owners is not None:
        return handler.decide(owners)
    if meaning == "cancel_request" and not named and (booking := handler.next_booking()) is not None:
        return handler.pass_on_cancellation(booking, beside=_offers_on_the_day(said, bound, salon, clock.now()))
    if contact is not None and not named and not _answers_offer(meaning, bound):
        return handler.answer_other_words(verdict)
    if isinstance(bound, Bound):
        meant = bound.answer or ("decline" if meaning == "cancel_request" else meaning)
        if meant == "accept" and not named and is_doubtful(verdict, bound.outreach, said, documents):
            meant = "probably_accept"
        if meant == "accept":
            return handler.accept(bound.outreach, sure=named or not verdict.acknowledges)
        if meant == "probably_accept" and handler.can_ask_back(bound.outreach):
            return handler.ask_back(bound.outreach)
        if meant == "decline" and (sale := handler.standing_sale(bound.outreach)) is not None:
            return handler.pass_on_cancellation(sale)
        if meant == "decline":
            return handler.decline(bound.outreach)
        return handler.keep(about(bound.outreach, "other_words", "an answer to an offer in other words"))
    if bound.reason == "forwarded":
        why = "an offer that was made to somebody else"
        return handler.keep(Waiting("forwarded", why), "unknown_offer_forwarded", outcome="forwarded offer")
    if bound.reason == "several open" and meaning in ("accept", "decline"):
        return handler.ask_which(bound.candidates)
    if sender.is_stranger:
        return handler.keep(Waiting("stranger", "a message of a stranger"))
    return handler.keep(Waiting("needs_a_person", "a message that needs a person"))


def _open(bound: Bound | Unbound) -> tuple[Outreach, ...]:
    """The offers that an answer by itself may be about."""
    offers = (bound.outreach,) if isinstance(bound, Bound) else bound.candidates
    return tuple(offer for offer in offers if offer.is_open)


def _offers_on_the_day(said: Inbound, bound: Bound | Unbound, salon: Salon, now: datetime) -> Outreach | None:
    """The one open offer that whoever cannot come may mean as well: one of the day that their words name, or of any day where
    they name none."""
    offers = [offer for offer in _open(bound) if offer.slot]
    in_days = day_named(said.body)
    day = None if in_days is None else salon.date_of(now) + timedelta(days=in_days)
    meant = [offer for offer in offers if offer.slot and day in (None, salon.date_of(offer.slot.start))]
    return meant[0] if len(meant) == 1 else None


def _answers_offer(meaning: Meaning, bound: Bound | Unbound) -> bool:
    """Whether one of the salon's own people, who is a customer too, says yes or no to an offer."""
    if not isinstance(bound, Bound) and bound.reason == "forwarded":
        return True
    offered = isinstance(bound, Bound) or bound.reason == "several open"
    return offered and meaning in ("accept", "probably_accept", "decline", "cancel_request")


@dataclass(frozen=True)
class _MessageHandler:
    """Carries out what one message means. `locale` is the language in which it is answered."""

    path: str
    said: Inbound
    sender: Sender
    salon: Salon
    locale: str
    documents: Documents
    clock: Clock
    deployment: Deployment

    def next_booking(self) -> Booking | None:
        return next_booking(
            self.said.body, self.sender.customers, salon=self.salon, documents=self.documents, now=self.clock.now()
        )

    def standing_sale(self, outreach: Outreach) -> Booking | None:
        """The booking that a yes to this offer made, or None unless it is still to come. A no to the offer then asks to cancel
        the booking."""
        booking = booking_of(self.documents, outreach.response.booking_id) if outreach.response.booking_id else None
        return booking if booking and booking.occupies and booking.start_time > self.clock.now() else None

    def pass_on_cancellation(self, booking: Booking, *, beside: Outreach | None = None) -> Handled:
        """Leaves it to the owner to cancel the booking, and tells the customer so; and how to decline the offer `beside` it, if
        they meant that."""
        cannot = Waiting("cannot_come", "a customer cannot come", moment=booking.start_time)
        said = {"when": self._when(booking.start_time)}
        if beside is None or beside.slot is None:
            return self.keep(cannot, "cancel_request_received", said, outcome="asked to cancel")
        said["offered"] = self._when(beside.slot.start)
        return self.keep(cannot, "cancel_request_or_offer", said, outcome="asked to cancel")

    def _when(self, moment: datetime) -> str:
        return spoken_time(moment, self.salon.zone, self.locale, now=self.clock.now())

    def _given(self, outreach: Outreach) -> OfferAnswer:
        return OfferAnswer(outreach.id, self.path, self.salon, self.documents, self.clock, ACTOR)

    def accept(self, outreach: Outreach, *, sure: bool) -> Handled:
        """Carries out a yes. One that is not `sure` may only say "heard"."""
        if outreach.slot is None:
            return self.record(outreach, "accept")
        sale = sell_slot(self._given(outreach), accepted_settings(self.documents))
        if isinstance(sale, AnsweredBefore):
            return self.accept_again(sale, outreach, sure=sure)
        return "booked" if isinstance(sale, Sold) else "not booked"

    def accept_again(self, first: AnsweredBefore, outreach: Outreach, *, sure: bool) -> Handled:
        """Handles a yes to an offer that has its answer. The customer was told what came of that, and nothing more is said. But
        where the first answer was a no, the booking it made is cancelled since, or they have said that they cannot come to it, the
        owner reads the yes: it must not be met with silence."""
        sale = self.standing_sale(outreach) if sure and cannot_come(self.said, self.documents) else None
        if sale is not None:
            again = Waiting("another_answer", "a yes after all", moment=sale.start_time, outreach=outreach)
            return self.keep(again, "still_booked", {"when": self._when(sale.start_time)})
        if called_off(first.booking_id, self.documents) or first.action in ("declined", "opted_out"):
            return self.keep(about(outreach, "another_answer", "a yes after another answer"))
        return self.answered_before(outreach)

    def answered_before(self, outreach: Outreach) -> Handled:
        """Does nothing about an answer that an offer has already. By the link only a change of mind comes here: the owner reads
        that."""
        if self.said.by_link:
            why = "another answer by the link"
            return self.keep(Waiting("needs_a_person", why, outreach=outreach))
        return self.done("answered before")

    def can_ask_back(self, outreach: Outreach) -> bool:
        """Whether the offer can still be taken, and this person was not asked back about it before: that is done once."""
        open_still = outreach.slot is not None and outreach.slot.start > self.clock.now()
        unanswered = open_still and not outreach.response.received
        return unanswered and asked_back(outreach, self.said, self.documents) is None

    def ask_back(self, outreach: Outreach) -> Handled:
        """Asks whether what is probably a yes is one, with the buttons of that very offer."""
        assert outreach.slot is not None, "what can be asked back has a slot"
        start = outreach.slot.start
        asked = self._reply(ASKED_BACK, {"when": self._when(start)}).changed(
            id=message_id(outreach.id, ASKED_BACK, self.said.conversation_id), about=outreach.id, moment=start
        )
        return self.finish("asked back", lambda: self._spoken(asked))

    def decline(self, outreach: Outreach) -> Handled:
        if outreach.slot is None:
            return self.record(outreach, "decline")
        return decline(self._given(outreach)) or self.answered_before(outreach)

    def record(self, outreach: Outreach, answer: Literal["accept", "decline"]) -> Handled:
        """Records the answer to an ask that offers no slot. Another one than the answer it has is read by the owner."""
        came = mark_answered(self._given(outreach), answer)
        if came == "answered otherwise":
            return self.keep(about(outreach, "another_answer", "a yes or a no after the other"))
        return "answered" if came == "answered" else self.answered_before(outreach)

    def decide(self, meant: Meant | WhichOne | Forwarded) -> Handled:
        """One of the salon's own people answers an approval; the same message says what came of it."""
        if isinstance(meant, Forwarded):
            return self.keep(Waiting("not_theirs", "an approval's button pressed by somebody who is no contact"))
        if isinstance(meant, WhichOne):
            words = phrases(__file__, self.locale)["our_offer"]
            starts = [offer.slot.start if offer.slot else offer.expires_at for offer in meant.offers]
            offered = [words.format(when=self._when(start)) for start in starts]
            choices = "; ".join([*offered, *(approval.action_summary for approval in meant.among)])
            return self.reply("owner_which_one", {"choices": choices}, "asked which one")

        def heard(verdict: Settled, approval: Approval) -> tuple[Write, ...]:
            said, now = self.documents.get(self.path), self.clock.now()
            reply = self._reply(*_owners_answer(verdict, approval, self.locale))
            return (*create(say(reply, now=now, actor=ACTOR)), *said_handled(said, verdict, now, actor=ACTOR))

        answered = answer(
            meant.approval_id,
            meant.action,
            bound_to=meant.bound_to,
            by=meant.by.called,
            documents=self.documents,
            clock=self.clock,
            beside=heard,
        )
        if answered.approval is None:
            return self.keep(Waiting("no_such_approval", "an answer to an approval that we do not know"))
        if answered.verdict == "approved" or answered.verdict == "rejected":
            return answered.verdict
        if answered.verdict == "expired":
            return "answered too late"
        return self.reply(*_owners_answer(answered.verdict, answered.approval, self.locale), "answered before")

    def answer_word(self, word: OwnerWord) -> Handled:
        assert self.sender.contact is not None, "only the salon's own people have words of their own"
        return self._answer_owner(
            answer_word(
                word,
                by=self.sender.contact.called,
                salon=self.salon,
                locale=self.locale,
                documents=self.documents,
                now=self.clock.now(),
            )
        )

    def answer_other_words(self, verdict: Verdict) -> Handled:
        if verdict.acknowledges and self.said.replied_to_sid:
            # A thumbs-up under what we told them asks for nothing.
            return self.done("answered before")
        now = self.clock.now()
        return self._answer_owner(answer_other_words(self.said, locale=self.locale, documents=self.documents, now=now))

    def _answer_owner(self, answer: OwnerAnswer) -> Handled:
        def changes() -> tuple[Write, ...]:
            if answer.purpose is None:
                return answer.beside()
            reply = self._reply(answer.purpose, answer.variables)
            names = [message_id(each, "owner_approval", self.said.conversation_id) for each in answer.names]
            spoken = reply.changed(audience="owner", about=answer.about or reply.about, merges=names)
            return (*answer.beside(), *self._spoken(spoken))

        return self.finish(answer.outcome, changes)

    def stop(self) -> Handled:
        # The carrier, or Twilio's own opt-out, has answered its own words already; a second confirmation would be spam.
        carriers = self.said.channel == "sms" and self.said.body.strip().casefold() in CARRIER_OPT_OUT
        answered = self.said.opt_out is not None or carriers

        def changes() -> tuple[Write, ...]:
            said = said_by(self.said, self.sender.keys[0], self.sender.customers)
            ended = opt_out(said, self.documents, now=self.clock.now(), actor=ACTOR, known=self._ledger())
            # One that changes nothing is confirmed once a day: two machines may stop each other.
            purpose = "owner_stop_confirmed" if self.sender.contact else "stop_confirmed"
            silent = answered or (not ended and self._said_today(purpose))
            return (*ended, *(() if silent else self._spoken(self._reply(purpose, {}))))

        return self.finish("opted out", changes)

    def start(self) -> Handled:
        def changes() -> tuple[Write, ...]:
            spoken = () if self.said.opt_out is not None else (self._reply("start_confirmed", {}),)
            said = said_by(self.said, self.sender.keys[0], self.sender.customers)
            begun = opt_in(said, self.said.channel, now=self.clock.now(), known=self._ledger())
            return (*begun, *self._spoken(*spoken))

        return self.finish("opted in", changes)

    def _ledger(self) -> list[ConsentRecord]:
        return ledger_at(self.sender.address, self.documents, self.deployment.signing_key)

    def _said_today(self, purpose: str) -> bool:
        """Whether we have said this to them within the last 24 hours."""
        here, since = f"conversations/{self.said.conversation_id}/messages", self.clock.now() - timedelta(hours=24)
        of_late = Query(here, where=(("created_at", ">", since),), order_by=("created_at",))
        return any(found.data["purpose"] == purpose for found in self.documents.query(of_late))

    def ask_which(self, offers: tuple[Outreach, ...]) -> Handled:
        """Asks which of the offered times they mean. A question that offers no time cannot be named so: the owner reads then."""
        slots = [offer.slot for offer in sorted(offers, key=lambda offer: offer.id) if offer.slot]
        if len(slots) < len(offers):
            return self.keep(Waiting("our_question", "an answer to one of several open asks"))
        times = (self._when(slot.start) for slot in slots)
        return self.reply("which_one", {"choices": ", ".join(times)}, "asked which one")

    def keep(
        self,
        waiting: Waiting,
        purpose: str = "holding_answer",
        variables: dict[str, str] | None = None,
        *,
        outcome: Handled = "kept for the owner",
        silent: bool = False,
    ) -> Handled:
        """Puts the message into the owner's inbox, and answers it. That somebody will answer (`holding_answer`) is said once in
        a while, not to every message; but a yes after all is about something else than what they were told before. A stranger is
        answered once a day, whatever they write."""

        def changes() -> tuple[Write, ...]:
            now, documents = self.clock.now(), self.documents
            held_for = STRANGER_HOLDING_FOR if self.sender.is_stranger else HOLDING_FOR
            once = self.sender.is_stranger or (purpose == "holding_answer" and waiting.reason != "another_answer")
            held = not silent and not (once and is_held(self.said, documents, now, held_for))
            reply = self._reply(purpose, variables or {}).changed(moment=waiting.moment)
            spoken = self._spoken(reply) if held else ()
            inbox = kept(self.said, waiting, self.sender.customers, held=held, documents=documents, now=now)
            known = (
                (stranger_remembered(self.said, self.locale, documents),)
                if self.sender.is_stranger and not silent
                else ()
            )
            return (*inbox, *known, *spoken)

        return self.finish(outcome, changes)

    def reply(self, purpose: str, variables: dict[str, str], outcome: Handled) -> Handled:
        return self.finish(outcome, lambda: self._spoken(self._reply(purpose, variables)))

    def done(self, outcome: Handled) -> Handled:
        return self.finish(outcome, tuple)

    def _spoken(self, *answers: Message) -> tuple[Write, ...]:
        now = self.clock.now()
        return tuple(write for answer in answers for write in create(say(answer, now=now, actor=ACTOR)))

    def _reply(self, purpose: str, variables: dict[str, str]) -> Message:
        name = greeted_by(self.sender.customers[0].name) if len(self.sender.customers) == 1 else ""
        return reply_to(
            self.said,
            purpose,
            self.salon,
            locale=self.locale,
            variables={"name": name, **variables},
            now=self.clock.now(),
        )

    def finish(self, outcome: Handled, effects: Callable[[], tuple[Write, ...]]) -> Handled:
        """Commits the effects, the answer among them, together with the mark that the message is handled."""

        def attempt() -> Handled | None:
            snapshot = self.documents.get(self.path)
            if snapshot is None or load_inbound(snapshot).handled_at is not None:
                return "handled before"
            done = handled(load_inbound(snapshot), outcome=outcome, now=self.clock.now(), actor=ACTOR)
            return outcome if self.documents.commit(*effects(), *update(done, snapshot)) else None

        return until_committed(attempt, clock=self.clock)


def _owners_answer(verdict: Settled, approval: Approval, locale: str) -> tuple[str, dict[str, str]]:
    proposal = {"proposal": approval.action_summary}
    if verdict == "approved":
        return "owner_approved", proposal
    if verdict == "rejected":
        return "owner_rejected", proposal
    outcome = "expired" if verdict == "expired" else approval.settled_as
    return "owner_already_decided", {**proposal, "outcome": spoken_outcome(outcome, locale)}
