"""One background thread for everything that may take longer than a keystroke.

A job has a key: a newer job of the same key replaces a waiting one and cancels a running one. Jobs wait for their
delay, so that a burst of keys ends in one job. Results go back to the event loop; nothing else is shared.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import attrs

logger = logging.getLogger(__name__)

Cancelled = Callable[[], bool]


@attrs.define
class _Job:
    due: float
    number: int
    work: Callable[[Cancelled], Any]
    done: Callable[[Any], None]


class Worker:
    """Runs jobs one at a time; `deliver` takes a callable to the event loop (`call_soon_threadsafe`)."""

    def __init__(self, deliver: Callable[[Callable[[], None]], None]) -> None:
        self._deliver = deliver
        self._jobs: dict[str, _Job] = {}
        self._newest: dict[str, int] = {}
        self._number = 0
        self._stopped = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="schemabot-worker", daemon=True)
        self._thread.start()

    def submit(
        self,
        key: str,
        work: Callable[[Cancelled], Any],
        done: Callable[[Any], None],
        delay: float = 0.0,
    ) -> None:
        """Run `work(cancelled)` in the thread after `delay` seconds, then `done(result)` on the event loop.

        `work` may raise anything: it is logged, and `done` is not called. `done` is not called either when a
        newer job of the same key was submitted meanwhile.
        """
        with self._changed:
            self._number += 1
            self._newest[key] = self._number
            self._jobs[key] = _Job(time.monotonic() + delay, self._number, work, done)
            self._changed.notify()

    def stop(self) -> None:
        """Cancel everything; the thread ends with the job it is in."""
        with self._changed:
            self._stopped = True
            self._jobs.clear()
            self._newest.clear()
            self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                taken = self._take()
                if taken is None:
                    return
                key, job = taken
            try:
                result = job.work(lambda k=key, n=job.number: self._newest.get(k) != n)  # type: ignore[misc]
            except Exception:  # the thread must outlive a failing job
                logger.exception("background job %s failed", key)
            else:
                self._hand_over(key, job, result)

    def _hand_over(self, key: str, job: _Job, result: Any) -> None:
        def deliver() -> None:
            if self._newest.get(key) == job.number:
                job.done(result)

        try:
            self._deliver(deliver)
        except RuntimeError:  # the loop is closed: the server is going down
            logger.debug("result of %s came after the end", key)

    def _take(self) -> tuple[str, _Job] | None:
        """The next due job, waiting for it; None when stopped. Called with the lock held."""
        while not self._stopped:
            key = min(self._jobs, key=lambda k: self._jobs[k].due, default=None)
            if key is None:
                self._changed.wait()
                continue
            rest = self._jobs[key].due - time.monotonic()
            if rest <= 0:
                return key, self._jobs.pop(key)
            self._changed.wait(rest)
        return None
