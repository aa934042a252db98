from __future__ import annotations

import io
import json
import logging
from pathlib import Path
from select import PIPE_BUF
from typing import Any

import structlog

from linkedaccounts.endpoints.call_log import CallLine, Log
from linkedaccounts.endpoints.logging_setup import logging_to

LINE = CallLine(1_569_801_600.25, "/a.B/C", "OK", 1.5, "abc", "5eed", "checkout", None)


class Pieces(io.BytesIO):
    """A stream that remembers what it was given in one piece."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []

    def write(self, piece: Any) -> int:
        self.pieces.append(piece)
        return len(piece)


def lines_of(stream: io.BytesIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_call_is_one_json_line_with_the_moment_of_the_call() -> None:
    stream = io.BytesIO()
    log = Log(stream)
    log.call(LINE)
    log.stop()

    assert lines_of(stream) == [
        {
            "timestamp": "2019-09-30T00:00:00.250Z",
            "event": "call",
            "level": "info",
            "method": "/a.B/C",
            "status": "OK",
            "duration_ms": 1.5,
            "request_id": "abc",
            "policy_version": "5eed",
            "caller": "checkout",
        }
    ]


def test_lines_are_written_in_their_order_and_all_of_them_at_the_stop() -> None:
    stream = io.BytesIO()
    log = Log(stream)
    log.start()
    for number in range(2000):
        log.call(LINE._replace(quotes=number))
    log.stop()

    assert [line["quotes"] for line in lines_of(stream)] == list(range(2000))


def test_a_log_that_cannot_keep_up_counts_what_it_leaves_out() -> None:
    stream = io.BytesIO()
    log = Log(stream, capacity=3)
    for _ in range(10):
        log.call(LINE)
    log.stop()

    *calls, dropped = lines_of(stream)
    assert len(calls) == 3
    assert (dropped["event"], dropped["count"]) == ("log_lines_dropped", 7)


def test_lines_go_out_whole_in_pieces_that_a_pipe_does_not_cut() -> None:
    stream = Pieces()
    log = Log(stream)
    for _ in range(100):
        log.call(LINE)
    log.event({"event": "long", "text": "x" * PIPE_BUF})
    log.call(LINE)
    log.stop()

    *short, long, last = stream.pieces
    assert all(len(piece) <= PIPE_BUF and piece.endswith(b"\n") for piece in (*short, last))
    assert json.loads(long)["event"] == "long"


def test_above_info_calls_are_not_written() -> None:
    stream = io.BytesIO()
    with logging_to(Log(stream, "warning")) as log:
        log.call(LINE)
        structlog.get_logger().info("not this")
        structlog.get_logger().warning("but this")

    assert [line["event"] for line in lines_of(stream)] == ["but this"]


def test_events_of_any_part_and_warnings_of_libraries_end_up_in_the_log() -> None:
    stream = io.BytesIO()
    with logging_to(Log(stream)):
        structlog.get_logger().error("policy_rejected", problems=("a", "b"), path=Path("x.yaml"))
        logging.getLogger("some.library").warning("take %s", "care")

    event, warning = lines_of(stream)
    assert (event["event"], event["level"], event["problems"]) == ("policy_rejected", "error", ["a", "b"])
    assert event["path"] == "x.yaml"
    assert (warning["event"], warning["logger"], warning["message"]) == ("library", "some.library", "take care")


def test_a_traceback_stands_in_its_line() -> None:
    stream = io.BytesIO()
    with logging_to(Log(stream)):
        try:
            divmod(1, 0)
        except ZeroDivisionError as error:
            structlog.get_logger().error("unexpected", exc_info=error)

    assert "ZeroDivisionError" in lines_of(stream)[0]["exception"]
