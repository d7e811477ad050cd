"""How many different people may be asked by WhatsApp in 24 hours, at its edges."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from functions.fill_gap.autonomy import Autonomy
from functions.fill_gap.candidates import Candidate
from functions.fill_gap.prospect import Prospect
from functions.fill_gap.sender_budget import budget_for_asks, within_budget
from shared.asking.limits import AskCounters, Reached
from shared.salon.salon import Contact
from shared.salon.settings import LimitSettings
from tests.functions.fill_gap.test_candidates import NOW, SALON, customer

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def candidate(name: str, *, channel: str = "whatsapp", level: str = "full_auto") -> Candidate:
    autonomy = Autonomy(level, ())  # type: ignore[arg-type]
    return Candidate(Prospect(customer(name), "regular", "cut"), channel=channel, autonomy=autonomy)  # type: ignore[arg-type]


def judged(candidates: list[Candidate], *reached: Reached, budget: int | None) -> list[Candidate]:
    keys = {each.prospect.customer.id: f"key of {each.prospect.customer.id}" for each in candidates}
    return within_budget(candidates, keys, reached, budget=budget, now=NOW)


def left_over(*args: object, **kwargs: object) -> list[str]:
    found = judged(*args, **kwargs)  # type: ignore[arg-type]
    return [each.prospect.customer.id for each in found if each.excluded is None]


def reached(name: str, *, for_another: timedelta = HOUR) -> Reached:
    return Reached(key=f"key of {name}", until=NOW + for_another)


def test_the_last_of_the_budget_is_asked_and_the_next_is_not() -> None:
    people = [candidate("a"), candidate("b"), candidate("c")]
    assert left_over(people, reached("x"), budget=3) == ["a", "b"]
    assert left_over(people, reached("x"), budget=4) == ["a", "b", "c"]
    assert left_over(people, reached("x"), budget=1) == []
    excluded = judged(people, reached("x"), budget=3)[-1]
    assert excluded.excluded == "3 different people were asked by WhatsApp within 24 hours already"


def test_who_is_counted_already_costs_nothing_more() -> None:
    assert left_over([candidate("a"), candidate("b")], reached("a"), budget=1) == ["a"]


def test_an_sms_costs_nothing_of_it() -> None:
    assert left_over([candidate("a", channel="sms"), candidate("b")], budget=0) == ["a"]


def test_without_a_budget_everybody_may_be_asked() -> None:
    assert left_over([candidate("a"), candidate("b")], reached("x"), budget=None) == ["a", "b"]


def test_two_customers_with_one_phone_are_one_person() -> None:
    two = [candidate("a"), candidate("b")]
    found = within_budget(two, {"a": "same", "b": "same"}, [], budget=1, now=NOW)
    assert [each.excluded for each in found] == [None, None]


def test_a_question_to_the_owner_takes_no_place_from_who_is_asked_now() -> None:
    people = [candidate("vip", level="supervised"), candidate("a"), candidate("b")]
    assert left_over(people, budget=1) == ["vip", "a"]


def test_who_is_excluded_anyway_keeps_their_own_reason_and_takes_no_place() -> None:
    out = candidate("a").out("blocked by the salon")
    assert judged([out, candidate("b")], budget=1) == [out, candidate("b")]


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
    [waits] = judged([candidate("a")], *full, budget=2)
    assert waits.asleep_until == NOW + HOUR
    [lowered] = judged([candidate("a")], *full, budget=1)
    assert lowered.asleep_until == NOW + 2 * HOUR, "one falling out is not enough"
    three = [*full, reached("z", for_another=3 * HOUR)]
    for budget, hours in ((3, 1), (2, 2), (1, 3)):
        assert judged([candidate("a")], *three, budget=budget)[0].asleep_until == NOW + hours * HOUR
    [never] = judged([candidate("a")], *full, budget=0)
    assert never.asleep_until is None


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
    chosen = left_over([candidate(name) for name in names], *before, budget=budget)
    assert len(known | set(chosen)) <= max(budget, len(known))
    if len(known | set(names)) <= budget:
        assert chosen == names, "and nobody is left out needlessly"


def test_the_order_of_who_is_asked_stays() -> None:
    people = [replace(candidate(name)) for name in "cab"]
    assert left_over(people, budget=2) == ["c", "a"]


def test_who_was_reached_24_hours_ago_to_the_second_is_a_new_person_again() -> None:
    over, nearly = reached("x", for_another=0 * HOUR), reached("y", for_another=SECOND)
    assert left_over([candidate("x"), candidate("a")], over, budget=1) == ["x"]
    assert left_over([candidate("a"), candidate("x")], over, budget=1) == ["a"], "and is no longer counted"
    assert left_over([candidate("a"), candidate("y")], nearly, budget=1) == ["y"]


def test_who_has_no_address_costs_nothing() -> None:
    people = [candidate("a"), candidate("b")]
    found = within_budget(people, {"b": "key"}, [], budget=0, now=NOW)
    assert [each.excluded is None for each in found] == [True, False]
