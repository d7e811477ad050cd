"""What is published arrives as it is in the cloud: attributes to filter by, a JSON body."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from google.api_core.exceptions import NotFound
from google.cloud import pubsub_v1

from local.emulators import Emulators
from local.memory.memory import MemoryBus
from shared.adapters import pubsub
from shared.ports import Published

MESSAGE = Published(
    topic="salon-events",
    body={"salon_id": "s1", "occurred_at": datetime(2026, 11, 21, 9, 0, 0, 5, tzinfo=UTC), "payload": {"name": "São"}},
    attributes={"event_type": "GAP_DETECTED", "salon_id": "s1"},
)


@pytest.fixture
def pubsub_cloud(emulators: Emulators, project: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", emulators.pubsub_host)
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", project)
    pubsub.bus.cache_clear()
    yield project
    pubsub.bus.cache_clear()


def test_a_published_message_can_be_pulled(pubsub_cloud: str) -> None:
    topic = pubsub_v1.PublisherClient().create_topic(name=f"projects/{pubsub_cloud}/topics/salon-events").name
    subscriber: Any = pubsub_v1.SubscriberClient()
    with subscriber:
        subscription = f"projects/{pubsub_cloud}/subscriptions/all"
        subscriber.create_subscription(name=subscription, topic=topic)
        pubsub.bus().publish(MESSAGE)
        (received,) = subscriber.pull(subscription=subscription, max_messages=10, timeout=20).received_messages
    assert dict(received.message.attributes) == MESSAGE.attributes
    assert json.loads(received.message.data) == {
        "salon_id": "s1",
        "occurred_at": "2026-11-21T09:00:00.000005Z",
        "payload": {"name": "São"},
    }


def test_publishing_to_a_topic_that_does_not_exist_raises(pubsub_cloud: str) -> None:
    with pytest.raises(NotFound):
        pubsub.bus().publish(MESSAGE)


def test_the_memory_bus_keeps_messages_or_hands_them_on() -> None:
    bus = MemoryBus()
    bus.publish(MESSAGE)
    assert bus.published == [MESSAGE]
    taken: list[Published] = []
    MemoryBus(taken.append).publish(MESSAGE)
    assert taken == [MESSAGE]


NAIVE = datetime(2026, 11, 21, tzinfo=UTC).replace(tzinfo=None)


@pytest.mark.parametrize("value", [NAIVE, object(), float("nan"), b"x"], ids=lambda value: type(value).__name__)
def test_a_body_that_is_not_json_is_refused(value: Any) -> None:
    bus = MemoryBus()
    with pytest.raises((TypeError, ValueError)):
        bus.publish(Published("salon-jobs", {"value": value}, {}))
    assert bus.published == []
