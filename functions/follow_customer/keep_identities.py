"""Keeps the identities of a customer: at which addresses, in canonical form, they are known, whatever the app spells.

What stands now counts, not what the event carries: late, repeated and disordered events end with the same identities. A number
that changed does not take along a consent that was given for the other one: whoever writes the new one down names a source for it
(`consent_source`), or the person says START themselves.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Final, Literal

from functions.follow_customer.known_addresses import Known, known_at
from shared.calendar.report_problems import set_aside
from shared.customers.consent import Channel, ConsentRecord, Statement, started, stopped, withdrawn
from shared.customers.customer import Customer
from shared.customers.identity import Identity, identity_path
from shared.customers.read_consents import entered, withdrawal_records
from shared.ports import SALON, Clock, Data, Deployment, Documents, Query, Reader, Snapshot, Write
from shared.records.audit import record_fact
from shared.records.commit import fact, save, until_committed
from shared.records.problem import Problem, readable_or_problem
from shared.salon.salon import Salon
from shared.values.identity import address_key

ACTOR: Final = "follow_customer"
FOLLOWED: Final = ("phone", "email", "consents", "consent_source")
"""The fields that decide how somebody is reached. A write that changes none of them is nothing to follow."""
CHANNELS: Final[tuple[Channel, ...]] = ("whatsapp", "sms")

Outcome = Literal["nothing to follow", "followed", "cannot be reached so", "no salon yet"]


def follow_customer(
    customer_id: str,
    *,
    before: Data | None,
    after: Data | None,
    documents: Documents,
    clock: Clock,
    deployment: Deployment,
) -> Outcome:
    """Follows one write of a customer, and announces one who is new."""
    if before is not None and after is not None and all(before.get(name) == after.get(name) for name in FOLLOWED):
        return "nothing to follow"
    new = before is None and after is not None
    return take_in(customer_id, new=new, documents=documents, clock=clock, deployment=deployment)


def take_in(customer_id: str, *, new: bool, documents: Documents, clock: Clock, deployment: Deployment) -> Outcome:
    """Keeps the identities of a customer as they stand. A salon that is not there yet takes its customers in when it connects."""
    # In a transaction the query would lock all identities, and the customers of an import would wait for each other.
    follow = partial(_follow, customer_id, new=new, now=clock.now(), deployment=deployment, documents=documents)
    came: Outcome | Problem = until_committed(follow, clock=clock)
    if isinstance(came, Problem):
        set_aside([came], documents=documents, now=clock.now(), actor=ACTOR)
        return "cannot be reached so"
    return came


def _follow(
    customer_id: str, *, new: bool, now: datetime, deployment: Deployment, documents: Documents
) -> Outcome | Problem | None:
    """None when the customer or an identity was written meanwhile."""
    read, found = documents.get(SALON), documents.get(f"customers/{customer_id}")
    if read is None:
        return "no salon yet"
    salon = Salon.readable_part(documents.salon_id, read.data)
    customer = _reached(customer_id, found, salon)
    address = {
        address_key(deployment.signing_key, channel, customer.phone): channel
        for channel in CHANNELS
        if isinstance(customer, Customer) and customer.phone
    }
    held = documents.query(Query("identities", where=(("customer_ids", "array_contains", customer_id),)))
    kept = {each.id: each for each in [*held, *documents.get_all([identity_path(key) for key in address])]}
    known = known_at(
        customer_id,
        gone=found is None,
        address=address,
        standing={key: Identity.model_validate(each.data) for key, each in kept.items()},
        consented_at=_consented_at(found),
    )
    said = Statement(
        identity=next(iter(address), ""),
        said_id=f"{customer_id} {found.version if found else ''}",
        salon_id=salon.id,
        customer_ids=[customer_id],
        source=ACTOR,
        text="",
        at=now,
    )
    writes: list[Write] = list(entered(_worth(known, said, list(address), documents), now, actor=ACTOR))
    if new and found is not None:
        writes += _created(customer_id, salon.id, now, documents)
    writes += (save(identity_path(key), each, kept.get(key)) for key, each in known.identities.items())
    if writes and not documents.commit(*writes):
        return None
    again = documents.get(f"customers/{customer_id}")
    if (again and again.version) != (found and found.version):
        return None
    return customer if isinstance(customer, Problem) else "followed"


def _reached(customer_id: str, found: Snapshot | None, salon: Salon) -> Customer | Problem | None:
    """The customer with the number at which they are reached, or why that cannot be known."""
    customer = readable_or_problem(Customer, "customer", customer_id, found.data) if found else None
    if not isinstance(customer, Customer):
        return customer
    reached = customer.dialled_in(salon.country)
    if customer.phone and not reached.phone:
        return Problem(
            "customer",
            customer_id,
            "customer has a phone that cannot be read",
            "phone: expected a number, with its country's code where that is not the salon's",
            "unreadable_phone",
        )
    return reached


def _consented_at(found: Snapshot | None) -> datetime | None:
    source = found.data.get("consent_source") if found else None
    at = source.get("at") if isinstance(source, dict) else None
    return at if isinstance(at, datetime) else None


def _worth(known: Known, said: Statement, keys: Sequence[str], documents: Reader) -> list[ConsentRecord]:
    """The entries of the ledger by which a consent ends at an address that it was not given for, or counts again at one for which
    it was given anew. What the person has withdrawn there themselves stands."""
    match known.consent:
        case "was given for another number":
            return stopped(said)
        case "comes along":
            withdrawn_there = withdrawn(_ledger(known.left, documents))
            return [record for record in stopped(said) if (record.channel, record.purpose) in withdrawn_there]
        case "was given anew":
            ledger = _ledger(keys, documents)
            ours = withdrawn(entry for entry in ledger if entry.source == ACTOR)
            theirs = withdrawn(entry for entry in ledger if entry.source != ACTOR)
            again = [record for channel in CHANNELS for record in started(said, channel)]
            return [record for record in again if (record.channel, record.purpose) in ours - theirs]
    return []


def _ledger(keys: Sequence[str], documents: Reader) -> list[ConsentRecord]:
    return list(chain.from_iterable(withdrawal_records(documents, keys).values()))


def _created(customer_id: str, salon_id: str, now: datetime, documents: Reader) -> tuple[Write, ...]:
    """The announcement that there is a new customer, once however often it is heard of."""
    record = record_fact(
        salon_id=salon_id,
        resource_type="customer",
        resource_id=customer_id,
        version="created",
        now=now,
        actor=ACTOR,
        event="customer_created",
        action="A customer was written for the first time",
        announces="CUSTOMER_CREATED",
    )
    return () if documents.get(record.path) else (fact(record),)
