"""What the suite writes is declared by one function, and its model keeps it for as long as that function says."""

import importlib
import re
from collections import Counter
from datetime import timedelta

import pytest

from local.functions import Collection, Kept, load
from shared.records import retention
from shared.records.stored import Stored
from tests.architecture.project import ROOT
from tests.architecture.test_pages import models

DECLARED = [collection for function in load() for collection in function.collections]
WITH_MODELS = [collection for collection in DECLARED if collection.model]


def model_of(collection: Collection) -> type[Stored]:
    module, _, name = str(collection.model).rpartition(".")
    found: type[Stored] = getattr(importlib.import_module(module), name)
    return found


def test_a_document_is_declared_once() -> None:
    assert [document for document, times in Counter(each.document for each in DECLARED).items() if times > 1] == []


@pytest.mark.parametrize("collection", WITH_MODELS, ids=lambda collection: collection.document)
def test_a_document_is_kept_as_long_as_its_function_says(collection: Collection) -> None:
    kept = collection.kept
    said = retention.Kept(timedelta(days=kept.days), kept.since) if isinstance(kept, Kept) else None
    assert model_of(collection).retained == said
    assert said is None or said.since in model_of(collection).model_fields


def test_whatever_has_its_time_is_declared_with_its_model() -> None:
    forgetting = {model for model in models().values() if model.retained}
    assert {model.__name__ for model in forgetting - {model_of(each) for each in WITH_MODELS}} == set()
    assert [each.document for each in DECLARED if isinstance(each.kept, Kept) and not each.model] == []


def test_where_people_write_too_the_rules_say_by_hand_who_may_what() -> None:
    by_hand = re.sub(r"// collections: .*?// /collections", "", (ROOT / "firestore.rules").read_text(), flags=re.DOTALL)
    written = {each.within for each in DECLARED if each.readers is None}
    assert {place for place in written if f"match /{place} {{" not in by_hand} == set()
    assert {each.within for each in DECLARED if f"match /{each.within} {{" in by_hand} - written == set()
