"""What the suite reads or writes at once, made small: in some runs the second page matters everywhere, in the others the first
one is all there is."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import ModuleType
from unittest.mock import patch

from functions.answer_message import answer_conversation
from functions.clean_up import learn_acceptance
from functions.dispatch_jobs import fan_out
from functions.scan_gaps import scan_salon
from functions.wake_due import publish_due
from shared.asking import promotion_pause, watch_reactions
from shared.records import split_query

ALWAYS_SMALL: tuple[tuple[ModuleType, str, int], ...] = ((publish_due, "AT_ONCE", 3),)
SMALL: tuple[tuple[ModuleType, str, int], ...] = (
    (split_query, "IN_LIMIT", 3),
    (answer_conversation, "AT_ONCE", 2),
    (learn_acceptance, "LEARNT_AT_ONCE", 2),
    (fan_out, "AT_ONCE", 1),
    (scan_salon, "MANY", 12),
    # So few sends are looked at that one objection pauses the promotion.
    (promotion_pause, "LAST_SENDS", 10),
    (watch_reactions, "LAST_SENDS", 10),
)


@contextmanager
def pages(small: bool) -> Iterator[None]:
    with ExitStack() as replaced:
        for module, name, size in (*ALWAYS_SMALL, *(SMALL if small else ())):
            replaced.enter_context(patch.object(module, name, size))
        yield
