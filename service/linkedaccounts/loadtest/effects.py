"""What came of the things that happened to a service during a run: told in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from linkedaccounts.loadtest.latencies import decoded, merged, quantile_ms, readable
from linkedaccounts.loadtest.result import Event, Moment, Result

BESIDE_SECONDS = 5
"""For how long at the most, before and after an incident, latencies are shown beside those within it."""
_NAMES = {
    "reload": "a reload",
    "connections-broke": "broken connections",
    "connections-left": "connections that the service asked to leave",
    "process-began": "a new process",
}


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
        if "process-ended" in kinds:
            broke, left = "connections-broke" in kinds, "connections-left" in kinds
            return "a killed worker" if broke else "a worker that was stopped" if left else "a process that ended"
        return next(name for kind, name in _NAMES.items() if kind in kinds)


@dataclass(frozen=True, slots=True)
class Effect:
    """An incident, and a sentence on each: what happened, and what came of it."""

    incident: Incident
    happened: str
    came_of_it: str


def incidents(events: Sequence[Event]) -> list[Incident]:
    """In order: reloads, and processes and connections that came or went within a second of each other.

    A process that began belongs to the one whose place it took, however long that was before.
    """
    found: list[Incident] = []
    for event in (each for each in events if each.kind not in {"reload", "run"}):
        last = found[-1] if found else None
        if last and (event.second <= last.through + 1 or (event.kind == "process-began" and _lacks_one(last))):
            found[-1] = Incident(last.second, event.second, (*last.events, event))
        else:
            found.append(Incident(event.second, event.second, (event,)))
    reloads = [Incident(event.second, event.second, (event,)) for event in events if event.kind == "reload"]
    return sorted((*reloads, *found), key=lambda incident: incident.second)


def effects(result: Result) -> list[Effect]:
    """What came of each incident: the p99 before, at its worst and after, and the calls that failed."""
    found = incidents(result.events)
    theirs = {second for each in found for second in range(each.second - 1, each.through + 2)}
    quiet = [moment for moment in result.timeline if moment.second not in theirs]
    return [Effect(each, _happened(each), _came_of(each, result.timeline, quiet)) for each in found]


def _lacks_one(incident: Incident) -> bool:
    kinds = Counter(event.kind for event in incident.events)
    return kinds["process-ended"] > kinds["process-began"]


def _happened(incident: Incident) -> str:
    parts = [incident.events[0].text]
    for before, event in pairwise(incident.events):
        parts.append(event.text + (f" at {event.second} s" if event.second > before.second else ""))
    return "; ".join(parts)


def _came_of(incident: Incident, timeline: Sequence[Moment], quiet: Sequence[Moment]) -> str:
    """``quiet`` are the seconds in which nothing happened, nor in those beside them."""
    within = timeline[max(incident.second - 1, 0) : incident.through + 2]
    before = _p99(_nearest([moment for moment in reversed(quiet) if moment.second < incident.second]))
    worst = max((quantile_ms(decoded(moment.latency), 99) for moment in within), default=0.0)
    after = _p99(_nearest([moment for moment in quiet if moment.second > incident.through]))
    failed: Counter[str] = Counter()
    for moment in within:
        failed.update(moment.unexpected)
    return f"p99 {before} before, {readable(worst)} in the worst second, {after} after; {_failed(failed)}"


def _failed(failed: Counter[str]) -> str:
    if not failed:
        return "no call failed"
    said = ", ".join(f"{count:,} {status}" for status, count in failed.most_common())
    return f"{failed.total():,} call{'s' if failed.total() > 1 else ''} failed ({said})"


def _nearest(quiet: Sequence[Moment]) -> Sequence[Moment]:
    """The first of them, as far as they follow each other."""
    length = 1
    while length < min(len(quiet), BESIDE_SECONDS) and abs(quiet[length].second - quiet[length - 1].second) == 1:
        length += 1
    return quiet[:length]


def _p99(moments: Sequence[Moment]) -> str:
    histogram = merged(moment.latency for moment in moments)
    return readable(quantile_ms(histogram, 99)) if histogram.total_count else "unknown"
