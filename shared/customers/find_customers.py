"""Finds customers by their address."""

from shared.customers.customer import Customer
from shared.customers.identity import Identity, identity_path
from shared.ports import Query, Reader
from shared.records.read_documents import readable
from shared.values.identity import canonical, spellings


def customers_at(address: str, key: str, documents: Reader, country: str | None) -> list[Customer]:
    """Everybody of a salon in that country who is known at this address, however it is spelt: several people may share it. `key` is
    that of the address. Its identity knows every spelling, and the number of a user id, and may be late; a query knows the usual
    spellings at once."""
    read = documents.get(identity_path(key))
    identity = Identity.model_validate(read.data) if read else None
    address = (identity and identity.writes_as) or address
    query = Query("customers", where=(("phone", "in", spellings(address, country)),), limit=20)
    found = {snapshot.id: snapshot for snapshot in documents.query(query)}
    known = identity.customer_ids if identity else []
    others = documents.get_all([f"customers/{id}" for id in known if id not in found])
    customers = (each.dialled_in(country) for each in readable(Customer, [*found.values(), *others]))
    return [customer for customer in customers if customer.address == canonical(address, country)]
