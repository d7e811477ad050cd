"""Loads one customer of the app."""

from shared.customers.customer import Customer
from shared.ports import Reader
from shared.records.read_documents import readable_one


def customer_of(documents: Reader, customer_id: str) -> Customer | None:
    """The customer, or None where there is none or their document cannot be read."""
    return readable_one(Customer, documents.get(f"customers/{customer_id}"))
