"""Scheduler on Google's Cloud Scheduler. The only jobs it knows are those that carry our name: a project may hold jobs of
somebody else."""

from contextlib import suppress
from functools import cache
from typing import Any, Final, Literal

from google.api_core.exceptions import FailedPrecondition
from google.cloud import scheduler_v1

from shared.adapters import settings
from shared.ports import Schedule, Scheduler

PREFIX: Final = "smart_fill_"
"""The prefix that Terraform gives the names of our jobs."""
TIMEOUT_SECONDS = 20.0
STATES: Final[dict[Any, Literal["enabled", "paused"]]] = {
    scheduler_v1.Job.State.ENABLED: "enabled",
    scheduler_v1.Job.State.PAUSED: "paused",
}


@cache
def scheduler() -> Scheduler:
    return CloudScheduler(
        scheduler_v1.CloudSchedulerClient(),
        settings.required("GOOGLE_CLOUD_PROJECT"),
        settings.required("GOOGLE_CLOUD_REGION"),
    )


class CloudScheduler:
    def __init__(self, client: Any, project: str, region: str) -> None:
        self._client = client
        self._jobs = f"projects/{project}/locations/{region}/jobs/"
        self._parent = f"projects/{project}/locations/{region}"

    def schedules(self) -> list[Schedule]:
        ours = self._jobs + PREFIX
        return sorted(
            (
                Schedule(job.name.removeprefix(ours), job.schedule, STATES.get(job.state, "disabled"))
                for job in self._client.list_jobs(parent=self._parent, timeout=TIMEOUT_SECONDS)
                if job.name.startswith(ours)
            ),
            key=lambda schedule: schedule.name,
        )

    def pause(self, name: str) -> None:
        self._unless_it_is(self._client.pause_job, name)

    def resume(self, name: str) -> None:
        self._unless_it_is(self._client.resume_job, name)

    def run(self, name: str) -> None:
        self._client.run_job(name=self._jobs + PREFIX + name, timeout=TIMEOUT_SECONDS)

    def _unless_it_is(self, call: Any, name: str) -> None:
        # Only what is enabled can be paused, and only what is paused resumed: else somebody was faster.
        with suppress(FailedPrecondition):
            call(name=self._jobs + PREFIX + name, timeout=TIMEOUT_SECONDS)
