"""The one door: what holds for every ask of every agent, whatever the room that asks has selected and chosen."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from shared.approvals.approval import approval_for, request
from shared.asking.ask_people import ASKS_LOCK, ask_people
from shared.asking.decision import Context, Decision, DecisionApproval, RevenueImpact, waiting_for
from shared.asking.guard import Condition
from shared.asking.load_people import load_people
from shared.asking.proposal import Allowed, Asked, Choice, Group, NobodyAsked, Proposal, Question, Selected
from shared.asking.slot import Slot
from shared.customers.customer import Customer
from shared.customers.waitlist import WaitlistEntry
from shared.ports import Query, Reader
from shared.records.read_documents import readable
from shared.salon.load_salon import salon_of
from shared.salon.load_settings import accepted_settings
from shared.values.identity import address_key
from tests.shared.messaging.test_outgoing import NOW
from tests.stories.one_hour import BOTH, KEY, PHONE, OneHour, booking

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
AGENT = "retention_agent"


def two_customers(**settings: Any) -> OneHour:
    hour = OneHour(**settings)
    hour.put("customers/c2", name="Dina", phone="+919876500002", consents={"whatsapp": BOTH})
    return hour


def selected(hour: OneHour, **fields: Any) -> list[Selected]:
    """Everybody there is, to be asked whether they would come back."""
    customers = readable(Customer, hour.documents.query(Query("customers")))
    people = load_people(customers, hour.documents, country="IN", signing_key=KEY, now=hour.clock.now())
    made: dict[str, Any] = {"consent": "marketing", "channel": "whatsapp", "source": "overdue", "purpose": "slot_offer"}
    made |= {"variables": dict.fromkeys(("name", "salon", "service", "staff", "when", "price", "until"), "x")}
    made |= {"deadline": NOW + 60 * MINUTE, "guard": (), "reasons": ("is due",)}
    return [Selected(person=person, **{**made, **fields}) for person in people.values()]


def proposal(hour: OneHour, **fields: Any) -> Proposal:
    people = fields.pop("people", None) or selected(hour)
    made = Proposal(
        AGENT, "retention", "today", "schedule", people,
        salon_of(hour.documents, "s1"), accepted_settings(hour.documents), hour.clock.now(), KEY,
    )  # fmt: skip
    return replace(made, **fields)


def decision(proposal: Proposal, asked: tuple[str, ...]) -> Decision:
    return Decision(
        id="dec_1", salon_id="s1", created_at=NOW, updated_at=NOW, agent_name=AGENT, decision_type="retention",
        autonomy_level="full_auto", context=Context(trigger_id="today", trigger_type="schedule"), action_taken="asked",
        action_details={"asked": list(asked)}, reasons=[], considered=[], settings_version=1, dry_run=not proposal.live,
        revenue_impact=RevenueImpact(potential=Decimal(0), actual=Decimal(0), currency="INR"), expires_at=NOW,
    )  # fmt: skip


Chooses = Callable[[Proposal, Allowed], tuple[str, ...]]


def all_who_may(proposal: Proposal, allowed: Allowed) -> tuple[str, ...]:
    return tuple(each.id for each in proposal.ready(allowed)[: allowed.left])


def ask(
    hour: OneHour, proposed: Proposal, choose: Chooses = all_who_may, *, load: Callable[[Reader], Any] = lambda _: None
) -> tuple[Asked | NobodyAsked, Allowed | None]:
    """What came of it, and what the room was told."""
    told: list[Allowed] = []

    def chosen(_: None, allowed: Allowed) -> Choice | NobodyAsked:
        told.append(allowed)
        asked = choose(proposed, allowed)
        return Choice(alone=Group(asked, decision(proposed, asked))) if asked else NobodyAsked("nobody to ask")

    came = ask_people(
        proposed, load=load, choose=chosen, pointless=lambda: None, documents=hour.documents, clock=hour.clock
    )
    assert hour.documents.get(ASKS_LOCK) is None, "the lock is given back, whatever came of it"
    return came, told[0] if told else None


def reasons(hour: OneHour, proposed: Proposal) -> dict[str, str]:
    _, allowed = ask(hour, proposed)
    assert allowed is not None
    return {id: why.reason for id, why in allowed.excluded.items()}


def state(hour: OneHour, **fields: Any) -> None:
    made = {"id": "st", "salon_id": "s1", "created_at": NOW, "updated_at": NOW, "agent_name": AGENT}
    hour.put(f"agent_states/{AGENT}", **{**made, **fields})


OPEN = {"state": "open", "error_count": 5, "cooldown_until": NOW + 5 * MINUTE}
HALF_OPEN = {"state": "open", "error_count": 5, "cooldown_until": NOW - MINUTE}


def test_decision_asks_and_counters_are_written_together() -> None:
    hour = two_customers()
    came, _ = ask(hour, proposal(hour))
    assert came == Asked(2) and hour.asked() == {"c1", "c2"}
    assert (
        {each["decision_id"] for each in hour.all("outreach").values()}
        == {"dec_1"}
        == set(hour.all("autonomous_decisions"))
    )
    assert hour.get("counters/asks")["day_counts"] == {AGENT: 2}


def test_what_the_room_finds_no_longer_so_stops_it_and_nothing_is_written() -> None:
    hour = two_customers()
    came, allowed = ask(hour, proposal(hour), load=lambda _: NobodyAsked("another run was faster"))
    assert came == NobodyAsked("another run was faster") and allowed is None
    assert hour.all("outreach") == {} == hour.all("autonomous_decisions") == hour.all("counters")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"blocked": True}, "blocked by the salon"),
        ({"is_staff": True}, "works here"),
        ({"open_complaint": True}, "has a complaint open"),
        ({"consents": {"whatsapp": {"service": True}}}, "no consent for marketing"),
        ({"timezone": "Pacific/Auckland"}, "quiet hours where they are"),
    ],
)
def test_what_speaks_against_asking_somebody_holds_for_every_agent(fields: dict[str, Any], reason: str) -> None:
    hour = two_customers()
    hour.update("customers/c1", **fields)
    assert reasons(hour, proposal(hour)) == {"c1": reason}
    assert hour.asked() == {"c2"}


def test_a_limit_that_another_agent_has_used_holds() -> None:
    hour = two_customers()
    hour.offered(created_at=NOW - 10 * MINUTE, status="expired")
    assert reasons(hour, proposal(hour)) == {"c1": "asked 1 time(s) within the hour already"}


def test_whoever_was_asked_since_the_room_looked_is_left_out() -> None:
    hour = two_customers()
    proposed = proposal(hour)
    hour.offered(created_at=NOW - timedelta(days=2), status="expired")
    assert reasons(hour, proposed) == {"c1": "asked by another run just now"}


def test_whoever_the_guard_speaks_against_is_left_out() -> None:
    hour = two_customers()
    hour.put("bookings/b1", **booking(NOW + timedelta(days=2), customer_id="c1"))
    people = [
        replace(each, guard=(Condition(condition="no_future_booking", about=each.id),)) for each in selected(hour)
    ]
    assert reasons(hour, proposal(hour, people=people)) == {"c1": "they have booked meanwhile"}


@pytest.mark.parametrize(
    ("status", "reason"), [("waiting", None), ("cancelled", "waits no longer"), (None, "waits no longer")]
)
def test_a_wish_is_asked_about_while_it_waits(status: str | None, reason: str | None) -> None:
    hour = two_customers()
    if status is not None:
        hour.put("waitlist/w1", customer_id="c1", service_ids=["cut"], status=status)
    wish = WaitlistEntry.from_document("w1", {"customer_id": "c1", "service_ids": ["cut"]})
    people = [replace(each, entry=wish if each.id == "c1" else None) for each in selected(hour)]
    assert reasons(hour, proposal(hour, people=people)).get("c1") == reason
    assert reason is not None or hour.get("waitlist/w1")["status"] == "offered"


def test_the_senders_tier_holds_over_all_agents() -> None:
    hour = two_customers(limits={"whatsapp_recipients_24h": 2})
    why = "1 different people were asked by WhatsApp within 24 hours already"
    assert reasons(hour, proposal(hour)) == {"c2": why} and hour.asked() == {"c1"}, "one place is the owner's"


@pytest.mark.parametrize("fields", [{"status": "paused"}, {"circuit_breaker": OPEN}])
def test_while_the_agent_is_stopped_nobody_is_asked(fields: dict[str, Any]) -> None:
    hour = two_customers()
    state(hour, **fields)
    came, allowed = ask(hour, proposal(hour))
    assert isinstance(came, NobodyAsked) and allowed is None and hour.asked() == set()


def test_a_breaker_that_is_half_open_lets_one_pass() -> None:
    hour = two_customers()
    state(hour, circuit_breaker=HALF_OPEN)
    came, allowed = ask(hour, proposal(hour))
    assert came == Asked(1) and allowed is not None and (allowed.left, allowed.trial) == (1, 1)


@pytest.mark.parametrize(("fields", "asked"), [({"circuit_breaker": OPEN}, 2), ({"status": "paused"}, 0)])
def test_what_the_owner_approved_waits_for_the_breaker_and_not_for_another_word(fields: Any, asked: int) -> None:
    hour = two_customers()
    state(hour, **fields)
    ask(hour, proposal(hour, approved=True))
    assert len(hour.asked()) == asked and hour.all("autonomous_decisions") == {}, "the decision stands already"


def test_in_a_dry_run_only_the_decision_is_written() -> None:
    hour = two_customers(mode="dry_run")
    came, _ = ask(hour, proposal(hour))
    assert came == NobodyAsked("dry run") and set(hour.all("autonomous_decisions")) == {"dec_1"}
    assert hour.all("outreach") == {} == hour.all("counters")


def ask_the_owner(hour: OneHour) -> Asked | NobodyAsked:
    proposed = proposal(hour)
    supervised = decision(proposed, ("c1",)).changed(autonomy_level="supervised")
    approval = approval_for(
        supervised, action={"asked": ["c1"]}, summary="ask Vera back", starts_at=NOW + 60 * MINUTE,
        useful_until=NOW + 60 * MINUTE, settings=proposed.settings, now=NOW,
    )  # fmt: skip
    waiting = waiting_for(supervised, approval.id, until=approval.expires_at)
    return ask_people(
        proposed,
        load=lambda _: None,
        choose=lambda _, __: Choice(question=Question(waiting, request(approval, now=NOW))),
        pointless=lambda: None,
        documents=hour.documents,
        clock=hour.clock,
    )


def test_a_decision_waits_for_the_approval_that_is_asked_for() -> None:
    hour = two_customers()
    assert ask_the_owner(hour) == NobodyAsked("the owner is asked first") and hour.asked() == set()
    [approval] = hour.all("approvals")
    waits = DecisionApproval(required=True, status="pending", approval_id=approval)
    assert DecisionApproval.model_validate(hour.get("autonomous_decisions/dec_1")["approval"]) == waits


def test_in_a_dry_run_a_decision_waits_for_no_approval_because_none_is_asked_for() -> None:
    hour = two_customers(mode="dry_run")
    assert ask_the_owner(hour) == NobodyAsked("dry run") and hour.all("approvals") == {}
    assert DecisionApproval.model_validate(hour.get("autonomous_decisions/dec_1")["approval"]) == DecisionApproval()


def test_what_the_owner_approved_is_no_dry_run() -> None:
    hour = two_customers(mode="dry_run")
    came, allowed = ask(hour, proposal(hour, approved=True))
    assert (came, allowed) == (NobodyAsked("only a dry run is made"), None), (
        "so that nothing says that it is carried out"
    )


def test_in_a_salon_that_is_paused_nobody_is_asked() -> None:
    hour = two_customers()
    hour.update(".", status="paused")
    assert ask(hour, proposal(hour)) == (NobodyAsked("the salon is paused"), None)


def test_the_salons_limit_is_what_is_left() -> None:
    hour = two_customers(limits={"hourly_actions": 1})
    came, allowed = ask(hour, proposal(hour))
    assert came == Asked(1) and allowed is not None and allowed.left == 1


def test_one_person_who_is_several_customers_is_ready_once() -> None:
    hour = two_customers()
    hour.update("customers/c2", phone=hour.get("customers/c1")["phone"])
    came, _ = ask(hour, proposal(hour))
    assert came == Asked(1) and hour.asked() == {"c1"}


def asks_too_many(proposal: Proposal, allowed: Allowed) -> tuple[str, ...]:
    return tuple(each.id for each in proposal.people)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: two_customers(limits={"hourly_actions": 1}), "at most the 1 asks that are left, found 2"),
        (lambda: excluded(two_customers()), "only people who may be asked"),
        (lambda: twins(two_customers()), "each address to be asked once"),
    ],
)
def test_what_a_room_chose_by_mistake_is_an_error_and_asks_nobody(make: Callable[[], OneHour], problem: str) -> None:
    hour = make()
    with pytest.raises(ValueError, match=problem):
        ask(hour, proposal(hour), asks_too_many)
    assert hour.asked() == set() and hour.documents.get(ASKS_LOCK) is None


def test_whoever_the_owner_decides_about_is_asked_once_they_have_approved_it() -> None:
    hour = two_customers()
    people = selected(hour, autonomy="supervised")
    with pytest.raises(ValueError, match="found without the owner's approval: c1, c2"):
        ask(hour, proposal(hour, people=people))
    assert hour.asked() == set()
    assert ask(hour, proposal(hour, people=people, approved=True))[0] == Asked(2)


@pytest.mark.parametrize("approved", [False, True])
def test_what_only_a_person_decides_no_agent_asks(approved: bool) -> None:
    hour = two_customers()
    proposed = proposal(hour, people=selected(hour, autonomy="manual_only"), approved=approved)
    assert set(reasons(hour, proposed).values()) == {"for a person to decide: manual_only"} and hour.asked() == set()


def excluded(hour: OneHour) -> OneHour:
    hour.update("customers/c1", blocked=True)
    return hour


def twins(hour: OneHour) -> OneHour:
    hour.update("customers/c2", phone=hour.get("customers/c1")["phone"])
    return hour


def test_a_channel_that_is_not_theirs_is_an_error() -> None:
    hour = two_customers()
    with pytest.raises(ValueError, match="expected c1 to be asked by whatsapp, found sms"):
        ask(hour, proposal(hour, people=selected(hour, channel="sms")))


SLOT = Slot(start=NOW + 3 * HOUR, end=NOW + 4 * HOUR, service_id="cut", staff_id="mia")


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"slot": SLOT, "purpose": "offer_declined", "variables": {"name": "x", "when": "x"}}, "say its service, staff, price"),
        ({"sms_purpose": "slot_offer_text"}, "expected a purpose we have words for"),
        ({"sms_purpose": "slot_taken_another_sms"}, "expected the variable lost_when"),
    ],
)  # fmt: skip
def test_an_ask_that_could_not_be_said_later_is_an_error(fields: dict[str, Any], problem: str) -> None:
    hour = two_customers()
    with pytest.raises(ValueError, match=problem):
        ask(hour, proposal(hour, people=selected(hour, **fields)))
    assert hour.asked() == set()


def test_units_are_drawn_before_anybody_is_looked_at_and_all_of_them_are_kept() -> None:
    hour = two_customers()
    hour.update("customers/c1", blocked=True)
    people = [replace(each, unit=f"{each.id}:cycle") for each in selected(hour)]
    units = (*(each.unit or "" for each in people), "gone:cycle")
    _, allowed = ask(hour, proposal(hour, people=people, units=units, holdout_percent=0.0001))
    assert allowed is not None and allowed.arms == dict.fromkeys(units, "treated")
    assert hour.get("autonomous_decisions/dec_1")["arms"] == dict.fromkeys(units, "treated")


def test_whoever_is_held_out_is_not_asked_for_no_other_reason() -> None:
    hour = two_customers()
    hour.update("customers/c1", blocked=True)
    people = [replace(each, unit=f"{each.id}:cycle") for each in selected(hour)]
    units = tuple(each.unit or "" for each in people)
    proposed = proposal(hour, people=people, units=units, holdout_percent=100)
    assert set(reasons(hour, proposed).values()) == {"held out, to measure what asking brings"}


def test_what_follows_an_ask_is_made_of_what_it_is_about() -> None:
    hour = two_customers()
    ask(hour, proposal(hour))
    [one] = [each for each in hour.all("outreach").values() if each["customer_id"] == "c1"]
    assert (one["agent_name"], one["outreach_type"], one["slot"], one["status"]) == (
        AGENT,
        "retention",
        None,
        "pending",
    )
    assert (one["trigger_id"], one["consent_purpose"], one["expires_at"]) == ("today", "marketing", NOW + 60 * MINUTE)
    assert one["address_key"] == address_key(KEY, "whatsapp", PHONE)
