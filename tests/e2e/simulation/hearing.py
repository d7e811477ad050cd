"""What people write is heard: as what it answers, in its turn, and before they are asked anything else."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from local.memory.memory import Change
from shared.messaging.conversation import HOLDS_ASKS_FOR
from shared.ports import Data
from tests.e2e.simulation.asking import INSTANT
from tests.e2e.simulation.history import History, kind, salon


class Heard(NamedTuple):
    """A message of a person, which change handled it, and the asks that were answered with it."""

    path: str
    said: Data
    handled: int
    answered: list[Data]


def nobody_is_asked_whose_message_waits(history: History) -> Iterator[str]:
    """By what waited before the instant of the ask and still when it was made."""
    for index, path, ask in history.created("outreach"):
        since = ask["created_at"]
        for conversation in _conversations_of(history, salon(path), ask["customer_id"]):
            then = history.version_until(conversation, since), history.version(conversation, index)
            if all(_waits(version, since) for version in then):
                yield f"{path} asks somebody whose words wait in {conversation}"


def what_is_quoted_is_what_is_answered(history: History) -> Iterator[str]:
    """A reply under a message, or with a payload, is about that one, and about nothing of ours where that is not ours. Where
    the provider's answer was lost, nobody can tell whether an ask is the quoted one."""
    for path, said, handled, answered in heard(history):
        quoted = said["replied_to_sid"]
        if quoted is None or said["opt_out"] is not None or said["outcome"] == "opted out":
            continue
        ours = [each for each in _messages(history, path, handled) if each["delivery"]["message_id"] == quoted]
        # A question of ours ("which one?") is about what they wrote, and its answer about any ask.
        if _is_ours(said) or any(_asks_about(each) for each in ours):
            continue
        about = {each.get("about") for each in ours}
        for ask in answered:
            sids = ask["delivery"]["message_id"], ask["delivery"]["former_id"]
            if quoted not in sids and ask["id"] not in about and sids[0] is not None:
                yield f"{path} answers {quoted}, and {ask['id']} was answered by it"


def no_bare_yes_books_while_a_question_waits(history: History) -> Iterator[str]:
    """What they asked about an offer is answered first: till then a yes may be to that answer. A yes to our asking back is
    beyond doubt."""
    for path, said, handled, answered in heard(history):
        waiting = history.version(_conversation(path), handled) or {}
        for ask in answered if said["outcome"] == "booked" and _is_bare(said) else []:
            asked = waiting.get("waiting_since") is not None and waiting.get("outreach_id") == ask["id"]
            if asked and not _asked_back(history, path, handled, ask["id"]):
                yield f"{path} books, though a question about {ask['id']} waited"


def messages_are_answered_in_turn(history: History) -> Iterator[str]:
    """Of one person, in the order in which they wrote, whichever event comes first."""
    written: dict[str, list[tuple[int, str, Data]]] = {}
    for index, path, said in history.created("inbound"):
        if "/conversations/" in path:
            written.setdefault(_conversation(path), []).append((index, path, said))
    handled = {each.path: each.handled for each in heard(history)}
    for theirs in written.values():
        for index, path, said in theirs:
            if said["handled_at"] is not None:
                continue  # an answer to "which branch" is handled by being stored
            before = [e for e in theirs if e[2]["received_at"] < said["received_at"] and e[0] < index]
            for _, earlier, _ in before:
                if path in handled and handled.get(earlier, len(history.cloud.history)) > handled[path]:
                    yield f"{path} was answered before {earlier}"


def heard(history: History) -> Iterator[Heard]:
    for index, change in enumerate(history.cloud.history):
        if kind(change.path) == "inbound" and "/conversations/" in change.path and _is_handled(change):
            answered = [
                other.after
                for other in history.commit_of(index)
                if kind(other.path) == "outreach" and other.after and _is_answered(other)
            ]
            yield Heard(change.path, change.after or {}, index, answered)


def quotes_something_else(history: History) -> bool:
    """Whether somebody with an open offer answered a message that is none of ours."""
    for index, path, said in history.created("inbound"):
        ours = [each["delivery"]["message_id"] for each in _messages(history, path, index)]
        if "/conversations/" in path and said["replied_to_sid"] is not None and said["replied_to_sid"] not in ours:
            return True
    return False


def two_wait(history: History) -> bool:
    """Whether somebody wrote again before their first message was answered."""
    waiting: dict[str, int] = {}
    for change in history.cloud.history:
        if kind(change.path) == "inbound" and "/conversations/" in change.path:
            conversation = _conversation(change.path)
            waiting[conversation] = waiting.get(conversation, 0) + (change.before is None) - _is_handled(change)
            if waiting[conversation] > 1:
                return True
    return False


def a_yes_was_doubted(history: History) -> bool:
    return any(said["outcome"] == "asked back" for _, said, _, _ in heard(history))


def _conversations_of(history: History, root: str, customer_id: str) -> list[str]:
    return [
        path
        for path, data in history.now.items()
        if kind(path) == "conversations" and salon(path) == root and customer_id in data["customer_ids"]
    ]


def _waits(conversation: Data | None, now: datetime) -> bool:
    return (
        conversation is not None
        and conversation["waiting_since"] is not None
        and conversation["updated_at"] > now - HOLDS_ASKS_FOR + INSTANT
    )


def _conversation(path: str) -> str:
    return path.partition("/inbound/")[0]


def _messages(history: History, path: str, before: int) -> list[Data]:
    """Ours to this salon's people by then, asks and all else."""
    asks = (p for p in history.now if kind(p) in ("outreach", "messages") and salon(p) == salon(path))
    return [found for each in asks if (found := history.version(each, before))]


def _asked_back(history: History, path: str, before: int, ask_id: str) -> bool:
    """Whether we had asked there whether they really mean this offer."""
    here = f"{_conversation(path)}/messages/"
    said = [found for each in history.now if each.startswith(here) and (found := history.version(each, before))]
    return any((ours["purpose"], ours["about"]) == ("asked_back", ask_id) for ours in said)


def _asks_about(ours: Data) -> bool:
    return "slot" not in ours and str(ours["about"]).startswith("SM")


def _is_bare(said: Data) -> bool:
    return said["button_payload"] is None and said["replied_to_sid"] is None


def _is_ours(said: Data) -> bool:
    """A button of ours says by itself what it is about."""
    return said["button_payload"] is not None and not said["button_payload"].startswith("appt-")


def _is_handled(change: Change) -> bool:
    was, is_now = ((data or {}).get("handled_at") for data in (change.before, change.after))
    return was is None and is_now is not None


def _is_answered(change: Change) -> bool:
    was, is_now = ((data or {}).get("response", {}).get("received") for data in (change.before, change.after))
    return not was and bool(is_now)
