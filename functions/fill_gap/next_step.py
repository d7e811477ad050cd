"""What a gap's campaign does next: wait, ask, end, or leave things as they are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from functions.fill_gap.settings import Settings
from shared.asking.holdout import HELD_OUT
from shared.calendar.gap import Gap
from shared.salon.salon import Salon

PAUSED_RETRY = timedelta(minutes=15)
IDLE_ONCE: Final = "idle time is offered once"


@dataclass(frozen=True)
class Leave:
    """Nothing is to be done now, and nothing to be written."""

    reason: str


@dataclass(frozen=True)
class Wait:
    """The campaign is put off: it is looked at again at that time."""

    until: datetime
    reason: str


@dataclass(frozen=True)
class End:
    """The campaign is over for this gap."""

    reason: str


@dataclass(frozen=True)
class Ask:
    """A round is due, of at most `room` customers. A `top_up` only replaces offers that fell away since the last round. A
    `whole` round goes out at once and not in parts, because nothing looks at the gap again by itself."""

    room: int
    top_up: bool = False
    whole: bool = False


Step = Leave | Wait | End | Ask


def next_step(
    gap: Gap, *, salon: Salon, settings: Settings, open_offers: int, now: datetime, new_wish: bool = False
) -> Step:
    """Says what the gap's campaign does now. The first rule that applies decides. `open_offers` counts those that the round
    still waits for. A `new_wish` on the waitlist that suits the gap is a reason to look before the next round is due, and to offer
    idle time once more."""
    campaign = gap.campaign
    if not gap.is_open:
        return Leave(f"the gap is {gap.status}")
    if gap.awaits_owner or campaign.status == "waiting_owner":
        return Leave("it waits for the owner's word")
    if gap.origin == "idle" and settings.gap.fill_idle == "none":
        return Leave("idle time is not offered in this salon")
    anew = new_wish and campaign.reason == IDLE_ONCE
    if campaign.status == "ended" and not anew:
        return Leave(f"its campaign has ended: {campaign.reason}")
    if campaign.arm == "held_out":
        return End(HELD_OUT)
    if salon.status == "paused":
        return Wait(now + PAUSED_RETRY, "the salon is paused")
    if campaign.status == "settling" and campaign.next_round_at and now < campaign.next_round_at:
        return Leave("people may still re-book")
    if gap.origin == "idle" and campaign.round > 0 and not new_wish:
        return End(IDLE_ONCE)
    room = settings.offers.max_asks_per_gap - campaign.asked
    if room <= 0:
        # Open offers may still be answered; nobody new is asked.
        return End("as many customers were asked as one gap may ask")
    put_off = campaign.reason is not None
    if campaign.next_round_at is None or now >= campaign.next_round_at or (put_off and new_wish):
        return Ask(room, whole=gap.origin == "idle")
    if campaign.reason is not None:
        return Leave(campaign.reason)
    fell_away = max(campaign.wave - open_offers, int(new_wish))
    return Ask(min(room, fell_away), top_up=True) if fell_away > 0 else Leave("the round is still open")
