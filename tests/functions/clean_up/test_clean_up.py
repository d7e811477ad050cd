"""Nothing of ours is kept longer than its time, and no run does unbounded work."""

from datetime import timedelta
from typing import Any

import pytest

from functions.clean_up.clean_salon import clean_up
from functions.clean_up.delete_expired import DELETED_AT_ONCE
from functions.clean_up.kept_collections import BELOW_OTHERS, OF_ROUTES, OF_SALONS
from local.in_process import ACCOUNT_SID, Suite
from shared.records.retention import HALF_A_YEAR, LOCKS_KEPT, YEAR
from tests.stories.salon import NOW, ROOT, SALON, WHATSAPP, cancel, offers, phone, salon, write

KEPT = {*OF_SALONS, *BELOW_OTHERS}
HERE = {group: f"conversations/idn_1/{group}" for group in BELOW_OTHERS}
ROUTE = f"channel_routes/{ACCOUNT_SID}:{WHATSAPP}"
ROOTS = {group: f"{ROOT}/{HERE.get(group, group)}" for group in KEPT}
PLACES = [*ROOTS.values(), *(f"{ROUTE}/{group}" for group in OF_ROUTES)]


def tidy(suite: Suite) -> int:
    return clean_up(SALON, store=suite.store, clock=suite.clock).deleted


def test_what_has_had_its_time_goes_and_what_has_not_stays() -> None:
    with salon(waiting=0) as suite:
        for place in PLACES:
            of = SALON if place.startswith(ROOT) else ""
            suite.put(f"{place}/old", {"forget_at": NOW, "salon_id": of})
            suite.put(f"{place}/kept", {"forget_at": NOW + timedelta(microseconds=1), "salon_id": of})
        assert tidy(suite) == len(PLACES)
        assert {place: list(suite.list(place)) for place in ROOTS.values() if "old" in suite.list(place)} == {}
        for place in PLACES:
            assert suite.get(f"{place}/old") is None and suite.get(f"{place}/kept") is not None


def test_a_lock_that_nobody_wants_any_more_goes() -> None:
    with salon(waiting=0) as suite:
        for name, ago in (("old", LOCKS_KEPT), ("kept", LOCKS_KEPT - timedelta(seconds=1))):
            suite.put(f"{ROOT}/locks/{name}", {"until": suite.clock.real() - ago})
        assert tidy(suite) == 1 and list(suite.list(f"{ROOT}/locks")) == ["kept"]


@pytest.mark.parametrize("kind", ["approvals", "messages", "inbound"])
def test_a_run_deletes_a_bounded_number_and_the_next_goes_on(kind: str) -> None:
    with salon(waiting=0) as suite:
        for number in range(DELETED_AT_ONCE + 1):
            old = {"forget_at": NOW - timedelta(seconds=number), "salon_id": SALON}
            suite.put(f"{ROOT}/{HERE.get(kind, kind)}/a{number}", old)
        assert (tidy(suite), tidy(suite), tidy(suite)) == (DELETED_AT_ONCE, 1, 0)


def test_another_salons_conversations_are_its_own_to_forget() -> None:
    with salon(waiting=0) as suite:
        theirs = "salons/s2/conversations/idn_1/inbound/m1"
        suite.put(theirs, {"forget_at": NOW, "salon_id": "s2"})
        assert tidy(suite) == 0 and suite.get(theirs) is not None


def everything(suite: Suite) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{name}/{id}", snapshot.data)
        for name, collection in suite.database._collections.items()
        for id, snapshot in collection.documents.items()
    ]


def test_whatever_is_written_down_of_people_says_when_it_is_forgotten() -> None:
    with salon(waiting=1) as suite:
        cancel(suite)
        write(suite, "how much?", sender=phone(0))
        write(suite, "hello", sender="+447700900777")
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        seen = set()
        for path, data in everything(suite):
            kind = path.split("/")[-2]
            if kind in KEPT:
                seen.add(kind)
                # A customer's address is known as long as there is the customer.
                of_a_customer = kind == "identities" and data["customer_ids"] and data["last_inbound_at"] is None
                assert of_a_customer or data["forget_at"] >= NOW + HALF_A_YEAR, path
        assert seen == KEPT - {"approvals"}
        # And then it is gone: what is left is no message, no outreach, no conversation.
        suite.clock.move_to(NOW + HALF_A_YEAR + timedelta(hours=1))
        while tidy(suite):
            pass
        left = {path.split("/")[-2] for path, _ in everything(suite)}
        assert left & KEPT == {"gaps", "identities", "autonomous_decisions", "audit_logs"}
        suite.clock.move_to(now := NOW + 2 * YEAR + timedelta(hours=1))
        while tidy(suite):
            pass
        kept = [(path, data) for path, data in everything(suite) if path.split("/")[-2] in KEPT]
        assert [path for path, data in kept if data["forget_at"] and data["forget_at"] <= now] == []
