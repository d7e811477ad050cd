"""What there is to say of a salon's day."""

from dataclasses import dataclass

from shared.approvals.approval import Approval
from shared.asking.outreach import Outreach
from shared.calendar.booking import Booking
from shared.calendar.gap import Gap
from shared.messaging.conversation import Conversation


@dataclass(frozen=True)
class Sale:
    outreach: Outreach
    booking: Booking


@dataclass(frozen=True)
class Today:
    """`sales` are those that were made today, whatever day they are of, and still stand; `gaps` are the open ones of today."""

    paused: bool
    approvals: list[Approval]
    conversations: list[Conversation]
    sales: list[Sale]
    offers: list[Outreach]
    gaps: list[Gap]
