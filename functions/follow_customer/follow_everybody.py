"""Takes in the customers who were there before their salon was connected, or whose event was lost: page by page, each page
asking for the next."""

from dataclasses import dataclass
from typing import Final

from functions.follow_customer.keep_identities import take_in
from shared.ports import Bus, Clock, Deployment, Documents, Query
from shared.records.ask_for_job import ask_for_job

PAGE: Final = 100


@dataclass(frozen=True)
class TakenIn:
    customers: int


def follow_everybody(
    *, documents: Documents, after: str | None, bus: Bus, clock: Clock, deployment: Deployment
) -> TakenIn:
    """Takes in a page of the customers with a phone, in the order of their phones. `after` is the last customer of the page before,
    and no phone, as a message names nobody's. Of one who is gone or has none any more, it begins again: that is harmless."""
    last = documents.get(f"customers/{after}") if after else None
    phone = str(last.data.get("phone") or "") if last else ""
    page = documents.query(Query("customers", where=(("phone", ">", phone),), order_by=("phone",), limit=PAGE))
    # Of several with the last phone the page may have cut some off.
    last_ones = [
        found
        for each in page[-1:]
        for found in documents.query(Query("customers", where=(("phone", "==", each.data["phone"]),), limit=PAGE))
    ]
    for customer_id in dict.fromkeys(found.id for found in [*page, *last_ones]):
        take_in(customer_id, new=False, documents=documents, clock=clock, deployment=deployment)
    if len(page) == PAGE:
        ask_for_job("follow_customers", documents.salon_id, at=clock.now(), bus=bus, after=page[-1].id)
    return TakenIn(len(page))
