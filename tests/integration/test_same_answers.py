"""Whatever is written and asked, memory answers as Firestore does."""

import uuid
from typing import Any

from hypothesis import HealthCheck, given, settings

from local.memory.memory import MemoryDatabase, MemoryStore
from shared.adapters.firestore import FirestoreStore
from tests.integration.operations import answer, steps


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_memory_answers_as_firestore_does(firestore_store: FirestoreStore, steps: list[Any]) -> None:
    firestore = firestore_store.salon(uuid.uuid4().hex)
    memory = MemoryStore(MemoryDatabase()).salon("s1")
    for step in steps:
        assert answer(memory, step) == answer(firestore, step)
