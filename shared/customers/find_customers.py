"""Finds customers by their address."""

from shared.customers.customer import Customer
from shared.ports import Documents, Query
from shared.records.read_documents import readable


def customers_at(phone: str, documents: Documents) -> list[Customer]:
    """Everybody known at this address: several people may share it."""
    query = Query("customers", where=(("phone", "==", phone),), limit=20)
    return readable(Customer, documents.query(query))
