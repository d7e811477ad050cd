"""Firestore salons/{salon_id}/conversations/{conversation_id}/inbound/{message_id} created, or due -> answer_message -> its effect + answer."""

import functions_framework

from functions.answer_message import answer_conversation
from shared.adapters import clock, deliveries, firestore, settings, triggers


@functions_framework.cloud_event
@triggers.on_any
def answer_message(event: deliveries.Event) -> triggers.Outcome:
    store = firestore.store()
    match event:
        case deliveries.DocumentChange() | deliveries.Due():
            return answer_conversation.answer_conversation(
                event.path,
                woken=isinstance(event, deliveries.Due),
                documents=store.salon(event.salon_id),
                platform=store.platform(),
                clock=clock.clock(),
                deployment=settings.deployment(),
            )
    raise triggers.unexpected(event)
