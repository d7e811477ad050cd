"""An offer is looked at again before it leaves, and its yes before it books, whoever it was made to: for each of them all that
may have changed since.
"""

from datetime import timedelta
from typing import Any

import pytest

from tests.functions.fill_gap.test_tiers import Makes, asks, customer, held, nothing, said_stop, settings, wrote
from tests.shared.sales.test_acceptance import END, NOW, START
from tests.stories.one_hour import DAY, HOUR, OneHour, booking

MINUTE = timedelta(minutes=1)
WISH = {"waitlist_entry_id": "w1"}
OFFERED: dict[str, dict[str, Any]] = {
    "waitlist_exact": WISH,
    "waitlist_partial": {**WISH, "consent_purpose": "marketing"},
    "sooner": {"moves_booking_id": "later", "consent_purpose": "marketing"},
    "overdue": {"consent_purpose": "marketing"},
    "regular": {"consent_purpose": "marketing"},
    "late_yes": {**WISH, "instead_of": "out_0"},
}
"""What an offer holds that was made to somebody who came to mind as that."""


def offered(hour: OneHour, tier: str, **fields: Any) -> Any:
    hour.put("waitlist/w1", customer_id="c1", service_ids=["cut"], status="offered", created_at=NOW - HOUR)
    hour.put("bookings/later", **booking(START + 2 * DAY, customer_id="c1", staff_id="noah"))
    return hour.offered(**{"source": tier, **OFFERED[tier], **fields})


def the_gap(**fields: Any) -> Makes:
    return lambda hour: hour.update("gaps/gap_1", **fields)


def the_salon(**fields: Any) -> Makes:
    return lambda hour: hour.update(".", **fields)


def later(by: timedelta) -> Makes:
    return lambda hour: hour.clock.move_to(NOW + by)


def gone(path: str) -> Makes:
    return lambda hour: hour.delete(path)


OVER, DRY = "its time had passed before it could be sent", "only a dry run is made"
NOT_FREE, NOT_THEM = "the time is no longer on offer", "the customer may no longer be asked"
CONSENT, OUT = "the customer no longer consents", "the customer has opted out"
PAUSED, QUIET = "the salon is paused", "quiet hours last longer than the offer"
WITHDRAWN = {
    "service": ("waitlist_exact", "late_yes"),
    "marketing": ("waitlist_partial", "sooner", "overdue", "regular"),
}
"""Whom an offer reaches with which consent."""

Row = str | None | tuple[str, str]
"""Why it may not leave; with a purpose only those that need that consent; for quiet hours all but an answer."""

LOOKS: dict[str, tuple[Makes, Row]] = {
    "nothing": (nothing, None),
    "just in time": (later(30 * MINUTE - timedelta(seconds=1)), None),
    "too late": (later(30 * MINUTE), OVER),
    "the salon runs dry": (settings(mode="dry_run"), DRY),
    "the agent runs dry": (settings(agent_modes={"gap_fill_agent": "dry_run"}), DRY),
    "another agent runs dry": (settings(agent_modes={"retention_agent": "dry_run"}), None),
    "the salon is paused": (the_salon(status="paused"), PAUSED),
    "the gap is gone": (gone("gaps/gap_1"), NOT_FREE),
    "the gap is filled": (the_gap(status="filled"), NOT_FREE),
    "the gap is over": (the_gap(status="expired"), NOT_FREE),
    "the gap is ignored": (the_gap(status="ignored"), NOT_FREE),
    "the gap begins later": (the_gap(start_time=START + MINUTE), NOT_FREE),
    "the gap ends sooner": (the_gap(end_time=END - MINUTE), NOT_FREE),
    "the gap has grown": (the_gap(start_time=START - HOUR, end_time=END + HOUR), None),
    "the customer is gone": (gone("customers/c1"), NOT_THEM),
    "the customer works here": (customer(is_staff=True), f"{NOT_THEM}: works here"),
    "the customer is blocked": (customer(blocked=True), f"{NOT_THEM}: blocked by the salon"),
    "the customer complains": (customer(open_complaint=True), f"{NOT_THEM}: has a complaint open"),
    "the customer waits for an answer": (wrote(), f"{NOT_THEM}: what they wrote waits for an answer"),
    "the customer waits under a user id": (wrote(sender="IN.4566130246840223"), f"{NOT_THEM}: what they wrote waits for an answer"),
    "the customer was answered": (wrote(answered=True), None),
    "the customer has another phone": (customer(phone="+919876500002"), f"{NOT_THEM} there"),
    "no consent at all": (customer(consents={}), CONSENT),
    "consent for another channel": (customer(consents={"sms": {"service": True, "marketing": True}}), CONSENT),
    "no consent for service": (customer(consents={"whatsapp": {"marketing": True}}), ("service", CONSENT)),
    "no consent for marketing": (customer(consents={"whatsapp": {"service": True}}), ("marketing", CONSENT)),
    "stopped service": (said_stop("service"), ("service", OUT)),
    "stopped marketing": (said_stop("marketing"), ("marketing", OUT)),
    "asleep": (customer(timezone="Pacific/Auckland"), ("ask", QUIET)),
    "the salon's quiet hours": (settings(quiet_hours={"start": "15:00", "end": "16:30"}), ("ask", QUIET)),
    "asleep for a while": (settings(quiet_hours={"start": "15:00", "end": "15:50"}), ("ask", "quiet hours")),
}  # fmt: skip


@pytest.mark.parametrize("tier", OFFERED)
@pytest.mark.parametrize(("happens", "why"), LOOKS.values(), ids=LOOKS)
def test_what_was_right_when_an_offer_was_requested_is_looked_at_again(tier: str, happens: Makes, why: Row) -> None:
    hour = OneHour()
    offer = offered(hour, tier, status="pending", attempts=0, delivery={})
    happens(hour)
    if isinstance(why, tuple):
        which, reason = why
        why = reason if (tier != "late_yes" and which == "ask") or tier in WITHDRAWN.get(which, ()) else None
    assert hour.held_back(offer) == why


YESES: dict[str, tuple[Makes, str]] = {
    "nothing": (nothing, "sold"),
    "it is taken": (held(customer_id="c2"), "slot_taken"),
    "it is taken by nobody known": (held(customer_id=None, source="walk_in"), "slot_taken"),
    "its first minute is taken": (held(customer_id="c2", start=START - 59 * MINUTE), "slot_taken"),
    "its last minute is taken": (held(customer_id="c2", start=END - MINUTE), "slot_taken"),
    "what is before and after it is taken": (lambda hour: (held(start=START - HOUR)(hour), hour.put("bookings/b2", **booking(END)))[1], "sold"),
    "they are booked elsewhere": (held(staff_id="noah", start=END - MINUTE, status="pending"), "customer_busy"),
    "they are booked elsewhere just after": (held(staff_id="noah", start=END), "sold"),
    "it is late": (later(timedelta(hours=2, minutes=30)), "sold"),
    "it is too late": (later(timedelta(hours=2, minutes=31)), "too_late"),
    "it is too late for the salon": (settings(gap={"minimum_notice_minutes": 181}), "too_late"),
    "the gap is filled": (the_gap(status="filled"), "slot_taken"),
    "the gap is over": (the_gap(status="expired"), "gap_closed"),
    "the gap is ignored": (the_gap(status="ignored"), "gap_closed"),
    "the gap is gone": (gone("gaps/gap_1"), "gap_closed"),
    "the gap begins later": (the_gap(start_time=START + MINUTE), "gap_closed"),
    "the gap ends sooner": (the_gap(end_time=END - MINUTE), "gap_closed"),
    "the gap is another's": (the_gap(staff_id="noah"), "gap_closed"),
    "the salon runs dry": (settings(mode="dry_run"), "sold"),
    "the agent runs dry": (settings(agent_modes={"gap_fill_agent": "dry_run"}), "sold"),
    "the salon is paused": (the_salon(status="paused"), "sold"),
    "no consent any more": (customer(consents={}), "sold"),
    "they stopped": (said_stop("marketing"), "sold"),
    "as many asks as may be": (asks(MINUTE, 2 * MINUTE, 3 * MINUTE), "sold"),
}  # fmt: skip
"""What keeps a yes from booking, and what does not: an offer that was made is honoured."""


@pytest.mark.parametrize("tier", OFFERED)
@pytest.mark.parametrize(("happens", "comes"), YESES.values(), ids=YESES)
def test_what_a_yes_comes_to(tier: str, happens: Makes, comes: str) -> None:
    hour = OneHour()
    offered(hour, tier)
    happens(hour)
    before = set(hour.all("bookings"))
    assert hour.yes() == comes
    made = [each for id, each in hour.all("bookings").items() if id not in before]
    assert [(each["customer_id"], each["staff_id"], each["start_time"]) for each in made] == (
        [("c1", "mia", START)] if comes == "sold" else []
    )


LATER: dict[str, tuple[dict[str, Any], tuple[str, bool]]] = {
    "it overlaps what they take": ({"start_time": START + 30 * MINUTE, "end_time": END + 30 * MINUTE}, ("cancelled", True)),
    "it is on another day": ({"price": 60}, ("cancelled", True)),
    "the app has moved it before what they take": ({"start_time": START - DAY, "end_time": END - DAY}, ("confirmed", False)),
    "the app has given it to somebody else": ({"customer_id": "c2"}, ("confirmed", False)),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "stands"), LATER.values(), ids=LATER)
def test_what_a_mover_gives_up_is_what_they_still_have_and_is_later(
    changes: dict[str, Any], stands: tuple[str, bool]
) -> None:
    hour = OneHour()
    offered(hour, "sooner")
    hour.update("bookings/later", **changes)
    assert hour.yes() == "sold"
    [sale] = [each for id, each in hour.all("bookings").items() if id != "later"]
    assert (hour.get("bookings/later")["status"], sale["rescheduled_from"] == "later") == stands
