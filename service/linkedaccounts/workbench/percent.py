"""Shares in percent, as people read them."""

from __future__ import annotations


def percent(part: int, whole: int) -> str:
    """A share in percent with one decimal, rounded down, so that 100 % is all; of nothing it is 100 %."""
    tenths = part * 1000 // whole if whole else 1000
    return "100 %" if tenths == 1000 else f"{tenths // 10}.{tenths % 10} %"
