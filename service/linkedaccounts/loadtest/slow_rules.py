"""Which rules decide quotes that take longer than others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from linkedaccounts.loadtest.latencies import decoded, merged, quantile_ms, readable
from linkedaccounts.loadtest.result import Result, Together

FEWEST_QUOTES = 30
"""With fewer quotes on either side nothing is said."""
APART = 2.0
"""A slow rule's quotes take so many times as long as others. Told by the medians: a slow rule makes quotes wait that
come after its own, whose p99 is then as long; their median is not."""


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """A rule: its lines and their share of all, and milliseconds of the single quotes with such a line."""

    rule: str
    lines: int
    share: float
    quotes: int
    p50: float
    p99: float
    slow: bool


@dataclass(frozen=True, slots=True)
class SlowRule:
    """A rule, and milliseconds of the quotes with it and without it."""

    rule: str
    p50: float
    p99: float
    others_p50: float
    others_p99: float

    @property
    def sentence(self) -> str:
        """What is to be said of it."""
        return (
            f"{self.rule} is slow: quotes that this rule decides take p50 {readable(self.p50)} and "
            f"p99 {readable(self.p99)}, others p50 {readable(self.others_p50)} and p99 {readable(self.others_p99)}"
        )


def rule_figures(result: Result) -> list[RuleFigures]:
    """Of every rule that decided a checked line; slow rules first, then by p99."""
    lines = sum(decided.lines for decided in result.rules.values())
    slow = {each.rule for each in slow_rules(result.together)}
    found = []
    for rule, decided in result.rules.items():
        own = decoded(decided.latency)
        p50, p99 = quantile_ms(own, 50), quantile_ms(own, 99)
        found.append(RuleFigures(rule, decided.lines, decided.lines / lines, own.total_count, p50, p99, rule in slow))
    return sorted(found, key=lambda each: (not each.slow, -each.p99, each.rule))


def slow_rules(quotes: Sequence[Together]) -> list[SlowRule]:
    """The slowest, and then the slowest of the quotes without that one, and so on.

    So a rule that often comes together with a slow one is not blamed for it.
    """
    found: list[SlowRule] = []
    while worst := _slowest(quotes):
        found.append(worst)
        quotes = [each for each in quotes if worst.rule not in each.rules]
    return found


def _slowest(quotes: Sequence[Together]) -> SlowRule | None:
    rules = sorted({rule for each in quotes for rule in each.rules})
    apart = [slow for rule in rules if (slow := _compared(rule, quotes)) and slow.p50 >= APART * slow.others_p50]
    return max(apart, key=lambda slow: slow.p50 / slow.others_p50, default=None)


def _compared(rule: str, quotes: Iterable[Together]) -> SlowRule | None:
    sides = ([each.latency for each in quotes if (rule in each.rules) is own] for own in (True, False))
    own, others = (merged(side) for side in sides)
    if min(own.total_count, others.total_count) < FEWEST_QUOTES:
        return None
    figures = (quantile_ms(histogram, percent) for histogram in (own, others) for percent in (50, 99))
    return SlowRule(rule, *figures)
