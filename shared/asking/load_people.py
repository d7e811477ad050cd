"""Loads customers as people who might be asked: with what they were asked of late, what they have
withdrawn, and whether they wait for an answer."""

from collections.abc import Sequence
from datetime import datetime

from shared.asking.find_unanswered import unanswered
from shared.asking.load_asks import recent_asks
from shared.asking.person import Person
from shared.customers.address_keys import keys_of
from shared.customers.consent import withdrawn
from shared.customers.customer import Customer
from shared.customers.read_consents import withdrawal_records
from shared.ports import Reader


def load_people(
    customers: Sequence[Customer], documents: Reader, *, country: str | None, signing_key: bytes, now: datetime
) -> dict[str, Person]:
    """These customers of a salon in that country as people, by id, in a few queries for all of them."""
    customers = [customer.dialled_in(country) for customer in customers]
    keys = {customer.id: keys_of(customer, signing_key) for customer in customers}
    every_key = [key for theirs in keys.values() for key in theirs]
    found = recent_asks(documents, "customer_id", list(keys), now) + recent_asks(
        documents, "address_key", every_key, now
    )
    asks = {ask.id: ask for ask in found}.values()
    ledger = withdrawal_records(documents, every_key)
    unheard = unanswered(customers, documents, signing_key=signing_key, now=now)
    return {
        customer.id: Person(
            customer,
            tuple(ask for ask in asks if ask.customer_id == customer.id or ask.address_key in keys[customer.id]),
            withdrawn(record for key in keys[customer.id] for record in ledger.get(key, [])),
            customer.id in unheard,
        )
        for customer in customers
    }
