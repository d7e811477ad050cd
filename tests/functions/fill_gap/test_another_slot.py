"""What somebody may be offered whose yes came too late, and why they only hear that it did."""

from datetime import timedelta
from typing import Any

import pytest

from functions.fill_gap.another_slot import could_suit, not_to_be_offered
from functions.fill_gap.candidates import Criteria, Prospect
from shared.asking.outreach import Slot
from shared.calendar.gap import Campaign
from shared.salon.settings import SalonSettings
from tests.functions.fill_gap.test_candidates import HOUR, MINUTE, SALON, ask, criteria_of, customer, entry, waiting
from tests.shared.messaging.test_outgoing import outreach
from tests.shared.sales.test_acceptance import END, START, gap

CARA = customer()
LOST = outreach(status="responded", customer_phone=CARA.phone)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
LIVE = SalonSettings(mode="live")


def why(prospect: Prospect | None = None, criteria: Criteria | None = None, *, allowance: int = 1) -> str | None:
    late = prospect or waiting(source="late_yes", customer=CARA)
    return not_to_be_offered(late, LOST, "whatsapp", allowance=allowance, criteria=criteria or criteria_of())


def late(**fields: Any) -> Prospect:
    return waiting(**{"source": "late_yes", "customer": CARA, **fields})


def asked_today(times: int) -> tuple[Any, ...]:
    """Answered since, the last a moment ago."""
    return tuple(ask(number * MINUTE, id=f"o{number}", status="responded", slot=None) for number in range(times))


@pytest.mark.parametrize(
    ("reason", "found"),
    [
        ("nothing is offered at present", why(criteria=criteria_of(settings=SalonSettings(mode="dry_run")))),
        ("nothing is offered at present", why(criteria=criteria_of(salon=SALON.changed(status="paused")))),
        ("may not be asked there", why(late(customer=customer(blocked=True)))),
        ("may not be asked there", why(late(customer=customer(open_complaint=True)))),
        ("may not be asked there", why(late(customer=customer(phone="+447700900999")))),
        ("no consent for service", why(late(customer=customer(consents={"whatsapp": {"marketing": True}})))),
        ("no consent for service", why(late(opted_out=frozenset({("whatsapp", "service")})))),
        (
            "the salon has no whatsapp number",
            why(criteria=criteria_of(salon=SALON.changed(messaging=SALON.messaging.changed(whatsapp_from=None)))),
        ),
        ("waits no longer", why(late(entry=entry(status="cancelled")))),
        ("has another offer open", why(late(asks=(ask(2 * HOUR, id="other", status="sent"),)))),
        ("the salon's limit of asks is reached", why(allowance=0)),
        ("asked 3 time(s) today already", why(late(asks=asked_today(3)))),
        (None, why()),
        (None, why(allowance=1)),
        (None, why(late(entry=None))),
        # They have just written: what they were asked within the hour is no reason.
        (None, why(late(asks=asked_today(2)))),
        (None, why(late(asks=(ask(2 * HOUR, id=LOST.id, status="sent"),)))),
    ],
)
def test_who_comes_too_late_hears_of_another_time_unless_something_speaks_against_it(
    reason: str | None, found: str | None
) -> None:
    assert found == reason


def suits(wanted: timedelta = timedelta(0), settings: SalonSettings = LIVE, **fields: Any) -> bool:
    """Whether a gap suits who wanted a time so much before it."""
    slot = Slot(start=START - wanted, end=END - wanted, service_id="cut", staff_id="mia")
    return could_suit(gap(**fields), slot, None, settings)


def test_a_gap_suits_while_it_may_be_offered_to_one_more() -> None:
    most = LIVE.offers.max_asks_per_gap
    assert suits(campaign=Campaign(asked=most - 1)) and not suits(campaign=Campaign(asked=most))
    assert not suits(status="filled") and not suits(awaits_owner=True)
    assert not suits(campaign=Campaign(status="settling")) and not suits(campaign=Campaign(status="waiting_owner"))
    none = SalonSettings.merged({"mode": "live", "gap": {"fill_idle": "none"}})
    assert suits(origin="idle") and not suits(origin="idle", settings=none) and suits(settings=none)


@pytest.mark.parametrize(("wanted", "near"), [(3 * DAY - SECOND, True), (3 * DAY, False), (-3 * DAY, True), (-3 * DAY - HOUR, False)])  # fmt: skip
def test_who_named_no_time_is_offered_none_that_is_days_away(wanted: timedelta, near: bool) -> None:
    assert suits(wanted) is near


def test_who_named_their_times_is_offered_one_of_those() -> None:
    slot = Slot(start=START - 9 * DAY, end=END - 9 * DAY, service_id="cut", staff_id="mia")
    for window, fits in (((START, END), True), ((END, END + HOUR), False)):
        wish = entry(windows=[{"start": window[0], "end": window[1]}])
        assert could_suit(gap(), slot, wish, LIVE) is fits
