"""What a simulation came to: for people, and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from linkedaccounts.simulation.policies import InForce
from linkedaccounts.simulation.setting import Setting
from linkedaccounts.simulation.tally import Figures, Tally
from linkedaccounts.simulation.violation import Violation


@dataclass(frozen=True, slots=True)
class Ended:
    """Of one simulation; ``digest`` is empty if there was a violation. ``killed`` counts processes."""

    setting: Setting
    tally: Tally
    policies: Sequence[InForce]
    database: str
    accounts: int
    days: int
    digest: str
    violation: Violation | None
    killed: int

    @property
    def headline(self) -> str:
        """What to say first."""
        if self.violation:
            return f"A violation after {self.days} days"
        return f"{self.days} days, {self.tally.charges:,} charges, no violation"

    @property
    def rows(self) -> Iterator[tuple[str, Figures]]:
        """Each currency, with what it came to."""
        yield from sorted(self.tally.in_all.items())

    def lines(self) -> Iterator[str]:
        """For people: what was lived through, and the digest of the ledger."""
        yield self.headline
        if self.violation:
            yield str(self.violation)
        tally, given = self.tally, self.tally.given_back
        yield f"{self.setting.sellers:,} sellers with {self.accounts:,} accounts on {self.database}"
        gave = f"{given['refund']:,} refunds, {given['reversal']:,} reversals"
        yield f"{len(self.policies) - 1} changes of prices and caps, {gave}"
        waited = f"{tally.set_aside.total():,} charges were set aside for a while, as rates were not published yet"
        yield f"{waited}; processes killed: {self.killed}"
        if self.digest:
            yield f"ledger {self.digest}"

    def as_json(self) -> str:
        """For programs; amounts are decimal texts in major units."""
        setting = self.setting
        content: dict[str, Any] = {
            "from": str(setting.first),
            "months": setting.months,
            "sellers": setting.sellers,
            "seed": setting.seed,
            "days": self.days,
            "accounts": self.accounts,
            "charges": self.tally.charges,
            "set_aside": self.tally.set_aside.total(),
            "killed": self.killed,
            "violation": self.violation and self.violation.as_content(),
            "digest": self.digest,
            "currencies": {code: _as_content(figures) for code, figures in self.rows},
        }
        return json.dumps(content, ensure_ascii=False)


def _as_content(figures: Figures) -> dict[str, Any]:
    money = figures.money
    return {
        "charges": figures.charges,
        "standard_fees": str(money(figures.standard_fees).amount),
        "discounts": str(money(figures.discount).amount),
        "charged": str(money(figures.charged).amount),
        "given_back": str(money(figures.given_back).amount),
    }
