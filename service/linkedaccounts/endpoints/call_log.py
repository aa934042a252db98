"""The log: lines leave a call's path as plain tuples and are rendered by structlog on a thread of their own.

One JSON object a line. A call's line tells when, which method, its status and how long it took, the request id and the
policy's version, and which service called; never what was asked or answered, nor for which person.
"""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from select import PIPE_BUF
from typing import Any, BinaryIO, NamedTuple

import orjson
import structlog

from linkedaccounts.application.decision_line import moment

CAPACITY = 100_000
"""So many lines wait at most; those that come on top are counted, not kept."""
INTERVAL_SECONDS = 0.1
AT_ONCE = 500


class CallLine(NamedTuple):
    """A call that ended. ``quotes`` is how many a batch or stream asked for; ``caller`` is empty if nobody known.

    ``trace_id`` is empty if it was not traced.
    """

    at: float
    method: str
    status: str
    duration_ms: float
    request_id: str
    policy_version: str
    caller: str
    quotes: int | None
    trace_id: str = ""


class Log:
    """Takes lines at once, writes them a little later; ``stop`` writes what is left."""

    def __init__(self, stream: BinaryIO | None = None, level: str = "info", capacity: int = CAPACITY) -> None:
        """``level`` is the least severity written; calls are `info`."""
        self.level = level
        self._writes_calls = level in ("debug", "info")
        self._stream = stream or sys.stderr.buffer
        self._render = structlog.processors.JSONRenderer(serializer=_json)
        self._waiting: deque[CallLine | Mapping[str, Any]] = deque()
        self._capacity = capacity
        self._dropped = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)

    def start(self) -> None:
        """Begins to write."""
        self._thread.start()

    def stop(self) -> None:
        """Writes all that waits, and ends; lines that come later are not written."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        self._write_waiting()

    def call(self, line: CallLine) -> None:
        """Takes the line of a call."""
        if self._writes_calls:
            self._take(line)

    def event(self, event: Mapping[str, Any]) -> None:
        """Takes any other line, as structlog's event dictionary."""
        self._take({"at": time.time(), **event})

    def _take(self, line: CallLine | Mapping[str, Any]) -> None:
        if len(self._waiting) < self._capacity:
            self._waiting.append(line)
        else:
            self._dropped += 1

    def _run(self) -> None:
        while not self._stopping.wait(INTERVAL_SECONDS):
            self._write_waiting()

    def _write_waiting(self) -> None:
        while self._waiting or self._dropped:
            lines = [self._rendered(self._waiting.popleft()) for _ in range(min(AT_ONCE, len(self._waiting)))]
            if dropped := self._dropped:
                self._dropped -= dropped
                lines.append(self._rendered(_dropped(dropped)))
            for chunk in _chunks(lines):
                self._stream.write(chunk)
                self._stream.flush()

    def _rendered(self, line: CallLine | Mapping[str, Any]) -> bytes:
        event = _of_call(line) if isinstance(line, CallLine) else _of_other(line)
        rendered = self._render(None, "", event)
        return rendered + b"\n" if isinstance(rendered, bytes) else rendered.encode() + b"\n"


def _of_call(line: CallLine) -> dict[str, Any]:
    """Written out, which takes half as long as putting it together of parts: nearly all lines are these."""
    event: dict[str, Any] = {
        "timestamp": moment(line.at),
        "event": "call",
        "level": "info",
        "method": line.method,
        "status": line.status,
        "duration_ms": line.duration_ms,
        "request_id": line.request_id,
        "policy_version": line.policy_version,
    }
    if line.caller:
        event["caller"] = line.caller
    if line.quotes is not None:
        event["quotes"] = line.quotes
    if line.trace_id:
        event["trace_id"] = line.trace_id
    return event


def _of_other(line: Mapping[str, Any]) -> MutableMapping[str, Any]:
    fields = dict(line)
    head = {"timestamp": moment(fields.pop("at")), "event": fields.pop("event"), "level": fields.pop("level", "info")}
    return structlog.processors.format_exc_info(None, "", {**head, **fields})


def _dropped(count: int) -> dict[str, Any]:
    return {"at": time.time(), "event": "log_lines_dropped", "level": "warning", "count": count}


def _chunks(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Whole lines together, up to what a pipe takes in one piece: workers that share one do not cut each other's."""
    chunk = b""
    for line in lines:
        if chunk and len(chunk) + len(line) > PIPE_BUF:
            yield chunk
            chunk = b""
        chunk += line
    yield chunk


def _json(value: Any, **_: Any) -> bytes:
    return orjson.dumps(value, default=str)
