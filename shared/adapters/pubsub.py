"""Bus on Google's Pub/Sub."""

import os
from functools import cache
from typing import Any

from google.cloud import pubsub_v1

from shared.adapters import wire
from shared.ports import Bus, Published

TIMEOUT_SECONDS = 30.0


@cache
def bus() -> Bus:
    # A function waits for each message before it ends, so a batch would only make it wait longer.
    at_once = pubsub_v1.types.BatchSettings(max_messages=1)
    return PubSubBus(pubsub_v1.PublisherClient(batch_settings=at_once), os.environ["GOOGLE_CLOUD_PROJECT"])


class PubSubBus:
    def __init__(self, client: Any, project: str) -> None:
        self._client = client
        self._project = project

    def publish(self, message: Published) -> None:
        topic = self._client.topic_path(self._project, message.topic)
        body = wire.encode(message.body)
        self._client.publish(topic, body, **message.attributes).result(timeout=TIMEOUT_SECONDS)
