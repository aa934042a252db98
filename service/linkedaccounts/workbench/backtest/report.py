"""What a backtest found, in figures for people and programs: everything rounded is rounded here, and only here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from linkedaccounts.policy.policy import Policy
from linkedaccounts.workbench.backtest.budget import Budget
from linkedaccounts.workbench.backtest.differences import ChangedQuote, Differences, Flip, MoneyKey
from linkedaccounts.workbench.backtest.money import Sum, Worth, total
from linkedaccounts.workbench.records.tally import Reading

DIGITS = 4
"""Decimals of sums in the reporting currency."""

STANDARD_FEE = "(standard fee)"
"""Stands for the rule of a difference that the standard fee itself makes."""


@dataclass(frozen=True, slots=True)
class Group:
    """Differences that have something in common: exact by currency, and all in the reporting currency, rounded."""

    name: str
    by_currency: Mapping[str, Decimal]
    together: Decimal


@dataclass(frozen=True, slots=True)
class Worst:
    """One of the quotes that change the most, with its difference in the reporting currency, rounded."""

    quote: ChangedQuote
    difference: Decimal


@dataclass(frozen=True, slots=True)
class Report:
    """What a candidate would have changed. ``exceeded`` says in a sentence each which budgets it is above."""

    candidate: str
    reporting: str
    reading: Reading
    changed: Mapping[str, int]
    reworded: Mapping[str, int]
    quotes_dearer: int
    quotes_cheaper: int
    dearer: Decimal
    cheaper: Decimal
    net: Decimal
    by_currency: tuple[Group, ...]
    by_rule: tuple[Group, ...]
    by_store: tuple[Group, ...]
    by_month: tuple[Group, ...]
    rises: tuple[Worst, ...]
    falls: tuple[Worst, ...]
    flips: tuple[tuple[Flip, int], ...]
    exceeded: tuple[str, ...]

    @property
    def replayed(self) -> int:
        """How many decisions were made again."""
        return self.reading.replayed.total()

    @property
    def share_changed(self) -> Decimal:
        """How many per cent of them change, rounded to two decimals."""
        return Sum(100 * sum(self.changed.values()), max(1, self.replayed)).rounded(2)


def report_of(found: Differences, candidate: Policy, budget: Budget) -> Report:
    """The figures of all that was found."""
    reporting = candidate.catalogue.reporting_currency.code
    group = _Grouping(found.money, {code: one.minor_digits for code, one in candidate.catalogue.currencies.items()})
    dearer, cheaper = total(found.dearer.items()), total(found.cheaper.items())
    return Report(
        candidate=candidate.version,
        reporting=reporting,
        reading=found.reading,
        changed=dict(sorted(found.changed.items())),
        reworded=dict(sorted(found.reworded.items())),
        quotes_dearer=found.quotes_dearer,
        quotes_cheaper=found.quotes_cheaper,
        dearer=dearer.rounded(DIGITS),
        cheaper=cheaper.rounded(DIGITS),
        net=total([*found.dearer.items(), *found.cheaper.items()]).rounded(DIGITS),
        by_currency=group.by(lambda key: key.worth.currency),
        by_rule=group.by(lambda key: key.rule or STANDARD_FEE),
        by_store=group.by(lambda key: key.store),
        by_month=group.by(lambda key: key.month),
        rises=tuple(map(_worst, found.rises)),
        falls=tuple(map(_worst, found.falls)),
        flips=tuple(sorted(found.flips.items(), key=lambda item: (-item[1], item[0]))),
        exceeded=budget.exceeded(found, dearer, cheaper, reporting),
    )


def _worst(quote: ChangedQuote) -> Worst:
    return Worst(quote, Sum(*quote.difference.as_integer_ratio()).rounded(DIGITS))


class _Grouping:
    """Adds differences up by whatever they have in common."""

    def __init__(self, money: Mapping[MoneyKey, int], digits: Mapping[str, int]) -> None:
        self._money = money
        self._digits = digits

    def by(self, name_of: Callable[[MoneyKey], str]) -> tuple[Group, ...]:
        """The groups by name; none for what comes to nothing in every currency."""
        groups: dict[str, list[tuple[Worth, int]]] = {}
        for key, minor in self._money.items():
            groups.setdefault(name_of(key), []).append((key.worth, minor))
        made = (self._group(name, amounts) for name, amounts in sorted(groups.items()))
        return tuple(group for group in made if group.by_currency)

    def _group(self, name: str, amounts: Iterable[tuple[Worth, int]]) -> Group:
        listed = list(amounts)
        minor_of: dict[str, int] = {}
        for worth, minor in listed:
            minor_of[worth.currency] = minor_of.get(worth.currency, 0) + minor
        by_currency = {
            code: Decimal(f"{minor}E-{self._digits[code]}") for code, minor in sorted(minor_of.items()) if minor
        }
        return Group(name, by_currency, total(listed).rounded(DIGITS))
