"""Nothing of one salon is in what another one stores, says or announces, and nobody is in the logs."""

import re
from collections.abc import Iterator

from tests.e2e.simulation.history import History
from tests.e2e.simulation.town import CUSTOMERS, PLACES, SHARED, Place

SECRETS = {
    place.id: [place.word, place.owner, place.sender, *(place.phone(number) for number in range(1, CUSTOMERS))]
    for place in PLACES
}
"""What only this salon knows; one customer is known to both."""


def _any_of(words: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words)))


FOREIGN = {
    place.id: _any_of([word for id, words in SECRETS.items() if id != place.id for word in [*words, f"'{id}'"]])
    for place in PLACES
}
ANYBODY = _any_of([*(word for words in SECRETS.values() for word in words), SHARED])


def documents_are_of_one_tenant(history: History) -> Iterator[str]:
    for change in history.cloud.history:
        first, _, below = change.path.partition("/")
        place_id = below.partition("/")[0]
        if first != "salons" or change.after is None:
            continue
        # What stood there before was looked at when it was new.
        before = change.before or {}
        text = repr([value for name, value in change.after.items() if before.get(name) != value])
        if found := FOREIGN[place_id].search(text):
            yield f"{change.path} shows {found[0]}, which is not of {place_id}"


def messages_are_of_one_tenant(history: History) -> Iterator[str]:
    """What is said, from which number, and to whom: somebody whom this salon knows."""
    for each in history.cloud.handed_over:
        sending, place = each.sending, _place(each.sending.reference.partition("/")[0])
        text = f"{sending.sender} {sending.to} {sending.body} {sending.variables}"
        if found := FOREIGN[place.id].search(text):
            yield f"{sending.reference} shows {found[0]}, which is not of {place.id}"
        if not sending.sender.startswith(place.sender):
            yield f"{sending.reference} went out from {sending.sender}, which is not of {place.id}"
        known = [place.owner, *(place.phone(number) for number in range(CUSTOMERS))]
        if sending.to not in known:
            yield f"{sending.reference} went to {sending.to}, whom {place.id} does not know"


def announcements_are_of_one_tenant(history: History) -> Iterator[str]:
    for message, _ in history.cloud.announcements:
        place = _place(message.attributes["salon_id"])
        if found := FOREIGN[place.id].search(repr(message.body)):
            yield f"{message.body['event_id']} shows {found[0]}, which is not of {place.id}"


def logs_know_nobody(history: History) -> Iterator[str]:
    for message, fields in history.cloud.lines:
        if found := ANYBODY.search(f"{message} {fields}"):
            yield f"a log line shows {found[0]}: {message}"


def _place(salon_id: str) -> Place:
    return next(place for place in PLACES if place.id == salon_id)
