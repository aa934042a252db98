"""Stages: how a load grows and shrinks over time, in a small language."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from random import Random

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_LEVEL = re.compile(r"(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
EXAMPLE = "write it as in `10s:0-500,30s:500`"


class BadStages(ValueError):
    """A text that states no stages, and how to write them."""


@dataclass(frozen=True, slots=True)
class Stage:
    """For ``seconds`` the level goes evenly from ``start`` to ``end``: calls a second, or callers."""

    seconds: float
    start: float
    end: float

    @property
    def area(self) -> float:
        """What the levels add up to over time: calls, of a rate."""
        return self.seconds * (self.start + self.end) / 2

    def level(self, elapsed: float) -> float:
        """The level so many seconds after the stage began."""
        return self.start + (self.end - self.start) * elapsed / self.seconds

    def reached(self, area: float) -> float:
        """After how many seconds the levels add up to ``area``."""
        slope = (self.end - self.start) / self.seconds
        root = math.sqrt(max(0.0, self.start * self.start + 2 * slope * area))
        return 2 * area / (self.start + root) if area else 0.0


def parse_duration(text: str) -> float:
    """The seconds of `500ms`, `30s`, `5m` or `2h`; BadStages for anything else."""
    found = _DURATION.fullmatch(text.strip())
    if found is None or not float(found[1]):
        raise BadStages(f"`{text}` is no duration; write it as in 500ms, 30s, 5m or 2h")
    return float(found[1]) * _SECONDS[found[2]]


def parse_stages(text: str) -> tuple[Stage, ...]:
    """The stages of `DURATION:LEVEL` and `DURATION:FROM-TO`, by commas.

    A ramp is `10s:0-500`, a step `10s:100,10s:200`, a spike `30s:100,5s:1000,30s:100`, a soak `2h:300`. BadStages if
    the text is none of these, or if there is no load in any.
    """
    stages = tuple(_stage(part.strip()) for part in text.split(","))
    if not any(stage.area for stage in stages):
        raise BadStages(f"`{text}` makes no call at all; {EXAMPLE}")
    return stages


def _stage(text: str) -> Stage:
    duration, colon, level = text.partition(":")
    found = _LEVEL.fullmatch(level.strip())
    if not colon or found is None:
        raise BadStages(f"`{text}` is no stage; {EXAMPLE}")
    return Stage(parse_duration(duration), float(found[1]), float(found[2] or found[1]))


def length(stages: Iterable[Stage]) -> float:
    """The seconds of all stages."""
    return sum(stage.seconds for stage in stages)


def level_at(stages: Sequence[Stage], elapsed: float) -> float:
    """The level so many seconds after the first stage began; 0 after the last one."""
    for stage in stages:
        if elapsed < stage.seconds:
            return stage.level(elapsed)
        elapsed -= stage.seconds
    return 0.0


def constant_arrivals(stages: Sequence[Stage]) -> Iterator[float]:
    """When calls go out, in seconds from the first stage on, as evenly as the stages allow."""
    return _arrivals(stages, accumulate(_ones(), initial=0.0))


def poisson_arrivals(stages: Sequence[Stage], random: Random) -> Iterator[float]:
    """When calls go out if they come independently of each other: what many callers who know nothing of each other do.

    A Poisson process of rate 1, its time stretched so that the rate is the stages' level.
    """
    return _arrivals(stages, accumulate(_gaps(random)))


def _ones() -> Iterator[float]:
    while True:
        yield 1.0


def _gaps(random: Random) -> Iterator[float]:
    while True:
        yield random.expovariate(1.0)


def _arrivals(stages: Sequence[Stage], positions: Iterator[float]) -> Iterator[float]:
    """Where the area under the levels reaches each of the positions, which rise without end."""
    areas = list(accumulate((stage.area for stage in stages), initial=0.0))
    begins = accumulate((stage.seconds for stage in stages), initial=0.0)
    position = next(positions)
    for stage, begin, (before, after) in zip(stages, begins, pairwise(areas), strict=False):
        while position < after:
            yield begin + stage.reached(position - before)
            position = next(positions)
