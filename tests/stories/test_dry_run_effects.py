"""Each effect that a salon's work has on the world, while the salon makes a dry run and while only its agent does: from the
start, or when the switch comes in between. What settles an offer made before goes on; nothing else leaves.
"""

from collections.abc import Callable
from typing import Any

import pytest

from local.in_process import ACCOUNT_SID, Suite
from tests.functions.fill_gap.test_exclusions import a_vip
from tests.stories import approvals
from tests.stories.salon import (
    NOW,
    OWNER,
    ROOT,
    SMS,
    WHATSAPP,
    cancel,
    customer,
    decisions,
    freed_gaps,
    offers,
    ours,
    outreach_of,
    phone,
    purposes,
    salon,
    settle,
    write,
)

Switch = Callable[[Suite], None]


def of_the_salon(suite: Suite) -> None:
    settle(suite, mode="dry_run")


def of_the_agent(suite: Suite) -> None:
    settle(suite, agent_modes={"gap_fill_agent": "dry_run"})


def requested(suite: Suite) -> None:
    """The first offer is requested and has not left."""
    suite.update(f"{ROOT}/bookings/b1", status="cancelled", cancelled_by="customer", cancelled_at=suite.clock.now())
    while not suite.list(f"{ROOT}/outreach"):
        suite._deliver(suite.waiting.pop(0))


def wish(suite: Suite) -> str:
    return str(suite.list(f"{ROOT}/waitlist")["w0"]["status"])


def answered(suite: Suite, **answer: Any) -> None:
    suite.reply(offers(suite)[0], **answer)
    suite.run_until_idle()


# From the start.


def a_round(suite: Suite, dry: Switch) -> object:
    """Asks, limits used, the wish, the decision, how the campaign stands, what left."""
    dry(suite)
    cancel(suite)
    [gap] = freed_gaps(suite)
    return (
        len(suite.list(f"{ROOT}/outreach")), suite.get(f"{ROOT}/counters/asks"), wish(suite),
        [(each["action_taken"], each["dry_run"]) for each in decisions(suite)],
        (gap["campaign"]["status"], gap["campaign"]["asked"]), len(suite.outbox.messages),
    )  # fmt: skip


def a_question_to_the_owner(suite: Suite, dry: Switch) -> object:
    """About a VIP: approvals, the decision, what left."""
    suite.delete(f"{ROOT}/waitlist/w0")
    a_vip(suite)
    dry(suite)
    cancel(suite)
    made = [(each["action_taken"], each["dry_run"], each["autonomy_level"]) for each in decisions(suite)]
    return len(suite.list(f"{ROOT}/approvals")), made, len(suite.outbox.messages)


def somebody_writes(suite: Suite, dry: Switch) -> object:
    """What nobody understands: it stands in the inbox, and who is told."""
    dry(suite)
    write(suite, "is Friday free?", sender=phone(0))
    suite.run_until_idle()
    waiting = [each["waiting_since"] is not None for each in suite.list(f"{ROOT}/conversations").values()]
    return waiting, len(purposes(suite, phone(0))), purposes(suite, OWNER)


def somebody_stops(suite: Suite, dry: Switch) -> object:
    """The ledger has it, and whether that is confirmed."""
    dry(suite)
    write(suite, "STOP", sender=phone(0))
    suite.run_until_idle()
    return len(suite.list(f"{ROOT}/consents")), purposes(suite, phone(0))


def data_is_wrong(suite: Suite, dry: Switch) -> object:
    dry(suite)
    suite.put(f"{ROOT}/bookings/wrong", {"status": "maybe", "staff_id": "mia"})
    suite.run_until_idle()
    return purposes(suite, OWNER)


def settings_are_refused(suite: Suite, dry: Switch) -> object:
    dry(suite)
    suite.put(f"{ROOT}/settings/current", {"mode": "Live"})
    suite.run_until_idle()
    return purposes(suite, OWNER)


# When the switch comes in between.


def an_alert_in_the_owners_digest(suite: Suite, dry: Switch) -> object:
    """It was kept for the morning, and then the dry run began."""
    asleep = {"start": "09:00", "end": "11:00"}
    suite.update(ROOT, contacts=[{"name": "Olga", "role": "owner", "phone": OWNER, "quiet_hours": asleep}])
    suite.put(f"{ROOT}/settings/current", {"mode": "Live"})
    suite.run_until_idle()
    dry(suite)
    suite.advance(hours=2)
    return purposes(suite, OWNER)


def an_offer_that_has_not_left(suite: Suite, dry: Switch) -> object:
    requested(suite)
    dry(suite)
    return outreach_of(suite, "c0")["status"], wish(suite), len(offers(suite))


def an_offer_that_goes_on_by_another_channel(suite: Suite, dry: Switch) -> object:
    suite.update(f"{ROOT}/customers/c0", consents={each: {"service": True} for each in ("whatsapp", "sms")})
    suite.update(ROOT, messaging={"account_sid": ACCOUNT_SID, "whatsapp_from": WHATSAPP, "sms_from": SMS})
    suite.run_until_idle()
    cancel(suite)
    dry(suite)
    suite.report(offers(suite)[0], "undelivered", error_code=63016)
    suite.run_until_idle()
    return outreach_of(suite, "c0")["status"], len(offers(suite))


def a_yes(suite: Suite, dry: Switch) -> object:
    """The booking, the wish, what they and the owner hear."""
    cancel(suite)
    dry(suite)
    answered(suite, button=0)
    return len(ours(suite)), wish(suite), purposes(suite, phone(0))[1:], purposes(suite, OWNER)


def a_no(suite: Suite, dry: Switch) -> object:
    """The wish, what they hear, and whether somebody else is asked in their place."""
    suite.put(f"{ROOT}/customers/c1", customer(1))
    settle(suite, offers={"max_wave_size": 1})
    cancel(suite)
    suite.put(f"{ROOT}/waitlist/w1", {**suite.list(f"{ROOT}/waitlist")["w0"], "customer_id": "c1", "status": "waiting"})
    dry(suite)
    answered(suite, button=1)
    return wish(suite), purposes(suite, phone(0))[1:], purposes(suite, phone(1))


def a_yes_too_late(suite: Suite, dry: Switch) -> object:
    """Another hour is free, and they hear only that theirs is gone."""
    cancel(suite)
    cancel(suite, "b16")
    suite.put(f"{ROOT}/bookings/walk-in", {**(suite.get(f"{ROOT}/bookings/b15") or {}), "start_time": NOW.replace(hour=13, minute=0), "end_time": NOW.replace(hour=14, minute=0)})  # fmt: skip
    suite.run_until_idle()
    dry(suite)
    answered(suite, button=0)
    return purposes(suite, phone(0))[1:], len(ours(suite)), wish(suite)


def a_deadline(suite: Suite, dry: Switch) -> object:
    """Nobody answers, and nobody else is asked."""
    cancel(suite)
    dry(suite)
    suite.advance(minutes=35)
    return outreach_of(suite, "c0")["status"], wish(suite), len(suite.outbox.messages)


def a_yes_of_the_owner(suite: Suite, dry: Switch) -> object:
    """To what was asked before: nobody is asked, and what becomes of the approval."""
    suite.delete(f"{ROOT}/waitlist/w0")
    a_vip(suite)
    cancel(suite)
    [question] = approvals.questions(suite)
    dry(suite)
    suite.reply(question, button=0)
    suite.run_until_idle()
    [asked] = suite.list(f"{ROOT}/approvals").values()
    return asked["status"], len(suite.list(f"{ROOT}/outreach")), purposes(suite, OWNER)[1:]


def a_notice_in_the_owners_digest(suite: Suite, dry: Switch) -> object:
    """It was kept for the morning, and then the dry run began."""
    asleep = {"start": "09:00", "end": "11:00"}
    suite.update(ROOT, contacts=[{"name": "Olga", "role": "owner", "phone": OWNER, "quiet_hours": asleep}])
    write(suite, "is Friday free?", sender=phone(0))
    suite.run_until_idle()
    dry(suite)
    suite.advance(hours=2)
    return len(purposes(suite, OWNER))


def a_notice_of_the_dry_run_after_it(suite: Suite, dry: Switch) -> object:
    """It would have waited for the morning, and by then the salon is live again."""
    suite.update(ROOT, contacts=[{"name": "Olga", "role": "owner", "phone": OWNER, "quiet_hours": {"start": "09:00", "end": "11:00"}}])  # fmt: skip
    dry(suite)
    write(suite, "is Friday free?", sender=phone(0))
    suite.run_until_idle()
    settle(suite)
    suite.advance(hours=2)
    return len(purposes(suite, OWNER))


def an_answer_that_waits_for_the_morning(suite: Suite, dry: Switch) -> object:
    """It was requested while the sender was away."""
    cancel(suite)
    suite.update(ROOT, status="paused")
    answered(suite, button=0)
    dry(suite)
    suite.update(ROOT, status="active")
    suite.advance(minutes=16)
    return purposes(suite, phone(0))[1:], purposes(suite, OWNER)


def going_live_again(suite: Suite, dry: Switch) -> object:
    """What a dry run decided about is not asked about later; the next time is."""
    dry(suite)
    cancel(suite)
    settle(suite)
    suite.advance(minutes=30)
    before = len(offers(suite))
    cancel(suite, "b16")
    return before, [message.sending.to for message in offers(suite)]


NOTHING = (0, None, "waiting", [("outreach_initiated", True)], ("ended", 0), 0)
TOLD = ["owner_message"]
EFFECTS: list[tuple[Callable[[Suite, Switch], object], object, object]] = [
    # the salon makes a dry run, only its agent does
    (a_round, NOTHING, NOTHING),
    (a_question_to_the_owner, *[(0, [("approval_requested", True, "supervised")], 0)] * 2),
    (somebody_writes, ([True], 0, []), ([True], 1, TOLD)),
    (somebody_stops, (4, []), (4, ["stop_confirmed"])),
    (data_is_wrong, *[["owner_alert"]] * 2),
    (settings_are_refused, *[["owner_alert"]] * 2),
    (an_alert_in_the_owners_digest, *[["owner_alert"]] * 2),
    (an_offer_that_has_not_left, *[("expired", "waiting", 0)] * 2),
    (an_offer_that_goes_on_by_another_channel, *[("expired", 1)] * 2),
    (a_yes, *[(1, "booked", ["booking_confirmed"], ["owner_sold"])] * 2),
    (a_no, *[("waiting", ["offer_declined"], [])] * 2),
    (a_yes_too_late, *[(["slot_taken"], 0, "waiting")] * 2),
    (a_deadline, *[("expired", "waiting", 1)] * 2),
    (a_yes_of_the_owner, ("cancelled", 0, []), ("cancelled", 0, ["owner_approved", "owner_not_done"])),
    (a_notice_in_the_owners_digest, 0, 1),
    (a_notice_of_the_dry_run_after_it, 0, 1),
    (an_answer_that_waits_for_the_morning, *[(["booking_confirmed"], ["owner_sold"])] * 2),
    (going_live_again, *[(0, [phone(0)])] * 2),
]  # fmt: skip
CELLS = [
    pytest.param(effect, dry, means, id=f"{effect.__name__}-{dry.__name__}")
    for effect, salons, agents in EFFECTS
    for dry, means in ((of_the_salon, salons), (of_the_agent, agents))
]


@pytest.mark.parametrize(("effect", "dry", "means"), CELLS)
def test_what_a_dry_run_lets_happen(effect: Callable[[Suite, Switch], object], dry: Switch, means: object) -> None:
    with salon(waiting=1) as suite:
        assert effect(suite, dry) == means
