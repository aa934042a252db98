"""Records decisions in the background: lines go into a queue, and a thread writes them into files.

The line itself is made at once, on the caller's path: that takes a tenth of the time that a quote does. Keeping the
quote for the thread to make a line of took more, as measured: what is kept the garbage collector goes through again.

What cannot be written waits, as much as the queue holds; what comes on top is lost, counted, and said: in the log, in
a metric, and, once there is room again, in a line of the record itself.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

import structlog

from linkedaccounts.application.decision_line import LineWriter, RecordedCall, lost_line
from linkedaccounts.application.decision_record import CurrentCall, Made
from linkedaccounts.storage.decision_files import DecisionFiles
from linkedaccounts.storage.share_of_calls import ShareOfCalls

CAPACITY = 20_000
"""So many lines wait at most: some seconds of a busy process, about 25 MB."""
INTERVAL_SECONDS = 0.1
BYTES_AT_ONCE = 1024 * 1024
"""A write lets go of Python's lock, and in a busy process it takes milliseconds to get it back."""
SAID_EVERY_SECONDS = 60.0


class DecisionLog:
    """A recorder, and the thread behind it."""

    def __init__(
        self,
        files: DecisionFiles,
        current_call: CurrentCall,
        share: float = 1,
        capacity: int = CAPACITY,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """``share`` of the calls are recorded, with all their decisions: by their ids, so the same ones everywhere."""
        self.recorded = 0
        self._files = files
        self._current_call = current_call
        self._share = ShareOfCalls(share)
        self._capacity = capacity
        self._clock = clock
        self._waiting: deque[tuple[float, bytes]] = deque()
        self._lines = LineWriter()
        self._losses = _Losses()
        self._problem = ""
        self._said_at = 0.0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="decisions", daemon=True)

    @property
    def waiting(self) -> int:
        """How many decisions are yet to be written."""
        return len(self._waiting)

    @property
    def lost(self) -> int:
        """How many decisions could not be recorded, since the start."""
        return self._losses.count

    def __call__(self, made: Made) -> None:
        """Takes a decision."""
        request_id, method = self._current_call()
        if request_id not in self._share:
            return
        at = self._clock()
        if len(self._waiting) >= self._capacity:
            self._losses.add(at)
            return
        try:
            self._waiting.append((at, self._lines.line(RecordedCall(at, request_id, method), made)))
        except Exception as error:  # noqa: BLE001 - nobody foresaw it, and the caller gets the answer
            self._losses.add(at)
            structlog.get_logger().error("unexpected_error", request_id=request_id, exc_info=error)

    def start(self) -> None:
        """Begins to write."""
        if self._share:
            self._thread.start()

    def stop(self) -> None:
        """Writes all that waits, and ends; what cannot be written now is lost."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        self.write_waiting()
        while self._waiting:
            at, _ = self._waiting.popleft()
            self._losses.add(at)
        self._say(at_last=True)
        self._files.close()

    def write_waiting(self) -> None:
        """Writes what waits, as far as it can be written."""
        problem = ""
        while self._waiting and not problem:
            problem = self._write(self._next_lines())
        if self._problem and not problem:
            structlog.get_logger().warning("decisions_recorded_again", lost=self._losses.say())
        self._problem = problem
        self._say()

    def _run(self) -> None:
        while not self._stopping.wait(INTERVAL_SECONDS):
            self.write_waiting()

    def _next_lines(self) -> list[bytes]:
        """The lines that are written together: at least one."""
        lines: list[bytes] = []
        size = 0
        for index in range(len(self._waiting)):  # not by an iterator, which a line that comes would break
            _, line = self._waiting[index]
            size += len(line)
            if lines and size > BYTES_AT_ONCE:
                break
            lines.append(line)
        return lines

    def _write(self, lines: list[bytes]) -> str:
        """Why the lines, which wait first, cannot be written now; empty once they are."""
        try:
            self._losses.tell(self._files)
            self._files.append(b"".join(lines))
        except OSError as problem:
            return problem.strerror or str(problem)
        self.recorded += len(lines)
        for _ in lines:
            self._waiting.popleft()
        return ""

    def _say(self, *, at_last: bool = False) -> None:
        """Says in the log what is wrong, at most once a minute."""
        now = self._clock()
        if (self._problem or self._losses.unsaid) and (at_last or now - self._said_at >= SAID_EVERY_SECONDS):
            problem = self._problem or "more decisions than can be written"
            waiting, lost = len(self._waiting), self._losses.say()
            structlog.get_logger().error("decisions_not_recorded", problem=problem, waiting=waiting, lost=lost)
            self._said_at = now


class _Losses:
    """What was lost, and how much of that is not yet in the record, or in the log."""

    def __init__(self) -> None:
        self.count = 0
        self.unsaid = 0
        self._untold = 0
        self._since = self._until = 0.0
        self._lock = threading.Lock()

    def add(self, at: float) -> None:
        """One more decision is lost, of that moment."""
        with self._lock:
            self._since = self._since if self._untold else at
            self._until = at
            self.count += 1
            self.unsaid += 1
            self._untold += 1

    def tell(self, files: DecisionFiles) -> None:
        """Writes into the record how many are missing here, if any are."""
        with self._lock:
            if self._untold:
                files.append(lost_line(self._untold, self._since, self._until))
                self._untold = 0

    def say(self) -> int:
        """How many were lost since the start; nothing is left to be said of them."""
        with self._lock:
            self.unsaid = 0
            return self.count
