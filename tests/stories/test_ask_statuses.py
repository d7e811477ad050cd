"""Each status that an offer and an approval can have, and what each thing does that may happen to them then."""

from collections.abc import Callable
from typing import Any

import pytest

from functions.fill_gap.carry_out_approval import carry_out_approval
from functions.fill_gap.run_campaign import close_campaign
from functions.resolve_approval.hear_answer import approval_due, resolve_approval
from functions.send_outreach.move_on import move_on
from shared.approvals.settle_approval import answer, cancel_approvals
from shared.asking.decision import GAP_FILL_AGENT
from shared.asking.opt_out import opt_out
from shared.calendar.gap import Gap
from shared.customers.consent import Statement
from shared.sales.decline_offer import decline
from shared.sales.read_offer_answer import OfferAnswer
from shared.salon.load_salon import salon_of
from shared.values.identity import address_key
from tests.shared.sales.test_acceptance import NOW, START
from tests.stories.approvals import a_question
from tests.stories.one_hour import DAY, DEPLOYMENT, HOUR, KEY, PHONE, OneHour

OPEN = ("pending", "sending", "sent", "delivered", "read", "unknown")
OFFERS = (*OPEN, "expired", "failed", "declined", "booked", "opted_out")
Does = Callable[[OneHour, str], object]


def offer(hour: OneHour, status: str, **fields: Any) -> None:
    """As one that may have left, in this status or with this answer."""
    if status in ("declined", "booked", "opted_out"):
        given = {
            "received": True,
            "action": status,
            "responded_at": NOW,
            "booking_id": "b1" if status == "booked" else None,
        }
        hour.offered(status="responded", response=given, **fields)
    else:
        hour.offered(status=status, **fields)


def stands(hour: OneHour) -> object:
    return hour.get("outreach/out_1")["status"]


def a_yes(hour: OneHour, status: str) -> object:
    offer(hour, status)
    return hour.yes(), stands(hour), hour.told()


def a_no(hour: OneHour, status: str) -> object:
    offer(hour, status)
    given = OfferAnswer("out_1", None, salon_of(hour.documents, "s1"), hour.documents, hour.clock, "answer_message")
    return decline(given), stands(hour), hour.told()


def a_stop(hour: OneHour, status: str) -> object:
    offer(hour, status)
    said = Statement(address_key(KEY, "whatsapp", PHONE), "SM1", "s1", ["c1"], "message", "stop", NOW)
    assert hour.documents.commit(*opt_out(said, hour.documents, now=NOW, actor="answer_message"))
    return stands(hour)


def the_gap_closes(hour: OneHour, status: str) -> object:
    offer(hour, status)
    hour.update("gaps/gap_1", status="filled")
    closed = Gap.model_validate(hour.get("gaps/gap_1"))
    return close_campaign(closed, documents=hour.documents, clock=hour.clock).offers, stands(hour)


def the_deadline(hour: OneHour, status: str) -> object:
    offer(hour, status, expires_at=NOW, due_at=NOW if status in OPEN else None)

    def nobody(path: str, *, documents: object) -> object:
        raise AssertionError("nothing is sent")

    return move_on("outreach/out_1", documents=hour.documents, clock=hour.clock, send=nobody), stands(hour)  # type: ignore[arg-type]


def another_ask(hour: OneHour, status: str) -> object:
    """About time on the next day, three hours later: for whom the first one is still open, or still counts."""
    slot = {"start": START + DAY, "end": START + DAY + HOUR, "service_id": "cut", "staff_id": "mia"}
    offer(hour, status, slot=slot, created_at=NOW - 3 * HOUR, agent_name="retention_agent")
    hour.put("waitlist/w1", customer_id="c1", service_ids=["cut"], status="waiting", created_at=NOW)
    return hour.considered()["c1"][1]


def the_same_ask(hour: OneHour, status: str) -> object:
    offer(hour, status, created_at=NOW - 3 * HOUR)
    hour.put("waitlist/w1", customer_id="c1", service_ids=["cut"], status="waiting", created_at=NOW)
    return hour.considered()["c1"][1]


DONE = ("responded",) * 3
BEFORE: Any = ("answered before", "responded", [])
OF_OFFERS: list[tuple[Does, list[object]]] = [
    # pending, sending, sent, delivered, read, unknown; expired, failed; declined, booked, opted out
    (a_yes, [("sold", "responded", ["booking_confirmed"])] * 8 + [BEFORE] * 3),
    (a_no, [("declined", "responded", ["offer_declined"])] * 8 + [(None, "responded", [])] * 3),
    (a_stop, ["responded"] * 6 + ["expired", "failed", *DONE]),
    (the_gap_closes, [(1, "expired")] * 6 + [(0, "expired"), (0, "failed"), *((0, each) for each in DONE)]),
    (the_deadline, [("over", "expired")] * 6 + [("not due", "expired"), ("not due", "failed"), *(("not due", each) for each in DONE)]),
    (another_ask, ["has another offer open"] * 6 + [None] * 5),
    (the_same_ask, ["already asked about this time"] * 11),
]  # fmt: skip


APPROVALS = ("pending", "approved", "carried out", "rejected", "expired", "cancelled")


def approval(hour: OneHour, status: str, **fields: Any) -> str:
    decided, asked = a_question(NOW, gap_id="gap_1")
    said = "approved" if status == "carried out" else status
    done = {"carried_out_at": NOW if status == "carried out" else None}
    hour.put(decided.document.path, **decided.document.stored())
    hour.put(
        asked.document.path, **{**asked.document.stored(), "status": said, "recorded_status": said, **done, **fields}
    )
    return asked.document.id


def settled(hour: OneHour, id: str) -> object:
    """The approval, and what is announced of it."""
    said = [each["announces"] for each in hour.all("audit_logs").values() if each["resource_id"] == id]
    return hour.get(f"approvals/{id}")["recorded_status"], [each for each in said if each]


def the_owners_yes(hour: OneHour, status: str) -> object:
    id = approval(hour, status)
    answer(id, "approve", bound_to=None, by="Olga", documents=hour.documents, clock=hour.clock)
    return settled(hour, id)


def the_owners_no(hour: OneHour, status: str) -> object:
    id = approval(hour, status)
    answer(id, "reject", bound_to=None, by="Olga", documents=hour.documents, clock=hour.clock)
    return settled(hour, id)


def the_consoles_yes(hour: OneHour, status: str) -> object:
    """An app writes over the status, whatever it was."""
    id = approval(hour, status)
    hour.update(f"approvals/{id}", status="approved")
    resolve_approval(id, documents=hour.documents, clock=hour.clock)
    return *settled(hour, id), hour.get(f"approvals/{id}")["status"]  # type: ignore[misc]


def its_gap_closes(hour: OneHour, status: str) -> object:
    id = approval(hour, status)
    cancel_approvals("gap_1", "the gap is filled", agent=GAP_FILL_AGENT, documents=hour.documents, clock=hour.clock)
    return settled(hour, id)


def its_time_is_over(hour: OneHour, status: str) -> object:
    over = {"expires_at": NOW, "useful_until": NOW, "due_at": NOW}
    id = approval(hour, status, **over)
    approval_due(f"approvals/{id}", documents=hour.documents, clock=hour.clock)
    return settled(hour, id)


def it_is_due(hour: OneHour, status: str) -> object:
    """Half of its time has passed, or nobody has carried it out yet."""
    id = approval(hour, status, due_at=NOW)
    approval_due(f"approvals/{id}", documents=hour.documents, clock=hour.clock)
    return settled(hour, id)


def it_is_heard_of(hour: OneHour, status: str) -> object:
    """By who carries it out, and cannot: nobody knows any more whom to ask."""
    id = approval(hour, status)
    hour.delete("autonomous_decisions/dec_1")
    return carry_out_approval(id, documents=hour.documents, clock=hour.clock, deployment=DEPLOYMENT), settled(hour, id)


YES, NO, OVER, OFF = "APPROVAL_APPROVED", "APPROVAL_REJECTED", "APPROVAL_EXPIRED", "APPROVAL_CANCELLED"
KEPT: list[object] = [("approved", []), ("approved", []), ("rejected", []), ("expired", []), ("cancelled", [])]
OF_APPROVALS: list[tuple[Does, list[object]]] = [
    # pending, approved, carried out, rejected, expired, cancelled
    (the_owners_yes, [("approved", [YES]), *KEPT]),
    (the_owners_no, [("rejected", [NO]), *KEPT]),
    (the_consoles_yes, [("approved", [YES], "approved"), ("approved", [], "approved"), ("approved", [], "approved"), *((each, [], each) for each in APPROVALS[3:])]),
    (its_gap_closes, [("cancelled", [OFF]), ("cancelled", [OFF]), *KEPT[1:]]),
    (its_time_is_over, [("expired", [OVER]), ("cancelled", [OFF]), *KEPT[1:]]),
    (it_is_due, [("pending", ["AGENT_ACTION_REQUIRED"]), ("approved", [YES]), *KEPT[1:]]),
    (it_is_heard_of, [("nothing to do", ("pending", [])), ("cancelled", ("cancelled", [OFF])), *(("nothing to do", each) for each in KEPT[1:])]),
]  # fmt: skip
CELLS = [
    pytest.param(does, status, means, id=f"{does.__name__}-{status}")
    for statuses, table in ((OFFERS, OF_OFFERS), (APPROVALS, OF_APPROVALS))
    for does, row in table
    for status, means in zip(statuses, row, strict=True)
]


@pytest.mark.parametrize(("does", "status", "means"), CELLS)
def test_what_happens_to_each_status(does: Does, status: str, means: object) -> None:
    assert does(OneHour(), status) == means
