"""What a process counts, for metrics; a worker tells its supervisor, which has the metrics of all."""

from __future__ import annotations

from collections import Counter
from typing import TypeAlias

from pydantic import TypeAdapter

from linkedaccounts.endpoints.service import Service
from linkedaccounts.endpoints.tally import Tally

Counts: TypeAlias = Counter[tuple[str, ...]]
"""By kind and labels: `calls` by method and status; `calls_shed` by reason; `decisions`, `shadow`, `quotes` and `rules`
by result; AT_WORK."""

AT_WORK = ("at_work",)
"""The calls that are being answered: the one count that goes with its process."""

_LISTED = TypeAdapter(list[tuple[tuple[str, ...], int]])


def counts_of(service: Service, tally: Tally) -> Counts:
    """What this process has counted since its start."""
    counts: Counts = Counter({AT_WORK: tally.at_work})
    counts.update({("calls", *labels): count for labels, count in list(tally.ended.items())})
    counts.update({("quotes", result): count for result, count in list(tally.quotes.items())})
    counts.update({("calls_shed", reason): count for reason, count in list(tally.shed.items())})
    decisions, memory, shadow = service.decisions, service.memory, service.shadow
    counts.update({("rules", "hit"): memory.hits, ("rules", "miss"): memory.misses})
    counts.update({("decisions", "written"): decisions.recorded, ("decisions", "lost"): decisions.lost})
    counts.update({("shadow", result): count for result, count in (shadow.counts.items() if shadow else ())})
    return counts


def as_line(counts: Counts) -> str:
    """On one line, without a blank."""
    return _LISTED.dump_json(list(counts.items())).decode()


def from_line(line: str) -> Counts:
    """What ``as_line`` wrote."""
    return Counter(dict(_LISTED.validate_json(line)))
