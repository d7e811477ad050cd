"""Google's Firestore and Pub/Sub emulators, found on this machine and started as plain java processes.

Not through their launchers or `gcloud`: those do not pass signals on, so stopping them leaves java behind. Instead each
java runs under a small shell that holds the reading end of a pipe of ours: when the pipe closes, because of `stop()` or
because this process is gone (however it died), the shell stops java.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FIRESTORE_MAIN = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
# Half a gigabyte is plenty for one salon or one test run, and the small compiler is faster for a single client.
SMALL = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
READY_SECONDS = 60.0
STOP_SECONDS = 5.0
ATTEMPTS = 3

# The second subshell waits for the pipe's end; java itself must not hold the pipe.
GUARD = 'exec 3<&0; "$@" 3<&- </dev/null & child=$!; (cat <&3 >/dev/null; kill $child 2>/dev/null) & wait $child'


@dataclass(frozen=True)
class Jars:
    firestore: Path
    pubsub: Path


class Emulators:
    """Two running emulators. Clients find them by `environment()`, which must be set before a client is made."""

    def __init__(self, firestore: "_Process", pubsub: "_Process") -> None:
        self._processes = (firestore, pubsub)
        self.firestore_host = firestore.host
        self.pubsub_host = pubsub.host

    def environment(self) -> Mapping[str, str]:
        return {"FIRESTORE_EMULATOR_HOST": self.firestore_host, "PUBSUB_EMULATOR_HOST": self.pubsub_host}

    def alive(self) -> bool:
        return all(process.alive() for process in self._processes)

    def stop(self) -> None:
        """Returns when both are gone. May be called again."""
        for process in self._processes:
            process.release()
        for process in self._processes:
            process.stop()


def find() -> Jars | None:
    """The jars named by FIRESTORE_EMULATOR_JAR and PUBSUB_EMULATOR_JAR, else those of the installed gcloud SDK. None
    where one of them, or java, is missing."""
    if shutil.which("java") is None:
        return None
    firestore = _named("FIRESTORE_EMULATOR_JAR") or _installed("cloud-firestore-emulator/cloud-firestore-emulator.jar")
    pubsub = _named("PUBSUB_EMULATOR_JAR") or _installed("pubsub-emulator/lib/cloud-pubsub-emulator-*-all.jar")
    return Jars(firestore, pubsub) if firestore and pubsub else None


def start(jars: Jars, *, functions_emulator: str | None = None, rules: Path | None = None) -> Emulators:
    """Returns when both answer. `functions_emulator` (host:port) is where Firestore posts the events of registered
    triggers; without `rules` every client may do everything."""
    options = [f"--functions_emulator={functions_emulator}"] if functions_emulator else []
    options += [f"--rules={rules}"] if rules else []
    firestore = _start("-Duser.language=en", *SMALL, "-cp", str(jars.firestore), FIRESTORE_MAIN, options=options)
    try:
        pubsub = _start(*SMALL, "-jar", str(jars.pubsub))
    except BaseException:
        firestore.stop()
        raise
    return Emulators(firestore, pubsub)


def _named(variable: str) -> Path | None:
    if not (name := os.environ.get(variable)):
        return None
    if not (path := Path(name)).is_file():
        raise FileNotFoundError(f"{variable} is expected to name a jar. Found: {name!r}, which is no file")
    return path


def _installed(pattern: str) -> Path | None:
    for root in _sdk_roots():
        if found := sorted((root / "platform").glob(pattern)):
            return found[-1]
    return None


def _sdk_roots() -> Sequence[Path]:
    if (gcloud := shutil.which("gcloud")) is None:
        return ()
    # Most installations keep gcloud in <root>/bin; asking it costs a second and is right for the others.
    beside = Path(gcloud).resolve().parents[1]
    if (beside / "platform").is_dir():
        return (beside,)
    asked = subprocess.run(
        [gcloud, "info", "--format=value(installation.sdk_root)"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return (Path(asked.stdout.strip()),) if asked.stdout.strip() else ()


class _Process:
    def __init__(self, host: str, command: Sequence[str]) -> None:
        self.host = host
        self._shell = subprocess.Popen(
            ["sh", "-c", GUARD, "emulator", *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def alive(self) -> bool:
        return self._shell.poll() is None

    def release(self) -> None:
        if self._shell.stdin is not None:
            self._shell.stdin.close()

    def stop(self) -> None:
        self.release()
        try:
            self._shell.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._shell.pid, signal.SIGKILL)
            self._shell.wait(STOP_SECONDS)


def _start(*java: str, options: Sequence[str] = ()) -> _Process:
    # A free port can be taken by somebody else before java has bound it; java then exits, and the next port is tried.
    for _ in range(ATTEMPTS):
        port = _free_port()
        process = _Process(f"127.0.0.1:{port}", ["java", *java, "--host=127.0.0.1", f"--port={port}", *options])
        try:
            if _ready(process):
                return process
        except BaseException:
            process.stop()
            raise
        process.stop()
    raise RuntimeError(f"an emulator is expected to start. Found: java exited {ATTEMPTS} times ({' '.join(java)})")


def _ready(process: _Process) -> bool:
    """False when it died; raises when it neither answers nor dies."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if not process.alive():
            return False
        try:
            with urllib.request.urlopen(f"http://{process.host}/", timeout=1):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise TimeoutError(f"the emulator at {process.host} is expected to answer within {READY_SECONDS:.0f} s; it did not")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
