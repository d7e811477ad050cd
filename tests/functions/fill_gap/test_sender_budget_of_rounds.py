"""WhatsApp's tier for a sender: how many different people may be written to in 24 hours, in all of a salon's campaigns."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from functions.fill_gap.run_campaign import fill_gap
from local.in_process import ACCOUNT_SID, Suite
from shared.adapters import settings as deployed
from shared.ports import Contended, Deployment
from tests.functions.fill_gap.test_approval_of_offers import VERA, vip_salon
from tests.stories.approvals import questions
from tests.stories.salon import (
    NOW,
    OWNER,
    ROOT,
    SALON,
    SMS,
    WHATSAPP,
    booking,
    cancel,
    customer,
    freed_gaps,
    offers,
    phone,
    salon,
    settle,
    texts,
    waits,
    why_not,
)

WIDE = {"max_wave_size": 16, "max_disappointed": 20, "target_fill_probability": 0.999}
USED_UP = "different people were asked by WhatsApp within 24 hours already"


def budget(number: int | None, **more: Any) -> dict[str, Any]:
    """The owner, who may have to be told something, takes one of them."""
    limits = {"whatsapp_recipients_24h": number, "hourly_actions": 1000, **more}
    return {"offers": WIDE, "limits": limits}


def reached(suite: Suite) -> list[str]:
    found = suite.get(f"{ROOT}/counters/asks")
    return [each["key"] for each in found["reached"]] if found else []


def recipients(suite: Suite) -> set[str]:
    return {message.sending.to for message in offers(suite)}


def test_no_more_different_people_are_asked_than_the_budget_has_and_the_rest_know_why() -> None:
    with salon(waiting=6, settings=budget(4)) as suite:
        cancel(suite)
        assert len(recipients(suite)) == 3 and len(reached(suite)) == 3
        out = [reason for reason in why_not(suite).values() if reason.endswith(USED_UP)]
        assert len(out) == 3


def test_who_waits_for_room_is_asked_24_hours_after_the_deadline_of_who_took_it() -> None:
    hours = [{"start": "10:00", "end": "18:00"}]
    with salon(waiting=6, settings=budget(4), opening_hours={"mon": hours, "tue": hours}) as suite:
        tomorrow = NOW.replace(hour=15, minute=0) + timedelta(days=1)
        suite.put(f"{ROOT}/bookings/tomorrow", booking(tomorrow))
        cancel(suite)
        first = recipients(suite)
        assert first == {phone(0), phone(1), phone(2)}
        for number in range(3):
            suite.put(f"{ROOT}/customers/c{number}", customer(number, blocked=True))
        cancel(suite, "tomorrow")
        room = NOW + timedelta(minutes=30, hours=24)
        suite.advance_to(room - timedelta(minutes=1))
        assert recipients(suite) == first
        suite.advance_to(room + timedelta(minutes=1))
        assert len(recipients(suite)) > 3


def test_who_was_reached_already_may_be_asked_about_another_time() -> None:
    with salon(waiting=2, settings=budget(3, per_customer_hourly=5)) as suite:
        cancel(suite)
        suite.advance(hours=2)
        cancel(suite, "b17")
        assert len(offers(suite)) == 4 and len(recipients(suite)) == 2 and len(reached(suite)) == 2


def test_a_number_without_a_tier_has_no_budget() -> None:
    with salon(waiting=6, settings=budget(None)) as suite:
        cancel(suite)
        assert len(recipients(suite)) == 6


def test_nobody_is_asked_by_whatsapp_where_only_the_owner_fits_in() -> None:
    with salon(waiting=3, settings=budget(1)) as suite:
        cancel(suite)
        assert offers(suite) == []


def test_offers_by_sms_use_none_of_it() -> None:
    messaging = {"account_sid": ACCOUNT_SID, "whatsapp_from": WHATSAPP, "sms_from": SMS}
    with salon(waiting=0, settings=budget(1), messaging=messaging) as suite:
        both = {"marketing": True, "service": True}
        waits(suite, "by-sms", 70, consents={"sms": both})
        cancel(suite)
        assert [message.sending.channel for message in offers(suite)] == ["sms"] and reached(suite) == []


def test_what_the_owner_approves_is_counted_when_it_is_carried_out() -> None:
    with vip_salon(settings=budget(3)) as suite:
        assert len(reached(suite)) == 1
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        assert len(reached(suite)) == 2 and len(texts(suite, VERA["phone"])) == 1


def test_what_the_owner_approves_beyond_the_budget_is_called_off() -> None:
    with vip_salon(settings=budget(3)) as suite:
        settle(suite, **budget(2))
        suite.reply(questions(suite)[0], button=0)
        suite.run_until_idle()
        assert texts(suite, VERA["phone"]) == [] and "only so many people a day" in texts(suite, OWNER)[-1]


@pytest.mark.parametrize("turn", range(3))
def test_gaps_asked_about_at_the_same_moment_share_one_budget(turn: int) -> None:
    with salon(waiting=12, settings=budget(5), status="paused") as suite:
        for name in ("b1", "b15", "b17"):
            cancel(suite, name)
        gaps: Sequence[str] = [gap["id"] for gap in freed_gaps(suite)]
        assert len(gaps) == 3 and offers(suite) == []
        suite.update(ROOT, status="active")
        deployment: Deployment = deployed.deployment()

        def fill(gap_id: str) -> None:
            with suppress(Contended):  # looked at again when it is due
                fill_gap(gap_id, documents=suite.store.salon(SALON), clock=suite.clock, deployment=deployment)

        suite.clock.move_to(NOW + timedelta(minutes=20))
        with ThreadPoolExecutor(6) as threads:
            list(threads.map(fill, gaps * 2))
        suite.advance(minutes=30)
        assert len(recipients(suite)) == len(reached(suite)) == 4
