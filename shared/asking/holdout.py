"""Who is left alone so that it can be measured what asking brings: a share of an agent's units, by chance and for good.

A unit is what the agent asks about: a gap for filling, a customer and cycle for retention, a booking for no-shows. Its arm is a
hash of the salon, the agent and the unit, so it is the same whenever it is looked up, and no run can choose it.
"""

import hashlib
from typing import Final, Literal

Arm = Literal["treated", "held_out"]

HELD_OUT: Final = "held out, to measure what asking brings"


def arm_of(salon_id: str, agent: str, unit: str, percent: float) -> Arm:
    """The arm of this unit where so many percent are held out. A larger share holds out the same units and more."""
    drawn = hashlib.blake2b("\x1f".join((salon_id, agent, unit)).encode(), digest_size=8).digest()
    return "held_out" if int.from_bytes(drawn) / 2**64 * 100 < percent else "treated"
