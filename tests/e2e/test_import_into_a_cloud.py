"""An export imported into a running local cloud, by its documents door."""

import subprocess
import sys
from pathlib import Path

from tests.e2e.local_cloud import LocalCloud, local_cloud

ROOT = Path(__file__).resolve().parents[2]
EXPORT = ROOT / "tests" / "fixtures" / "booking_export.csv"


def bring_in(cloud: LocalCloud, file: Path) -> None:
    where = ["--timezone", "America/Toronto", "--currency", "CAD", "--salon", "old", "--url", cloud.info["base_url"]]
    command = [sys.executable, "-m", "local", "import", str(file), *where]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)


def test_an_import_makes_a_salon_and_a_second_one_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    file.write_text("\n".join(EXPORT.read_text().splitlines()[:40]))
    with local_cloud("memory", tmp_path, "--salon", "none") as cloud:
        bring_in(cloud, file)
        assert cloud.drained() == 0
        first = {name: cloud.documents(f"salons/old/{name}") for name in ("bookings", "customers", "staff", "gaps")}
        assert len(first["bookings"]) == 39
        assert cloud.documents("salons/old")["opening_hours"]["mon"]
        bring_in(cloud, file)
        assert cloud.drained() == 0
        assert {name: cloud.documents(f"salons/old/{name}") for name in first} == first
        assert cloud.documents("salons/old/outreach") == {}
