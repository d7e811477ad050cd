"""The memory adapters as a cloud: the database lives in the control process, and workers reach it through the link."""

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import uuid4

from local import documents
from local.clock import BusinessTime
from local.cloud import PROJECT
from local.cloud_events import document_event, happened, match
from local.deliveries import Deliveries, Delivery, always, document_attempts
from local.functions import Function
from local.link import Shared
from local.memory.memory import Change, MemoryBus, MemoryDatabase
from local.push import push_delivery
from local.routes import document_triggers, subscriptions
from shared.adapters import wire
from shared.ports import Data, Delete, Published


class MemoryCloud:
    name = "memory"
    firestore_host: str | None = None
    pubsub_host: str | None = None

    def __init__(self, functions: Sequence[Function], deliveries: Deliveries, clock: BusinessTime) -> None:
        self._triggers = tuple(document_triggers(functions))
        self._subscriptions = tuple(subscriptions(functions))
        self._deliveries = deliveries
        self._clock = clock
        self._database = MemoryDatabase(now=clock.now, on_change=self._changed)
        self.bus = MemoryBus(self._published)

    def shared(self) -> Mapping[str, Shared]:
        return {
            "database": Shared(self._database, ("get", "query", "due", "outlived", "commit")),
            "bus": Shared(self.bus, ("publish",)),
        }

    def alive(self) -> bool:
        return True

    def worker_died(self, process: int) -> None:
        pass

    def get(self, path: str) -> Data | None:
        (found,) = self._database.get([path])
        return found.data if found else None

    def list(self, collection: str) -> dict[str, Data]:
        return {found.id: found.data for found in self._database.list_collection(collection)}

    def below(self, path: str) -> dict[str, Data]:
        return {found.path: found.data for found in self._database.below(path)}

    def put(self, path: str, data: Data) -> None:
        self._database.commit([documents.put(path, data)])

    def change(self, path: str, fields: Data) -> bool:
        return self._database.commit([documents.change(path, fields)])

    def delete(self, path: str) -> None:
        self._database.commit([Delete(path)])

    def settle(self, timeout: float) -> bool:
        # Commits and publications become deliveries before they return.
        return True

    def _changed(self, change: Change) -> None:
        for trigger in self._triggers:
            if match(trigger.pattern, change.path) is None:
                continue
            if not happened(trigger.event, change.before, change.after):
                continue
            event_id = str(uuid4())
            headers, body = document_event(
                change, project=PROJECT, event_id=event_id, time=self._clock.now(), event=trigger.event
            )
            self._deliveries.accept(
                Delivery(
                    trigger.function,
                    trigger.event,
                    change.path,
                    event_id,
                    "/",
                    headers,
                    always(body),
                    document_attempts(trigger.function),
                )
            )

    def _published(self, message: Published) -> None:
        message_id = uuid4().hex
        pushed = {
            "data": base64.b64encode(wire.encode(message.body)).decode(),
            "attributes": dict(message.attributes),
            "messageId": message_id,
            "publishTime": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        }
        for subscription in self._subscriptions:
            if subscription.topic == message.topic and subscription.wants(message.attributes):
                self._deliveries.accept(push_delivery(subscription, pushed))
