"""What we sell is free and sold once, and who says yes gets it or hears why not."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from functions.answer_message.answer_conversation import TRIES
from local.memory.memory import Change
from shared.calendar.booking import OCCUPYING
from shared.messaging.message import KEEP_TRYING
from shared.ports import Data
from tests.e2e.simulation.history import History, kind, overlap, salon
from tests.e2e.simulation.town import SERVICES

SCANNED_WITHIN = timedelta(hours=4)
"""How long what no event told of may stay unseen: a scan comes every two hours, and one may be lost."""
DOWN_FOR = timedelta(hours=2)
JUMP_AT_MOST = timedelta(hours=3)


def nothing_is_sold_twice(history: History) -> Iterator[str]:
    """Nor is a customer booked by us in two places: by the bookings that stood when our sale was committed."""
    for sold, sale, path, other in _beside_sales(history):
        if overlap(sale, other) and other["staff_id"] == sale["staff_id"]:
            yield f"{sold} sells time of {path}"
        if overlap(sale, other) and other["customer_id"] == sale["customer_id"]:
            yield f"{sold} books a customer who is at {path}"


def no_room_is_sold_twice(history: History) -> Iterator[str]:
    """What a service needs besides who does it was free, whoever was using it."""
    needy = history.town.needs_basin
    for sold, sale, path, other in _beside_sales(history):
        if not needy.intersection(sale["service_ids"]):
            continue
        at = other["start_time"]
        for service in other["service_ids"]:
            last = service == other["service_ids"][-1]
            until = other["end_time"] if last else min(other["end_time"], at + timedelta(minutes=SERVICES[service]))
            if service in needy and sale["start_time"] < until and at < sale["end_time"]:
                yield f"{sold} needs the basin while {path} has it"
            at = until


def _beside_sales(history: History) -> Iterator[tuple[str, Data, str, Data]]:
    """Each sale of ours with each other booking of the salon that stood when it was committed."""
    standing: dict[str, Data] = {}
    for commit in history.commits:
        bookings = [change for change in commit if kind(change.path) == "bookings"]
        for change in bookings:
            _stands(change, standing)
        for change in bookings:
            sale, root = change.after, change.path.rpartition("/")[0]
            if change.before is None and sale is not None and sale["source"] == "smart_fill":
                others = ((path, other) for path, other in standing.items() if path.startswith(root))
                yield from ((change.path, sale, path, other) for path, other in others if path != change.path)


def _stands(change: Change, standing: dict[str, Data]) -> None:
    if change.after is None or change.after["status"] not in OCCUPYING:
        standing.pop(change.path, None)
    else:
        standing[change.path] = change.after


def every_yes_has_an_end(history: History) -> Iterator[str]:
    """What was taken in is handled; who said yes has a booking or a kind answer, and one."""
    stored = {path.rpartition("/")[2]: data for path, data in history.now.items() if data.get("direction") == "in"}
    for sid in history.inbound:
        if sid not in stored:
            yield f"{sid} was accepted and never stored"
    for sid, said in stored.items():
        if said["handled_at"] is None:
            yield f"{sid} was never handled"
        elif said["only_for_owner"]:
            continue  # Nobody had said which branch it was for.
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
            if change.after["only_for_owner"]:
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
    """For no longer than a scan may take to repair it where what was booked was not heard of."""
    faults = history.cloud.faults.struck
    patience = SCANNED_WITHIN + DOWN_FOR * faults["function down"] + JUMP_AT_MOST * faults["clock jump"]
    for gap, booking, since, until, _ in gaps_booked(history):
        if until - since > patience:
            yield f"{gap} is open over {booking} from {since} to {until}"


def gaps_booked(history: History) -> Iterator[tuple[str, str, datetime, datetime, datetime]]:
    """Each open gap over which somebody booked: from when to when it stayed so, and when the time would have been over."""
    now = history.cloud.clock.now()
    gaps: dict[str, Data] = {}
    standing: dict[str, Data] = {}
    since: dict[tuple[str, str], tuple[datetime, datetime]] = {}
    for change in history.cloud.history:
        match kind(change.path):
            case "gaps":
                gaps.pop(change.path, None)
                if change.after is not None and change.after["status"] == "open":
                    gaps[change.path] = change.after
            case "bookings":
                _stands(change, standing)
            case _:
                continue
        for pair in _booked(change.path, gaps, standing):
            over = min(gaps[pair[0]]["end_time"], standing[pair[1]]["end_time"])
            since.setdefault(pair, (change.update_time, over))
        for gap, booking in [pair for pair in since if change.path in pair]:
            if (gap, booking) not in _booked(change.path, gaps, standing):
                began, over = since.pop((gap, booking))
                yield gap, booking, began, change.update_time, over
    yield from ((gap, booking, began, min(now, over), over) for (gap, booking), (began, over) in since.items())


def _booked(path: str, gaps: dict[str, Data], standing: dict[str, Data]) -> set[tuple[str, str]]:
    """The open gaps over which bookings stand, of those pairs that this document is in."""
    root = salon(path)
    pairs = (
        [(path, other) for other in standing if other.startswith(f"{root}/")]
        if path in gaps
        else [(other, path) for other in gaps if other.startswith(f"{root}/") and path in standing]
    )
    return {
        (gap, booking)
        for gap, booking in pairs
        if gaps[gap]["staff_id"] == standing[booking]["staff_id"] and overlap(gaps[gap], standing[booking])
    }


def double_bookings_are_noticed(history: History) -> Iterator[str]:
    """The app cannot be stopped from writing over our sale, but the owner hears of what overlapped long enough."""
    told = {
        frozenset((f"{salon(path)}/bookings/{id}", f"{salon(path)}/bookings/{data['details'].get('other_id')}"))
        for _, path, data in history.created("audit_logs")
        if data["event_type"] == "alert_triggered" and data["resource_type"] == "booking"
        for id in [data["resource_id"]]
    }
    for sale, other in written_over(history):
        if frozenset((sale, other)) not in told:
            yield f"{sale} and {other} overlap, and the owner was never told"


def written_over(history: History) -> Iterator[tuple[str, str]]:
    """The sales of ours over which another booking stands in the end, and stood for long enough."""
    for place in history.town.places:
        standing = {p: b for p, b in history.of(place, "bookings").items() if b["status"] in OCCUPYING}
        for path, sale in standing.items():
            for other_path, other in standing.items():
                if sale["source"] != "smart_fill" or path == other_path or sale["staff_id"] != other["staff_id"]:
                    continue
                since, until = max(sale["updated_at"], other["updated_at"]), min(sale["end_time"], other["end_time"])
                if overlap(sale, other) and until - since > SCANNED_WITHIN:
                    yield path, other_path
