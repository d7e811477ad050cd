"""What we sell is free and sold once, and who says yes gets it or hears why not."""

from collections.abc import Iterator
from datetime import timedelta

from functions.answer_message.answer_conversation import TRIES
from shared.calendar.booking import OCCUPYING
from shared.messaging.message import KEEP_TRYING
from shared.ports import Data
from tests.e2e.simulation.history import History, kind, overlap, salon
from tests.e2e.simulation.town import PLACES


def nothing_is_sold_twice(history: History) -> Iterator[str]:
    """Nor is a customer booked by us in two places: by the bookings that stood when our sale was committed."""
    standing: dict[str, Data] = {}
    for commit in history.commits:
        bookings = [change for change in commit if kind(change.path) == "bookings"]
        for change in bookings:
            if change.after is None or change.after["status"] not in OCCUPYING:
                standing.pop(change.path, None)
            else:
                standing[change.path] = change.after
        for change in bookings:
            sale = change.after
            if change.before is not None or sale is None or sale["source"] != "smart_fill":
                continue
            root = change.path.rpartition("/")[0]
            for path, other in standing.items():
                if path == change.path or not path.startswith(root) or not overlap(sale, other):
                    continue
                if other["staff_id"] == sale["staff_id"]:
                    yield f"{change.path} sells time of {path}"
                if other["customer_id"] == sale["customer_id"]:
                    yield f"{change.path} books a customer who is at {path}"


def every_yes_has_an_end(history: History) -> Iterator[str]:
    """What was taken in is handled; who said yes has a booking or a kind answer, and one."""
    stored = {path.rpartition("/")[2]: data for path, data in history.now.items() if data.get("direction") == "in"}
    for sid in history.inbound:
        if sid not in stored:
            yield f"{sid} was accepted and never stored"
    for sid, said in stored.items():
        if said["handled_at"] is None:
            yield f"{sid} was never handled"
        elif said["handled_at"] - said["received_at"] >= KEEP_TRYING:
            yield f"{sid} was given up, and nothing stays broken for so long"
    for path, ask in history.now.items():
        if kind(path) != "outreach" or ask["status"] != "responded":
            continue
        root, _, id = path.rpartition("/outreach/")
        action = ask["response"]["action"]
        if action == "booked":
            booking = f"{root}/bookings/{ask['response']['booking_id']}"
            # The app may delete what it likes.
            if not history.changes(booking):
                yield f"{path} was booked and has no booking"
            if not any(message["purpose"] == "booking_confirmed" for message in _about(id, history)):
                yield f"{path} was booked and has no confirmation"
        elif action not in ("declined", "opted_out"):
            told = _about(id, history)
            plainly = any(message["purpose"] in ("slot_taken", "slot_no_longer_free") for message in told)
            with_another = any(
                kind(p) == "outreach"
                and o["instead_of"] == id
                and (o["delivery"]["sent_at"] or (o["attempts"] and not o["delivery"]["error"]))
                for p, o in history.now.items()
            )
            if not plainly and not with_another:
                yield f"{path} was answered yes, refused ({action}) and nobody told them"
            if plainly and with_another:
                yield f"{path} was answered yes, refused ({action}) and they were told twice"


def nothing_is_given_up_untried(history: History) -> Iterator[str]:
    """What an owner has to read, for it could not be worked on, was tried as often as is promised, and failed each time."""
    for commit in history.commits:
        if not any(kind(change.path) == "conversations" and _is_given_up(change.after) for change in commit):
            continue
        for change in commit:
            if kind(change.path) != "inbound" or change.after is None or change.after["handled_at"] is None:
                continue
            conversation = change.path.rpartition("/")[0]
            failed = sum(
                name == "answer_message" and path.startswith(conversation) and at >= change.after["received_at"]
                for at, name, path in history.cloud.failed_over
            )
            if failed < TRIES:
                yield f"{change.path} was given up, and its work had failed {failed} times"


def _is_given_up(conversation: Data | None) -> bool:
    return conversation is not None and conversation["reason"] == "given_up"


def _about(id: str, history: History) -> list[Data]:
    return [data for path, data in history.now.items() if kind(path) == "messages" and data.get("about") == id]


def who_comes_sooner_gives_up_what_is_later(history: History) -> Iterator[str]:
    """In the commit of the sale, and only what then still stood and began later."""
    for index, path, sale in history.created("bookings"):
        if sale["source"] != "smart_fill":
            continue
        root = salon(path)
        ask = history.version(f"{root}/outreach/{sale['outreach_id']}", index) or {}
        moves = f"{root}/bookings/{ask.get('moves_booking_id')}"
        with_it = {change.path: change for change in history.commit_of(index)}
        given_up = with_it[moves].after if moves in with_it else None
        stood = with_it[moves].before if moves in with_it else history.version(moves, index)
        if stood and (stood["status"] not in ("pending", "confirmed") or stood["start_time"] <= sale["start_time"]):
            stood = None
        if bool(stood) != bool(given_up and given_up["status"] == "cancelled"):
            yield f"{path} was sold and {moves} {'stands' if stood else 'was given up'}"
        if bool(stood) != (sale["rescheduled_from"] is not None):
            yield f"{path} was sold and says that it replaces {sale['rescheduled_from']}"


def gaps_are_free(history: History) -> Iterator[str]:
    """In the end, when all was repaired."""
    now = history.cloud.clock.now()
    for place in PLACES:
        bookings = history.of(place, "bookings")
        for path, gap in history.of(place, "gaps").items():
            for other, booking in bookings.items():
                taken = booking["status"] in OCCUPYING and booking["staff_id"] == gap["staff_id"]
                if gap["status"] == "open" and taken and overlap(gap, booking) and booking["end_time"] > now:
                    yield f"{path} is open over {other}"


def double_bookings_are_noticed(history: History) -> Iterator[str]:
    """The app cannot be stopped from writing over our sale, but the owner hears of what overlapped long enough."""
    for place in PLACES:
        told = {
            (data["resource_id"], data["details"].get("other_id"))
            for data in history.of(place, "audit_logs").values()
            if data["event_type"] == "alert_triggered" and data["resource_type"] == "booking"
        }
        standing = {p: b for p, b in history.of(place, "bookings").items() if b["status"] in OCCUPYING}
        for path, sale in standing.items():
            for other_path, other in standing.items():
                if sale["source"] != "smart_fill" or path == other_path or sale["staff_id"] != other["staff_id"]:
                    continue
                since = max(sale["updated_at"], other["updated_at"])
                pair = path.rpartition("/")[2], other_path.rpartition("/")[2]
                until = min(sale["end_time"], other["end_time"])
                if overlap(sale, other) and until - since > timedelta(hours=4) and not {pair, pair[::-1]} & told:
                    yield f"{path} and {other_path} overlap, and the owner was never told"
