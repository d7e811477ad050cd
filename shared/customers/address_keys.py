"""The keyed hashes under which a customer's addresses are kept."""

from shared.customers.customer import Customer
from shared.values.identity import address_key


def keys_of(customer: Customer, signing_key: bytes) -> list[str]:
    """The keys of this customer's address, one for each channel; none without an address."""
    if not customer.phone:
        return []
    return [address_key(signing_key, channel, customer.phone) for channel in ("whatsapp", "sms")]
