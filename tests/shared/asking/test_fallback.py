"""What goes out by another channel when one could not deliver it, and for how long an offer is waited for."""

from datetime import timedelta
from typing import Any

import pytest

from shared.asking.fallback import next_channel, still_awaited
from shared.messaging.outgoing import Delivery
from tests.shared.messaging.test_outgoing import NOW, outreach

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
IN_TIME = {"expires_at": NOW + 10 * MINUTE, "status": "sent", "sms_purpose": "slot_offer_sms"}


@pytest.mark.parametrize(
    ("code", "channel"),
    [(None, "sms"), (63000, "sms"), (63999, "sms"), (62999, None), (64000, None), (21211, None), (63014, None), (63033, None)],
)  # fmt: skip
def test_only_a_fault_of_whatsapp_says_nothing_about_sms(code: int | None, channel: str | None) -> None:
    assert next_channel(outreach(**IN_TIME), code, now=NOW) == channel


@pytest.mark.parametrize(
    "fields",
    [{"channel": "sms"}, {"fallen_back": True}, {"sms_purpose": None}, {"expires_at": NOW + 10 * MINUTE - SECOND}],
)
def test_an_offer_goes_by_another_channel_once_and_while_ten_minutes_are_left(fields: dict[str, Any]) -> None:
    assert next_channel(outreach(**IN_TIME), 63024, now=NOW) == "sms"
    assert next_channel(outreach(**IN_TIME | fields), 63024, now=NOW) is None


@pytest.mark.parametrize("status", ["sent", "unknown"])
def test_what_is_not_known_to_have_arrived_is_waited_for_five_minutes(status: str) -> None:
    left = {"delivery": Delivery(sent_at=NOW)} if status == "sent" else {"last_attempt_at": NOW}
    offer = outreach(status=status, **left)
    assert still_awaited(offer, NOW + 5 * MINUTE - SECOND)
    assert not still_awaited(offer, NOW + 5 * MINUTE)
    assert still_awaited(outreach(status=status), NOW + 5 * MINUTE)


@pytest.mark.parametrize(("status", "awaited"), [("pending", True), ("delivered", True), ("read", True), ("failed", False), ("expired", False)])  # fmt: skip
def test_all_else_is_waited_for_while_it_is_open(status: str, awaited: bool) -> None:
    assert still_awaited(outreach(status=status, delivery=Delivery(sent_at=NOW)), NOW + timedelta(hours=1)) is awaited
