"""What a process counts, for metrics; a worker tells its supervisor, which has the metrics of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TypeAlias

from pydantic import TypeAdapter

from linkedaccounts.endpoints.service import Service
from linkedaccounts.endpoints.tally import Durations, Tally

Counts: TypeAlias = Counter[tuple[str, ...]]
"""By kind and labels: `decided` by decision and rule; `calls_shed`, `decisions`, `events`, `shadow`, `quotes` and
`rules` by result; those OF_A_PROCESS. What `durations_in` reads goes by bucket too: `calls` by method and status, and
`lag`."""

AT_WORK, AT_THREADS, RECORDS_WAITING = ("at_work",), ("at_threads",), ("records_waiting",)
SUBSCRIBERS, EVENTS_WAITING = ("subscribers",), ("events_waiting",)
OF_A_PROCESS = frozenset({AT_WORK, AT_THREADS, RECORDS_WAITING, SUBSCRIBERS, EVENTS_WAITING})
"""What there is now, and is gone with its process."""

_SECONDS = "s"
"""Stands in the place of a bucket for the microseconds of all, so that durations of processes are added up as well."""
_LISTED = TypeAdapter(list[tuple[tuple[str, ...], int]])


def counts_of(service: Service, tally: Tally) -> Counts:
    """What this process has counted since its start."""
    decisions, memory, shadow = service.decisions, service.memory, service.shadow
    counts: Counts = Counter(dict(_of_durations(("lag",), tally.lag)))
    counts.update({AT_WORK: tally.at_work, AT_THREADS: tally.at_threads, RECORDS_WAITING: decisions.waiting})
    counts.update({SUBSCRIBERS: tally.subscribers, EVENTS_WAITING: tally.events_waiting})
    counts.update({("events", result): count for result, count in list(tally.events.items())})
    for labels, durations in list(tally.ended.items()):
        counts.update(dict(_of_durations(("calls", *labels), durations)))
    counts.update({("quotes", result): count for result, count in list(tally.quotes.items())})
    counts.update({("calls_shed", reason): count for reason, count in list(tally.shed.items())})
    counts.update({("rules", "hit"): memory.hits, ("rules", "miss"): memory.misses})
    counts.update({("decided", *labels): count for labels, count in service.rules.times().items()})
    counts.update({("decisions", "written"): decisions.recorded, ("decisions", "lost"): decisions.lost})
    counts.update({("shadow", result): count for result, count in (list(shadow.counts.items()) if shadow else ())})
    return counts


def labelled(kind: str, counts: Counts) -> Iterator[tuple[tuple[str, ...], int]]:
    """The counts of a kind, by their labels."""
    return ((tuple(labels), count) for (of, *labels), count in counts.items() if of == kind)


def durations_in(kind: str, counts: Counts) -> dict[tuple[str, ...], Durations]:
    """The durations of a kind, by their labels."""
    found: dict[tuple[str, ...], Durations] = {}
    for (*labels, bucket), count in labelled(kind, counts):
        durations = found.setdefault(tuple(labels), Durations())
        if bucket == _SECONDS:
            durations.seconds = count / 1_000_000
        else:
            durations.counts[int(bucket)] = count
    return found


def _of_durations(kind: tuple[str, ...], durations: Durations) -> Iterator[tuple[tuple[str, ...], int]]:
    yield from (((*kind, str(bucket)), count) for bucket, count in enumerate(durations.counts) if count)
    yield (*kind, _SECONDS), round(durations.seconds * 1_000_000)


def as_line(counts: Counts) -> str:
    """On one line, without a blank."""
    return _LISTED.dump_json(list(counts.items())).decode()


def from_line(line: str) -> Counts:
    """What ``as_line`` wrote."""
    return Counter(dict(_LISTED.validate_json(line)))
