"""Whom a round asks, and how many together."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.fill_gap.allowance import Allowance
from functions.fill_gap.autonomy import Autonomy
from functions.fill_gap.candidates import Candidate
from functions.fill_gap.next_step import Ask
from functions.fill_gap.prospect import Prospect, Source
from functions.fill_gap.reply_model import Awaited
from functions.fill_gap.round_plan import (
    Campaign,
    NoRound,
    Round,
    RoundConditions,
    for_idle_time,
    nobody_retry,
    one_each,
    plan_round,
    without_round,
)
from functions.fill_gap.settings import OfferSettings, Settings
from shared.asking.slot import Slot
from shared.calendar.service import Service
from shared.customers.customer import Customer
from shared.customers.waitlist import WaitlistEntry
from shared.salon.salon import Salon

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NEW = Campaign()
SALON = Salon(id="s1", name="One", organization_id="o1", timezone="Europe/London", currency="GBP")
SERVICE = Service(id="cut", name="Cut", duration_minutes=60, price=Decimal(50))


def settings(**offers: Any) -> Settings:
    return Settings(mode="live", offers=OfferSettings(**offers))


RUNNING = Campaign(status="running", round=1, wave=2, asked=2, next_round_at=NOW + 5 * MINUTE)


def candidate(number: int, *, level: Any = "full_auto", phone: str | None = None, **fields: Any) -> Candidate:
    person = Customer(id=f"c{number}", name="?", phone=phone or f"+4477009001{number:02}")
    start = NOW + timedelta(hours=3)
    return Candidate(
        Prospect(person, "waitlist_exact", "cut"),
        **{
            "slot": Slot(start=start, end=start + timedelta(hours=1), service_id="cut", staff_id="mia"),
            "service": SERVICE,
            "channel": "whatsapp",
            "deadline": NOW + 30 * MINUTE,
            "probability": 0.25,
            "autonomy": Autonomy(level, ()),
            **fields,
        },
    )


def planned(
    candidates: list[Candidate],
    *,
    room: int = 16,
    allowance: int = 20,
    at_once: int | None = None,
    awaited: tuple[Awaited, ...] = (),
    top_up: bool = False,
    whole: bool = True,
    campaign: Campaign = NEW,
    **offers: Any,
) -> Round | NoRound:
    eager = {"target_fill_probability": 0.999, "max_disappointed": 50, **offers}
    return plan_round(
        candidates, Ask(room, top_up=top_up, whole=whole), RoundConditions(awaited, Allowance(allowance, allowance if at_once is None else at_once, NOW + timedelta(hours=1))),
        campaign=campaign, settings=settings(**eager), now=NOW,
    )  # fmt: skip


def chosen(plan: Round | NoRound) -> list[str]:
    assert isinstance(plan, Round)
    return [each.prospect.customer.id for each in plan.chosen]


TEN = [candidate(number) for number in range(10)]


CAPPED = ("the target is out of reach", "no more may be asked at once")
OUT = (Awaited(0.25, 5 * MINUTE),) * 3


@pytest.mark.parametrize(
    ("given", "asked", "predicted", "more"),
    [
        ({}, 8, "0.70", CAPPED),
        ({"whole": False}, 3, "0.66", ("5 more after 5 minutes, if it is still free", *CAPPED)),
        (
            {"whole": False, "awaited": OUT, "campaign": Campaign(first_asked_at=NOW - 5 * MINUTE)},
            2,
            "0.70",
            ("6 more after 5 minutes, if it is still free", *CAPPED),
        ),
        (
            {"whole": False, "at_once": 1},
            1,
            "0.66",
            (
                "7 more after 5 minutes, if it is still free",
                "the rest of what the limit leaves is kept for time that goes first",
                *CAPPED,
            ),
        ),
        (
            {"whole": False, "top_up": True, "room": 5, "campaign": RUNNING},
            5,
            "0.53",
            ("the target is out of reach", "no more may be asked for this gap"),
        ),
        ({"target_fill_probability": 0.3}, 3, "0.36", ("3 reach the target with a predicted 0.36",)),
    ],
)
def test_a_round_says_how_many_it_asks_and_what_kept_it_from_more(
    given: dict[str, Any], asked: int, predicted: str, more: tuple[str, ...]
):
    plan = planned(TEN, **given)
    assert isinstance(plan, Round)
    chance = f"predicted chance that the time is taken: {predicted}"
    assert plan.reasons == (f"10 of 10 could be asked, {asked} are", chance, *more)


@pytest.mark.parametrize(
    ("people", "asked", "predicted", "next_in"),
    [
        ([candidate(0, level="supervised"), candidate(1, excluded="opted out"), candidate(2)], 1, "0.14", 10),
        ([candidate(0, level="supervised")], 0, "0.14", 10),
    ],
)
def test_a_round_says_that_the_owner_is_asked(people: list[Candidate], asked: int, predicted: str, next_in: int):
    plan = planned(people)
    assert isinstance(plan, Round)
    assert plan.reasons == (
        f"{1 + asked} of {len(people)} could be asked, {asked} are",
        f"predicted chance that the time is taken: {predicted}",
        "the target is out of reach",
        "nobody else can be asked",
        "the owner is asked about one more",
    )
    assert (plan.wave, plan.next_at) == (asked, NOW + next_in * MINUTE)


@pytest.mark.parametrize(
    ("people", "given", "why"),
    [
        ([], {}, "nobody to ask at present"),
        ([candidate(0, excluded="opted out")], {}, "nobody to ask at present"),
        ([candidate(0, level="manual_only")], {}, "nobody to ask at present"),
        ([candidate(0, autonomy=None)], {}, "nobody to ask at present"),
        (TEN, {"allowance": 0}, "the salon's limit of asks is reached"),
        (TEN, {"allowance": 3, "at_once": 0}, "what the salon's limit leaves is kept for time that goes first"),
        (
            TEN,
            {"awaited": (Awaited(0.99), Awaited(0.99)), "target_fill_probability": 0.3},
            "the offers that are out may still be taken",
        ),
    ],
)
def test_a_round_that_asks_nobody_says_why(people: list[Candidate], given: dict[str, Any], why: str):
    plan = planned(people, **given)
    assert isinstance(plan, NoRound) and plan.reason == why


def test_the_best_are_asked_together_up_to_the_smallest_of_the_caps():
    assert len(chosen(planned(TEN))) == 8
    assert chosen(planned(TEN, max_wave_size=3)) == ["c0", "c1", "c2"]
    assert chosen(planned(TEN, room=2)) == ["c0", "c1"]
    assert chosen(planned(TEN, allowance=4)) == ["c0", "c1", "c2", "c3"]
    assert chosen(planned(TEN[:1])) == ["c0"]


def test_a_round_goes_out_in_parts_and_is_looked_at_again_halfway_to_the_next():
    begun = planned(TEN, whole=False)
    assert isinstance(begun, Round)
    assert (len(begun.chosen), begun.wave, begun.next_at) == (3, 3, NOW + 5 * MINUTE)
    assert "5 more after 5 minutes, if it is still free" in begun.reasons
    out = (Awaited(0.25, 5 * MINUTE),) * 3
    further = planned(TEN[3:], whole=False, awaited=out, campaign=Campaign(first_asked_at=NOW - 5 * MINUTE))
    assert isinstance(further, Round)
    assert (len(further.chosen), further.wave, further.next_at) == (2, 5, NOW + 5 * MINUTE)


def test_the_last_part_of_a_round_is_followed_by_the_next_round_after_its_time():
    for few in (TEN[:3], TEN[:1]):
        plan = planned(few, whole=False)
        assert isinstance(plan, Round)
        assert (len(plan.chosen), plan.next_at) == (len(few), NOW + 10 * MINUTE)


def test_what_fell_away_is_made_up_for_together():
    assert len(chosen(planned(TEN, room=5, top_up=True, whole=False, campaign=RUNNING))) == 5


def test_as_few_are_asked_as_reach_the_target():
    few, many = (chosen(planned(TEN, target_fill_probability=target)) for target in (0.2, 0.6))
    assert 0 < len(few) < len(many)


@pytest.mark.parametrize(("lead", "asked"), [(timedelta(hours=24), 3), (timedelta(hours=24, seconds=1), 1)])
def test_one_at_a_time_when_there_is_more_than_a_day(lead: timedelta, asked: int):
    slot = Slot(start=NOW + lead, end=NOW + lead + timedelta(hours=1), service_id="cut", staff_id="mia")
    assert len(chosen(planned([candidate(number, slot=slot) for number in range(3)]))) == asked


def test_nobody_who_was_excluded_is_asked():
    plan = planned([candidate(0, excluded="opted out"), candidate(1)])
    assert chosen(plan) == ["c1"]
    nobody = planned([candidate(0, excluded="opted out")])
    assert isinstance(nobody, NoRound) and nobody.kind == "no_candidates" and nobody.retry_at > NOW


def test_without_allowance_the_round_waits_until_there_is_some():
    plan = planned(TEN, allowance=0)
    assert isinstance(plan, NoRound)
    assert (plan.kind, plan.retry_at) == ("limit_reached", NOW + timedelta(hours=1))


def test_a_round_waits_for_its_turn_where_all_that_is_left_is_kept_for_others():
    plan = planned(TEN, allowance=3, at_once=0)
    assert isinstance(plan, NoRound)
    assert (plan.kind, plan.retry_at) == ("waits_its_turn", NOW + timedelta(seconds=30))


KEPT = "the rest of what the limit leaves is kept for time that goes first"


@pytest.mark.parametrize(
    ("at_once", "now", "later"), [(6, 3, "3 more after 5 minutes, if it is still free"), (1, 1, "5 more after 5 minutes, if it is still free")]
)  # fmt: skip
def test_what_is_kept_for_others_makes_no_round_smaller_but_its_first_part(at_once: int, now: int, later: str):
    alone, beside = (planned(TEN, allowance=6, at_once=some, whole=False) for some in (6, at_once))
    assert isinstance(beside, Round) and isinstance(alone, Round)
    assert (len(beside.chosen), beside.predicted, beside.next_at) == (now, alone.predicted, NOW + 5 * MINUTE)
    assert later in beside.reasons and (KEPT in beside.reasons) == (now < 3)


def test_what_fell_away_is_made_up_for_as_far_as_others_leave_something():
    plan = planned(TEN, room=5, allowance=9, at_once=2, top_up=True, whole=False, campaign=RUNNING)
    assert isinstance(plan, Round)
    assert (len(plan.chosen), plan.wave, plan.next_at) == (2, RUNNING.wave, RUNNING.next_round_at)
    assert not any("after 0 minutes" in reason for reason in plan.reasons)


def test_one_address_is_asked_once_and_as_its_best():
    both = [candidate(0, phone="+447700900100"), candidate(1, phone="+447700900100"), candidate(2)]
    assert [each.prospect.customer.id for each in one_each(both)] == ["c0", "c2"]
    assert chosen(planned(both)) == ["c0", "c2"]


def test_the_owner_is_asked_about_one_while_the_others_are_asked():
    plan = planned([candidate(0, level="supervised"), candidate(1, level="supervised"), candidate(2)])
    assert isinstance(plan, Round)
    assert chosen(plan) == ["c2"] and [each.prospect.customer.id for each in plan.supervised] == ["c0"]


@pytest.mark.parametrize(
    ("given", "asked_about"),
    [
        ({}, 8),
        ({"whole": False}, 8),
        ({"target_fill_probability": 0.3}, 3),
        ({"room": 2}, 2),
        ({"allowance": 4}, 4),
        ({"allowance": 9, "at_once": 5}, 5),
        ({"max_wave_size": 3}, 3),
    ],
)
def test_where_all_need_the_owners_word_it_is_asked_for_the_whole_round(given: dict[str, Any], asked_about: int):
    plan = planned([candidate(number, level="supervised") for number in range(10)], **given)
    assert isinstance(plan, Round)
    assert chosen(plan) == [] and [each.prospect.customer.id for each in plan.supervised] == [
        f"c{number}" for number in range(asked_about)
    ]
    assert f"the owner is asked about {asked_about} together" in plan.reasons


def test_for_what_fell_away_the_owner_is_not_asked():
    people = [candidate(number, level="supervised") for number in range(3)]
    plan = planned(people, room=1, top_up=True, campaign=RUNNING)
    assert isinstance(plan, NoRound) and plan.kind == "enough_asked"


def test_a_round_that_open_offers_make_needless_is_not_asked_about():
    certain, people = Awaited(0.99), [candidate(0, level="supervised")]
    plan = planned(people, awaited=(certain, certain), target_fill_probability=0.3)
    assert isinstance(plan, NoRound) and plan.kind == "enough_asked"


@pytest.mark.parametrize(("room", "allowance", "top_up", "asked_about"), [
    (2, 20, False, 1), (1, 20, False, 0), (16, 2, False, 1), (16, 1, False, 0), (2, 20, True, 0),
])  # fmt: skip
def test_the_owner_is_asked_about_one_only_where_the_limits_leave_room_for_it(
    room: int, allowance: int, top_up: bool, asked_about: int
):
    people = [candidate(0), candidate(1, level="supervised")]
    plan = planned(people, room=room, allowance=allowance, top_up=top_up)
    assert isinstance(plan, Round)
    assert (chosen(plan), len(plan.supervised)) == (["c0"], asked_about)
    assert ("the owner is asked about one more" in plan.reasons) == bool(asked_about)


@pytest.mark.parametrize(
    ("lead", "minutes"),
    [(timedelta(hours=1), 30), (timedelta(hours=3), 30), (timedelta(hours=4), 40), (timedelta(hours=36), 360), (timedelta(days=9), 360)],
)  # fmt: skip
def test_a_gap_that_found_nobody_looks_again_the_sooner_the_nearer_it_is(lead: timedelta, minutes: int):
    assert nobody_retry(lead) == minutes * MINUTE


def test_a_gap_whose_candidates_sleep_looks_again_when_the_first_wakes_or_before():
    awake_at = [NOW + 20 * MINUTE, NOW + 10 * MINUTE, NOW + timedelta(hours=9)]
    asleep = [candidate(number, excluded="quiet hours", asleep_until=at) for number, at in enumerate(awake_at)]
    for sleepers, retry_at in ((asleep, NOW + 10 * MINUTE), (asleep[2:], NOW + 30 * MINUTE)):
        plan = planned(sleepers)
        assert isinstance(plan, NoRound) and plan.retry_at == retry_at


def test_the_last_ask_that_the_salon_has_left_is_made():
    assert chosen(planned(TEN, allowance=1)) == ["c0"]


def test_a_round_that_the_open_offers_make_needless_is_not_held():
    certain = Awaited(0.99)
    plan = planned(TEN, awaited=(certain, certain), target_fill_probability=0.3)
    assert isinstance(plan, NoRound) and plan.kind == "enough_asked"


@pytest.mark.parametrize(("start_in", "minutes"), [(300, 30), (150, 30), (110, 20), (66, 9), (50, 5)])
def test_while_enough_are_asked_the_gap_is_looked_at_again_when_they_have_had_their_time(start_in: int, minutes: int):
    """A quarter of what is left until the cut-off half an hour before, if that is less."""
    slot = Slot(start=NOW + start_in * MINUTE, end=NOW + 2 * start_in * MINUTE, service_id="cut", staff_id="mia")
    certain = Awaited(0.99)
    plan = planned([candidate(0, slot=slot)], awaited=(certain, certain), target_fill_probability=0.3)
    assert isinstance(plan, NoRound)
    assert (plan.kind, plan.retry_at) == ("enough_asked", NOW + minutes * MINUTE)


LATER = NOW + 3 * MINUTE


@pytest.mark.parametrize(
    ("kind", "step", "after"),
    [
        ("no_candidates", Ask(5), RUNNING.postponed(LATER, "why")),
        ("limit_reached", Ask(5), RUNNING.postponed(LATER, "why")),
        ("waits_its_turn", Ask(5), RUNNING.postponed(LATER, "why")),
        ("enough_asked", Ask(5), RUNNING.changed(wave=1, next_round_at=LATER)),
        ("no_candidates", Ask(1, top_up=True), RUNNING.changed(wave=1)),
        ("limit_reached", Ask(1, top_up=True), RUNNING.changed(wave=1)),
        ("waits_its_turn", Ask(1, top_up=True), RUNNING.postponed(LATER, "why")),
        ("no_candidates", Ask(5, whole=True), RUNNING.idle()),
        ("limit_reached", Ask(5, whole=True), RUNNING.idle()),
        ("waits_its_turn", Ask(5, whole=True), RUNNING.postponed(LATER, "why")),
    ],
)
def test_after_a_round_that_did_not_go_out_the_campaign_waits_rests_or_goes_on(kind: Any, step: Ask, after: Campaign):
    assert without_round(RUNNING, NoRound(LATER, kind, "why"), step, open_offers=1) == after


def test_a_top_up_leaves_the_wave_and_the_next_round_as_they_were():
    plan = planned(TEN, room=1, top_up=True, campaign=RUNNING, awaited=(Awaited(0.25),))
    assert isinstance(plan, Round)
    assert (len(plan.chosen), plan.wave, plan.next_at) == (1, 2, RUNNING.next_round_at)


def test_the_next_round_comes_sooner_as_the_start_approaches():
    def pause(start_in: timedelta) -> timedelta:
        slot = Slot(start=NOW + start_in, end=NOW + 2 * start_in, service_id="cut", staff_id="mia")
        plan = planned([candidate(0, slot=slot)])
        assert isinstance(plan, Round)
        return plan.next_at - NOW

    minutes = (180, 70, 66, 50, 38, 34)
    assert [pause(each * MINUTE) / MINUTE for each in minutes] == [10, 10, 9, 5, 2, 2]


def test_a_round_that_is_due_sets_the_next_one_by_its_own_time():
    plan = planned(TEN, campaign=RUNNING.changed(next_round_at=NOW - MINUTE))
    assert isinstance(plan, Round) and plan.next_at == NOW + 10 * MINUTE
    first_top_up = planned(TEN, room=1, top_up=True, campaign=NEW)
    assert isinstance(first_top_up, Round) and first_top_up.next_at == NOW + 10 * MINUTE


def test_what_is_predicted_is_for_the_time_that_is_left_and_for_a_minute_at_least():
    def predicted(start_in: int, campaign: Campaign = NEW) -> float:
        start = NOW + start_in * MINUTE
        slot = Slot(start=start, end=start + 60 * MINUTE, service_id="cut", staff_id="mia")
        plan = planned([candidate(0, slot=slot)], campaign=campaign)
        assert isinstance(plan, Round)
        return plan.predicted

    assert 0 < predicted(29) == predicted(31) < predicted(32) < predicted(45) < predicted(60) == predicted(180)
    begun = [Campaign(first_asked_at=NOW - ago * MINUTE) for ago in (0, 15, 21)]
    until_half_an_hour, quarter, by_the_cut_off = (predicted(180, campaign) for campaign in begun)
    assert quarter < until_half_an_hour == predicted(180) < by_the_cut_off


def test_idle_time_goes_to_who_named_it_unless_the_salon_offers_it_to_all():
    hour = {"start": NOW + timedelta(hours=3), "end": NOW + timedelta(hours=4)}

    def wishes(number: int, source: Source, *windows: Any, **fields: Any) -> Candidate:
        entry = WaitlistEntry.from_document("w", {"customer_id": "c", "created_at": NOW, "windows": list(windows)})
        found = candidate(number, **fields)
        return replace(found, prospect=replace(found.prospect, source=source, entry=entry))

    named, blocked = wishes(0, "waitlist_exact", hour), wishes(1, "waitlist_exact", hour, excluded="opted out")
    vague, other_stylist = wishes(2, "waitlist_exact"), wishes(3, "waitlist_partial", hour)
    everyone = [named, blocked, vague, other_stylist]
    why_not = "idle time is only offered to who waits for exactly it"
    assert [each.excluded for each in for_idle_time(everyone, settings())] == [None, "opted out", why_not, why_not]
    everybody = Settings.merged({"mode": "live", "gap": {"fill_idle": "all"}})
    assert for_idle_time(everyone, everybody) == everyone
