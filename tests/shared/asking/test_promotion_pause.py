"""When people's reactions pause promotional asks: the share of objections, and what counts as one."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.asking.agent_state import fresh, marketing_paused, reset
from shared.asking.outreach import OfferDetails, Outreach, Response
from shared.asking.promotion_pause import PAUSE, PromotionPause, Reaction, objection, reactions
from shared.messaging.outgoing import Delivery

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def ask(number: int = 0, *, answer: str | None = None, customer: str | None = None, **delivery: str) -> Outreach:
    """The `number`th most recent."""
    at = NOW - timedelta(hours=number + 1)
    return Outreach(
        id=f"o{number}", salon_id="s1", created_at=at, updated_at=at, channel="whatsapp", status="expired",
        purpose="slot_offer", locale="en", expires_at=at + timedelta(minutes=30), due_at=None,
        agent_name="gap_fill_agent", customer_id=customer or f"c{number}", customer_name="C", customer_phone="+447700900100",
        address_key=f"k{number}", outreach_type="gap_fill", consent_purpose="marketing", message="", trigger_id="g",
        trigger_type="gap", decision_id="d", round=1, slot=None, source="regular",
        offer_details=OfferDetails(valid_until=at, price=Decimal(1)),
        delivery=Delivery(sent_at=at, **delivery),
        response=Response(received=answer is not None, action=answer),
    )  # fmt: skip


def many(opted_out: int = 0, limited: int = 0, declined: int = 0) -> list[Reaction]:
    return [*["opted_out"] * opted_out, *["limited"] * limited, *["declined"] * declined]  # type: ignore[list-item]


@pytest.mark.parametrize("found", [many(opted_out=3), many(limited=3), many(opted_out=2, limited=1)])
def test_three_objections_of_the_last_fifty_are_more_than_five_per_cent(found: list[Reaction]) -> None:
    assert objection(found, sends=50)
    assert objection(found[:2], sends=50) is None


def test_declines_count_only_beyond_a_quarter_of_what_was_sent() -> None:
    assert objection(many(declined=15), sends=50) is None, "12.5 are usual and 2.5 are five per cent"
    assert objection(many(declined=16), sends=50)
    assert objection(many(declined=14, opted_out=1), sends=50) is None
    assert objection(many(declined=14, opted_out=2), sends=50)


def test_few_sends_are_judged_by_how_many_object_and_not_by_their_share() -> None:
    assert objection(many(opted_out=1), sends=1) is None
    assert objection(many(opted_out=2), sends=2) is None
    assert objection(many(opted_out=3), sends=3)


def test_an_honest_campaign_is_hardly_ever_stopped_by_its_declines() -> None:
    """Of 50 asks one in ten is declined by explicit word: counted in full, nine of ten windows would pause."""

    def at_least(some: int) -> float:
        return sum(comb(50, k) * 0.1**k * 0.9 ** (50 - k) for k in range(some, 51))

    assert at_least(3) > 0.88
    assert at_least(16) < 0.0001


def test_each_kind_of_reaction_is_told_apart() -> None:
    sends = [
        ask(0, answer="declined"),
        ask(1, answer="opted_out"),
        ask(2, error="63049"),
        ask(3, former_error="63049"),
        ask(4, answer="booked"),
        ask(5),
        ask(6, error="30008"),
    ]
    assert reactions(sends, {}) == ["declined", "opted_out", "limited", "limited"]


def test_a_stop_after_the_offer_was_over_counts_for_the_last_ask_before_it() -> None:
    assert reactions([ask(0, customer="c"), ask(5, customer="c")], {"c": NOW}) == ["opted_out"]
    assert reactions([ask(0, customer="c")], {"c": NOW - timedelta(hours=1)}) == ["opted_out"], "at the same moment"
    before = NOW - timedelta(hours=1, seconds=1)
    assert reactions([ask(0, customer="c")], {"c": before}) == [], "they came back since"


def test_one_person_opts_out_once_however_often_they_were_asked() -> None:
    sends = [ask(n, customer="c", answer="opted_out") for n in range(3)]
    assert reactions(sends, {"c": NOW}) == ["opted_out"]


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.integers(1, 50))
def test_one_more_objection_never_lifts_a_pause(opted_out: int, limited: int, declined: int, sends: int) -> None:
    before = objection(many(opted_out, limited, declined), sends=sends)
    for more in (many(opted_out + 1, limited, declined), many(opted_out, limited + 1, declined)):
        assert not before or objection(more, sends=sends)
    assert not before or objection(many(opted_out, limited, declined + 1), sends=sends)


def test_a_pause_ends_by_the_clock_and_reactions_count_anew_from_then() -> None:
    state = marketing_paused(fresh("s1", "gap_fill_agent", NOW), "why", now=NOW, actor="a").document
    assert state.marketing.stopped(NOW) == "why" and state.status == "active"
    assert state.marketing.stopped(NOW + PAUSE - timedelta(seconds=1))
    assert state.marketing.stopped(NOW + PAUSE) is None
    assert state.marketing.counts_from(NOW + PAUSE) == NOW + PAUSE
    assert state.marketing.counts_from(NOW) is None
    assert timedelta(days=7) == PAUSE


def test_the_owner_ends_a_pause_at_once_and_what_was_sent_before_no_longer_counts() -> None:
    state = marketing_paused(fresh("s1", "gap_fill_agent", NOW), "why", now=NOW, actor="a").document
    after = reset(state, now=NOW + timedelta(hours=1), actor="owner").document
    again = PromotionPause(paused_until=NOW + PAUSE, counted_from=NOW)
    assert again.counts_from(NOW + PAUSE) == NOW + PAUSE, "the later of the two"
    assert after.marketing.stopped(NOW + timedelta(hours=1)) is None
    assert after.marketing.counts_from(NOW + timedelta(hours=2)) == NOW + timedelta(hours=1)
