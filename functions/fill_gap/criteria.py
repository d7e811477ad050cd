"""What a round judges its prospects by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from functions.fill_gap.settings import Settings
from shared.asking.acceptance_rates import AcceptanceRates
from shared.calendar.service import Service
from shared.salon.salon import Salon
from shared.values.stretches import Stretch


@dataclass(frozen=True)
class Criteria:
    """What is the same for all prospects of a round. `cancelled_by` are the customers who gave this very time back.
    `discount` is the percentage that this round may take off, and `discount_left` what that may cost at most, None where
    the owner has approved it. `chain_depth` is how many customers moved for this time to be free; `rooms_taken` is, by
    service, when a room that it needs is in use."""

    salon: Salon
    services: Mapping[str, Service]
    settings: Settings
    learned: AcceptanceRates
    now: datetime
    cancelled_by: frozenset[str] = frozenset()
    discount: float = 0.0
    discount_left: Decimal | None = None
    chain_depth: int = 0
    rooms_taken: Mapping[str, tuple[Stretch, ...]] | None = None
