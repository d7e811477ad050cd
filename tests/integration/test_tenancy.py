"""A path cannot leave its salon, and the one query over all salons says whose each document is."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.ports import SALON, Create, Delete, Due, Found, Put, Query, Store, Update
from shared.records.invalid import InvalidEvent

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)

NO_DOCUMENTS = [
    *("", "/", "bookings", "bookings/", "/bookings/b1", "bookings//b1", "bookings/b1/", "bookings/b1/notes"),
    *("..", "../s2", "bookings/..", "../s2/bookings/b1", "bookings/../../s2", "bookings/.", "./bookings"),
    *("bookings/b\x00", "bookings/__b__", "bookings/\ud800", "bookings/" + "b" * 1500),
]
NO_COLLECTIONS = [
    *("", ".", "/", "bookings/b1", "bookings/", "..", "../s2/bookings", "bookings//b", "bookings/../staff", "b\x00"),
]
NO_SALONS = ["", ".", "..", "s1/bookings", "s1/", "/", "s\x00", "__s__", "s1/../s2", "s" * 1501]


@pytest.mark.parametrize("path", NO_DOCUMENTS, ids=ascii)
def test_what_is_not_the_path_of_a_document_is_refused(store: Store, path: str) -> None:
    documents = store.salon("s1")
    with pytest.raises(InvalidEvent):
        documents.get(path)
    with pytest.raises(InvalidEvent):
        documents.get_all(["bookings/b1", path])
    with pytest.raises(InvalidEvent):
        documents.commit(Put("bookings/b1", {}), Put(path, {}))
    with pytest.raises(InvalidEvent):
        documents.transact(lambda transaction: transaction.get(path))
    with pytest.raises(InvalidEvent):
        documents.transact(lambda transaction: transaction.write(Put(path, {})))
    assert documents.get("bookings/b1") is None


@pytest.mark.parametrize("path", NO_COLLECTIONS, ids=ascii)
def test_what_is_not_the_path_of_a_collection_is_refused(store: Store, path: str) -> None:
    with pytest.raises(InvalidEvent):
        store.salon("s1").query(Query(path))
    with pytest.raises(InvalidEvent):
        store.salon("s1").transact(lambda transaction: transaction.query(Query(path)))


@pytest.mark.parametrize("salon_id", NO_SALONS, ids=ascii)
def test_what_is_not_a_plain_id_opens_no_salon(store: Store, salon_id: str) -> None:
    with pytest.raises(InvalidEvent):
        store.salon(salon_id)


def test_ids_may_be_almost_any_text(store: Store) -> None:
    documents = store.salon("São Paulo #1")
    paths = ["channel routes/whatsapp:+14155550100", "items/..a", "items/.b", "items/__", "items/a b%2F?"]
    assert documents.commit(*(Create(path, {"path": path}) for path in paths))
    assert [snapshot.path for snapshot in documents.get_all(paths)] == paths


def test_salons_do_not_see_each_other(store: Store) -> None:
    one, other = store.salon("s1"), store.salon("s10")
    one.commit(Create(SALON, {"n": 1}), Create("bookings/b1", {"n": 1}))
    other.commit(Create("bookings/b1", {"n": 2}))
    assert [snapshot.data for snapshot in one.query(Query("bookings"))] == [{"n": 1}]
    assert [snapshot.data for snapshot in other.query(Query("bookings"))] == [{"n": 2}]
    assert other.get(SALON) is None
    assert other.commit(Update("bookings/b1", {"n": 3}))
    assert [snapshot.data for snapshot in one.get_all(["bookings/b1"])] == [{"n": 1}]


def test_documents_know_their_salon(store: Store) -> None:
    assert store.salon("s1").salon_id == "s1"
    assert store.platform().salon_id == ""


def test_the_platform_has_its_own_collections_and_opens_no_salon(store: Store) -> None:
    platform = store.platform()
    assert platform.commit(Create("registry/0", {"salons": ["s1"]}), Create("channel_routes/AC1:+1/messages/SM1", {}))
    assert [snapshot.path for snapshot in platform.query(Query("registry"))] == ["registry/0"]
    store.salon("s1").commit(Create("bookings/b1", {}))
    for path in ("salons/s1", "salons/s1/bookings/b1", SALON):
        with pytest.raises(InvalidEvent):
            platform.get(path)
    for collection in ("salons", "salons/s1/bookings"):
        with pytest.raises(InvalidEvent):
            platform.query(Query(collection))


def test_due_documents_are_found_in_every_salon_longest_overdue_first(store: Store) -> None:
    minute = timedelta(minutes=1)
    store.salon("s1").commit(
        Create("gaps/now", {"due_at": NOW}),
        Create("gaps/later", {"due_at": NOW + timedelta(microseconds=1)}),
        Create("gaps/never", {"due_at": None}),
        Create("gaps/unknown", {}),
        Create("gaps/text", {"due_at": "2026-11-21T08:00:00Z"}),
        Create("outreach/o1", {"due_at": NOW - minute}),
    )
    store.salon("s2").commit(Create("gaps/long", {"due_at": NOW - 2 * minute}), Create("gaps/a", {"due_at": NOW}))
    long = Due("s2", "gaps/long", NOW - 2 * minute)
    assert store.due("gaps", NOW, 10) == [long, Due("s1", "gaps/now", NOW), Due("s2", "gaps/a", NOW)]
    assert store.due("gaps", NOW, 1) == [long]
    assert store.due("outreach", NOW, 10) == [Due("s1", "outreach/o1", NOW - minute)]
    assert store.due("messages", NOW, 10) == []


def test_due_messages_are_found_where_no_salon_is_known_yet_and_below_conversations(store: Store) -> None:
    store.platform().commit(Create("channel_routes/AC1:+1/messages/SM1", {"due_at": NOW}))
    store.salon("s1").commit(Create("conversations/c1/messages/SM2", {"due_at": NOW - timedelta(1)}))
    found = store.due("messages", NOW, 10)
    assert found == [
        Due("s1", "conversations/c1/messages/SM2", NOW - timedelta(1)),
        Due("", "channel_routes/AC1:+1/messages/SM1", NOW),
    ]
    assert store.platform().get(found[1].path) is not None
    assert store.salon(found[0].salon_id).get(found[0].path) is not None


def test_what_has_outlived_its_time_is_found_however_deep_below_its_own_salon(store: Store) -> None:
    second = timedelta(seconds=1)
    store.salon("s1").commit(
        Create("conversations/c1/messages/old", {"salon_id": "s1", "forget_at": NOW}),
        Create("conversations/c2/messages/older", {"salon_id": "s1", "forget_at": NOW - second}),
        Create("conversations/c2/messages/young", {"salon_id": "s1", "forget_at": NOW + second}),
        Create("conversations/c2/messages/kept", {"salon_id": "s1", "forget_at": None}),
        Create("conversations/c2/messages/forever", {"salon_id": "s1"}),
        Create("outreach/other", {"salon_id": "s1", "forget_at": NOW}),
    )
    store.salon("s2").commit(Create("conversations/c1/messages/theirs", {"salon_id": "s2", "forget_at": NOW}))
    old, older = (Found("s1", f"conversations/{path}") for path in ("c1/messages/old", "c2/messages/older"))
    assert store.outlived("s1", "messages", NOW, 10) == [older, old]
    assert store.outlived("s1", "messages", NOW, 1) == [older]
    store.salon("s1").commit(Update(older.path, {"forget_at": None}), Delete(old.path))
    assert store.outlived("s1", "messages", NOW, 10) == []


def test_a_document_that_moved_on_is_not_due_any_more(store: Store) -> None:
    documents = store.salon("s1")
    documents.commit(*(Create(f"gaps/{name}", {"due_at": NOW}) for name in "abcd"))
    documents.commit(
        Update("gaps/a", {"due_at": None}), Put("gaps/b", {}), Update("gaps/c", {"due_at": NOW + timedelta(1)})
    )
    assert store.due("gaps", NOW, 10) == [Due("s1", "gaps/d", NOW)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_page_by_page_everything_due_is_found_once_also_where_many_are_due_at_the_same_instant(
    store: Store, size: int
) -> None:
    for salon_id in ("s1", "s2"):
        store.salon(salon_id).commit(*(Create(f"gaps/{name}", {"due_at": NOW}) for name in "abc"))
    store.platform().commit(Create("other/x/gaps/y", {"due_at": NOW - timedelta(1)}))
    everything = store.due("gaps", NOW, 10)
    assert len(everything) == 7
    paged: list[Due] = []
    while page := store.due("gaps", NOW, size, paged[-1] if paged else None):
        paged += page
    assert paged == everything


def test_salons_written_after_a_moment_are_found_by_id_latest_first(store: Store) -> None:
    minute = timedelta(minutes=1)
    for salon_id, written in (("s1", NOW), ("s2", NOW + 2 * minute), ("s3", NOW + minute), ("s4", None)):
        store.salon(salon_id).commit(Create(SALON, {"updated_at": written}))
    store.salon("s5").commit(Create(SALON, {}), Create("bookings/b1", {"updated_at": NOW + minute}))
    assert store.salons_written(NOW, 10) == ["s2", "s3"]
    assert store.salons_written(NOW - minute, 10) == ["s2", "s3", "s1"]
    assert store.salons_written(NOW, 1) == ["s2"]
