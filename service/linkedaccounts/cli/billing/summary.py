"""What a run of billing came to: per currency, and what was set aside."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from rich.console import Console
from rich.table import Table

from linkedaccounts.application.billing.ports import Charged
from linkedaccounts.domain.ledger import EntryKind
from linkedaccounts.domain.money import Currency, Money


@dataclass(slots=True)
class CurrencySum:
    """Charges in one currency: how many, and sums in minor units."""

    minor_digits: int
    charges: int = 0
    standard_fees: int = 0
    charged: int = 0

    def money(self, minor: int, code: str) -> Decimal:
        """An amount in major units."""
        return Money(minor, Currency(code, self.minor_digits)).amount


@dataclass(slots=True)
class Summary:
    """Of all that a run did, in any number of processes."""

    through: date
    sums: dict[str, CurrencySum] = field(default_factory=dict)
    set_aside: Counter[str] = field(default_factory=Counter)
    examples: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, charged: Charged) -> None:
        """Adds what one transaction did."""
        for one in charged.booked:
            found = self.sums.setdefault(one.currency.code, CurrencySum(one.currency.minor_digits))
            found.charges += 1
            found.standard_fees += sum(each.minor for each in one.entries if each.kind is EntryKind.STANDARD_FEE)
            found.charged += one.amount.minor
        for each in charged.set_aside:
            self.set_aside[each.reason] += 1
            if len(self.examples[each.reason]) < 3:
                self.examples[each.reason].append(each.account)

    def merge(self, other: Summary) -> None:
        """Adds what another process did."""
        for code, theirs in other.sums.items():
            own = self.sums.setdefault(code, CurrencySum(theirs.minor_digits))
            own.charges += theirs.charges
            own.standard_fees += theirs.standard_fees
            own.charged += theirs.charged
        self.set_aside.update(other.set_aside)
        for reason, accounts in other.examples.items():
            self.examples[reason] = (self.examples[reason] + accounts)[:3]

    @property
    def charges(self) -> int:
        """How many were made."""
        return sum(each.charges for each in self.sums.values())

    def as_json(self) -> str:
        """For programs; amounts are decimal texts in major units."""
        currencies = {
            code: {
                "charges": each.charges,
                "standard_fees": str(each.money(each.standard_fees, code)),
                "discounts": str(each.money(each.standard_fees - each.charged, code)),
                "charged": str(each.money(each.charged, code)),
            }
            for code, each in sorted(self.sums.items())
        }
        content = {"through": str(self.through), "currencies": currencies, "set_aside": dict(self.set_aside)}
        return json.dumps(content, ensure_ascii=False)

    def show(self, console: Console, *, dry_run: bool) -> None:
        """For people."""
        verb = "would be charged" if dry_run else "charged"
        if not self.sums:
            console.print(f"nothing {'would be' if dry_run else 'was'} charged through {self.through}")
        else:
            console.print(self._table(verb))
        for reason, count in sorted(self.set_aside.items()):
            accounts = ", ".join(self.examples[reason])
            console.print(f"set aside: {count} ({reason}), such as {accounts}")

    def _table(self, verb: str) -> Table:
        table = Table(title=f"{self.charges:,} cycles {verb} through {self.through}", title_justify="left")
        table.add_column("currency")
        for name in ("charges", "standard fees", "discounts", "charged"):
            table.add_column(name, justify="right")
        for code, each in sorted(self.sums.items()):
            amounts = (each.standard_fees, each.standard_fees - each.charged, each.charged)
            table.add_row(code, f"{each.charges:,}", *(f"{each.money(minor, code):,}" for minor in amounts))
        return table
