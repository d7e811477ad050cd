"""How many different people may be asked by WhatsApp in 24 hours, at its edges."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.asking.limits import AskCounters, Reached
from shared.asking.person import Excluded, Person
from shared.asking.proposal import Selected
from shared.asking.sender_budget import budget_for_asks, over_budget
from shared.customers.consent import Channel
from shared.customers.customer import Customer
from shared.salon.salon import Contact
from shared.salon.settings import AutonomyLevel, LimitSettings
from tests.functions.fill_gap.test_candidates import NOW, SALON

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def selected(name: str, *, channel: Channel = "whatsapp", autonomy: AutonomyLevel = "full_auto") -> Selected:
    person = Person(Customer.from_document(name, {"name": name, "phone": "+447700900101"}), (), frozenset())
    return Selected(person, "marketing", channel, "regular", "slot_offer", {}, NOW, (), autonomy=autonomy)


def excluded(people: list[Selected], *reached: Reached, budget: int | None) -> dict[str, Excluded]:
    keys = {each.id: f"key of {each.id}" for each in people}
    return over_budget(people, keys, reached, budget=budget, now=NOW)


def left_over(people: list[Selected], *reached: Reached, budget: int | None) -> list[str]:
    out = excluded(people, *reached, budget=budget)
    return [each.id for each in people if each.id not in out]


def reached(name: str, *, for_another: timedelta = HOUR) -> Reached:
    return Reached(key=f"key of {name}", until=NOW + for_another)


def test_the_last_of_the_budget_is_asked_and_the_next_is_not() -> None:
    people = [selected("a"), selected("b"), selected("c")]
    assert left_over(people, reached("x"), budget=3) == ["a", "b"]
    assert left_over(people, reached("x"), budget=4) == ["a", "b", "c"]
    assert left_over(people, reached("x"), budget=1) == []
    assert {id: why.reason for id, why in excluded(people, reached("x"), budget=3).items()} == {
        "c": "3 different people were asked by WhatsApp within 24 hours already"
    }


def test_who_is_counted_already_costs_nothing_more() -> None:
    assert left_over([selected("a"), selected("b")], reached("a"), budget=1) == ["a"]


def test_an_sms_costs_nothing_of_it() -> None:
    assert left_over([selected("a", channel="sms"), selected("b")], budget=0) == ["a"]


def test_without_a_budget_everybody_may_be_asked() -> None:
    assert left_over([selected("a"), selected("b")], reached("x"), budget=None) == ["a", "b"]


def test_two_customers_with_one_phone_are_one_person() -> None:
    two = [selected("a"), selected("b")]
    assert over_budget(two, {"a": "same", "b": "same"}, [], budget=1, now=NOW) == {}


def test_a_question_to_the_owner_takes_no_place_from_who_is_asked_now() -> None:
    people = [selected("vip", autonomy="supervised"), selected("a"), selected("b")]
    assert left_over(people, budget=1) == ["vip", "a"]


def test_of_a_round_that_the_owner_approved_everybody_takes_a_place() -> None:
    people = [selected(name, autonomy="supervised") for name in ("a", "b", "c")]
    keys = {each.id: f"key of {each.id}" for each in people}
    assert set(over_budget(people, keys, [reached("x")], budget=3, now=NOW, approved=True)) == {"c"}


def test_somebody_counts_until_24_hours_after_their_offers_deadline() -> None:
    counters = AskCounters().reaching({"k": NOW + 30 * MINUTE}, NOW)
    [one] = counters.reached
    assert one.until == NOW + 30 * MINUTE + 24 * HOUR
    [other] = counters.reaching({"l": NOW}, one.until).reached
    assert other.key == "l", "and is forgotten then"
    assert len(counters.reaching({"l": NOW}, one.until - SECOND).reached) == 2


def test_asked_again_somebody_counts_once_and_longer() -> None:
    counters = AskCounters().reaching({"k": NOW}, NOW).reaching({"k": NOW + HOUR}, NOW)
    assert [(each.key, each.until) for each in counters.reached] == [("k", NOW + HOUR + 24 * HOUR)]
    assert counters.reaching({"k": NOW}, NOW) == counters, "and never shorter"


def test_who_waits_for_room_waits_until_there_is_some() -> None:
    full = [reached("x", for_another=HOUR), reached("y", for_another=2 * HOUR)]
    assert excluded([selected("a")], *full, budget=2)["a"].until == NOW + HOUR
    lowered = excluded([selected("a")], *full, budget=1)["a"]
    assert lowered.until == NOW + 2 * HOUR, "one falling out is not enough"
    three = [*full, reached("z", for_another=3 * HOUR)]
    for budget, hours in ((3, 1), (2, 2), (1, 3)):
        assert excluded([selected("a")], *three, budget=budget)["a"].until == NOW + hours * HOUR
    assert excluded([selected("a")], *full, budget=0)["a"].until is None


def test_the_salons_own_people_are_taken_off_the_budget() -> None:
    def own(*phones: str | None) -> int | None:
        contacts = [Contact(role="owner", phone=phone, email="o@example.com") for phone in phones]
        return budget_for_asks(LimitSettings(whatsapp_recipients_24h=5), SALON.changed(contacts=contacts))

    assert own() == 5
    assert own("+447700900001", None, "+447700900001", "+447700900002") == 3
    assert own(*(f"+44770090000{number}" for number in range(9))) == 0
    assert budget_for_asks(LimitSettings(whatsapp_recipients_24h=None), SALON) is None


@given(
    st.lists(st.sampled_from("abcdefgh"), max_size=8, unique=True),
    st.sets(st.sampled_from("abcdxyz")),
    st.integers(0, 9),
)
def test_no_choice_among_those_left_over_overdraws_it(names: list[str], known: set[str], budget: int) -> None:
    before = [reached(name) for name in sorted(known)]
    chosen = left_over([selected(name) for name in names], *before, budget=budget)
    assert len(known | set(chosen)) <= max(budget, len(known))
    if len(known | set(names)) <= budget:
        assert chosen == names, "and nobody is left out needlessly"


def test_the_order_of_who_is_asked_stays() -> None:
    people = [selected(name) for name in "cab"]
    assert left_over(people, budget=2) == ["c", "a"]


def test_who_was_reached_24_hours_ago_to_the_second_is_a_new_person_again() -> None:
    over, nearly = reached("x", for_another=0 * HOUR), reached("y", for_another=SECOND)
    assert left_over([selected("x"), selected("a")], over, budget=1) == ["x"]
    assert left_over([selected("a"), selected("x")], over, budget=1) == ["a"], "and is no longer counted"
    assert left_over([selected("a"), selected("y")], nearly, budget=1) == ["y"]
