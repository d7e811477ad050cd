"""Routes a message to a number that several salons share to the salon it is for, by what it says and answers. Where that says
nothing its sender is asked which branch they mean, and the message waits outside all of them for the answer.

The answer is remembered for a day. A message whose sender never answers goes to the owner of the salon that asked, and one
whose sender nobody may ask to the owner of the first that knows them, or of the first there is.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from functions.choose_branch.branch import ASKED_AGAIN_AFTER, CHOICE_HOLDS, BranchQuestion, choices, named
from shared.asking.outreach import OPEN
from shared.calendar.find_next_booking import next_booking
from shared.customers.find_customers import customers_at
from shared.customers.identity import identity_path
from shared.messaging.language_said import language_said
from shared.messaging.load_inbound import load_inbound
from shared.messaging.message import (
    ANSWER_LEASE,
    Inbound,
    handled,
    received,
    reply_to,
    say,
    waiting_for_branch,
)
from shared.messaging.replies import understand
from shared.messaging.store_inbound import store_inbound
from shared.messaging.tokens import read, read_approval
from shared.ports import SALON, Clock, Contended, Delete, Deployment, Documents, Query, Snapshot, Store, Update
from shared.records.commit import create, fact, save, until_committed
from shared.salon.channel_route import route_path
from shared.salon.load_salon import salon_of, salon_to_tell
from shared.salon.load_settings import accepted_settings
from shared.salon.salon import Salon

ACTOR: Final = "choose_branch"
QUESTION: Final = "which_branch"
ANSWER: Final = "named the branch"

Outcome = Literal[
    "handed on",
    "named the branch",
    "kept until the branch is known",
    "kept for the owner",
    "nobody is left to read it",
    "gone",
]


def choose_branch(path: str, *, store: Store, clock: Clock, deployment: Deployment) -> Outcome:
    """Hands the message at this path to the salon that it is for. Once it is there it is no longer here."""
    found, route = store.platform().get(path), path.partition("/inbound/")[0]
    standing = store.platform().get(route)
    if found is None:
        return "gone"
    salon_ids = tuple(str(each) for each in standing.data.get("salon_ids", [])) if standing else ()
    return _Router(load_inbound(found), route, salon_ids, store, clock, deployment).route_message()


@dataclass(frozen=True)
class _Router:
    """Routes one message. `said` belongs to no salon yet; `salon_ids` are those that share the number."""

    said: Inbound
    route: str
    salon_ids: tuple[str, ...]
    store: Store
    clock: Clock
    deployment: Deployment

    @property
    def platform(self) -> Documents:
        return self.store.platform()

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def salon(self, salon_id: str) -> Documents:
        return self.store.salon(salon_id)

    def route_message(self) -> Outcome:
        question = self._question()
        asked_about = question is not None and self.said.id in question.kept
        if question is not None and asked_about:
            if question.salon_id is not None or not question.waits(self.now):
                return self._settled(question)
            if self.said.due_at is not None and self.said.due_at > self.now:
                return "kept until the branch is known"
            if self.now - self.said.received_at >= CHOICE_HOLDS:
                # For a later message they were asked once more: that answer is for this one too.
                self._wait(until=question.asked_at + CHOICE_HOLDS)
                return "kept until the branch is known"
        if meant := self._addressed():
            return self._handed_on(*meant)
        answers = question is not None and question.waits(self.now) and not asked_about and not self._elsewhere()
        if question is not None and answers and (salon_id := self._named_in_answer(question)):
            return self._answered_with(salon_id)
        if question is not None and self._named_again(question) and not self._elsewhere():
            self._note(str(question.salon_id))
            return "named the branch"
        for found in self._likely():
            if len(found) == 1:
                return self._handed_on(*found)
        if question is not None and (salon_id := question.remembered(self.now)) in self.salon_ids:
            return self._handed_on(str(salon_id))
        return self._keep()

    def _settled(self, question: BranchQuestion) -> Outcome:
        """Routes a message whose sender has named a branch, or has had a day to: to that branch, else to the owner of the salon
        that asked."""
        if question.salon_id is not None and self._name(question.salon_id):
            return self._handed_on(question.salon_id)
        if not self._name(question.asked_by):
            # Nobody is left to read it: it stays here until its time is over.
            self._wait(until=None)
            return "nobody is left to read it"
        return self._left_to_owner(question.asked_by)

    # Whose it is.

    def _addressed(self) -> list[str]:
        """The salon that the message's button names, or whose message it answers; for a STOP all salons that know its sender,
        and every one for a stranger's."""
        said, key = self.said, self.deployment.signing_key
        token = read(key, said.button_payload or "") or read_approval(key, said.button_payload or "")
        if token is not None and token.salon_id in self.salon_ids:
            return [token.salon_id]
        if said.opt_out == "STOP" or understand(said.body, locale="en", channel=said.channel).meaning == "stop":
            return self._those(self._knows) or self._existing()
        wrote = self._those(self._wrote)
        return wrote if len(wrote) == 1 else []

    def _likely(self) -> Iterator[list[str]]:
        """The salons that the message may be for, the likelier ones first. Whoever cannot come means a booking, whatever offer
        stands open; any other message is likelier an answer to an offer."""
        meaning = understand(self.said.body, locale="en", channel=self.said.channel).meaning
        expecting = self._those(self._expects) if meaning == "cancel_request" else []
        if expecting:
            yield expecting
        else:
            yield self._those(self._offers)
            yield self._those(self._knows)

    def _named_again(self, question: BranchQuestion) -> bool:
        """Whether the sender repeats the answer to our question, a moment after it: that must not also answer an offer."""
        just_now = question.chosen_at is not None and self.now - question.chosen_at < ASKED_AGAIN_AFTER
        return just_now and question.salon_id is not None and self._named_in_answer(question) == question.salon_id

    def _those(self, which: Callable[[Documents], bool]) -> list[str]:
        return [salon_id for salon_id in self.salon_ids if which(self.salon(salon_id))]

    def _existing(self) -> list[str]:
        """The salons of the number that are not gone."""
        return [salon_id for salon_id in self.salon_ids if self._name(salon_id)]

    def _wrote(self, documents: Documents) -> bool:
        """Whether the message answers one of this salon's; our question is everybody's."""
        return any(purpose != QUESTION for purpose in self._quoted(documents))

    def _elsewhere(self) -> bool:
        """Whether the message answers one that none of the salons wrote, so that it says nothing to us."""
        if self.said.replied_to_sid:
            return not self._those(lambda documents: bool(self._quoted(documents)))
        return self.said.button_payload is not None

    def _quoted(self, documents: Documents) -> list[str]:
        """The purpose of this salon's message that was answered, if one was."""
        sid = self.said.replied_to_sid
        collections = ("outreach", f"conversations/{self.said.conversation_id}/messages") if sid else ()
        queries = (Query(each, where=(("delivery.message_id", "==", sid),), limit=1) for each in collections)
        return [str(snapshot.data["purpose"]) for query in queries for snapshot in documents.query(query)]

    def _offers(self, documents: Documents) -> bool:
        key = self.said.conversation_id
        open_to_them = Query("outreach", where=(("address_key", "==", key), ("status", "in", list(OPEN))), limit=1)
        return bool(documents.query(open_to_them))

    def _expects(self, documents: Documents) -> bool:
        if not self._name(documents.salon_id):
            return False
        salon = salon_to_tell(documents, documents.salon_id)
        customers = customers_at(self.said.sender, self.said.conversation_id, documents, salon.country)
        return next_booking(self.said.body, customers, salon=salon, documents=documents, now=self.now) is not None

    def _knows(self, documents: Documents) -> bool:
        """Whether the sender is a customer of the salon, one of its own people, or somebody whom it has heard before."""
        if not self._name(documents.salon_id):
            return False
        salon = salon_to_tell(documents, documents.salon_id)
        known = salon.contact_at(self.said.sender) or documents.get(identity_path(self.said.conversation_id))
        return known is not None or bool(
            customers_at(self.said.sender, self.said.conversation_id, documents, salon.country)
        )

    # Handing it on.

    def _handed_on(self, *salon_ids: str) -> Outcome:
        for salon_id in salon_ids:
            self._stored(salon_id)
        self._leave()
        return "handed on"

    def _left_to_owner(self, salon_id: str) -> Outcome:
        self._stored(salon_id, only_for_owner=True)
        self._leave()
        return "kept for the owner"

    def _stored(self, salon_id: str, *, only_for_owner: bool = False) -> None:
        said = self.said.changed(salon_id=salon_id, due_at=None, only_for_owner=only_for_owner)
        store_inbound(said, self.salon(salon_id), now=self.now)

    def _note(self, salon_id: str) -> None:
        """Stores the answer to our question in the salon's conversation, as handled: nothing more is to be done about it."""
        came = received(self.said.changed(salon_id=salon_id, due_at=None), now=self.now)
        done = handled(came.document, outcome=ANSWER, now=self.now, actor=ACTOR)
        self.salon(salon_id).commit(fact(came.record), *create(done))
        self._leave()

    def _wait(self, *, until: datetime | None) -> None:
        self.platform.commit(Update(waiting_for_branch(self.said, self.route), {"due_at": until}))

    def _leave(self) -> None:
        self.platform.commit(Delete(waiting_for_branch(self.said, self.route)))

    # The question, and what waits for its answer.

    def _question(self) -> BranchQuestion | None:
        found = self.platform.get(self._asked())
        return BranchQuestion.model_validate(found.data) if found else None

    def _asked(self) -> str:
        return f"{self.route}/senders/{self.said.conversation_id}"

    def _named_in_answer(self, question: BranchQuestion) -> str | None:
        place = named(self.said.body, [self._name(each) for each in question.salon_ids])
        return None if place is None or not self._name(question.salon_ids[place]) else question.salon_ids[place]

    def _name(self, salon_id: str) -> str:
        """The salon's name, or empty where the salon is gone: that must not take the message with it."""
        found = self.salon(salon_id).get(SALON)
        return str(found.data.get("name", salon_id)) if found else ""

    def _answered_with(self, salon_id: str) -> Outcome:
        """Takes the answer to our question, and routes the messages that waited for it."""
        chosen, kept = until_committed(lambda: self._chosen(salon_id), clock=self.clock)
        for snapshot in kept:
            _Router(load_inbound(snapshot), self.route, (), self.store, self.clock, self.deployment)._settled(chosen)
        self.platform.commit(Update(self._asked(), {"kept": []}))
        self._note(salon_id)
        return "named the branch"

    def _chosen(self, salon_id: str) -> tuple[BranchQuestion, list[Snapshot]] | None:
        """Writes the answer down, and makes each message that waited for it due, so that they go there also when this run dies.
        None where another run changed the question or one of the messages meanwhile."""
        found = self.platform.get(self._asked())
        if found is None:
            return None
        question = BranchQuestion.model_validate(found.data)
        kept = self.platform.get_all([f"{self.route}/inbound/{sid}" for sid in question.kept])
        chosen = question.changed(salon_id=salon_id, chosen_at=self.now)
        committed = self.platform.commit(
            save(self._asked(), chosen, found),
            *(Update(snapshot.path, {"due_at": self.now + ANSWER_LEASE}) for snapshot in kept),
        )
        return (chosen, kept) if committed else None

    def _keep(self) -> Outcome:
        """Leaves the message waiting, and asks its sender which branch they mean. In dry run nobody is asked: where no salon that
        knows them is live, the owner of the first reads it. A stranger may mean any of the salons, and is asked once a day."""
        knowing = [each for each in self._those(self._knows) if self._name(each)]
        readers = knowing or self._existing()
        asks = next((each for each in readers if accepted_settings(self.salon(each)).mode == "live"), None)
        ours = not knowing and self.platform.get(route_path(self.said.account_sid, self.said.sender))
        if readers and (asks is None or ours):
            return self._left_to_owner(readers[0])
        again_after = ASKED_AGAIN_AFTER if knowing else CHOICE_HOLDS
        asked_by = until_committed(lambda: self._ask(asks, again_after), clock=self.clock) if asks is not None else ""
        if asked_by:
            # Before it waits for the answer: a run that dies here leaves it due soon, and asks then.
            self._say_it(asked_by)
        self._wait(until=self.now + CHOICE_HOLDS if asks else None)
        return "kept until the branch is known"

    def _ask(self, by: str, again_after: timedelta) -> str | None:
        """The salon that is to ask now; empty where the question was asked within `again_after`, None where another run was
        faster."""
        found = self.platform.get(self._asked())
        before = BranchQuestion.model_validate(found.data) if found else None
        if before is not None and before.remembered(self.now) in self.salon_ids:
            raise Contended("the question was answered meanwhile: the message is routed anew")
        standing = before if before is not None and before.waits(self.now) else None
        if standing is not None and self.said.id in standing.kept:
            # A run that died wrote this down and may not have asked; what it did say is not said twice.
            return standing.asked_by
        again = standing is None or self.now - standing.asked_at >= again_after
        question = BranchQuestion(
            salon_ids=list(self.salon_ids),
            asked_by=standing.asked_by if standing else by,
            asked_at=self.now if again or standing is None else standing.asked_at,
            kept=[*(standing.kept if standing else []), self.said.id],
        )
        if not self.platform.commit(save(self._asked(), question, found)):
            return None
        return question.asked_by if again else ""

    def _say_it(self, salon_id: str) -> None:
        """Sends the question. It names all branches of the number, so that it tells nobody which of them know this person."""
        documents = self.salon(salon_id)
        salon = salon_of(documents, salon_id)
        asked = reply_to(
            self.said.changed(salon_id=salon_id),
            QUESTION,
            salon,
            locale=self._locale(documents, salon),
            variables={"choices": choices([self._name(each) for each in self.salon_ids])},
            now=self.now,
        )
        documents.commit(*create(say(asked, now=self.now, actor=ACTOR)))

    def _locale(self, documents: Documents, salon: Salon) -> str:
        customers = customers_at(self.said.sender, self.said.conversation_id, documents, salon.country)
        locales = [customer.locale for customer in customers] or [language_said(self.said.body)]
        return salon.spoken_to(next((locale for locale in locales if locale), None))
