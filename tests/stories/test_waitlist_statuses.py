"""Each status that a wish on the waitlist can have, and what it means to each who reads it. A status that nobody knows says
nothing: such a wish is neither asked for nor changed."""

from collections.abc import Callable

import pytest

from functions.repair_salon.mend import repair_salon
from functions.send_outreach.move_on import move_on
from shared.sales.decline_offer import decline
from shared.sales.read_offer_answer import OfferAnswer
from shared.salon.load_salon import salon_of
from tests.shared.sales.test_acceptance import NOW
from tests.stories.one_hour import HOUR, OneHour

STATUSES = ("waiting", "offered", "booked", "expired", "cancelled", "maybe")
Reads = Callable[[OneHour, str], object]


def wish(hour: OneHour, status: str) -> None:
    hour.put("waitlist/w1", customer_id="c1", service_ids=["cut"], status=status, created_at=NOW - HOUR)


def stands(hour: OneHour) -> object:
    return hour.get("waitlist/w1")["status"]


def a_round(hour: OneHour, status: str) -> object:
    """Whether they come to mind, and how the wish stands after it."""
    wish(hour, status)
    return hour.considered().get("c1"), stands(hour)


def a_round_that_had_waited_for_its_turn(hour: OneHour, status: str) -> object:
    wish(hour, "waiting")
    return hour.considered(meanwhile=lambda: hour.update("waitlist/w1", status=status))["c1"][1], stands(hour)


def a_sale(hour: OneHour, status: str) -> object:
    wish(hour, status)
    hour.offered(waitlist_entry_id="w1")
    return hour.yes(), stands(hour)


def a_no(hour: OneHour, status: str) -> object:
    wish(hour, status)
    hour.offered(waitlist_entry_id="w1")
    decline(OfferAnswer("out_1", None, salon_of(hour.documents, "s1"), hour.documents, hour.clock, "answer_message"))
    return stands(hour)


def a_yes_too_late(hour: OneHour, status: str) -> object:
    """Before it is answered."""
    wish(hour, status)
    hour.update("gaps/gap_1", status="filled")
    hour.offered(waitlist_entry_id="w1")
    return hour.yes(), stands(hour)


def another_time_for_a_late_yes(hour: OneHour, status: str) -> object:
    wish(hour, status)
    return hour.late_yes(waitlist_entry_id="w1"), stands(hour)


def silence_until_the_deadline(hour: OneHour, status: str) -> object:
    wish(hour, status)
    made = hour.offered(waitlist_entry_id="w1", expires_at=NOW, due_at=NOW)

    def nobody(path: str, *, documents: object) -> object:
        raise AssertionError("nothing is sent")

    move_on(made.path, documents=hour.documents, clock=hour.clock, send=nobody)  # type: ignore[arg-type]
    return stands(hour)


def the_hourly_repair(hour: OneHour, status: str) -> object:
    """No offer is open that could hold it."""
    wish(hour, status)
    repair_salon(documents=hour.documents, clock=hour.clock)
    return stands(hour)


ASKED, TAKEN, GONE = ("waitlist_exact", None), "slot_taken", "waits no longer"
ANOTHER, PLAIN = "another time offered", "told that it is gone"
TABLE: list[tuple[Reads, list[object]]] = [
    #                  waiting, offered, booked, expired, cancelled, maybe
    (a_round, [(ASKED, "offered"), *((None, status) for status in STATUSES[1:])]),
    (a_round_that_had_waited_for_its_turn, [(None, "offered"), *((GONE, status) for status in STATUSES[1:])]),
    (a_sale, [("sold", "booked"), ("sold", "booked"), *(("sold", status) for status in STATUSES[2:])]),
    (a_no, ["waiting", "waiting", "booked", "expired", "cancelled", "maybe"]),
    (a_yes_too_late, [(TAKEN, "waiting"), (TAKEN, "waiting"), *((TAKEN, status) for status in STATUSES[2:])]),
    (another_time_for_a_late_yes, [(ANOTHER, "offered"), (ANOTHER, "offered"), *((PLAIN, status) for status in STATUSES[2:])]),
    (silence_until_the_deadline, ["waiting", "waiting", "booked", "expired", "cancelled", "maybe"]),
    (the_hourly_repair, ["waiting", "waiting", "booked", "expired", "cancelled", "maybe"]),
]  # fmt: skip
CELLS = [(reads, status, means) for reads, row in TABLE for status, means in zip(STATUSES, row, strict=True)]


@pytest.mark.parametrize(("reads", "status", "means"), CELLS, ids=[f"{r.__name__}-{s}" for r, s, _ in CELLS])
def test_what_a_status_means_to_who_reads_it(reads: Reads, status: str, means: object) -> None:
    assert reads(OneHour(), status) == means
