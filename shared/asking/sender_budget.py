"""How many different people a salon may begin to write to by WhatsApp in any 24 hours: the tier that WhatsApp has given its
sender, or the salon's share of one.

Everybody asked is counted, also who wrote to the salon today and would be free: a budget that is kept too early costs an
offer, one that is overdrawn costs every later message of that sender.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from shared.asking.limits import Reached
from shared.asking.person import Excluded
from shared.asking.proposal import Selected
from shared.salon.salon import Salon
from shared.salon.settings import LimitSettings


def budget_for_asks(limits: LimitSettings, salon: Salon) -> int | None:
    """How many different people may be asked in 24 hours, or None where any number may. The salon's own people are
    taken off, because they may have to be told something at any time."""
    if limits.whatsapp_recipients_24h is None:
        return None
    return max(0, limits.whatsapp_recipients_24h - len({contact.phone for contact in salon.contacts if contact.phone}))


def over_budget(
    people: Sequence[Selected],
    keys: Mapping[str, str],
    reached: Sequence[Reached],
    *,
    budget: int | None,
    now: datetime,
    approved: bool = False,
) -> dict[str, Excluded]:
    """Those who would be one person too many, by customer, until there is room. `people` come best first, `keys` are their
    addresses by customer. Whoever is counted already costs nothing more; whom the owner is asked about is counted when they
    have `approved` it."""
    if budget is None:
        return {}
    untils = sorted(each.until for each in reached if each.until > now)
    known: AbstractSet[str] = {each.key for each in reached if each.until > now}
    left = budget - len(untils)
    # Where the budget was lowered meanwhile, several must fall out before one comes in.
    again_at = untils[-left] if 0 <= -left < len(untils) else None
    excluded: dict[str, Excluded] = {}
    for selected in people:
        key = keys[selected.id]
        if selected.channel != "whatsapp" or key in known:
            continue
        if left <= 0:
            reason = f"{budget} different people were asked by WhatsApp within 24 hours already"
            excluded[selected.id] = Excluded(reason, again_at)
        elif approved or selected.autonomy == "full_auto":
            known, left = known | {key}, left - 1
    return excluded
