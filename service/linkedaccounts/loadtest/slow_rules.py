"""Which rules decide quotes that take longer than others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from linkedaccounts.loadtest.latencies import decoded, merged, quantiles_ms, readable
from linkedaccounts.loadtest.result import Result, Together

FEWEST_QUOTES = 30
"""With fewer quotes on either side nothing is said."""
APART = 2.0
"""A slow rule's quotes take so many times as long as others, by their medians, and nine of ten of them take longer than
half of the others. A p99 would not tell: quotes that come after a slow one wait for it, and theirs is then as long."""


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
    p10: float
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
        p50, p99 = quantiles_ms(own, (50, 99)) if own.total_count else (0.0, 0.0)
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
    compared = (each for rule in rules if (each := _compared(rule, quotes)))
    apart = [each for each in compared if each.p50 >= APART * each.others_p50 and each.p10 >= each.others_p50]
    return max(apart, key=lambda slow: slow.p50 / slow.others_p50, default=None)


def _compared(rule: str, quotes: Iterable[Together]) -> SlowRule | None:
    sides = ([each.latency for each in quotes if (rule in each.rules) is own] for own in (True, False))
    own, others = (merged(side) for side in sides)
    if min(own.total_count, others.total_count) < FEWEST_QUOTES:
        return None
    return SlowRule(rule, *quantiles_ms(own, (10, 50, 99)), *quantiles_ms(others, (50, 99)))
