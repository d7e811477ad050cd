"""A message to a number that several salons share: whose it is, by what it says and answers; else the sender is asked which
branch they mean, and their message waits beside all of them until they say.

The answer is remembered for a day. What nobody said anything about goes to the owner of the salon that asked.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared.asking.outreach import OPEN
from shared.calendar.find_next_booking import next_booking
from shared.customers.find_customers import customers_at
from shared.messaging.conversation import identity_path
from shared.messaging.load_inbound import inbound
from shared.messaging.message import ANSWER_LEASE, Inbound, reply_to, say
from shared.messaging.replies import understand
from shared.messaging.tokens import read, read_approval
from shared.ports import SALON, Clock, Create, Deployment, Documents, Put, Query, Store, Update, Write
from shared.records.commit import create, until_committed
from shared.sales.answer import Answered
from shared.sales.branch import ASKED_AGAIN_AFTER, REMEMBERED, BranchQuestion, choices, named
from shared.sales.take_in import Arrival
from shared.salon.load_salon import salon_of, salon_to_tell
from shared.salon.load_settings import accepted_settings
from shared.salon.salon import Salon

ACTOR = "receive_message"
QUESTION = "which_branch"
ANSWER = "named the branch"


def at_shared_number(arrival: Arrival, route: str, salon_ids: Sequence[str]) -> Answered | None:
    """None while it waits for the sender to say whom it is for."""
    return _Shared(arrival, route, tuple(salon_ids)).taken_in()


def branch_due(path: str, *, store: Store, clock: Clock, deployment: Deployment) -> bool:
    """A message that waited long enough, or whose branch was named by an answer that was not worked on to its end."""
    found = store.platform().get(path)
    said = inbound(found) if found else None
    if said is None or said.due_at is None or said.due_at > clock.now():
        return False
    route = path.partition("/messages/")[0]
    shared = _Shared(Arrival(said, store, clock, deployment), route, ())
    shared.settle(said)
    return True


@dataclass(frozen=True)
class _Shared:
    arrival: Arrival
    route: str
    salon_ids: tuple[str, ...]

    @property
    def said(self) -> Inbound:
        return self.arrival.said

    @property
    def platform(self) -> Documents:
        return self.arrival.store.platform()

    @property
    def now(self) -> datetime:
        return self.arrival.clock.now()

    def salon(self, salon_id: str) -> Documents:
        return self.arrival.store.salon(salon_id)

    def taken_in(self) -> Answered | None:
        if meant := self._addressed():
            return [self.arrival.taken_in_by(each) for each in meant][-1]
        question = self._question()
        if question is not None and question.waits(self.now) and (salon_id := self._named_in_answer(question)):
            return self._answered_with(salon_id, question)
        if question is not None and self._named_again(question):
            self.arrival.noted_by(str(question.salon_id), ANSWER)
            return "named the branch"
        for found in self._likely():
            if len(found) == 1:
                return self.arrival.taken_in_by(found[0])
        if question is not None and (salon_id := question.remembered(self.now)) in self.salon_ids:
            return self.arrival.taken_in_by(str(salon_id))
        self._keep()
        return None

    def settle(self, said: Inbound) -> None:
        """Takes a kept message in, by whom its sender named; else its owner reads it."""
        question, arrival = self._question(), replace(self.arrival, said=said)
        if question is not None and question.salon_id is not None and self._name(question.salon_id):
            arrival.taken_in_by(question.salon_id)
        elif question is not None and self._name(question.asked_by):
            arrival.handed_over_to(question.asked_by)
        self.platform.commit(Update(self._kept(said.id), {"due_at": None, "handled_at": self.now}))

    def _addressed(self) -> list[str]:
        """The salon that its button names, or whose message it answers. A STOP is for all that know them."""
        said, key = self.said, self.arrival.deployment.signing_key
        token = read(key, said.button_payload or "") or read_approval(key, said.button_payload or "")
        if token is not None and token.salon_id in self.salon_ids:
            return [token.salon_id]
        if said.opt_out == "STOP" or understand(said.body, locale="en", channel=said.channel) == "stop":
            return self._those(self._knows)
        wrote = self._those(self._wrote)
        return wrote if len(wrote) == 1 else []

    def _likely(self) -> Iterator[list[str]]:
        """Who cannot come means a booking, wherever an offer stands open; else it is an answer to an offer."""
        meaning = understand(self.said.body, locale="en", channel=self.said.channel)
        expecting = self._those(self._expects) if meaning == "cancel_request" else []
        if expecting:
            yield expecting
        else:
            yield self._those(self._offers)
            yield self._those(self._knows)

    def _named_again(self, question: BranchQuestion) -> bool:
        """The answer to our question once more, a moment after it: it must not also answer an offer."""
        just_now = question.chosen_at is not None and self.now - question.chosen_at < ASKED_AGAIN_AFTER
        return just_now and question.salon_id is not None and self._named_in_answer(question) == question.salon_id

    def _those(self, which: Callable[[Documents], bool]) -> list[str]:
        return [salon_id for salon_id in self.salon_ids if which(self.salon(salon_id))]

    def _wrote(self, documents: Documents) -> bool:
        sid = self.said.replied_to_sid
        return sid is not None and any(
            snapshot.data["purpose"] != QUESTION
            for collection in ("outreach", f"conversations/{self.said.conversation_id}/messages")
            for snapshot in documents.query(Query(collection, where=(("delivery.message_id", "==", sid),), limit=1))
        )

    def _offers(self, documents: Documents) -> bool:
        key = self.said.conversation_id
        open_to_them = Query("outreach", where=(("address_key", "==", key), ("status", "in", list(OPEN))), limit=1)
        return bool(documents.query(open_to_them))

    def _expects(self, documents: Documents) -> bool:
        if not self._name(documents.salon_id):
            return False
        customers, salon = customers_at(self.said.sender, documents), salon_to_tell(documents, documents.salon_id)
        return next_booking(self.said.body, customers, salon=salon, documents=documents, now=self.now) is not None

    def _knows(self, documents: Documents) -> bool:
        customers = Query("customers", where=(("phone", "==", self.said.sender),), limit=1)
        known = documents.get(identity_path(self.said.conversation_id)) is not None
        return known or bool(documents.query(customers))

    # The question, and what waits for its answer.

    def _question(self) -> BranchQuestion | None:
        found = self.platform.get(self._asked())
        return BranchQuestion.model_validate(found.data) if found else None

    def _asked(self) -> str:
        return f"{self.route}/senders/{self.said.conversation_id}"

    def _kept(self, sid: str) -> str:
        return f"{self.route}/messages/{sid}"

    def _named_in_answer(self, question: BranchQuestion) -> str | None:
        place = named(self.said.body, [self._name(each) for each in question.salon_ids])
        return None if place is None or not self._name(question.salon_ids[place]) else question.salon_ids[place]

    def _name(self, salon_id: str) -> str:
        """Empty when the salon is gone: it must not take the message with it."""
        found = self.salon(salon_id).get(SALON)
        return str(found.data.get("name", salon_id)) if found else ""

    def _answered_with(self, salon_id: str, question: BranchQuestion) -> Answered:
        """Written down first; from then on the sweep does what does not get done here."""
        kept = self.platform.get_all([self._kept(sid) for sid in question.kept])
        chosen = question.changed(salon_id=salon_id, chosen_at=self.now)
        due_at = self.now + ANSWER_LEASE
        self.platform.commit(
            Put(self._asked(), chosen.stored()),
            *(Update(snapshot.path, {"due_at": due_at}) for snapshot in kept if snapshot.data["due_at"]),
        )
        self.arrival.noted_by(salon_id, ANSWER)
        for snapshot in kept:
            self.settle(inbound(snapshot))
        self.platform.commit(Put(self._asked(), chosen.changed(kept=[]).stored()))
        return "named the branch"

    def _keep(self) -> None:
        """A stranger's message waits too, but nobody answers strangers."""
        knowing = self._those(self._knows)
        asks = next((each for each in knowing if accepted_settings(self.salon(each)).mode == "live"), None)
        waits_until = self.now + REMEMBERED if asks else None
        self.platform.commit(Create(self._kept(self.said.id), {**self.said.stored(), "due_at": waits_until}))
        if asks is not None and (asked_by := until_committed(lambda: self._ask(asks), clock=self.arrival.clock)):
            self._say_it(asked_by)

    def _ask(self, by: str) -> str | None:
        """Which salon asks now; empty when it was asked a moment ago."""
        found = self.platform.get(self._asked())
        before = BranchQuestion.model_validate(found.data) if found else None
        standing = before if before is not None and before.waits(self.now) else None
        again = (
            standing is None or self.said.id in standing.kept[-1:] or self.now - standing.asked_at >= ASKED_AGAIN_AFTER
        )
        question = BranchQuestion(
            salon_ids=list(self.salon_ids),
            asked_by=standing.asked_by if standing else by,
            asked_at=self.now if again or standing is None else standing.asked_at,
            kept=[*dict.fromkeys([*(standing.kept if standing else []), self.said.id])],
        )
        path, data = self._asked(), question.stored()
        write: Write = Put(path, data, unchanged_since=found.version) if found else Create(path, data)
        if not self.platform.commit(write):
            return None
        return question.asked_by if again else ""

    def _say_it(self, salon_id: str) -> None:
        """Of all branches of the number, so that it tells nobody which of them know this person."""
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
        locales = [customer.locale for customer in customers_at(self.said.sender, documents)]
        return next((locale for locale in locales if locale), salon.locale)
