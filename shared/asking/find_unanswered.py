"""Finds who wrote what still waits for a person. Whoever did is asked nothing new until it is answered: they would be promoted to
instead of being heard."""

from collections.abc import Sequence
from datetime import datetime

from shared.customers.address_keys import keys_of
from shared.customers.customer import Customer
from shared.messaging.conversation import HOLDS_ASKS_FOR
from shared.ports import Reader
from shared.records.split_query import queries_by_values


def unanswered(customers: Sequence[Customer], documents: Reader, *, signing_key: bytes, now: datetime) -> set[str]:
    """The ids of those of the customers of whom something waits that was last added to within `HOLDS_ASKS_FOR`: at one of their
    addresses, or at a user id of WhatsApp that is known to be theirs."""
    keys = {customer.id: set(keys_of(customer, signing_key)) for customer in customers}
    phones = sorted({customer.phone for customer in customers if customer.phone})
    for query in queries_by_values("identities", "writes_as", phones):
        for identity in documents.query(query):
            for customer in customers:
                if customer.phone == identity.data["writes_as"]:
                    keys[customer.id].add(identity.id)
    every_key = sorted(set().union(*keys.values()))
    since = now - HOLDS_ASKS_FOR
    queries = queries_by_values("conversations", "address_key", every_key, ("updated_at", ">", since))
    found = [snapshot.data for query in queries for snapshot in documents.query(query)]
    waiting = {each["address_key"] for each in found if each["waiting_since"] is not None}
    return {customer_id for customer_id, theirs in keys.items() if theirs & waiting}
