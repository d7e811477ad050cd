"""Every value is asked for in exactly one query, and no query for more than Firestore takes."""

import pytest

from local.memory.memory import MemoryDatabase, MemoryStore
from shared.ports import Put
from shared.records.split_query import IN_LIMIT, queries_by_values


@pytest.mark.parametrize(("count", "queries"), [(0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (80, 3)])
def test_the_queries_together_find_what_belongs_to_each_of_the_values_once(count: int, queries: int) -> None:
    documents = MemoryStore(MemoryDatabase()).salon("s1")
    documents.commit(*(Put(f"asks/a{n}", {"of": f"c{n}", "at": n % 2}) for n in range(count + 1)))
    asked = queries_by_values("asks", "of", [f"c{n}" for n in range(count)])
    assert len(asked) == queries and IN_LIMIT == 30
    assert sorted(found.data["of"] for query in asked for found in documents.query(query)) == sorted(
        f"c{n}" for n in range(count)
    )
    late = queries_by_values("asks", "of", [f"c{n}" for n in range(count)], ("at", "==", 1))
    assert sum(len(documents.query(query)) for query in late) == count // 2
