"""`python -m local up`: the whole suite on this machine, until it is told to stop."""

import argparse
import json
import os
import secrets
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import IO, Any, NoReturn

from local import arguments, demo_salon, emulators, link, routes, sign_in
from local.clock import BusinessTime
from local.cloud import PROJECT, Cloud
from local.deliveries import Deliveries, Faults, Records
from local.functions import FUNCTIONS, Function, FunctionError, load
from local.gateway import Gateway
from local.in_flight import InFlight
from local.local_doors import LocalDoors
from local.memory_cloud import MemoryCloud
from local.phone.core import Phone
from local.phone.http import post_webhook, serve
from local.phone.later import InThreads
from local.phone.templates import seed_templates
from local.schedules import Schedules
from local.visits import Visits
from local.workers import Workers, WorkersBroken
from shared.adapters.twilio import INCOMING_PATH, WEBHOOK_RETRIES
from shared.messaging import rendering
from shared.ports import SignedIn

WORDS = {"emulator": "Google's emulators", "memory": "the memory adapters"}
WORKERS = 2
SEED_SECONDS = 120.0
WATCH_SECONDS = 0.5
LONGEST_STOP_SECONDS = 8.0


class _Stopped(BaseException):
    """SIGINT or SIGTERM. No Exception, so that nobody takes it for a failure of theirs."""


class _Broken(Exception):
    """Something that has to run does not any more."""


@dataclass(frozen=True)
class Options:
    cloud: str | None
    salon: str
    at: datetime | None
    speed: float
    port: int
    info: Path | None
    functions: Path


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("up", help="the whole suite on this machine, until Ctrl-C")
    parser.add_argument("--cloud", choices=("emulator", "memory"), help="default: emulator where found, else memory")
    parser.add_argument("--salon", choices=("demo", "none"), default="demo")
    parser.add_argument("--at", type=arguments.instant, help="business time at the start, such as 2026-11-20T09:00:00Z")
    parser.add_argument(
        "--speed", type=arguments.speed, default=1.0, help="of business time; 0: it stands still until moved"
    )
    parser.add_argument("--port", type=arguments.port, default=0, help="of the front; default: a free one")
    parser.add_argument("--info", type=Path, metavar="FILE", help="where to write how to reach it, when it is ready")
    parser.add_argument("--functions", type=Path, default=FUNCTIONS, metavar="FOLDER", help=argparse.SUPPRESS)
    parser.set_defaults(command=command)


def command(found: argparse.Namespace) -> int:
    options = Options(
        **{name: getattr(found, name) for name in ("cloud", "salon", "at", "speed", "port", "info", "functions")}
    )
    try:
        with _stoppable(), ExitStack() as stack:
            if options.info:
                # One of an earlier run says where nobody is any more.
                options.info.parent.mkdir(parents=True, exist_ok=True)
                options.info.unlink(missing_ok=True)
            running = start(options, stack)
            if options.info:
                stack.enter_context(_told(options.info, running.info()))
            print(running.summary(), flush=True)
            return running.watch()
    except _Stopped:
        return 0
    except (_Broken, WorkersBroken, FunctionError, OSError) as broken:
        print(broken, file=sys.stderr)
        return 1


@dataclass(frozen=True)
class Running:
    cloud: Cloud
    clock: BusinessTime
    gateway: Gateway
    phone_url: str
    account_sid: str
    auth_token: str
    owner_tokens: Mapping[str, str]
    platform_token: str
    workers: Workers
    local: LocalDoors
    log: Path

    def info(self) -> dict[str, Any]:
        return {
            "project": PROJECT,
            "cloud": self.cloud.name,
            "firestore_emulator_host": self.cloud.firestore_host,
            "pubsub_emulator_host": self.cloud.pubsub_host,
            "base_url": self.gateway.base_url,
            "twilio_url": self.phone_url,
            "twilio_account_sid": self.account_sid,
            "twilio_auth_token": self.auth_token,
            "console_url": f"{self.gateway.base_url}/console",
            "platform_token": self.platform_token,
            "salons": {salon_id: {"owner_token": token} for salon_id, token in self.owner_tokens.items()},
        }

    def summary(self) -> str:
        """Names addresses that answer, and what to do there first."""
        lines = [f"Smart Fill runs on {WORDS[self.cloud.name]}"]
        if self.owner_tokens:
            lines.append(f'  phones     {self.phone_url}   open it and press "Cancel a booking"')
        else:
            lines.append(f"  phones     {self.phone_url}")
        lines += [
            f"  documents  {self.gateway.base_url}/local/documents/salons",
            f"  clock      {self.gateway.base_url}/local/clock",
            f"  log        {self.log}",
            f"Business time {pace(self.clock.speed)}; docs/operations.md says how to move it on. Ctrl-C stops it.",
        ]
        return "\n".join(lines)

    def watch(self) -> NoReturn:
        """Returns never; raises when something is broken."""
        while True:
            time.sleep(WATCH_SECONDS)
            if self.workers.broken:
                raise self.workers.broken
            if not self.cloud.alive():
                raise _Broken("expected the emulators to run, found one of them gone")


def start(options: Options, stack: ExitStack) -> Running:
    """Whatever it starts is stopped by `stack`, also when it does not come to its end."""
    jars = None if options.cloud == "memory" else emulators.find()
    if options.cloud == "emulator" and jars is None:
        raise _Broken(
            "expected Google's emulators: gcloud's, or named by FIRESTORE_EMULATOR_JAR and PUBSUB_EMULATOR_JAR"
        )
    print(f"Starting on {WORDS['memory' if jars is None else 'emulator']} ...", flush=True)
    functions = load(options.functions)
    clock = BusinessTime(options.at or datetime.now(UTC))
    in_flight, faults, records = InFlight(), Faults(), Records()

    gateway = _front(options.port)
    stack.callback(gateway.close)
    account_sid, auth_token, key = demo_salon.ACCOUNT_SID, secrets.token_hex(16), secrets.token_hex(32)
    phone = _phone(gateway.base_url, account_sid, auth_token, clock, stack)
    phone_server = serve(phone)
    stack.callback(phone_server.stop)
    os.environ.update(
        GOOGLE_CLOUD_PROJECT=PROJECT,
        PUBLIC_BASE_URL=gateway.base_url,
        SIGNING_KEY=key,
        TWILIO_ACCOUNT_SID=account_sid,
        TWILIO_AUTH_TOKEN=auth_token,
        TWILIO_TEMPLATES=json.dumps(seed_templates(phone, _templates())),
    )

    log = stack.enter_context(_new_log())
    workers = Workers(count=WORKERS, log=log)
    deliveries = Deliveries(workers, in_flight, faults, records)
    cloud = _cloud(jars, functions, deliveries, in_flight, clock, stack)
    schedules = Schedules(routes.schedules(functions), clock, cloud.bus)
    address = link.serve(
        {
            "clock": link.Shared(clock, ("now",)),
            "scheduler": link.Shared(schedules.switch, ("schedules", "pause", "resume", "run")),
            **cloud.shared(),
        }
    )
    setup = {
        "functions": str(options.functions.resolve()),
        "link": asdict(address),
        "phone_url": phone_server.url,
        "signing_key": key,
    }
    # Stopped before the cloud that they use.
    stack.callback(workers.stop)
    workers.start(setup, os.environ, cloud.worker_died)

    local = LocalDoors(
        base_url=gateway.base_url,
        cloud=cloud,
        clock=clock,
        schedules=schedules,
        deliveries=deliveries,
        in_flight=in_flight,
        faults=faults,
        records=records,
        functions=[function.name for function in functions],
        callbacks_in_flight=lambda: phone.in_flight,
    )
    gateway.open(routes.doors(functions), Visits(workers, in_flight, faults, records), local)
    phone_server.open(local.respond)
    salons = [] if options.salon == "none" else [_seed_demo(cloud, clock, local, phone)]
    clock.run(options.speed)
    threading.Thread(target=schedules.run, name="schedules", daemon=True).start()
    stack.callback(schedules.stop)
    return Running(
        cloud=cloud,
        clock=clock,
        gateway=gateway,
        phone_url=phone_server.url,
        account_sid=account_sid,
        auth_token=auth_token,
        owner_tokens={
            salon_id: sign_in.token(key, SignedIn(f"owner-{salon_id}", "owner", salon_id)) for salon_id in salons
        },
        platform_token=sign_in.token(key, SignedIn("platform", "platform", None)),
        workers=workers,
        local=local,
        log=Path(log.name),
    )


def _front(port: int) -> Gateway:
    try:
        return Gateway(port)
    except OSError as error:
        raise _Broken(f"expected to listen on port {port}, found: {error.strerror} (--port names another)") from None


def pace(speed: float) -> str:
    """How business time runs, in words."""
    if speed == 0:
        return "stands still until it is moved"
    return "runs as fast as real time" if speed == 1 else f"runs {speed:g} times as fast as real time"


def _phone(base_url: str, account_sid: str, auth_token: str, clock: BusinessTime, stack: ExitStack) -> Phone:
    later = InThreads()
    stack.callback(later.stop)
    return Phone(
        now=clock.now,
        post_webhook=post_webhook,
        later=later,
        account_sid=account_sid,
        auth_token=auth_token,
        incoming_url=f"{base_url}{INCOMING_PATH}{WEBHOOK_RETRIES}",
    )


def _templates() -> dict[str, dict[str, Any]]:
    """Ours as Twilio takes them: what we call a button's payload is its id there."""
    return {
        purpose: {
            language: {
                **template,
                "buttons": [{"title": each["title"], "id": each["payload"]} for each in template["buttons"]],
            }
            for language, template in languages.items()
        }
        for purpose, languages in rendering.templates().items()
    }


def _cloud(
    jars: emulators.Jars | None,
    functions: list[Function],
    deliveries: Deliveries,
    in_flight: InFlight,
    clock: BusinessTime,
    stack: ExitStack,
) -> Cloud:
    if jars is None:
        return MemoryCloud(functions, deliveries, clock)
    # Only here: Google's libraries take their time to import.
    from local.emulator_cloud import EmulatorCloud

    return EmulatorCloud(jars, functions, deliveries, in_flight, clock, stack)


@contextmanager
def _new_log() -> Iterator[IO[bytes]]:
    """What the functions say. It is removed when the cloud is stopped, and stays when it broke: then it is asked for."""
    with tempfile.NamedTemporaryFile(prefix="smart-fill-", suffix=".log", delete=False, buffering=0) as log:
        try:
            yield log
        except _Stopped:
            Path(log.name).unlink(missing_ok=True)
            raise
        except BaseException:
            print(f"what the functions said is in {log.name}", file=sys.stderr)
            raise


def _seed_demo(cloud: Cloud, clock: BusinessTime, local: LocalDoors, phone: Phone) -> str:
    phone.zone, phone.locale = demo_salon.ZONE.key, demo_salon.LOCALE
    for path, data in demo_salon.documents(clock.now(), phone.account_sid):
        for person in (data, *data.get("contacts", [])):
            if number := person.get("phone"):
                phone.names[number] = person["name"]
        if path == f"salons/{demo_salon.SALON_ID}":
            # What was there before the salon was connected is no news, on a fast cloud as on a slow one.
            _settle(local)
        cloud.put(path, data)
    _settle(local)
    return demo_salon.SALON_ID


def _settle(local: LocalDoors) -> None:
    drained = local.drain(SEED_SECONDS)
    if not drained["idle"]:
        raise _Broken(f"expected the demo salon to be worked on within {SEED_SECONDS:.0f} s, found {drained}")


@contextmanager
def _stoppable() -> Iterator[None]:
    """The first signal raises _Stopped in the main thread, wherever it is; those after it, while things are being
    stopped, are not heard."""

    def stop(signal_number: int, frame: FrameType | None) -> None:
        # What hangs is not waited for: workers and emulators end when this process does.
        last_resort = threading.Timer(LONGEST_STOP_SECONDS, os._exit, [1])
        last_resort.daemon = True
        last_resort.start()
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)
        raise _Stopped

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)
    yield


@contextmanager
def _told(file: Path, content: dict[str, Any]) -> Iterator[None]:
    """Says in the file how the cloud is reached, for as long as it is. Whoever waits for the file never sees a part of it,
    and what another cloud has written there since stays."""
    whole = json.dumps(content, indent=2) + "\n"
    part = file.with_name(f".{file.name}.{os.getpid()}")
    part.write_text(whole)
    part.replace(file)
    try:
        yield
    finally:
        if file.is_file() and file.read_text() == whole:
            file.unlink()
