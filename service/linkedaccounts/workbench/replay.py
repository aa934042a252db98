"""Makes recorded decisions again, each by the policy that made it, and holds the answers against the record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import orjson

from linkedaccounts.policy.policy import Policy
from linkedaccounts.workbench.records.deciding import Deciding
from linkedaccounts.workbench.records.ranges import Range
from linkedaccounts.workbench.records.reading import CannotReplay, Place, Recorded
from linkedaccounts.workbench.records.tally import Reading, moved
from linkedaccounts.workbench.records.working import found_so_far, read_range

MOST_SHOWN = 10
POLICIES_KEPT = 20
"""So many policies are kept loaded at once."""

LoadVersion = Callable[[str], Policy]
"""Loads the policy of a version; CannotReplay says why it cannot be had."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A decision that comes out otherwise than it was recorded: where, of which call, and both outcomes."""

    place: Place
    recorded: Recorded
    replayed: Mapping[str, Any]


@dataclass(slots=True)
class Replayed:
    """What a replay found: ``mismatches`` holds the first few of ``mismatched``."""

    reading: Reading = field(default_factory=Reading)
    versions: set[str] = field(default_factory=set)
    mismatched: int = 0
    mismatches: list[Mismatch] = field(default_factory=list)

    def add(self, other: Replayed, offsets: Mapping[str, int]) -> None:
        """Adds what was found in the next range."""
        self.reading.add(other.reading, offsets)
        self.versions |= other.versions
        self.mismatched += other.mismatched
        room = MOST_SHOWN - len(self.mismatches)
        self.mismatches += [
            Mismatch(moved(one.place, offsets), one.recorded, one.replayed) for one in other.mismatches[:room]
        ]


def replay(ranges: Sequence[Range], load: LoadVersion, processes: int = 1) -> Iterator[tuple[Range, Replayed]]:
    """Works through the ranges, and tells after each what was found so far. ``load`` must be picklable for several."""
    return found_so_far(ranges, partial(_Replaying, load), Replayed(), processes)


class _Replaying:
    """Replays one range after the other."""

    def __init__(self, load: LoadVersion) -> None:
        self._load = load
        self._policies: dict[str, Deciding | CannotReplay] = {}

    def __call__(self, part: Range) -> Replayed:
        found = Replayed()
        read_range(part, found.reading, partial(self._replay, found))
        return found

    def _replay(self, found: Replayed, recorded: Recorded, place: Place) -> None:
        outcome = self._deciding(recorded.policy_version).outcome(recorded)
        found.versions.add(recorded.policy_version)
        if orjson.dumps(outcome) != orjson.dumps(recorded.outcome):
            found.mismatched += 1
            if len(found.mismatches) < MOST_SHOWN:
                found.mismatches.append(Mismatch(place, recorded, outcome))

    def _deciding(self, version: str) -> Deciding:
        if version not in self._policies:
            if len(self._policies) >= POLICIES_KEPT:
                self._policies.clear()
            try:
                self._policies[version] = Deciding(self._load(version))
            except CannotReplay as reason:
                self._policies[version] = reason
        found = self._policies[version]
        if isinstance(found, CannotReplay):
            raise found
        return found
