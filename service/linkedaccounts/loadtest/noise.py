"""Whether differences are more than noise."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

ROUNDING = 1e-9
"""Sums that differ by less than this share differ by the order in which they were added."""


def chance(differences: Sequence[float]) -> float:
    """How likely differences of such a sum are if neither side is ahead, from 0 to 1; for about 24 at the most.

    The exact sign-flip permutation test: if both sides are alike, each difference could as well have come out the
    other way about. Of all ways of turning the signs, it is the share whose sum is as far from nothing as the one that
    came out. It assumes no shape of the noise, and draws nothing: sums of one half meet those of the other.
    """
    wanted = abs(sum(differences)) * (1 - ROUNDING)
    half = len(differences) // 2
    these, those = _sums(differences[:half]), sorted(_sums(differences[half:]))
    nearer = sum(max(0, bisect_left(those, wanted - each) - bisect_right(those, -wanted - each)) for each in these)
    return 1 - nearer / (len(these) * len(those))


def _sums(differences: Sequence[float]) -> list[float]:
    """With the signs turned in every way."""
    found = [0.0]
    for each in differences:
        found = [start + turned for start in found for turned in (each, -each)]
    return found
