"""What the service measures of itself, under OpenTelemetry's names, read off it when somebody asks.

Calls are measured by OpenTelemetry's conventions for RPC, stable as of 1.45, and not by gRPC's own (A66). Those say the
same of duration and status under other names, and beyond that count bytes as gRPC compressed them, which we do not see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from linkedaccounts.endpoints.counts import (
    AT_THREADS,
    AT_WORK,
    EVENTS_WAITING,
    RECORDS_WAITING,
    SUBSCRIBERS,
    Counts,
    durations_in,
    labelled,
)
from linkedaccounts.endpoints.service import Service
from linkedaccounts.endpoints.tally import Durations

OURS = "linked_accounts."
NO_METHOD, OTHER_METHOD = "(none)", "_OTHER"
"""A method that there is not: as the log has it, and as the conventions do."""
ERRORS = frozenset({"UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"})
"""The statuses that are a server's error by the conventions; the others are the caller's, or an answer."""

Labels: TypeAlias = Mapping[str, str]
Point: TypeAlias = tuple[Labels, float | Durations]


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric with its points of now: ``unit`` is `s`, `d` (days) or empty; a histogram's points are durations."""

    name: str
    what: str
    kind: Literal["counter", "gauge", "histogram"]
    points: tuple[Point, ...]
    unit: str = ""


class Measures:
    """The age of the rates, the policy in use, and what all processes of the service counted."""

    def __init__(self, service: Service, counts: Callable[[], Counts]) -> None:
        self._service = service
        self._counts = counts

    def __call__(self) -> Iterator[Measure]:
        """Every metric with its value of now."""
        counts = self._counts()
        yield _calls(counts)
        yield _counter("calls.shed", "Calls refused for the load.", ("reason",), "calls_shed", counts)
        yield _gauge("calls.at_work", "Calls being answered.", counts[AT_WORK])
        yield _gauge("threads.at_work", "Work about sellers in a thread, or waiting for one.", counts[AT_THREADS])
        lag: tuple[Point, ...] = tuple(({}, durations) for durations in durations_in("lag", counts).values())
        yield Measure(f"{OURS}loop.lag", "How late the event loop came to what was due.", "histogram", lag, "s")
        yield _counter("rules.decided", "Lines and accounts a rule decided.", ("decision", "rule"), "decided", counts)
        yield _counter("rules", "Questions to the rules, by whether remembered.", ("answer",), "rules", counts)
        yield _counter("quotes", "Quotes, by whether their answer was remembered.", ("answer",), "quotes", counts)
        yield _counter("decisions", "Decisions, by what became of their record.", ("record",), "decisions", counts)
        yield _gauge("records.waiting", "Decisions whose record is yet to be written.", counts[RECORDS_WAITING])
        yield _counter("shadow", "Decisions the shadow was to make too, by how.", ("result",), "shadow", counts)
        yield _counter("events", "Events, by what became of them.", ("result",), "events", counts)
        yield _gauge("events.subscribers", "Streams of events that go on.", counts[SUBSCRIBERS])
        yield _gauge("events.waiting", "Events that the broker lacks.", counts[EVENTS_WAITING])
        yield from self._policy()
        age = self._service.rates.age_days(self._service.today())
        yield _gauge("rate_book.age", "Days since the last exchange rates.", age, "d")

    def _policy(self) -> Iterator[Measure]:
        keeper = self._service.policy
        version = {"version": keeper.current.version}
        yield Measure(f"{OURS}policy.info", "The policy in use; always 1.", "gauge", ((version, 1),))
        loads = (({"result": "taken"}, keeper.taken), ({"result": "refused"}, keeper.refused))
        yield Measure(f"{OURS}policy.loads", "Policies read, by what became of them.", "counter", loads)
        refused, pinned = (int(what is not None) for what in (keeper.standing.rejected, keeper.standing.pin))
        yield _gauge("policy.refused", "1 while the rules do not serve, being refused.", refused)
        yield _gauge("policy.pinned", "1 while a rollback holds a version.", pinned)


def _calls(counts: Counts) -> Measure:
    points = tuple((call_labels(*labels), durations) for labels, durations in durations_in("calls", counts).items())
    return Measure("rpc.server.call.duration", "How long calls took that ended.", "histogram", points, "s")


def call_labels(method: str, status: str) -> dict[str, str]:
    """A call's attributes by the conventions."""
    named = OTHER_METHOD if method == NO_METHOD else method.removeprefix("/")
    error = {"error.type": status} if status in ERRORS else {}
    return {"rpc.system.name": "grpc", "rpc.method": named, "rpc.response.status_code": status, **error}


def _counter(name: str, what: str, names: tuple[str, ...], kind: str, counts: Counts) -> Measure:
    points = tuple((dict(zip(names, values, strict=True)), count) for values, count in labelled(kind, counts))
    return Measure(OURS + name, what, "counter", points)


def _gauge(name: str, what: str, value: float, unit: str = "") -> Measure:
    return Measure(OURS + name, what, "gauge", (({}, value),), unit)
