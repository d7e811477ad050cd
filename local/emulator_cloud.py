"""Google's emulators as a cloud, with what they lack put right on the way.

Firestore's emulator delivers one event at a time and never again; its body is base64 text, `ce-source` names the
project twice, and attributes are raw UTF-8. Pub/Sub's ignores filters. So both deliver to an inlet here, which says yes
at once, and the deliveries are made from there.
"""

import base64
import json
import os
import threading
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote

from google.api_core.exceptions import Aborted, ServiceUnavailable
from google.api_core.retry import Retry, if_exception_type
from google.cloud import firestore
from google.events.cloud.firestore import DocumentEventData

from local import documents, emulators
from local.clock import BusinessTime
from local.cloud import PROJECT, TRIGGER_EVENT
from local.cloud_events import ATTRIBUTE_SAFE
from local.deliveries import Deliveries, Delivery, always, document_attempts
from local.functions import Function
from local.in_flight import InFlight
from local.link import Shared
from local.published import ANNOUNCED_ATTRIBUTE, AnnouncedBus, Announcements, unannounced
from local.push import push_delivery
from local.routes import TOPICS, document_triggers, subscriptions
from shared.adapters import paths, pubsub
from shared.adapters.firestore import FirestoreStore
from shared.ports import Data, Update

BARRIER = "local-barrier"
BARRIER_DOCUMENT = "local_barriers/drain"
REQUEST_SECONDS = 30.0
WHILE_HELD = Retry(predicate=if_exception_type(Aborted, ServiceUnavailable), initial=0.1, timeout=REQUEST_SECONDS)
"""The emulator gives a plain write up after two seconds if a transaction holds its document, and the library leaves it
at that."""


class EmulatorCloud:
    name = "emulator"

    def __init__(
        self,
        jars: emulators.Jars,
        functions: Sequence[Function],
        deliveries: Deliveries,
        in_flight: InFlight,
        clock: BusinessTime,
        stack: ExitStack,
    ) -> None:
        """What it starts is stopped by `stack`."""
        self._triggers = {trigger.name: trigger for trigger in document_triggers(functions)}
        self._subscriptions = {subscription.name: subscription for subscription in subscriptions(functions)}
        self._announcements = Announcements(self._subscriptions.values(), in_flight)
        self._deliveries = deliveries
        self._clock = clock
        self._barrier = _Barrier()
        inlet = _serve(self)
        stack.callback(inlet.shutdown)
        here = f"127.0.0.1:{inlet.server_address[1]}"
        self._running = emulators.start(jars, functions_emulator=here)
        stack.callback(self._running.stop)
        self.firestore_host: str | None = self._running.firestore_host
        self.pubsub_host: str | None = self._running.pubsub_host
        self._register_triggers()
        self._subscribe(here)
        # Google's libraries find emulators by these only.
        os.environ.update(self._running.environment())
        self._documents = firestore.Client(project=PROJECT)
        self.bus = AnnouncedBus(pubsub.bus(), self._announcements)

    def alive(self) -> bool:
        return self._running.alive()

    def shared(self) -> Mapping[str, Shared]:
        return {"announcements": Shared(self._announcements, ("announce", "withdraw"))}

    def worker_died(self, process: int) -> None:
        self._announcements.process_died(process)

    def get(self, path: str) -> Data | None:
        found: Data | None = self._documents.document(path).get().to_dict()
        return found

    def list(self, collection: str) -> dict[str, Data]:
        return {found.id: found.to_dict() for found in self._documents.collection(collection).stream()}

    def below(self, path: str) -> dict[str, Data]:
        document = self._documents.document(path)
        found = {path: data} if (data := self.get(path)) is not None else {}
        for collection in document.collections():
            for each in collection.list_documents():
                found |= self.below(each.path)
        return found

    def put(self, path: str, data: Data) -> None:
        write = documents.put(path, data)
        self._documents.document(write.path).set(write.data, retry=WHILE_HELD)

    def change(self, path: str, fields: Data) -> bool:
        documents.change(path, fields)
        store, where = FirestoreStore(self._documents), paths.found(path)
        below = store.salon(where.salon_id) if where.salon_id else store.platform()
        return below.commit(Update(where.path, fields))

    def delete(self, path: str) -> None:
        self._documents.document(path).delete(retry=WHILE_HELD)

    def settle(self, timeout: float) -> bool:
        """Events are delivered one by one in the order of the writes, so once that of a document written now has come,
        all before it have."""
        mark = self._barrier.next()
        self._documents.document(BARRIER_DOCUMENT).set({"mark": mark})
        return self._barrier.wait(mark, timeout)

    def document_written(self, trigger_name: str, headers: Mapping[str, str], body: bytes) -> None:
        data = DocumentEventData.pb(DocumentEventData())
        data.ParseFromString(base64.b64decode(body))
        if trigger_name == BARRIER:
            self._barrier.reach(data.value.fields["mark"].integer_value)
            return
        trigger = self._triggers.get(trigger_name)
        both = data.HasField("value") and data.HasField("old_value")
        if trigger is None or (both and data.value.fields == data.old_value.fields):
            # As in production, where writing what is already there is no event.
            return
        repaired = {
            name: quote(value.encode("latin-1"), safe=ATTRIBUTE_SAFE)
            for name, value in headers.items()
            if name.lower().startswith("ce-")
        }
        attributes = {name.lower(): value for name, value in repaired.items()}
        attributes["ce-source"] = attributes["ce-source"].replace("/projects/projects/", "/projects/")
        attributes["ce-time"] = documents.instant(self._clock.now())
        self._deliveries.accept(
            Delivery(
                function=trigger.function,
                event=trigger.event,
                subject=(data.value.name or data.old_value.name).partition("/documents/")[2],
                event_id=attributes["ce-id"],
                path="/",
                headers={**attributes, "Content-Type": "application/protobuf"},
                body=always(data.SerializeToString()),
                attempts=document_attempts(trigger.function),
            )
        )

    def message_pushed(self, subscription_name: str, push: dict[str, Any]) -> None:
        message = push["message"]
        attributes = message.get("attributes") or {}
        subscription = self._subscriptions[subscription_name]
        if subscription.wants(attributes):
            plain = {**message, "attributes": unannounced(attributes)}
            self._deliveries.accept(push_delivery(subscription, plain))
        # Only now: at no moment is the message neither announced nor a delivery.
        self._announcements.pushed(attributes.get(ANNOUNCED_ATTRIBUTE, ""), subscription_name)

    def _register_triggers(self) -> None:
        patterns = {name: (trigger.event, trigger.pattern) for name, trigger in self._triggers.items()}
        patterns[BARRIER] = ("written", BARRIER_DOCUMENT.replace("drain", "{name}"))
        for name, (event, pattern) in patterns.items():
            _request(
                "POST",
                f"http://{self.firestore_host}/emulator/v1/projects/{PROJECT}/eventarcTrigger?eventarcTriggerId={name}",
                {
                    "eventType": TRIGGER_EVENT + event,
                    "database": "(default)",
                    "namespace": "(default)",
                    "document": {"value": pattern, "matchType": "PATH_PATTERN"},
                },
            )

    def _subscribe(self, here: str) -> None:
        base = f"http://{self.pubsub_host}/v1/projects/{PROJECT}"
        for topic in TOPICS:
            _request("PUT", f"{base}/topics/{topic}", {})
        for name, subscription in self._subscriptions.items():
            _request(
                "PUT",
                f"{base}/subscriptions/{name}",
                {
                    "topic": f"projects/{PROJECT}/topics/{subscription.topic}",
                    "pushConfig": {"pushEndpoint": f"http://{here}/push/{name}"},
                    "ackDeadlineSeconds": 60,
                },
            )


class _Barrier:
    def __init__(self) -> None:
        self._reached = threading.Condition()
        self._last = 0
        self._given = 0

    def next(self) -> int:
        with self._reached:
            self._given += 1
            return self._given

    def reach(self, mark: int) -> None:
        with self._reached:
            self._last = max(self._last, mark)
            self._reached.notify_all()

    def wait(self, mark: int, timeout: float) -> bool:
        with self._reached:
            return self._reached.wait_for(lambda: self._last >= mark, timeout)


def _serve(cloud: EmulatorCloud) -> ThreadingHTTPServer:
    class Inlet(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            name = self.path.rpartition("/")[2]
            if self.path.startswith("/push/"):
                cloud.message_pushed(name, json.loads(body))
            else:
                cloud.document_written(name, dict(self.headers.items()), body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 512
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Inlet)
    threading.Thread(target=server.serve_forever, name="inlet", daemon=True).start()
    return server


def _request(method: str, url: str, body: dict[str, Any]) -> None:
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}, method=method
    )
    with urllib.request.urlopen(request, timeout=REQUEST_SECONDS) as answer:
        answer.read()
