"""What manage_schedules relies on about schedules, of Cloud Scheduler's client and of the stand-in alike."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from google.api_core.exceptions import NotFound

from functions.manage_schedules.scheduler import CloudScheduler
from local.memory.memory import MemoryScheduler
from shared.ports import Schedule, Scheduler
from tests.functions.manage_schedules.scheduler_server import SchedulerServer, State, serving

JOBS = "projects/salons/locations/europe-west1/jobs/"
OURS = {"clean_up": "7 * * * *", "gap_scan": "*/5 * * * *", "wake_due": "* * * * *"}


@dataclass
class Case:
    scheduler: Scheduler
    ran: Callable[[], list[str]]


@pytest.fixture
def server() -> SchedulerServer:
    jobs = SchedulerServer()
    jobs.add(f"{JOBS}backup", "0 3 * * *")
    for name, cron in reversed(OURS.items()):
        jobs.add(f"{JOBS}smart_fill_{name}", cron)
    jobs.add("projects/salons/locations/us-east1/jobs/smart_fill_elsewhere", "0 0 * * *")
    return jobs


@pytest.fixture
def google(server: SchedulerServer) -> Iterator[CloudScheduler]:
    with serving(server) as client:
        yield CloudScheduler(client, "salons", "europe-west1")


@pytest.fixture(params=["google", "memory"])
def case(request: pytest.FixtureRequest) -> Case:
    if request.param == "google":
        server = request.getfixturevalue("server")
        google = request.getfixturevalue("google")
        return Case(google, lambda: [name.removeprefix(f"{JOBS}smart_fill_") for name in server.ran])
    ran: list[str] = []
    return Case(MemoryScheduler(OURS, run=ran.append), lambda: ran)


def states(scheduler: Scheduler) -> dict[str, str]:
    return {schedule.name: schedule.state for schedule in scheduler.schedules()}


def test_the_suites_own_schedules_are_listed_by_name(case: Case) -> None:
    assert case.scheduler.schedules() == [Schedule(name, cron, "enabled") for name, cron in OURS.items()]


def test_one_is_paused_and_resumed_and_no_other(case: Case) -> None:
    case.scheduler.pause("gap_scan")
    assert states(case.scheduler) == {"clean_up": "enabled", "wake_due": "enabled", "gap_scan": "paused"}
    case.scheduler.resume("gap_scan")
    assert set(states(case.scheduler).values()) == {"enabled"}


def test_pausing_what_is_paused_and_resuming_what_runs_is_no_error(case: Case) -> None:
    case.scheduler.pause("gap_scan")
    case.scheduler.pause("gap_scan")
    assert states(case.scheduler)["gap_scan"] == "paused"
    case.scheduler.resume("gap_scan")
    case.scheduler.resume("gap_scan")
    assert states(case.scheduler)["gap_scan"] == "enabled"


def test_one_is_run_now_paused_or_not(case: Case) -> None:
    case.scheduler.run("gap_scan")
    case.scheduler.pause("gap_scan")
    case.scheduler.run("gap_scan")
    assert case.ran() == ["gap_scan", "gap_scan"]
    assert states(case.scheduler)["gap_scan"] == "paused"


def test_a_job_of_somebody_elses_is_out_of_reach(server: SchedulerServer, google: CloudScheduler) -> None:
    for name in ("backup", "../jobs/backup", "elsewhere"):
        with pytest.raises(NotFound):
            google.pause(name)
    assert [job.state for job in server.jobs.values()] == [State.ENABLED] * len(server.jobs)


def test_what_cloud_scheduler_stopped_by_itself_is_said_to_be_so(
    server: SchedulerServer, google: CloudScheduler
) -> None:
    server.jobs[f"{JOBS}smart_fill_gap_scan"].state = State.DISABLED
    assert states(google)["gap_scan"] == "disabled"
    google.pause("gap_scan")
    assert states(google)["gap_scan"] == "disabled"
