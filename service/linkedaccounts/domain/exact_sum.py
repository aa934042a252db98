"""Exact sums of many fractions."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction


def exact_sum(ratios: Iterable[tuple[int, int]]) -> Fraction:
    """The sum of ratios (numerator and denominator, above zero), exactly.

    Brought to lowest terms once, not after each addition as fractions are: that is most of what adding them costs.
    """
    numerator, denominator = 0, 1
    for above, below in ratios:
        numerator = numerator * below + above * denominator
        denominator *= below
    return Fraction(numerator, denominator)
