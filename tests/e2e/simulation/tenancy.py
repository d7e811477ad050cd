"""Nothing of one salon is in what another one stores, says or announces, and nobody is in the logs."""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

from shared.ports import Data
from tests.e2e.simulation.cloud import HANGS
from tests.e2e.simulation.history import History, kind
from tests.e2e.simulation.town import SHARED, Place, Town


def _secrets(place: Place, town: Town) -> list[str]:
    """What only this salon knows, as patterns. One customer is known to both, and branches of one number know of each other."""
    own = [re.escape(f"{place.word} "), re.escape(place.owner), rf"\+44770091{place.digits}\d\d"]
    own += [rf"\+521?551234{place.digits}\d\d\d"]
    return own if town.one_number else [*own, re.escape(place.number), place.house]


@lru_cache(maxsize=4)
def _foreign(town: Town) -> dict[str, re.Pattern[str]]:
    """By salon: what it must not know."""
    return {
        place.id: re.compile(
            "|".join(
                word for other in town.places if other != place for word in (*_secrets(other, town), f"'{other.id}'")
            )
        )
        for place in town.places
    }


@lru_cache(maxsize=4)
def _anybody(town: Town) -> re.Pattern[str]:
    return re.compile("|".join([re.escape(SHARED), *(word for place in town.places for word in _secrets(place, town))]))


def documents_are_of_one_tenant(history: History) -> Iterator[str]:
    """What is written to a number while only one of its branches holds it is that one's, whoever wrote it."""
    foreign = _foreign(history.town)
    alone: dict[str, datetime] = {}
    for change in history.cloud.history:
        first, _, below = change.path.partition("/")
        place_id = below.partition("/")[0]
        if first == "channel_routes" and "/" not in below:
            alone.update(_holds_alone(change.before, change.update_time + HANGS))
            alone.update(_holds_alone(change.after, history.cloud.clock.now()))
        if first != "salons" or change.after is None:
            continue
        shared = history.town.one_number and kind(change.path) == "inbound"
        if shared and change.update_time <= alone.get(place_id, history.town.start):
            continue
        # What stood there before was looked at when it was new.
        before = change.before or {}
        text = repr([value for name, value in change.after.items() if before.get(name) != value])
        if found := foreign[place_id].search(text):
            yield f"{change.path} shows {found[0]}, which is not of {place_id}"


def _holds_alone(route: Data | None, until: datetime) -> dict[str, datetime]:
    """Which salon has the number of this route to itself, and until when messages to it may still be stored as that one's."""
    holders = route["salon_ids"] if route else []
    return {holders[0]: until} if len(holders) == 1 else {}


def messages_are_of_one_tenant(history: History) -> Iterator[str]:
    """What is said, from which number, and to whom: somebody whom this salon knows."""
    foreign = _foreign(history.town)
    wrote = {
        (place.root, said["sender"])
        for _, _, said in history.created("inbound")
        for place in history.town.places
        if said["recipient"].startswith(place.number)
    }
    for each in history.cloud.handed_over:
        sending, place = each.sending, history.town.place(each.sending.reference)
        text = f"{sending.sender} {sending.to} {sending.body} {sending.variables}"
        if found := foreign[place.id].search(text):
            yield f"{sending.reference} shows {found[0]}, which is not of {place.id}"
        if not sending.sender.startswith(place.number):
            yield f"{sending.reference} went out from {sending.sender}, which is not of {place.id}"
        known = [place.owner, *(place.phone(number) for number in range(place.customers))]
        if sending.to not in known and (place.root, sending.to) not in wrote:
            yield f"{sending.reference} went to {sending.to}, whom {place.id} does not know"


def announcements_know_nobody(history: History) -> Iterator[str]:
    """They are for anybody who subscribes, so that not even people of the salon itself are in them."""
    anybody, foreign = _anybody(history.town), _foreign(history.town)
    for message, _ in history.cloud.announcements:
        place, text = history.town.place(message.attributes["salon_id"]), repr(message.body)
        if found := foreign[place.id].search(text) or anybody.search(text):
            yield f"{message.body['event_id']} shows {found[0]}"


def logs_know_nobody(history: History) -> Iterator[str]:
    anybody = _anybody(history.town)
    for message, fields in history.cloud.lines:
        if found := anybody.search(f"{message} {fields}"):
            yield f"a log line shows {found[0]}: {message}"
