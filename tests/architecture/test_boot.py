"""Every function boots alone: with only the environment its function.json names, importing no more than it uses."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.functions import Function, load
from tests.architecture.project import ROOT

SCRIPT = Path(__file__).with_name("boot_alone.py")
NEEDED_BY = {
    "google.cloud.firestore": "firestore.store(",
    "google.cloud.pubsub_v1": "pubsub.bus(",
    "google.cloud.scheduler_v1": "scheduler.scheduler(",
    "google.oauth2.id_token": "sign_in.sign_ins(",
    "twilio.rest": "messenger.messenger(",
}
"""Slow or heavy packages, and what a door calls when it needs one."""


SPEAK = {
    "accept_offer",
    "answer_approval",
    "answer_message",
    "choose_branch",
    "connect_salon",
    "fill_gap",
    "notify_owner",
    "send_outreach",
}
"""The functions that say a time or an amount to somebody, or know which languages and currencies there are."""


@dataclass(frozen=True)
class Boot:
    function: Function
    modules: frozenset[str]
    clients: list[str]
    connections: list[str]


def value(name: str) -> str:
    """Something of the right form for a variable."""
    return "{}" if name.endswith("_TEMPLATES") else "https://example.test" if name.endswith("_URL") else "x" * 32


@pytest.fixture(scope="module", params=load(), ids=lambda function: function.name)
def boot(request: pytest.FixtureRequest) -> Boot:
    function: Function = request.param
    environment = {name: value(name) for name in (*function.environment, *function.secrets)}
    ran = subprocess.run(
        [sys.executable, str(SCRIPT), str(function.source), function.name],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | environment,
        cwd=function.folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr.splitlines()[-1:]
    report = json.loads(ran.stdout)
    return Boot(function, frozenset(report["modules"]), report["clients"], report["connections"])


def test_booting_makes_no_client_and_no_connection(boot: Boot) -> None:
    assert (boot.clients, boot.connections) == ([], [])


def test_booting_imports_no_vendor_that_the_door_does_not_use(boot: Boot) -> None:
    door = boot.function.source.read_text()
    assert [package for package, call in NEEDED_BY.items() if package in boot.modules and call not in door] == []


def test_only_a_function_that_speaks_loads_how_people_write_times_and_amounts(boot: Boot) -> None:
    assert ("babel" in boot.modules) == (boot.function.name in SPEAK)


def test_booting_imports_nothing_of_the_local_cloud_or_the_tests(boot: Boot) -> None:
    assert {name for name in boot.modules if name.split(".")[0] in ("local", "tests", "pytest")} == set()
