"""When the phone calls back: a moment later, in threads of its own."""

import threading
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

Later = Callable[[float, Callable[[], None]], None]
"""Runs the work about that many real seconds from now, never in the caller."""

WORKERS = 32


class InThreads:
    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="phone")
        self._stopped = threading.Event()

    def __call__(self, seconds: float, work: Callable[[], None]) -> None:
        if not self._stopped.is_set():
            self._pool.submit(self._run, seconds, work)

    def _run(self, seconds: float, work: Callable[[], None]) -> None:
        if self._stopped.wait(seconds):
            return
        try:
            work()
        except Exception:
            # A pool keeps what its work raises to itself.
            traceback.print_exc()

    def stop(self) -> None:
        """What has not begun is never done; a webhook that is under way is waited for no longer than it takes."""
        self._stopped.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
