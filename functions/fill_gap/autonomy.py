"""Who may decide: the agent alone, the owner when asked, or only a person. The strictest of three answers counts, which
the kind of action, the size of the discount and the amount at stake give."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from functions.fill_gap.settings import Settings
from shared.asking.decision import DecisionType
from shared.salon.settings import AutonomyLevel

STRICTNESS: tuple[AutonomyLevel, ...] = ("full_auto", "supervised", "manual_only")
PERSONAL = ("refund", "complaint", "staff_matter")
"""Kinds of action that no agent ever carries out, whatever the settings say."""


@dataclass(frozen=True)
class Autonomy:
    level: AutonomyLevel
    reasons: tuple[str, ...]


def autonomy(
    kind: DecisionType | str,
    *,
    discount_percent: float = 0.0,
    amount: Decimal = Decimal(0),
    vip: bool = False,
    exact_waitlist_match: bool = False,
    settings: Settings,
) -> Autonomy:
    """How far the agent may decide this by itself, with the reasons for the level. `amount` is what the action gives
    away or binds, in the salon's currency."""
    demands: list[tuple[AutonomyLevel, str]] = [_by_kind(kind, settings)]
    discounts = settings.discounts
    if discount_percent > discounts.max_supervised_percent:
        demands.append(("manual_only", f"a discount above {discounts.max_supervised_percent:g} %"))
    elif discount_percent > discounts.max_auto_percent:
        demands.append(("supervised", f"a discount above {discounts.max_auto_percent:g} %"))
    if vip and not exact_waitlist_match:
        demands.append((settings.autonomy.vip_offers, "an offer to a VIP"))
    if settings.approval_amount is not None and amount > settings.approval_amount:
        demands.append(("supervised", f"an amount above {settings.approval_amount}"))
    level = strictest(level for level, _ in demands)
    return Autonomy(level, tuple(reason for demanded, reason in demands if demanded == level))


def strictest(levels: Iterable[AutonomyLevel]) -> AutonomyLevel:
    return max(levels, key=STRICTNESS.index)


def _by_kind(kind: str, settings: Settings) -> tuple[AutonomyLevel, str]:
    if kind in PERSONAL:
        return "manual_only", f"{kind.replace('_', ' ')}s are for a person"
    level: AutonomyLevel = getattr(settings.autonomy, kind)
    return level, f"{kind} is {level} in this salon"
