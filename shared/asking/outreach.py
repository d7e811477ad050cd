"""An outreach asks one customer for something; an offer is an outreach about a slot.

... sent | delivered | read -> responded;  any unanswered -> expired | failed;  expired -> responded (a late yes)
"""

from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal

from shared.asking.guard import Condition
from shared.asking.slot import Slot
from shared.messaging.outgoing import CLAIM_WITHIN, Outgoing, step
from shared.records.audit import Amended, amend
from shared.records.retention import HALF_A_YEAR, Kept
from shared.records.stored import Instant, Money, Number, Stored, natural_id

OutreachType = Literal[
    "gap_fill", "no_show_prevention", "waitlist_promotion", "discount_offer", "retention", "rebooking", "upsell"
]
Answer = Literal["accept", "decline", "opt_out"]

OPEN = ("pending", "sending", "unknown", "sent", "delivered", "read")
"""The statuses in which an answer is still awaited."""
ANSWER_LOST_WITHIN = timedelta(minutes=2)
"""How long a late yes may wait for its answer before it is announced again."""


class OfferDetails(Stored):
    discount_percent: Number = 0.0
    valid_until: Instant
    price: Money


class Response(Stored):
    """The customer's answer. `owed` says that it is a yes which came too late and that nobody has answered yet; `said_in` is the
    message that said it, if one did: what answers it goes into its conversation."""

    received: bool = False
    action: str | None = None
    responded_at: Instant | None = None
    booking_id: str | None = None
    said_in: str | None = None
    owed: bool = False


class Outreach(Outgoing):
    """An ask. `sms_purpose` names its words by SMS, if it may go on so where WhatsApp cannot deliver it. `guard` is what must
    still hold when it leaves. `instead_of` is the outreach to which a yes came too late: this
    one answers that yes with another slot."""

    collection: ClassVar[str] = "outreach"
    retained = Kept(HALF_A_YEAR)
    resource_type: ClassVar[str] = "outreach"

    agent_name: str
    customer_id: str
    customer_name: str
    customer_phone: str
    address_key: str
    outreach_type: OutreachType
    consent_purpose: Literal["service", "marketing"]
    message: str
    trigger_id: str
    trigger_type: str
    decision_id: str
    round: int
    slot: Slot | None
    guard: list[Condition] = []
    source: str
    segment: str = "regular"
    probability: Number = 0.0
    waitlist_entry_id: str | None = None
    moves_booking_id: str | None = None
    chain_depth: int = 0
    withdrawn: bool = False
    sms_purpose: str | None = None
    fallen_back: bool = False
    instead_of: str | None = None
    offer_details: OfferDetails | None
    response: Response = Response()

    @property
    def agent(self) -> str | None:
        return self.agent_name

    @property
    def address(self) -> str:
        return self.customer_phone

    @property
    def is_answer(self) -> bool:
        """Whether it answers what the customer has just written."""
        return self.instead_of is not None

    @property
    def was_ignored(self) -> bool:
        """Whether the customer had it and let its time pass."""
        return self.status == "expired" and not self.withdrawn and self.delivery.sent_at is not None

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


def request(outreach: Outreach, *, now: datetime, reasons: list[str]) -> Amended[Outreach]:
    """Writes an outreach for the first time, and has it sent: `send_outreach` takes it from here."""
    return amend(
        outreach.changed(due_at=now + CLAIM_WITHIN),
        now=now,
        actor=outreach.agent_name,
        event="outreach_requested",
        action=f"Ask requested: {outreach.outreach_type}",
        details={"reasons": reasons, "round": outreach.round, "trigger_id": outreach.trigger_id},
        announces="OUTREACH_REQUESTED",
        payload={"path": outreach.path},
    )


def responded(
    outreach: Outreach,
    *,
    answer: Answer,
    result: str,
    now: datetime,
    booking_id: str | None = None,
    said_in: str | None = None,
    actor: str = "customer",
) -> Amended[Outreach]:
    """Records the customer's answer. There is one only: a second answer to the same outreach is no step, and the caller
    repeats what came of the first."""
    details: dict[str, Any] = {"answer": answer, "result": result}
    return step(
        outreach,
        "responded",
        "responded",
        now=now,
        actor=actor,
        action=f"Customer answered: {answer}",
        details=details,
        # A yes to a slot is a sale, a no to it is made up for; what else was asked, only the agent that asked can act upon.
        announces=("OUTREACH_RESPONDED" if answer == "accept" else "OUTREACH_DECLINED")
        if outreach.slot
        else "ASK_ANSWERED",
        payload=details,
        response=Response(received=True, action=result, responded_at=now, booking_id=booking_id, said_in=said_in),
        due_at=None,
    )


def another_id(lost_id: str) -> str:
    """The id of the one other offer that may answer a late yes to this one."""
    return natural_id("out", lost_id, "another")


def lost(outreach: Outreach, *, result: str, said_in: str | None, now: datetime) -> Amended[Outreach]:
    """Records the customer's yes that came too late. Whoever asked answers it, with another slot if one suits."""
    details: dict[str, Any] = {"answer": "accept", "result": result}
    return step(
        outreach,
        "responded",
        "responded",
        now=now,
        actor="customer",
        action="Customer answered too late: accept",
        details=details,
        announces="OFFER_LOST",
        payload=details,
        response=Response(received=True, action=result, responded_at=now, said_in=said_in, owed=True),
        due_at=now + ANSWER_LOST_WITHIN,
    )


def lost_again(outreach: Outreach, *, now: datetime, actor: str) -> Amended[Outreach]:
    """Announces a late yes once more, to whoever has not answered it yet."""
    return step(
        outreach,
        outreach.status,
        "held",
        now=now,
        actor=actor,
        action="Late yes announced again",
        announces="OFFER_LOST",
        due_at=now + ANSWER_LOST_WITHIN,
    )


def lost_answered(outreach: Outreach, *, by: str, now: datetime, actor: str) -> Amended[Outreach]:
    """Records that a late yes has its answer, `by` another offer or by plain words, which the same commit sends."""
    return step(
        outreach,
        outreach.status,
        "held",
        now=now,
        actor=actor,
        action="Late yes answered",
        details={"by": by},
        response=outreach.response.changed(owed=False),
        due_at=None,
    )
