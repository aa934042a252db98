"""Fits an error into the trailing metadata, of which a caller by default takes 8 KiB, base64 included.

Texts are cut. A list of problems that is too long loses its translations first (each problem keeps its reason, field
and English sentence) and then its end; the ErrorInfo beside it always counts all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate
from typing import TypeVar

from google.protobuf.message import Message
from google.rpc.error_details_pb2 import BadRequest, LocalizedMessage

from linkedaccounts.application.refusals import FieldProblem
from linkedaccounts.domain.text import DEFAULT_LANGUAGE

V = TypeVar("V", bound=Message)

MESSAGE_LIMIT = 400
LOCALIZED_LIMIT = 600
VALUE_LIMIT = 300
VIOLATIONS_LIMIT = 3900
"""Bytes: of a status message (as a header), a localised one, one value or sentence, and all violations together."""

ELLIPSIS = "…"


def utf8_bytes(text: str) -> int:
    """How many bytes a text takes in a message."""
    return len(text) if text.isascii() else len(text.encode())


def header_bytes(text: str) -> int:
    """How many bytes a text takes in the header `grpc-message`: all but printable ASCII is percent-encoded."""
    return sum(1 if " " <= character <= "~" and character != "%" else 3 * utf8_bytes(character) for character in text)


def cut(text: str, limit: int, measure: Callable[[str], int] = utf8_bytes) -> str:
    """``text`` if it takes at most ``limit`` bytes, else as much of its beginning as fits before an ellipsis."""
    if len(text) <= limit and measure(text) <= limit:
        return text
    room = limit - measure(ELLIPSIS)
    ends = accumulate(measure(character) for character in text[:limit])
    return text[: sum(end <= room for end in ends)] + ELLIPSIS


def violations_that_fit(problems: Sequence[FieldProblem], language: str) -> list[BadRequest.FieldViolation]:
    """The problems in their order: all, translated if need be; or all, in English; or the first ones, in English."""
    if language != DEFAULT_LANGUAGE:
        translated = _problems_that_fit(problems, language)
        if len(translated) == len(problems):
            return translated
    return _problems_that_fit(problems, DEFAULT_LANGUAGE)


def first_that_fit(violations: Iterable[V]) -> list[V]:
    """As many of the first violations as fit together; one, if there is any, however long."""
    taken: list[V] = []
    room = VIOLATIONS_LIMIT
    for violation in violations:
        room -= violation.ByteSize() + 3
        if room < 0 and taken:
            break
        taken.append(violation)
    return taken


def _problems_that_fit(problems: Sequence[FieldProblem], language: str) -> list[BadRequest.FieldViolation]:
    return first_that_fit(_violation(problem, language) for problem in problems)


def _violation(problem: FieldProblem, language: str) -> BadRequest.FieldViolation:
    violation = BadRequest.FieldViolation(
        field=problem.field, reason=problem.reason, description=cut(problem.message(), VALUE_LIMIT)
    )
    if language != DEFAULT_LANGUAGE:
        message = cut(problem.message(language), VALUE_LIMIT)
        violation.localized_message.CopyFrom(LocalizedMessage(locale=language, message=message))
    return violation
