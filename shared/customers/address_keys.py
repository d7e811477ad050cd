"""The keyed hashes of a customer's addresses."""

from shared.customers.customer import Customer
from shared.values.identity import address_key


def keys_of(customer: Customer, signing_key: bytes) -> list[str]:
    """The identities of this customer's address, one a channel."""
    if not customer.phone:
        return []
    return [address_key(signing_key, channel, customer.phone) for channel in ("whatsapp", "sms")]
