"""A Pub/Sub push as a delivery."""

import json
from typing import Any

from local.cloud import PROJECT
from local.deliveries import PUBSUB_ATTEMPTS, Delivery
from local.routes import Subscription


def push_delivery(subscription: Subscription, message: dict[str, Any]) -> Delivery:
    """`message` is that of a push body. The function learns the topic from the request's path, as behind our own
    subscriptions in the cloud."""
    body = {"subscription": f"projects/{PROJECT}/subscriptions/{subscription.name}", "message": message}

    def pushed(attempt: int) -> bytes:
        # As with every subscription of ours in the cloud: those that have dead letters are told.
        return json.dumps({**body, "deliveryAttempt": attempt}).encode()

    return Delivery(
        function=subscription.function,
        event=str(message["attributes"][subscription.attribute]),
        subject=subscription.topic,
        event_id=str(message["messageId"]),
        path=f"/projects/{PROJECT}/topics/{subscription.topic}",
        headers={"Content-Type": "application/json"},
        body=pushed,
        attempts=PUBSUB_ATTEMPTS,
    )
