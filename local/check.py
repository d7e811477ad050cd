"""`python -m local check`: what a salon lacks before its customers can be asked, from its documents. It only reads: all of its
bookings, staff, services, customers and wishes."""

import argparse
import sys
from typing import Any, TypeVar

from google.api_core.exceptions import GoogleAPICallError

from local.front import NotReached, Refused
from local.reach import add_where, reached
from local.readiness import Loaded, lacking
from shared.calendar.booking import Booking
from shared.calendar.service import Service
from shared.calendar.staff import StaffMember
from shared.customers.customer import Customer
from shared.customers.waitlist import WaitlistEntry
from shared.ports import SALON, Documents, Query
from shared.records.app_document import AppDocument
from shared.records.invalid import InvalidEvent
from shared.records.problem import Problem, readable_or_problem
from shared.records.read_documents import readable_and_problems
from shared.salon.load_salon import salon_to_tell
from shared.salon.load_settings import accepted_settings
from shared.salon.salon import Salon

D = TypeVar("D", bound=AppDocument)


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("check", help="what a salon lacks before it can ask", description=__doc__)
    add_where(parser)
    parser.set_defaults(command=run)


def run(options: argparse.Namespace) -> int:
    """0: it can ask; 1: it lacks something; 2: it could not be found out."""
    try:
        loaded = load(reached(options).documents)
    except (NotReached, Refused, InvalidEvent, GoogleAPICallError) as error:
        print(f"not looked at: {error}", file=sys.stderr)
        return 2
    found = lacking(loaded)
    for each in found:
        print(f"lacks: {each}")
    counted = f"{len(loaded.staff)} staff, {len(loaded.services)} services, {len(loaded.customers)} customers"
    print(f"salon {options.salon}: {counted}; {f'{len(found)} found' if found else 'it can ask'}")
    return 1 if found else 0


def load(documents: Documents) -> Loaded:
    problems: list[Problem] = []

    def all_of(model: type[D], collection: str, resource_type: str) -> list[D]:
        found, others = readable_and_problems(model, resource_type, documents.query(Query(collection)))
        problems.extend(others)
        return found

    all_of(Booking, "bookings", "booking")
    all_of(WaitlistEntry, "waitlist", "waitlist")
    stored = documents.get(SALON)
    read = readable_or_problem(Salon, "salon", documents.salon_id, stored.data) if stored else None
    if isinstance(read, Problem):
        problems.append(read)
    return Loaded(
        salon=salon_to_tell(documents, documents.salon_id),
        settings=accepted_settings(documents),
        staff=all_of(StaffMember, "staff", "staff"),
        services=all_of(Service, "services", "service"),
        customers=all_of(Customer, "customers", "customer"),
        problems=problems,
    )
