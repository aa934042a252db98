"""What got better or worse between runs of one load, and whether that is more than noise.

Two runs are cut into the same blocks of seconds, and each block is compared with the other run's of the same time: so
a load that rises and falls is compared with itself. Three things must hold for a difference to count. It is unlikely
to be chance (``noise``); it is large enough to matter; and where a side has several runs, each of them is on the same
side of all of the other's. Nothing else tells a difference from what changes from run to run anyway, on a machine that
is warmer or busier.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from linkedaccounts.loadtest.blocks import ERRORS, MEASURES, THROUGHPUT, Block, block_seconds, blocks_of
from linkedaccounts.loadtest.merging import check_alike
from linkedaccounts.loadtest.noise import chance
from linkedaccounts.loadtest.result import Result

UNLIKELY = 0.005
"""So that of eight measures of equal runs none stands out, in more than 24 comparisons of 25."""
LEAST_ERRORS = 0.001
"""A difference in the share of failed calls that matters."""
TICK = 1e-6
"""Of a millisecond: what stands in for nothing, which has no logarithm."""

Verdict = Literal["better", "worse", "no difference", "too short"]


@dataclass(frozen=True, slots=True)
class Compared:
    """A measure: the mean of its blocks on each side (geometric, but for errors), and what is to be said of it.

    ``change`` is the share by which the new side is more than the base, or of errors the difference of the shares;
    ``chance`` is how likely it is if neither side is ahead.
    """

    name: str
    base: float
    new: float
    change: float
    chance: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Comparison:
    """All measures that both sides have, in blocks of so many seconds; ``invalid`` says which runs say nothing."""

    measures: tuple[Compared, ...]
    blocks: int
    block_seconds: int
    invalid: tuple[str, ...]


def compare(base: Sequence[Result], new: Sequence[Result], least: float) -> Comparison:
    """Compares runs of one load; differences of less than a share ``least`` are none. NotAlike for different loads."""
    check_alike([result.run for result in (*base, *new)])
    before, after = ([blocks_of(result) for result in side] for side in (base, new))
    compared = (compare_measure(name, before, after, least) for name in MEASURES)
    return Comparison(
        measures=tuple(each for each in compared if each),
        blocks=min(len(blocks) for blocks in (*before, *after)),
        block_seconds=block_seconds(base[0].run.seconds),
        invalid=tuple(dict.fromkeys(result.invalid for result in (*base, *new) if result.invalid)),
    )


def compare_measure(
    name: str, base: Sequence[Sequence[Block]], new: Sequence[Sequence[Block]], least: float
) -> Compared | None:
    """One of ``MEASURES`` in runs of either side; None if it is not known of both at any time."""
    before, after = ([_scaled(name, blocks) for blocks in side] for side in (base, new))
    pairs = [
        (fmean(earlier), fmean(later))
        for earlier, later in zip(_by_time(before), _by_time(after), strict=False)
        if earlier and later
    ]
    if not pairs:
        return None
    figures = [fmean(side) for side in zip(*pairs, strict=True)]
    change = figures[1] - figures[0] if name == ERRORS else math.expm1(figures[1] - figures[0])
    likely = chance([later - earlier for earlier, later in pairs])
    counts = abs(change) >= (LEAST_ERRORS if name == ERRORS else least) and likely <= UNLIKELY
    verdict: Verdict = "no difference"
    if 2 / 2 ** len(pairs) > UNLIKELY:
        verdict = "too short"
    elif counts and _apart(before, after):
        verdict = "better" if (change > 0) is (name == THROUGHPUT) else "worse"
    shown = figures if name == ERRORS else [math.exp(figure) for figure in figures]
    return Compared(name, shown[0], shown[1], change, likely, verdict)


def _scaled(name: str, blocks: Sequence[Block]) -> list[float | None]:
    """What was measured in each block; as logarithms, whose differences are shares, but for errors."""
    found = (block.get(name) for block in blocks)
    return [value if value is None or name == ERRORS else math.log(max(value, TICK)) for value in found]


def _by_time(runs: Sequence[Sequence[float | None]]) -> list[list[float]]:
    """Of each block of time, what the runs had then."""
    return [[value for value in values if value is not None] for values in zip(*runs, strict=False)]


def _apart(base: Sequence[Sequence[float | None]], new: Sequence[Sequence[float | None]]) -> bool:
    """Whether every run of one side is above every run of the other."""
    before, after = ([_mean(run) for run in side if any(value is not None for value in run)] for side in (base, new))
    return max(before) < min(after) or max(after) < min(before)


def _mean(run: Sequence[float | None]) -> float:
    return fmean(value for value in run if value is not None)
