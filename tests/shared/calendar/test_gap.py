from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.calendar.gap import Gap, campaigned, expired, filled, ignored, looked_at, released
from shared.records.audit import Amended
from tests.shared.calendar.schedules import Calendar, a_booking, a_day, at

NOW = at("09:00")


def an_open_gap() -> Gap:
    calendar = Calendar()
    calendar.reconcile(
        a_day(a_booking("14:00", "15:00", status="cancelled"), a_booking("10:00", "14:00", id="b2")), NOW
    )
    return calendar.gap_at("14:00")


CLOSINGS: list[tuple[str, str, Callable[[Gap], Amended[Gap]]]] = [
    ("filled", "GAP_FILLED", lambda gap: filled(gap, "b1", now=NOW, actor="test", ours=True)),
    ("expired", "GAP_EXPIRED", lambda gap: expired(gap, now=NOW, actor="test")),
    ("ignored", "GAP_IGNORED", lambda gap: ignored(gap, "owner", now=NOW, actor="test")),
]


@pytest.mark.parametrize(("status", "event", "close"), CLOSINGS)
def test_a_gap_closes_in_one_of_three_ways_and_announces_it(
    status: str, event: str, close: Callable[[Gap], Amended[Gap]]
):
    closed = close(an_open_gap())
    assert (closed.document.status, closed.record.announces) == (status, event)
    assert (closed.document.campaign.status, closed.document.due_at, closed.document.closed_at) == ("ended", None, NOW)


@pytest.mark.parametrize(("status", "event", "close"), CLOSINGS)
def test_a_closed_gap_can_do_nothing_more(status: str, event: str, close: Callable[[Gap], Amended[Gap]]):
    gap = close(an_open_gap()).document
    attempts = [change for _, _, change in CLOSINGS]
    attempts.append(lambda gap: released(gap, now=NOW, actor="test"))
    attempts.append(lambda gap: campaigned(gap, gap.campaign, now=NOW, actor="test"))
    for attempt in attempts:
        with pytest.raises(ValueError, match=f"found it {status}"):
            attempt(gap)


def test_a_gap_is_stored_and_read_back_as_it_was():
    gap = an_open_gap()
    assert Gap.model_validate(gap.stored()) == gap
    assert gap.path == f"gaps/{gap.id}"


def test_every_change_of_a_gap_is_chained_to_the_one_before():
    gap = an_open_gap()
    change = campaigned(gap, gap.campaign.running(asked=2, next_round_at=at("10:00"), now=NOW), now=NOW, actor="test")
    assert change.record.previous_hash == gap.audit_head
    assert change.document.audit_head == change.record.hash and change.document.revision == gap.revision + 1


def test_a_new_round_is_a_fill_attempt_and_a_postponed_one_is_none():
    gap = an_open_gap()
    asked = campaigned(
        gap, gap.campaign.running(asked=3, next_round_at=at("09:30"), now=NOW), now=NOW, actor="t"
    ).document
    assert (asked.fill_attempts, asked.last_attempt_at, asked.due_at) == (1, NOW, at("09:30"))
    assert (asked.campaign.round, asked.campaign.asked) == (1, 3)
    later = campaigned(asked, asked.campaign.postponed(at("09:45"), "limit"), now=at("09:31"), actor="t").document
    assert (later.fill_attempts, later.last_attempt_at, later.due_at) == (1, NOW, at("09:45"))


def test_an_open_gap_is_due_when_its_campaign_is_or_when_its_time_is_over():
    gap = an_open_gap()
    assert gap.due_at == gap.campaign.next_round_at
    for campaign in (gap.campaign.ended("x"), gap.campaign.waiting_for_owner("x"), gap.campaign.idle()):
        assert campaigned(gap, campaign, now=NOW, actor="t").document.due_at == gap.expires_at
    far = gap.campaign.running(asked=1, next_round_at=gap.expires_at + timedelta(hours=1), now=NOW)
    assert campaigned(gap, far, now=NOW, actor="t").document.due_at == gap.expires_at


def test_a_look_that_moved_nothing_on_says_when_the_next_one_is_and_announces_nothing():
    looked = looked_at(an_open_gap(), again_at=at("09:05"), now=NOW, actor="t")
    assert (looked.record.announces, looked.document.due_at) == (None, at("09:05"))


def test_the_sellable_part_starts_after_the_notice():
    gap = an_open_gap()
    assert gap.sellable_at(NOW, 30).start == gap.start_time
    assert gap.sellable_at(at("14:10"), 30).start == at("14:40")


def test_a_campaign_knows_when_it_first_asked_until_time_is_freed_again():
    campaign = an_open_gap().campaign
    nobody = campaign.running(asked=0, next_round_at=None, now=NOW)
    assert nobody.first_asked_at is None
    begun = nobody.running(asked=3, next_round_at=None, now=NOW)
    later = begun.having_asked(2, NOW + timedelta(hours=1))
    assert (later.asked, later.first_asked_at) == (5, NOW)
    assert later.settling(NOW).first_asked_at is None
