"""What the check at the end of the suite finds: an index that is missing, and one that nothing needs."""

from local.emulators import Emulators
from shared.ports import Query
from tests.index_usage import Asked, Verdict, judge, kind
from tests.indexes import Field

UP, DOWN, CONTAINS = "ASCENDING", "DESCENDING", "CONTAINS"
GAPS = "salons/s1/gaps"
NEEDED = Query("gaps", (("staff_id", "==", "mia"), ("date", ">=", "2026-11-21")))
INDEX: tuple[Field, ...] = (("staff_id", UP), ("date", UP))


def verdict(
    emulators: Emulators, *queries: Query, declared: tuple[tuple[Field, ...], ...] = (), due: str = "", over: str = ""
) -> Verdict:
    """`due` is what was asked for over all salons, `over` what is declared for that."""
    asked = Asked({kind(GAPS, query): (GAPS, query) for query in queries}, set(due.split()))
    return judge(asked, emulators, {"gaps": list(declared)}, over.split())


def test_what_is_asked_and_declared_is_right(emulators: Emulators) -> None:
    found = verdict(emulators, NEEDED, declared=(INDEX,), due="gaps", over="gaps")
    assert (found.wrong, found.used, found.merged) == ([], {("gaps", INDEX)}, set())


def test_an_index_that_is_missing_is_named(emulators: Emulators) -> None:
    assert verdict(emulators, NEEDED).wrong == ["gaps: staff_id ASCENDING, date ASCENDING: asked, and not declared"]


def test_an_index_that_nothing_needs_is_named(emulators: Emulators) -> None:
    found = verdict(emulators, NEEDED, declared=(INDEX, (("staff_id", UP), ("date", DOWN))))
    assert found.wrong == ["gaps: staff_id ASCENDING, date DESCENDING: declared, and no test asks what needs it"]


def test_equality_alone_needs_none_and_is_listed(emulators: Emulators) -> None:
    found = verdict(emulators, Query("gaps", (("staff_id", "==", "mia"), ("status", "in", ["open"]))))
    assert (found.wrong, found.merged) == ([], {"gaps: staff_id ASCENDING, status ASCENDING"})


def test_several_indexes_of_one_order_may_share_the_equalities(emulators: Emulators) -> None:
    both = Query("gaps", (("staff_id", "==", "mia"), ("services", "array_contains", "cut"), ("date", ">", "")))
    shared = ((("staff_id", UP), ("date", UP)), (("services", CONTAINS), ("date", UP)))
    assert verdict(emulators, both, declared=shared).wrong == []
    assert len(verdict(emulators, both, declared=shared[:1]).wrong) == 1


def test_what_is_due_over_all_salons_is_declared_and_asked(emulators: Emulators) -> None:
    assert verdict(emulators, due="gaps").wrong == ["gaps: due_at over all salons is asked only"]
    assert verdict(emulators, over="gaps").wrong == ["gaps: due_at over all salons is declared only"]


def test_what_several_processes_asked_is_put_together() -> None:
    one, other = Asked({kind(GAPS, NEEDED): (GAPS, NEEDED)}, {"gaps"}), Asked({}, {"outreach"})
    other.add(one.packed())
    assert (other.queries, other.due) == (one.queries, {"gaps", "outreach"})
