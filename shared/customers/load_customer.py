"""One customer of the app as a model."""

from pydantic import ValidationError

from shared.customers.customer import Customer
from shared.ports import Reader


def customer_of(documents: Reader, customer_id: str) -> Customer | None:
    """None also when the document cannot be understood."""
    snapshot = documents.get(f"customers/{customer_id}")
    try:
        return Customer.from_document(snapshot.id, snapshot.data) if snapshot else None
    except ValidationError:
        return None
