"""A call: what goes out, prepared once for many calls, and what is known of one that is on its way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from linkedaccounts.loadtest.frames import MAX_PAYLOAD, Flag, Kind, frame_start
from linkedaccounts.v1.fee_quote_service_pb2 import QuoteFeesRequest


class Shape(Enum):
    """In which way quotes are asked for."""

    UNARY = "unary"
    BATCH = "batch"
    STREAM = "stream"


@dataclass(frozen=True, slots=True)
class Question:
    """A request of one quote, and whether it is wrong on purpose: then it must be refused as INVALID_ARGUMENT."""

    request: QuoteFeesRequest
    bad: bool = False


class Prepared:
    """The bytes of a call, ready but for the number of its stream, and what was asked with them.

    ``kind`` is under what it is counted, ``expected`` the status that it must end with.
    """

    __slots__ = ("block", "body", "expected", "kind", "middle", "questions", "shape", "small", "start")

    def __init__(self, shape: Shape, questions: Sequence[Question], block: bytes, body: bytes) -> None:
        refused = shape is Shape.UNARY and questions[0].bad
        self.shape = shape
        self.questions = tuple(questions)
        self.block = block
        self.body = body
        self.kind = "bad" if refused else shape.value
        self.expected = "INVALID_ARGUMENT" if refused else "OK"
        self.start = frame_start(Kind.HEADERS, Flag.END_HEADERS, len(block))
        self.small = len(body) <= MAX_PAYLOAD
        self.middle = block + frame_start(Kind.DATA, Flag.END_STREAM, len(body)) if self.small else b""


class Call:
    """One call: what it asks, when it should have gone out, and the body of its answer if that is to be checked."""

    __slots__ = ("answer", "due", "prepared", "received")

    def __init__(self, prepared: Prepared, due: float, *, checked: bool) -> None:
        self.prepared = prepared
        self.due = due
        self.answer: list[bytes] | None = [] if checked else None
        self.received = 0


def message_bytes(messages: Iterable[bytes]) -> bytes:
    """Messages as gRPC frames them: not compressed, each after its length."""
    return b"".join(b"\0" + len(message).to_bytes(4, "big") + message for message in messages)


def messages_of(body: bytes) -> list[bytes]:
    """The messages in a body; ValueError if it is cut short, or if one is compressed, which was not offered."""
    messages, start = [], 0
    while start < len(body):
        end = start + 5 + int.from_bytes(body[start + 1 : start + 5], "big")
        if body[start] or end > len(body):
            raise ValueError("the body holds no whole messages")
        messages.append(body[start + 5 : end])
        start = end
    return messages
