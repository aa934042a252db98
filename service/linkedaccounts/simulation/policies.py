"""The rules of a simulated market, and how they change: another price, another cap, each from a day on."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from linkedaccounts.domain.money import Money
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.read import read
from linkedaccounts.simulation.setting import Setting, at
from linkedaccounts.workbench.new_value import Terms

MONTHS_A_CHANGE = 4
CAPS_CHANGE = 3
"""Each so many changes it is the cap."""


@dataclass(frozen=True, slots=True)
class InForce:
    """A policy, and since when it serves; ``said`` is what was changed, ``counts_from`` the day of the new value."""

    since: datetime
    policy: Policy
    said: str
    counts_from: date


def policies_of(setting: Setting, rules: Path) -> list[InForce]:
    """All policies of a simulation, the first in force before it begins; PolicyRejected."""
    with TemporaryDirectory(prefix="linked-accounts-simulation-") as folder:
        # Without tests: they state what comes of the prices that are changed here.
        own = Path(shutil.copytree(rules, Path(folder) / "rules", ignore=shutil.ignore_patterns("tests", ".schema")))
        found = [InForce(at(setting.first) - timedelta(days=1), load_policy(own), "", setting.first)]
        chance = setting.random("policies")
        for number in range(1, setting.months // MONTHS_A_CHANGE + 1):
            later = round(number * 30.4 * MONTHS_A_CHANGE) - chance.randrange(60)
            noted = at(setting.first + timedelta(days=later), chance.randrange(86_400))
            counts_from = noted.date() + timedelta(days=chance.randrange(1, 20))
            said = _change(own, found[-1].policy, counts_from, chance, cap=number % CAPS_CHANGE == 0)
            found.append(InForce(noted, load_policy(own), said, counts_from))
        return found


def _change(rules: Path, policy: Policy, since: date, chance: Random, *, cap: bool) -> str:
    """Writes a price or a cap that holds from a day on into the rule files, as `policy new value` does."""
    values = _caps(policy, since) if cap else _fees(policy, since)
    name = chance.choice(sorted(values))
    key, now = ("cap" if cap else "fee"), values[name]
    unit = Decimal(1).scaleb(-now.currency.minor_digits)
    amount = (now.amount * Decimal(chance.randrange(85, 125)) / 100).quantize(unit, ROUND_HALF_UP)
    files, _ = read(rules)
    change = Terms(files, name).since(rules, since, {key: f"{amount} {now.currency}"})
    (rules / change.path).write_bytes(change.content)
    return f"{name}: {key} {amount} {now.currency} instead of {now}"


def _caps(policy: Policy, day: date) -> dict[str, Money]:
    plans = ((name, plan.terms.on(day)) for name, plan in policy.catalogue.plans.items())
    return {name: entry.value.cap for name, entry in plans if entry}


def _fees(policy: Policy, day: date) -> dict[str, Money]:
    stores = ((code, store.terms.on(day)) for code, store in policy.catalogue.stores.items())
    return {code: entry.value.fee for code, entry in stores if entry and entry.value.fee.minor}
