"""A pool is larger than one batch of a query: whoever comes late in it is looked at as closely as the first."""

from datetime import timedelta
from typing import Any

import pytest

from local.in_process import Suite
from shared.values.identity import address_key
from tests.functions.fill_gap.test_exclusions import DAY, HOUR, SECOND, START, meanwhile, nothing, slot
from tests.functions.fill_gap.test_prospects import considered, score
from tests.shared.messaging.test_outgoing import outreach
from tests.stories.salon import (
    NOW,
    ROOT,
    asked,
    booking,
    cancel,
    customer,
    decisions,
    phone,
    regular,
    salon,
    why_not,
    write,
)

EVERYBODY = {"offers": {"max_wave_size": 50, "max_disappointed": 50, "target_fill_probability": 0.999}, "limits": {"hourly_actions": 100}}  # fmt: skip


def had_asks(suite: Suite, customer_id: str, *ago: timedelta, **fields: Any) -> None:
    for each in ago:
        at = suite.clock.now() - each
        made = {
            "customer_id": customer_id,
            "created_at": at,
            "updated_at": at,
            "slot": None,
            "attempts": 1,
            "due_at": None,
        }
        ask = outreach(**{"id": f"{customer_id} {each}", "status": "responded", **made, **fields})
        suite.put(f"{ROOT}/outreach/{ask.id}", ask.stored())


def key_of(suite: Suite, number: int) -> str:
    """The key of the address of that customer, by which an ask to another customer there is found."""
    return address_key(suite.deployment.signing_key, "whatsapp", phone(number))


def is_booked(suite: Suite, number: int) -> None:
    theirs = booking(START + HOUR / 2, customer_id=f"c{number}", staff_id="noah")
    suite.put(f"{ROOT}/bookings/theirs", theirs)


REASONS = {
    "booked at that time": is_booked,
    "asked 1 time(s) within the hour already": lambda suite, number: had_asks(suite, f"c{number}", HOUR - SECOND),
    "asked 3 time(s) today already": lambda suite, number: had_asks(
        suite, "another", 2 * HOUR, 3 * HOUR, 4 * HOUR, address_key=key_of(suite, number)
    ),
    "already asked about this time": lambda suite, number: had_asks(suite, f"c{number}", 2 * HOUR, slot=slot(START)),
    "has another offer open": lambda suite, number: had_asks(
        suite, f"c{number}", 2 * HOUR, status="sent", slot=slot(START + DAY)
    ),
    "opted out": lambda suite, number: write(suite, "STOP", sender=phone(number)),
    "no consent for service": lambda suite, number: suite.update(f"{ROOT}/customers/c{number}", consents={}),
    "for a person to decide: an offer to a VIP": lambda suite, number: is_a_vip(suite, number),
    "works here": lambda suite, number: suite.update(f"{ROOT}/customers/c{number}", is_staff=True),
}


def is_a_vip(suite: Suite, number: int) -> None:
    """Who waits for another stylist."""
    suite.update(f"{ROOT}/waitlist/w{number}", staff_ids=["noah"])
    score(suite, f"c{number}", number, "2027-01-01")
    suite.update(f"{ROOT}/customer_scores/c{number}", segment="vip")


def test_each_of_the_last_ten_of_a_pool_of_forty_has_another_reason_not_to_be_asked() -> None:
    settings = {**EVERYBODY, "autonomy": {"vip_offers": "manual_only"}}
    with salon(waiting=40, settings=settings) as suite:
        for number in range(30):
            suite.update(f"{ROOT}/customers/c{number}", blocked=True)
        for number, make in enumerate(REASONS.values(), start=30):
            make(suite, number)
        suite.run_until_idle()
        cancel(suite)
        assert set(considered(suite)) == {f"c{number}" for number in range(40)}
        assert [each for decision in decisions(suite) for each in decision["action_details"]["asked"]] == ["c39"]
        reasons = why_not(suite)
        assert [reasons[f"c{number}"] for number in range(30, 39)] == list(REASONS)


@pytest.mark.parametrize("number", [0, 29, 30, 39])
@pytest.mark.parametrize(("how", "reason"), [
    ("customer", "asked by another run just now"),
    ("address", "asked by another run just now"),
    ("wish", "waits no longer"),
])  # fmt: skip
def test_what_happens_while_a_round_waits_for_its_turn_is_seen_of_everybody_in_the_pool(
    number: int, how: str, reason: str
) -> None:
    def happens(suite: Suite) -> None:
        if how == "wish":
            suite.update(f"{ROOT}/waitlist/w{number}", status="booked")
        else:
            about = {"address_key": key_of(suite, number)} if how == "address" else {}
            had_asks(suite, f"c{number}" if how == "customer" else "another", timedelta(0), status="sent", **about)

    with salon(waiting=40, settings=EVERYBODY) as suite:
        meanwhile(nothing, happens)(suite)
        cancel(suite)
        assert why_not(suite) == {f"c{number}": reason}


def test_who_would_come_sooner_is_found_behind_thirty_who_would_not() -> None:
    with salon(waiting=0, settings=EVERYBODY) as suite:
        for number in range(31):
            suite.put(f"{ROOT}/customers/m{number}", customer(number, sooner_opt_in=number == 30))
            start = START + 2 * DAY + number * HOUR / 2
            suite.put(f"{ROOT}/bookings/m{number}", booking(start, customer_id=f"m{number}", staff_id="noah"))
        cancel(suite)
        assert asked(suite) == ["m30"]


def test_bookings_for_something_else_hide_nobody_who_would_come_sooner() -> None:
    """Three are considered, and five times as many bookings are looked at, three of this afternoon among them."""
    with salon(waiting=0, settings={"offers": {"candidate_pool": 3}}) as suite:
        for number in range(12):
            last = number == 11
            suite.put(f"{ROOT}/customers/m{number}", customer(number, sooner_opt_in=True))
            services = ["cut"] if last else ["colour"]
            theirs = booking(
                START + 2 * DAY + number * HOUR, customer_id=f"m{number}", staff_id="noah", service_ids=services
            )
            suite.put(f"{ROOT}/bookings/m{number}", theirs)
        cancel(suite)
        assert considered(suite) == {"m11": "sooner"}


def test_visits_of_others_hide_no_regular() -> None:
    """Fifteen are looked at, the latest: those of others since the regular came, and the regular's own two."""
    with salon(waiting=0, settings={"offers": {"candidate_pool": 3}}) as suite:
        regular(suite, "r")
        for number in range(13):
            for id, days in (("late", 2), ("early", 60)):
                start = NOW - days * DAY - number * HOUR
                suite.put(f"{ROOT}/bookings/{id}{number}", booking(start, customer_id=f"{id}{number}"))
        cancel(suite)
        assert considered(suite) == {"r": "regular"}
