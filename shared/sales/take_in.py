"""A message that has arrived, taken in by the salon that it is for: stored there, then worked on."""

from dataclasses import dataclass

from shared.messaging.conversation import Identity, identity_path
from shared.messaging.message import Inbound, handled, received
from shared.ports import Clock, Deployment, Documents, Store
from shared.records.commit import create, fact, save, until_committed
from shared.records.invalid import InvalidEvent
from shared.sales.answer import Answered, answer_message, give_up


@dataclass(frozen=True)
class Arrival:
    """`said` belongs to no salon yet."""

    said: Inbound
    store: Store
    clock: Clock
    deployment: Deployment

    def taken_in_by(self, salon_id: str) -> Answered:
        documents, said = self._here(salon_id)
        _keep(said, documents, self.clock)
        _remember(said, documents, self.clock)
        return answer_message(said.path, documents=documents, clock=self.clock, deployment=self.deployment)

    def noted_by(self, salon_id: str, outcome: str) -> None:
        """Kept in the conversation, and nothing more is to be done about it."""
        documents, said = self._here(salon_id)
        now = self.clock.now()
        came = received(said, now=now)
        done = handled(came.document, outcome=outcome, now=now)
        documents.commit(fact(came.record), *create(done))
        _remember(said, documents, self.clock)

    def handed_over_to(self, salon_id: str) -> None:
        """Into the owner's inbox, unread by us: whether a word in it is meant for this salon, nobody knows."""
        documents, said = self._here(salon_id)
        _keep(said, documents, self.clock)
        give_up(said.path, documents=documents, clock=self.clock)

    def _here(self, salon_id: str) -> tuple[Documents, Inbound]:
        return self.store.salon(salon_id), self.said.changed(salon_id=salon_id, due_at=None)


def _keep(said: Inbound, documents: Documents, clock: Clock) -> None:
    if not documents.commit(*create(received(said, now=clock.now()))) and documents.get(said.path) is None:
        raise InvalidEvent(f"expected message {said.id} to be of one sender, found it stored as another's")


def _remember(said: Inbound, documents: Documents, clock: Clock) -> None:
    """They wrote just now: for 24 hours WhatsApp lets us answer in our own words."""
    path = identity_path(said.conversation_id)

    def attempt() -> bool | None:
        found = documents.get(path)
        known = Identity.model_validate(found.data) if found else Identity(channel=said.channel)
        if known.last_inbound_at is not None and known.last_inbound_at >= said.received_at:
            return True
        latest = known.changed(last_inbound_at=said.received_at)
        return documents.commit(save(path, latest, found)) or None

    until_committed(attempt, clock=clock)
