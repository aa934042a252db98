"""Compares a candidate with the live policy in the background, and records only where they differ.

A thread decides again what waits in a queue. It takes at most half of the time, so that the calls get theirs; what
comes when the queue is full is not compared, and counted.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable

import orjson
import structlog

from linkedaccounts.application.decision_line import LineWriter, RecordedCall
from linkedaccounts.application.decision_record import CurrentCall, Made
from linkedaccounts.application.shadow_policy import Outcome, ShadowPolicy, outcome_of, same_answer
from linkedaccounts.storage.decision_files import DecisionFiles
from linkedaccounts.storage.share_of_calls import ShareOfCalls

CAPACITY = 2000
INTERVAL_SECONDS = 0.1
SAID_EVERY_SECONDS = 60.0
SAME, OTHER_RULES, DIFFERENT, DROPPED, FAILED = "same", "other_rules", "different", "dropped", "failed"


class ShadowLog:
    """A recorder, and the thread behind it. ``counts`` is how many decisions came out how, since the start."""

    def __init__(
        self,
        shadow: ShadowPolicy,
        files: DecisionFiles,
        current_call: CurrentCall,
        share: float = 1,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """``share`` of the calls are compared, by their ids."""
        self.counts: Counter[str] = Counter()
        self._shadow = shadow
        self._files = files
        self._current_call = current_call
        self._share = ShareOfCalls(share)
        self._clock = clock
        self._waiting: deque[tuple[RecordedCall, Made]] = deque()
        self._lines = LineWriter()
        self._said_at = 0.0
        self._unsaid = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="shadow", daemon=True)

    @property
    def version(self) -> str:
        """That of the candidate."""
        return self._shadow.policy.version

    def __call__(self, made: Made) -> None:
        """Takes a decision of the live policy."""
        request_id, method = self._current_call()
        if request_id not in self._share:
            return
        if len(self._waiting) >= CAPACITY:
            self.counts[DROPPED] += 1
        else:
            self._waiting.append((RecordedCall(self._clock(), request_id, method), made))

    def start(self) -> None:
        """Begins to compare."""
        self._thread.start()

    def stop(self) -> None:
        """Ends; what still waits is not compared."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        self.counts[DROPPED] += len(self._waiting)
        self._files.close()

    def compare_waiting(self, pause: Callable[[float], object] = time.sleep) -> None:
        """Compares what waits, with a pause after each that is as long as it took."""
        while self._waiting and not self._stopping.is_set():
            began = time.perf_counter()
            call, made = self._waiting.popleft()
            try:
                self._compare(call, made)
            except Exception as error:  # noqa: BLE001 - a candidate may fail in any way, and the service goes on
                self.counts[FAILED] += 1
                self._say("shadow_failed", call, problem=repr(error))
            pause(time.perf_counter() - began)

    def _run(self) -> None:
        while not self._stopping.wait(INTERVAL_SECONDS):
            self.compare_waiting()

    def _compare(self, call: RecordedCall, made: Made) -> None:
        live, shadow = outcome_of(made), self._shadow.outcome(made)
        how = SAME if live == shadow else OTHER_RULES if same_answer(live, shadow) else DIFFERENT
        if how != SAME:
            self._files.append(self._line(call, made, shadow))
            self._say("shadow_differs", call, how=how)
        self.counts[how] += 1

    def _line(self, call: RecordedCall, made: Made, shadow: Outcome) -> bytes:
        """The record of the live decision, and beside it what the candidate made of it."""
        content = orjson.loads(self._lines.line(call, made))
        content["shadow"] = {"policy_version": self.version, "outcome": shadow}
        return orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE)

    def _say(self, event: str, call: RecordedCall, **more: str) -> None:
        """Says in the log what was found, at most once a minute, and how much of it was not said."""
        now = self._clock()
        if now - self._said_at < SAID_EVERY_SECONDS:
            self._unsaid += 1
            return
        named = {"request_id": call.request_id, "method": call.method, "shadow_version": self.version}
        structlog.get_logger().warning(event, **named, **more, unsaid_since=self._unsaid)
        self._said_at, self._unsaid = now, 0
