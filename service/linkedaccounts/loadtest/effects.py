"""What came of the things that happened to a service during a run: told in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from linkedaccounts.loadtest.latencies import decoded, merged, quantile_ms, readable
from linkedaccounts.loadtest.result import Event, Moment, Result

BESIDE_SECONDS = 5
"""For how long before and after an incident latencies are shown beside those within it."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Events that belong together, from one second through another."""

    second: int
    through: int
    events: tuple[Event, ...]

    @property
    def name(self) -> str:
        """What it was, as in `a killed worker`."""
        kinds = {event.kind for event in self.events}
        names = ["a reload"] if "reload" in kinds else []
        if "process-ended" in kinds:
            broke, left = "connections-broke" in kinds, "connections-left" in kinds
            names.append(
                "a killed worker" if broke else "a worker that was stopped" if left else "a process that ended"
            )
        elif "connections-broke" in kinds:
            names.append("broken connections")
        elif "connections-left" in kinds:
            names.append("connections that the service asked to leave")
        elif "process-began" in kinds:
            names.append("a new process")
        return " and ".join(names)


@dataclass(frozen=True, slots=True)
class Effect:
    """An incident, and a sentence on each: what happened, and what came of it."""

    incident: Incident
    happened: str
    came_of_it: str


def incidents(events: Sequence[Event]) -> list[Incident]:
    """Events within a second of each other are one; so is a process that began and the one whose place it takes."""
    found: list[Incident] = []
    for event in events:
        if event.kind == "run":
            continue
        last = found[-1] if found else None
        if last and (event.second <= last.through + 1 or (event.kind == "process-began" and _lacks_one(last))):
            found[-1] = Incident(last.second, event.second, (*last.events, event))
        else:
            found.append(Incident(event.second, event.second, (event,)))
    return found


def effects(result: Result) -> list[Effect]:
    """What came of each incident: the p99 before, at its worst and after, and the calls that failed."""
    found = incidents(result.events)
    after_those = [Incident(-2, -2, ()), *found, Incident(int(result.run.seconds) + 1, 0, ())]
    bounds = [
        (before.through + 1, after.second - 1) for before, after in zip(after_those, after_those[2:], strict=False)
    ]
    return [
        Effect(each, _happened(each), _came_of(result.timeline, each, *bound))
        for each, bound in zip(found, bounds, strict=True)
    ]


def _lacks_one(incident: Incident) -> bool:
    kinds = Counter(event.kind for event in incident.events)
    return kinds["process-ended"] > kinds["process-began"]


def _happened(incident: Incident) -> str:
    parts = [incident.events[0].text]
    for before, event in pairwise(incident.events):
        parts.append(event.text + (f" at {event.second} s" if event.second > before.second else ""))
    return "; ".join(parts)


def _came_of(timeline: Sequence[Moment], incident: Incident, since: int, until: int) -> str:
    """``since`` and ``until`` are the last second before and the first after that belong to other incidents."""
    first, last = incident.second - 1, incident.through + 1
    within = timeline[max(first, 0) : last + 1]
    before = _p99(timeline, max(since + 1, first - BESIDE_SECONDS), first)
    worst = max((quantile_ms(decoded(moment.latency), 99) for moment in within), default=0.0)
    after = _p99(timeline, last + 1, min(until, last + 1 + BESIDE_SECONDS))
    failed: Counter[str] = Counter()
    for moment in within:
        failed.update(moment.unexpected)
    return f"p99 {before} before, {readable(worst)} in the worst second, {after} after; {_failed(failed)}"


def _failed(failed: Counter[str]) -> str:
    if not failed:
        return "no call failed"
    said = ", ".join(f"{count:,} {status}" for status, count in failed.most_common())
    return f"{failed.total():,} call{'s' if failed.total() > 1 else ''} failed ({said})"


def _p99(timeline: Sequence[Moment], begin: int, end: int) -> str:
    """Of the seconds from one on, and before another."""
    histogram = merged(moment.latency for moment in timeline[max(begin, 0) : max(end, 0)])
    return readable(quantile_ms(histogram, 99)) if histogram.total_count else "unknown"
