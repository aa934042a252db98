"""How much a candidate may change before it is too much."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from linkedaccounts.workbench.backtest.differences import Differences
from linkedaccounts.workbench.backtest.money import Sum


@dataclass(frozen=True, slots=True)
class Budget:
    """None is no limit. ``max_changed`` is a number of decisions, or ``max_percent`` of those that were replayed.

    ``max_cost`` is of the reporting currency: what sellers may pay more, all together, and what they may pay less. What
    rises in one quote does not make up for what falls in another.
    """

    max_changed: int | None = None
    max_percent: Decimal | None = None
    max_cost: Decimal | None = None

    @property
    def stated(self) -> bool:
        """Whether there is any limit."""
        return any(limit is not None for limit in (self.max_changed, self.max_percent, self.max_cost))

    def exceeded(self, found: Differences, dearer: Sum, cheaper: Sum, reporting: str) -> tuple[str, ...]:
        """What is above its limit, a sentence each; also that nothing was replayed, for that shows nothing."""
        replayed, changed = found.reading.replayed.total(), found.changed.total()
        said = []
        if self.stated and not replayed:
            said.append("no decision could be replayed, so nothing is shown to be within the budget")
        if self.max_changed is not None and changed > self.max_changed:
            said.append(f"{changed:,} decisions change, above {self.max_changed:,}")
        if self.max_percent is not None and changed * 100 > Fraction(self.max_percent) * replayed:
            share = Sum(100 * changed, max(1, replayed)).rounded(2)
            said.append(f"{share}% of the decisions change, above {self.max_percent}%")
        if self.max_cost is not None:
            limit = Fraction(self.max_cost)
            falls = Sum(-cheaper.numerator, cheaper.denominator)
            for words, moved in (("more", dearer), ("less", falls)):
                if moved.above(limit):
                    said.append(f"sellers pay {moved.rounded(2):,} {reporting} {words}, above {self.max_cost:,}")
        return tuple(said)
