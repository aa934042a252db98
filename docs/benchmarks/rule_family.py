"""A family of rules of any size, for comparisons: as rule files, and as what other engines are to be told.

Each rule wants a store, a band of listings, a plan, a linked seller of some size, and an early registration: all kinds
of facts that there are. At most one rule matches, so that the order in which an engine goes through them is no matter.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.model import FactValue
from linkedaccounts.policy.policy import Policy
from linkedaccounts.settings import default_rules

DECISION = "charging"
OTHERWISE = "otherwise"
LISTINGS = 1_000_000
"""Listings are drawn below this; the bands of a store's rules divide them."""
FIRST_DAY, DAYS = date(2005, 1, 1), 7_000
PLANS = ("individual", "professional")


@dataclass(frozen=True, slots=True)
class FamilyRule:
    """A rule of the family; of listings ``at_least`` is in, ``less_than`` is not."""

    id: str
    store: str
    at_least: int
    less_than: int
    plan: str
    store_count: int
    registered_before: date


def family(stores: Sequence[str], size: int, bands: int = 3) -> list[FamilyRule]:
    """So many rules, ``bands`` for each store before the next one has its turn; with more rules, bands become finer."""
    bands = max(bands, -(-size // len(stores)))
    return [_rule(number, stores[number // bands], number % bands, bands) for number in range(size)]


def write_rules(rules: Sequence[FamilyRule], folder: Path) -> None:
    """Writes a rules directory: that of the service without its tests, with these rules for `charging`."""
    shutil.copytree(default_rules(), folder, ignore=shutil.ignore_patterns("tests", ".schema", "invariants.yaml"))
    written = "".join(map(_written, rules))
    (folder / "fees" / "charging.yaml").write_text(HEAD + written + TAIL, "utf-8")


def policy_of(rules: Sequence[FamilyRule], folder: Path) -> Policy:
    """The rules, loaded as the service loads them, from a new folder."""
    write_rules(rules, folder)
    return load_policy(folder)


def draw(stores: Sequence[str], count: int, seed: int) -> list[dict[str, FactValue]]:
    """Facts of so many stores; nearly all differ, and none is unknown."""
    random = Random(seed)  # noqa: S311  # draws what to ask, guards nothing
    return [_facts(stores, random) for _ in range(count)]


def plain(facts: Mapping[str, FactValue]) -> dict[str, str | bool | int]:
    """The facts as every other engine takes them at its fastest: by one plain name each, days as numbers."""
    return {_name(path): value.toordinal() if isinstance(value, date) else value for path, value in facts.items()}  # type: ignore[misc]


def conditions(rule: FamilyRule) -> list[tuple[str, str, str | bool | int]]:
    """The conditions of a rule over plain facts, all of which must hold: name, comparison, value."""
    return [
        ("store_code", "==", rule.store),
        ("store_active_listings", ">=", rule.at_least),
        ("store_active_listings", "<", rule.less_than),
        ("store_selling_plan", "==", rule.plan),
        ("seller_linked", "==", True),
        ("seller_store_count", ">=", rule.store_count),
        ("store_registered_on", "<", rule.registered_before.toordinal()),
    ]


def _rule(number: int, store: str, band: int, bands: int) -> FamilyRule:
    return FamilyRule(
        id=f"rule-{number}",
        store=store,
        at_least=LISTINGS * band // bands,
        less_than=LISTINGS * (band + 1) // bands,
        plan=PLANS[number % 7 > 0],
        store_count=2 + number % 3,
        registered_before=FIRST_DAY + timedelta(days=DAYS - 300 * (number % 5)),
    )


def _facts(stores: Sequence[str], random: Random) -> dict[str, FactValue]:
    return {
        "store.code": random.choice(stores),
        "store.active_listings": random.randrange(LISTINGS),
        "store.selling_plan": PLANS[random.random() < 0.8],
        "store.registered_on": FIRST_DAY + timedelta(days=random.randrange(DAYS)),
        "seller.linked": random.random() < 0.8,
        "seller.store_count": random.randint(1, 12),
    }


def _name(path: str) -> str:
    return path.replace(".", "_")


def _written(rule: FamilyRule) -> str:
    return f"""
  - id: {rule.id}
    when:
      store.code: {rule.store}
      store.active_listings: {{at_least: {rule.at_least}, less_than: {rule.less_than}}}
      store.selling_plan: {rule.plan}
      seller.linked: true
      seller.store_count: {{at_least: {rule.store_count}}}
      store.registered_on: {{before: {rule.registered_before}}}
    then: {{share_plan: international-selling}}
    reason: PLAN_SHARE
    message: {{en: "A share of the plan.", zh-CN: "计划份额。"}}
"""


HEAD = f"decision: {DECISION}\ncombine: choice\n\nrules:\n"
TAIL = f"""
otherwise:
  id: {OTHERWISE}
  then: charge_in_full
  reason: STANDARD_FEE
  message: {{en: "The standard fee.", zh-CN: "标准费用。"}}
"""
