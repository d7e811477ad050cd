"""A second salon of the same organization, which writes from the same number."""

from local.in_process import Suite
from tests.stories.salon import ROOT


def open_branch(suite: Suite) -> None:
    salon = suite.get(ROOT)
    assert salon is not None
    suite.put("salons/s2/settings/current", {"mode": "live", "gap": {"settle_seconds": 0}})
    suite.put("salons/s2/staff/mia", {"name": "Mia", "service_ids": ["cut"]})
    suite.put("salons/s2/services/cut", {"name": "Cut", "duration_minutes": 60, "price": 50})
    suite.put("salons/s2", {**salon, "name": "Salon Two"})
    suite.run_until_idle()
