"""Cloud Scheduler as its own client meets it: the real service's names and messages over gRPC, the jobs in a dict."""

from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from typing import Any

import grpc
from google.cloud import scheduler_v1
from google.cloud.scheduler_v1.services.cloud_scheduler.transports import CloudSchedulerGrpcTransport

State = scheduler_v1.Job.State
SERVICE = "google.cloud.scheduler.v1.CloudScheduler"
PAGE = 2
"""Of a list: the real one has hundreds, and a client that reads only the first page must be noticed."""


class SchedulerServer:
    def __init__(self) -> None:
        self.jobs: dict[str, scheduler_v1.Job] = {}
        self.ran: list[str] = []

    def add(self, name: str, cron: str, state: Any = State.ENABLED) -> None:
        self.jobs[name] = scheduler_v1.Job(name=name, schedule=cron, state=state)

    def list_jobs(self, request: Any, context: Any) -> scheduler_v1.ListJobsResponse:
        found = [job for name, job in self.jobs.items() if name.startswith(f"{request.parent}/jobs/")]
        start = int(request.page_token or 0)
        more = str(start + PAGE) if start + PAGE < len(found) else ""
        return scheduler_v1.ListJobsResponse(jobs=found[start : start + PAGE], next_page_token=more)

    def pause_job(self, request: Any, context: Any) -> scheduler_v1.Job:
        return self._turn(request.name, State.ENABLED, State.PAUSED, context)

    def resume_job(self, request: Any, context: Any) -> scheduler_v1.Job:
        return self._turn(request.name, State.PAUSED, State.ENABLED, context)

    def run_job(self, request: Any, context: Any) -> scheduler_v1.Job:
        job = self._found(request.name, context)
        self.ran.append(job.name)
        return job

    def _turn(self, name: str, only_from: Any, to: Any, context: Any) -> scheduler_v1.Job:
        job = self._found(name, context)
        if job.state != only_from:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, f"expected {only_from.name}, found {job.state.name}")
        job.state = to
        return job

    def _found(self, name: str, context: Any) -> scheduler_v1.Job:
        if name not in self.jobs:
            context.abort(grpc.StatusCode.NOT_FOUND, f"no job {name}")
        return self.jobs[name]


@contextmanager
def serving(jobs: SchedulerServer) -> Iterator[scheduler_v1.CloudSchedulerClient]:
    def unary(call: Any, asked: Any) -> Any:
        return grpc.unary_unary_rpc_method_handler(
            call,
            request_deserializer=asked.deserialize,
            response_serializer=lambda message: type(message).serialize(message),
        )

    handlers = {
        "ListJobs": unary(jobs.list_jobs, scheduler_v1.ListJobsRequest),
        "PauseJob": unary(jobs.pause_job, scheduler_v1.PauseJobRequest),
        "ResumeJob": unary(jobs.resume_job, scheduler_v1.ResumeJobRequest),
        "RunJob": unary(jobs.run_job, scheduler_v1.RunJobRequest),
    }
    server = grpc.server(futures.ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield scheduler_v1.CloudSchedulerClient(transport=CloudSchedulerGrpcTransport(channel=channel))
    server.stop(None).wait()
