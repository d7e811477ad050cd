"""The lines that monitoring counts, from a real sale: the metrics of terraform/monitoring.tf have nothing else."""

from collections import Counter
from typing import Any, NamedTuple

import pytest

from local.in_process import Suite
from shared.adapters import log
from tests.stories.salon import NOW, SALON, cancel, open_salon


class Sale(NamedTuple):
    lines: list[dict[str, Any]]
    price: float


@pytest.fixture
def sale() -> Sale:
    """One slot cancelled, offered and sold, and what each function wrote about it."""
    written: list[dict[str, Any]] = []
    with Suite(now=NOW) as suite, pytest.MonkeyPatch.context() as patch:
        open_salon(suite)
        patch.setattr(log, "line", lambda severity, message, **fields: written.append(fields))
        cancel(suite)
        offers = [message for message in suite.outbox.messages if message.purpose == "slot_offer"]
        suite.reply(offers[0], button=0)
        suite.run_until_idle()
        price = next(b["price"] for b in suite.list(f"salons/{SALON}/bookings").values() if b["source"] == "smart_fill")
    return Sale(written, price)


def test_a_sale_is_counted_once_with_its_decision_and_its_revenue(sale: Sale) -> None:
    counted = [line["figures"] for line in sale.lines if line.get("figures")]
    announced = Counter(figures["announces"] for figures in counted if "announces" in figures)
    assert (announced["GAP_FILLED"], announced["OUTREACH_SENT"] > 0) == (1, True)
    assert [f["revenue"] for f in counted if "revenue" in f] == [sale.price]
    assert [f["decision_outcome"] for f in counted if "decision_outcome" in f] == ["success"]
    decided = {(f["decision_type"], f["autonomy_level"]) for f in counted if "autonomy_level" in f}
    assert decided == {("gap_fill", "full_auto")}
