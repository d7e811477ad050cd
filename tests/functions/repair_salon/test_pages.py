"""A run finds a bounded number of what is wrong, and the next goes on until nothing is left."""

from datetime import timedelta
from typing import Any

import pytest

from functions.repair_salon import mend
from functions.repair_salon.faults import AT_REST
from local.in_process import Suite
from tests.stories.salon import NOW, ROOT, SALON, cancel, freed_gaps, offers, ours, outreach_of, phone, salon, write

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def found(suite: Suite) -> int:
    return len(mend.repair_salon(documents=suite.store.salon(SALON), clock=suite.clock).faults)


def sleeping(suite: Suite, kind: str) -> dict[str, Any]:
    """One document of this kind that nothing would wake, and where it lies."""
    match kind:
        case "gaps":
            return {f"{ROOT}/gaps": freed_gaps(suite)[0]}
        case "outreach":
            return {f"{ROOT}/outreach": {**outreach_of(suite, "c0"), "status": "sending"}}
    write(suite, "how much?", sender=phone(0))
    suite.run_until_idle()
    here = f"{ROOT}/conversations/{outreach_of(suite, 'c0')['address_key']}/inbound"
    [said] = suite.list(here).values()
    return {here: {**said, "handled_at": None}}


@pytest.mark.parametrize("kind", ["gaps", "outreach", "inbound"])
@pytest.mark.parametrize(("many", "runs"), [(3, [3, 0]), (4, [3, 1, 0]), (7, [3, 3, 1, 0])])
def test_what_nobody_would_wake_is_woken_page_by_page(
    kind: str, many: int, runs: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mend, "AT_ONCE", 3)
    with salon(waiting=1) as suite:
        cancel(suite)
        [(place, model)] = sleeping(suite, kind).items()
        for number in range(many):
            suite.put(f"{place}/sleeper{number}", {**model, "id": f"sleeper{number}", "due_at": None})
        assert [found(suite) for _ in runs] == runs
        assert all(each["due_at"] == NOW for id, each in suite.list(place).items() if id.startswith("sleeper"))
        suite.waiting.clear()


@pytest.mark.parametrize("last", range(5))
def test_whichever_round_is_the_one_left_open_it_is_found_though_others_share_its_deadline(
    last: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mend, "AT_ONCE", 3)
    with salon(waiting=1) as suite:
        cancel(suite)
        [gap] = freed_gaps(suite)
        [(id, decision)] = suite.list(f"{ROOT}/autonomous_decisions").items()
        suite.delete(f"{ROOT}/autonomous_decisions/{id}")
        closed = {"status": "ignored", "closed_at": NOW, "closed_reason": "owner", "due_at": None}
        suite.put(f"{ROOT}/gaps/closed", {**gap, **closed, "id": "closed"})
        for number, ends in enumerate([0, 0, 1, 1, 2]):
            about = {**decision["context"], "trigger_id": "closed" if number == last else gap["id"]}
            round = {**decision, "id": f"d{number}", "context": about, "expires_at": NOW + ends * MINUTE}
            suite.put(f"{ROOT}/autonomous_decisions/d{number}", round)
        suite.clock.move_to(NOW + HOUR)
        looked = mend.repair_salon(documents=suite.store.salon(SALON), clock=suite.clock, dry_run=True)
        assert [fault.resource_id for fault in looked.faults if fault.resource_type == "gap"] == ["closed"]
        suite.waiting.clear()


@pytest.mark.parametrize(
    ("after", "looked_at"),
    [
        (AT_REST - SECOND, False),
        (AT_REST, True),
        (mend.SOLD_WITHIN - SECOND, True),
        (mend.SOLD_WITHIN, False),
    ],
)
def test_a_sale_is_looked_at_from_when_it_is_at_rest_until_its_confirmation_can_fail_no_more(
    after: timedelta, looked_at: bool
) -> None:
    with salon(waiting=1) as suite:
        cancel(suite)
        suite.reply(offers(suite)[0], button=0)
        suite.run_until_idle()
        [sale] = ours(suite)
        suite.update(f"{ROOT}/outreach/{sale['outreach_id']}", **{"response.booking_id": "another"})
        suite.waiting.clear()
        suite.clock.move_to(NOW + after)
        looked = mend.repair_salon(documents=suite.store.salon(SALON), clock=suite.clock, dry_run=True)
        assert bool([fault for fault in looked.faults if fault.mend == "tell the owner"]) is looked_at
