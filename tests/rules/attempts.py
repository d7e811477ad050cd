"""Everything that is tried against the rules."""

from collections.abc import Iterator
from itertools import product
from typing import Any, get_args

from google.cloud.firestore import DELETE_FIELD

from tests.rules.cases import NOW, OTHER, Case, Op, Person
from tests.rules.documents import (
    APPROVALS,
    AT,
    BOOKINGS,
    CONTACT,
    CUSTOMERS,
    EVERYTHING,
    FULL_WEEK,
    LEAST,
    MOST,
    NOTHING,
    PENDING,
    SALON,
    SETTINGS,
    STAFF,
    WRONG,
    standing,
)
from tests.rules.table import rights

ROLES = ("owner", "manager", "staff", "viewer", "app", "platform")
OWNER, MANAGER, STYLIST, VIEWER, APP, PLATFORM = map(Person, ROLES)
STRANGERS = (
    Person("owner", signed_in=False),
    Person(None, salon=None),
    Person(None),
    Person("admin"),
    *(Person(role, salon=None) for role in ("owner", "platform")),
    *(Person(role, salon=OTHER) for role in ("owner", "app", "platform")),
)


def matrix() -> Iterator[Case]:
    """Every cell of the table, and everybody the table does not know."""
    for path, by_role in rights().items():
        for person, op in product((*map(Person, ROLES), *STRANGERS), get_args(Op)):
            allowed = person not in STRANGERS and op in by_role[str(person.role)]
            before = None if op == "create" else standing(path)
            yield Case("table", person, op, path, allowed, before, _fields(path, op, person))


def _fields(path: str, op: Op, person: Person) -> dict[str, Any]:
    """What everybody with the right may write."""
    if op == "create":
        return standing(path)
    if path == APPROVALS:
        return answer(person)
    return {
        CUSTOMERS: {"consents": {"whatsapp": {"marketing": False}}},
        SALON: {"name": "Glow & Go"},
        BOOKINGS: {"status": "cancelled"},
        SETTINGS: {"mode": "dry_run"},
    }.get(path, {"note": "seen"})


def answer(person: Person, action: str = "approve", **changes: Any) -> dict[str, Any]:
    response = {"action": action, "responded_by": person.uid, "responded_at": NOW, "notes": None}
    status = {"approve": "approved", "reject": "rejected"}.get(action, action)
    return {"status": status, "response": response, "updated_at": NOW, **changes}


def fields() -> Iterator[Case]:
    """Every checked field with everything that is wrong with it, and what is right."""
    for path, wrong in WRONG.items():
        person = {SALON: PLATFORM, SETTINGS: OWNER}.get(path, APP)
        for about, whole in (("least", LEAST[path]), ("most", MOST[path])):
            yield Case(f"with {about}", person, "create", path, True, None, whole)
            yield Case(f"with {about}", person, "update", path, True, whole, {"extra": {"of": ["the app"]}})
        for name in MOST[path].keys() - LEAST[path].keys() - {"consents"}:
            yield Case(f"null {name}", person, "create", path, True, None, {**LEAST[path], name: None})
        for name, values in wrong.items():
            for number, value in enumerate(values):
                about = f"wrong {name} {number}"
                yield Case(about, person, "create", path, False, None, {**MOST[path], name: value})
                yield Case(about, person, "update", path, False, MOST[path], {name: value})
            if None in values:
                yield Case(f"without {name}", person, "update", path, False, MOST[path], {name: DELETE_FIELD})


def salons() -> Iterator[Case]:
    """Who may change what of a salon."""
    writes = {
        "name": "Shine", "address": "2 High Street", "opening_hours": {}, "organization_id": "other",
        "messaging": {"account_sid": "AC1", "whatsapp_from": "+14155550100"}, "created_at": NOW, "updated_at": NOW,
        "contacts": [], "status": "paused",
    }  # fmt: skip
    platforms = {"organization_id", "messaging", "created_at"}
    of_owners, of_apps = platforms | {"contacts"}, platforms | {"status"}
    for name, value in writes.items():
        for person, withheld in ((PLATFORM, set()), (OWNER, of_owners), (APP, of_apps)):
            yield Case(f"changes {name}", person, "update", SALON, name not in withheld, MOST[SALON], {name: value})
        bare = name not in of_owners
        yield Case(f"adds {name}", OWNER, "update", SALON, bare, LEAST[SALON], {name: value})
    most = {"contacts": [CONTACT] * 20, "opening_hours": FULL_WEEK}
    for person in (PLATFORM, APP):
        yield Case("has many contacts and long weeks", person, "update", SALON, True, MOST[SALON], most)


def bookings() -> Iterator[Case]:
    """That a booking is ours is said by us."""
    ours = {**MOST[BOOKINGS], "source": "smart_fill", "outreach_id": "out_1", "gap_id": "gap_1", "chain_depth": 1}
    for name in ("source", "outreach_id", "gap_id", "chain_depth"):
        claimed = {**MOST[BOOKINGS], name: ours[name]}
        yield Case(f"claims {name}", APP, "create", BOOKINGS, False, None, claimed)
        yield Case(f"claims {name}", APP, "update", BOOKINGS, False, MOST[BOOKINGS], {name: ours[name]})
        yield Case(f"drops {name}", APP, "update", BOOKINGS, False, ours, {name: DELETE_FIELD})
    yield Case("disowns ours", APP, "update", BOOKINGS, False, ours, {"source": "app"})
    for status in ("cancelled", "completed", "no_show"):
        yield Case(f"ours {status}", APP, "update", BOOKINGS, True, ours, {"status": status, "updated_at": NOW})
    moved = {"start_time": AT.replace(hour=12), "end_time": AT.replace(hour=13)}
    yield Case("moves ours", APP, "update", BOOKINGS, True, ours, moved)
    yield Case("deletes ours", APP, "delete", BOOKINGS, True, ours)


def consents() -> Iterator[Case]:
    """Less by anybody who serves the customer, more only by the app with a source."""
    asked = {**LEAST[CUSTOMERS], "consents": EVERYTHING}
    source = {"how": "form at the desk", "at": NOW}
    people = (OWNER, MANAGER, STYLIST, APP)
    for person in people:
        for channel, purpose in product(EVERYTHING, ("marketing", "service")):
            field = f"consents.{channel}.{purpose}"
            yield Case(f"less {field}", person, "update", CUSTOMERS, True, asked, {field: False})
            yield Case(f"more {field}", person, "update", CUSTOMERS, False, LEAST[CUSTOMERS], {field: True})
            nothing = {**LEAST[CUSTOMERS], "consents": NOTHING}
            more = {field: True, "consent_source": source}
            yield Case(f"sourced {field}", person, "update", CUSTOMERS, person == APP, nothing, more)
            one_more = {"consents": {**EVERYTHING, channel: {"marketing": False, "service": False, purpose: True}}}
            swapped = {
                **asked,
                "consents": {**EVERYTHING, channel: {"marketing": True, "service": True, purpose: False}},
            }
            yield Case(f"swaps {field}", person, "update", CUSTOMERS, False, swapped, one_more)
        yield Case(
            "less of all", person, "update", CUSTOMERS, True, asked, {"consents": DELETE_FIELD, "updated_at": NOW}
        )
        yield Case("again the same", person, "update", CUSTOMERS, True, asked, {"consents": EVERYTHING})
        renamed = {"name": "Anna", "consents": NOTHING}
        yield Case("less and a name", person, "update", CUSTOMERS, person == APP, asked, renamed)
        phone = {"phone": "+447700900102"}
        yield Case("another phone", person, "update", CUSTOMERS, person == APP, asked, phone)
        broken = {"consents": {"sms": "no"}}
        yield Case("no consents", person, "update", CUSTOMERS, False, asked, broken)
        known = {"whatsapp": {"marketing": True}}
        for about, unknown in {
            "channel": {**known, "email": {"marketing": True}},
            "purpose": {"whatsapp": {"marketing": True, "profiling": True}},
            **{f"purpose of {other}": {**known, other: {"profiling": True}} for other in ("sms", "voice")},
        }.items():
            before, has = {**LEAST[CUSTOMERS], "consents": known}, {**LEAST[CUSTOMERS], "consents": unknown}
            adding = {"consents": unknown}
            yield Case(f"an unknown {about}", person, "update", CUSTOMERS, person == APP, before, adding)
            yield Case(f"no unknown {about}", person, "update", CUSTOMERS, True, has, {"consents": known})
        # The app may keep an `updated_at` of its own kind.
        untimed = {"consents": {}, "updated_at": "now"}
        yield Case("text for a time", person, "update", CUSTOMERS, person == APP, asked, untimed)
    for about, wrong in {
        "without how": {"at": NOW}, "empty": {"how": "", "at": NOW}, "long": {"how": "x" * 201, "at": NOW},
        "no text": {"how": 5, "at": NOW}, "without time": {"how": "form"}, "own time": {"how": "form", "at": AT},
        "no map": "form",
    }.items():  # fmt: skip
        more = {"consents": EVERYTHING, "consent_source": wrong}
        yield Case(f"source {about}", APP, "update", CUSTOMERS, False, LEAST[CUSTOMERS], more)
        yield Case(f"source {about}", APP, "create", CUSTOMERS, False, None, {**LEAST[CUSTOMERS], **more})
    old = {**LEAST[CUSTOMERS], "consent_source": {"how": "form", "at": AT}}
    yield Case("an old source", APP, "update", CUSTOMERS, False, old, {"consents": EVERYTHING})
    yield Case("no source", APP, "create", CUSTOMERS, False, None, asked)
    yield Case("with a source", APP, "create", CUSTOMERS, True, None, {**asked, "consent_source": source})


def approvals() -> Iterator[Case]:
    """One answer, now, by oneself."""
    for person in (OWNER, MANAGER):
        for action in ("approve", "reject"):
            yield Case(f"says {action}", person, "update", APPROVALS, True, PENDING, answer(person, action))
            for status in ("approved", "rejected", "expired", "cancelled"):
                over = {**PENDING, "status": status}
                yield Case(f"{action} when {status}", person, "update", APPROVALS, False, over, answer(person, action))
            other = {"approve": "rejected", "reject": "approved"}[action]
            mixed = answer(person, action, status=other)
            yield Case(f"says {action}, writes {other}", person, "update", APPROVALS, False, PENDING, mixed)
        said = answer(person)["response"]
        for about, response in {
            "somebody else": {**said, "responded_by": "uid-somebody"}, "nobody": {**said, "responded_by": None},
            "own clock": {**said, "responded_at": AT}, "no time": {**said, "responded_at": None},
            "long notes": {**said, "notes": "x" * 1001}, "notes of another type": {**said, "notes": ["no"]},
            "an extra": {**said, "on_behalf_of": "owner"}, "no action": {**said, "action": None}, "no map": "approve",
            "one struck that is no list": {**said, "struck": "c1"}, "struck that are no ids": {**said, "struck": [{"id": "c1"}]},
            "without uid": {"action": "approve", "responded_at": NOW},
            "without time": {"action": "approve", "responded_by": person.uid},
            "without action": {"responded_by": person.uid, "responded_at": NOW},
        }.items():  # fmt: skip
            wrong = answer(person, response=response)
            yield Case(f"answer with {about}", person, "update", APPROVALS, False, PENDING, wrong)
        for about, changes in {
            "another summary": {"action_summary": "Free haircuts"}, "a longer life": {"expires_at": AT.replace(year=2030)},
            "its own time": {"updated_at": AT.replace(year=2027)}, "a status of its own": {"status": "success"}, "itself cancelled": {"status": "cancelled"},
        }.items():  # fmt: skip
            yield Case(f"answer and {about}", person, "update", APPROVALS, False, PENDING, answer(person, **changes))
        striking = answer(person, response={**said, "struck": ["c1", "c2"]})
        yield Case("answer that strikes", person, "update", APPROVALS, True, PENDING, striking)
        untimed = {name: value for name, value in answer(person).items() if name != "updated_at"}
        yield Case("answer untimed", person, "update", APPROVALS, True, PENDING, untimed)
        yield Case(
            "only status", person, "update", APPROVALS, False, PENDING, {"status": "approved", "updated_at": NOW}
        )
        noted = answer(person, response={**said, "notes": "fine by me"})
        yield Case("answer with notes", person, "update", APPROVALS, True, PENDING, noted)
    for action in ("approve", "reject"):
        yield Case("other's uid", MANAGER, "update", APPROVALS, False, PENDING, answer(OWNER, action))


def settings() -> Iterator[Case]:
    """How much of it there may be."""
    for about, count, allowed in (("fifty", 49, True), ("more", 50, False)):
        many = {"mode": "live", **{f"k{number}": number for number in range(count)}}
        yield Case(f"{about} names", OWNER, "create", SETTINGS, allowed, None, many)


def lists() -> Iterator[Case]:
    """None, some, and as many as there may be."""
    stretch = {"start": "10:00", "end": "11:00"}
    for count in range(9):
        week = {"working_hours": {"wed": [stretch] * count}}
        yield Case(f"{count} stretches", APP, "update", STAFF, True, MOST[STAFF], week)
    for count in (0, 1, 100):
        can = {"service_ids": [f"service {number}" for number in range(count)]}
        yield Case(f"{count} ids", APP, "update", STAFF, True, MOST[STAFF], can)
    full = {"working_hours": FULL_WEEK, "breaks": FULL_WEEK}
    yield Case("as many hours as there may be", APP, "update", STAFF, True, MOST[STAFF], full)
    yield Case("no hours", APP, "update", STAFF, True, MOST[STAFF], {"working_hours": {}})
    yield Case("the salon's hours", APP, "update", STAFF, True, MOST[STAFF], {"working_hours": None})


ATTEMPTS = {
    part.__name__: list(part()) for part in (matrix, fields, salons, bookings, consents, approvals, settings, lists)
}
