"""Lines of recorded decisions, read again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from linkedaccounts.application.decision_line import SCHEMA


class Place(NamedTuple):
    """Where a line stands: its file, and its number in it, counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recorded decision; ``application.decision_line`` says what stands in ``facts`` and ``outcome``."""

    decision: str
    at: str
    request_id: str
    method: str
    policy_version: str
    facts: Mapping[str, Any]
    outcome: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Gap:
    """Where the service said that it lost so many decisions, made between two moments."""

    lost: int
    since: str
    until: str


class CannotReplay(Exception):
    """Why a line cannot be made again: a short reason, the same for all lines of which it is true."""


def read_line(line: bytes) -> Recorded | Gap:
    """What stands in a line; CannotReplay if it is damaged or of another schema."""
    try:
        content = orjson.loads(line)
        schema = content["schema"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise CannotReplay("the line is damaged") from None
    if schema != SCHEMA:
        raise CannotReplay(f"the line has schema {str(schema)[:20]}, which this version does not know") from None
    try:
        if "lost" in content:
            return Gap(int(content["lost"]), content["since"], content["until"])
        fields = {name: content[name] for name in Recorded.__dataclass_fields__}
    except (KeyError, TypeError, ValueError):
        raise CannotReplay("the line is damaged") from None
    return Recorded(**fields)
