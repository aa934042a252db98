"""Which rules decide quotes that take longer than others."""

from __future__ import annotations

from dataclasses import dataclass

from linkedaccounts.loadtest.latencies import decoded, quantile_ms
from linkedaccounts.loadtest.result import Decided, Result

FEWEST_QUOTES = 30
"""With fewer quotes on either side nothing is said."""
APART = 2.0
"""The median is so many times that of the other quotes; the p99 must be longer too, for a slow rule also makes quotes
wait that come after its own."""


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """A rule: its lines and their share of all, and milliseconds of single quotes with it and without it.

    ``slow`` says that those with it are well apart from those without. A rule that mostly comes together with a slow
    one is slow by this measure, too.
    """

    rule: str
    lines: int
    share: float
    quotes: int
    p50: float
    p99: float
    others_p50: float
    others_p99: float
    slow: bool

    @property
    def sentence(self) -> str:
        """What is to be said of a slow rule."""
        return (
            f"quotes that `{self.rule}` decides are slow: p50 {self.p50:,.1f} ms and p99 {self.p99:,.1f} ms, against "
            f"{self.others_p50:,.1f} ms and {self.others_p99:,.1f} ms of those that it has no part in"
        )


def rule_figures(result: Result) -> list[RuleFigures]:
    """Of every rule that decided a checked line; the slowest first."""
    lines = sum(decided.lines for decided in result.rules.values())
    found = [_figures(rule, decided, decided.lines / lines) for rule, decided in result.rules.items()]
    return sorted(found, key=lambda each: (-each.slow, -each.p99, each.rule))


def _figures(rule: str, decided: Decided, share: float) -> RuleFigures:
    own, others = decoded(decided.latency), decoded(decided.others)
    p50, p99 = quantile_ms(own, 50), quantile_ms(own, 99)
    others_p50, others_p99 = quantile_ms(others, 50), quantile_ms(others, 99)
    enough = min(own.total_count, others.total_count) >= FEWEST_QUOTES
    slow = enough and p50 >= APART * others_p50 and p99 > others_p99
    return RuleFigures(rule, decided.lines, share, own.total_count, p50, p99, others_p50, others_p99, slow)
