"""At which addresses a customer is known, and what their consent is worth at a new one: decided from what stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.customers.identity import Identity

Consent = Literal["carries on", "was given anew", "comes along", "was given for another number"]


@dataclass(frozen=True)
class Known:
    """The identities as they shall be, by key and only those that change, and what the consent is worth at the present address.
    `left` are the keys of the address they had before."""

    identities: Mapping[str, Identity]
    consent: Consent
    left: tuple[str, ...] = ()


def known_at(
    customer_id: str,
    *,
    address: Mapping[str, Literal["whatsapp", "sms"]],
    standing: Mapping[str, Identity],
    consented_at: datetime | None,
    gone: bool = False,
) -> Known:
    """The customer as known at the keys of their present `address` and at none of the other `standing` identities. Whoever is not
    `gone` and has no number for a while keeps those of the last: with another they have changed it all the same.

    Consent whose source is known was given for a number: at another it counts once the app names a newer source. Where the app
    names none, its word is about the customer and comes along, and so does what they have withdrawn. Somebody else who is
    reached at the new number has spoken for themselves.
    """
    if not address and not gone:
        return Known({}, "carries on")
    left = {key: each for key, each in standing.items() if key not in address and customer_id in each.customer_ids}
    here = {key: standing.get(key) or Identity(channel=channel) for key, channel in address.items()}
    after = {key: each.having(customer_id, consented_at) for key, each in here.items()}
    identities = {key: each.without(customer_id) for key, each in left.items()}
    identities |= {key: each for key, each in after.items() if each != standing.get(key)}
    sources = [each.consented_at.get(customer_id) for each in here.values() if customer_id in each.customer_ids]
    moved = bool(left and here and not sources)
    sources = sources or [each.consented_at.get(customer_id) for each in left.values()]
    shared = any(set(each.customer_ids) - {customer_id} for each in here.values())
    return Known(identities, _worth(moved, consented_at, sources, shared=shared or gone), tuple(left))


def _worth(moved: bool, consented_at: datetime | None, sources: list[datetime | None], *, shared: bool) -> Consent:
    if consented_at not in sources:
        return "was given anew"
    if not moved or shared:
        return "carries on"
    return "was given for another number" if consented_at else "comes along"
