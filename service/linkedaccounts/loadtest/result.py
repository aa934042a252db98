"""The result of a load test: what was run and what came of it, as a JSON file that can be read again.

Durations are seconds, latencies are HDR histograms of microseconds (base64, see ``latencies``), and seconds of the time
line count from the end of the warm-up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import TypeAdapter, ValidationError


class BadResult(ValueError):
    """A text that is no result of a load test."""


@dataclass(frozen=True, slots=True)
class Run:
    """What was run; ``arrivals`` is `closed` for a number of callers, else how calls came at a rate."""

    target: str
    arrivals: Literal["constant", "poisson", "closed"]
    stages: str
    seconds: float
    warm_up_seconds: float
    connections: int
    timeout_seconds: float
    checked_share: float
    seed: int
    profile: str
    started_at: str
    version: str


@dataclass(frozen=True, slots=True)
class Totals:
    """What became of the calls that were due after the warm-up.

    ``unexpected`` ended otherwise than they were meant to; ``late`` went out late because the client was too slow.
    ``held_back`` (calls that waited in the client because the server took no more at once) and what stands below it are
    of the whole run, warm-up included.
    """

    calls: int
    quotes: int
    calls_per_second: float
    quotes_per_second: float
    unexpected: int
    statuses: Mapping[str, int]
    late: int
    held_back: int
    reconnects: int
    goaways: int
    resets: int


@dataclass(frozen=True, slots=True)
class Moment:
    """One second: the calls that were due in it, how they ended and how long those took that went well.

    ``ended`` and ``quotes`` are of the calls that ended in it, whenever they were due; ``unexpected`` are the
    statuses of those that were due in it and ended otherwise than they were meant to.
    """

    second: int
    due: int
    ended: int
    quotes: int
    unexpected: Mapping[str, int]
    statuses: Mapping[str, int]
    latency: str
    client_cpu: float | None


@dataclass(frozen=True, slots=True)
class Decided:
    """How many lines of checked answers a rule decided, and the latency of single quotes with such a line."""

    lines: int
    latency: str


@dataclass(frozen=True, slots=True)
class Together:
    """The latency of the checked single quotes whose lines these rules decided, all of them and no others."""

    rules: tuple[str, ...]
    latency: str


@dataclass(frozen=True, slots=True)
class Checked:
    """How many answers were looked at, how many broke a promise of the contract, and the first few that did."""

    answers: int
    wrong: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process of the service had used by a second: CPU seconds since its start, and bytes of memory then."""

    second: int
    pid: int
    cpu_seconds: float
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the service in a second of the run; ``text`` is a sentence without its full stop.

    A `reload` is told by the policy versions of checked answers, and the rest by looking every second: at the
    processes of the service, and at which connections broke or were left because the service asked for it.
    """

    second: int
    kind: Literal["reload", "process-ended", "process-began", "connections-broke", "connections-left", "run"]
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """A threshold, what was measured against it, and whether it holds."""

    name: str
    limit: float
    actual: float
    holds: bool


@dataclass(frozen=True, slots=True)
class Result:
    """All of it. ``invalid`` says why the figures say nothing of the service; it is empty if they do.

    ``client_still`` is the share of the time in which the client did nothing for want of a CPU: so many of the calls
    may have waited for it and not for the service.
    """

    run: Run
    totals: Totals
    invalid: str
    client_cpu: float
    client_still: float
    latency: str
    failed_latency: str
    kinds: Mapping[str, str]
    rules: Mapping[str, Decided]
    together: tuple[Together, ...]
    checked: Checked
    timeline: tuple[Moment, ...]
    usage: tuple[Usage, ...]
    events: tuple[Event, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    format: Literal[1] = 1


_ADAPTER = TypeAdapter(Result)


def as_json(result: Result) -> str:
    """The result as JSON that ``read_result`` understands."""
    return _ADAPTER.dump_json(result, indent=1).decode() + "\n"


def read_result(text: str | bytes) -> Result:
    """The result of such JSON; BadResult says what is wrong with it."""
    try:
        return _ADAPTER.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadResult(f"no result of a load test: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
