"""Order, layout and comments say nothing: only what the rule files state counts, for answers and version alike."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.version import ORDERED_LISTS
from tests.policy.random_policies import random_facts
from tests.policy.rule_files import copy_of_rules, problems, put, replace, sound

BUSY = """
rules_of: charging
rules:
  - id: free-in-europe
    when: {store.region: europe, any: [{store.home: true}, {store.active_listings: 0}]}
    then: charge_nothing
    overrides: [plan-share, first-month-in-full]
    reason: FREE
    message: {en: "{store} is free.", zh-CN: "{store}免费。"}
  - id: five-dollars-for-professionals
    from: 2019-01-01
    when: {store.selling_plan: professional, store.code: [US, CA, JP]}
    then: {charge_amount: 5 USD}
    overrides: [plan-share, first-month-in-full]
    reason: FIVE
    message: {en: Five dollars., zh-CN: 五美元。}
"""
REDUCTIONS = """
rules_of: reductions
rules:
  - {id: half-off, order: 20, when: {seller.store_count: {between: [2, 5]}}, then: {reduce_by_percentage: 50},
     reason: HALF, message: {en: Half., zh-CN: 一半。}}
  - {id: one-off, order: 10, when: {quote.day: {from: 2019-10-01}}, then: {reduce_by_amount: 1 EUR},
     reason: ONE, message: {en: One off., zh-CN: 减一。}}
"""
DATED = "- {from: 2000-01-01, fee: 29.99 CAD, countries: [CA]}"
TWO_PRICES = (
    DATED.replace(", fee", ", through: 2019-12-31, fee")
    + "\n      - "
    + "{from: 2020-01-01, fee: 31.99 CAD, countries: [CA]}"
)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The rules, and some more, so that there is something to put in another order."""
    rules = copy_of_rules(tmp_path)
    put(rules, "fees/busy.yaml", BUSY)
    put(rules, "fees/less.yaml", REDUCTIONS)
    replace(rules, "catalogue/stores.yaml", DATED, TWO_PRICES)
    return rules


def shuffled(content: Any, chance: random.Random, key: str = "") -> Any:
    """The same content with keys and lists in another order, but for the lists whose order means something."""
    if isinstance(content, dict):
        keys = chance.sample(list(content), len(content))
        return {name: shuffled(content[name], chance, name) for name in keys}
    if isinstance(content, list):
        items = [shuffled(item, chance) for item in content]
        return items if key in ORDERED_LISTS else chance.sample(items, len(items))
    return content


def scattered(rules: Path, chance: random.Random) -> None:
    """Writes the same rules into other files in another order; each rule and each store may get a file of its own."""
    for number, file in enumerate(sorted(rules.rglob("*.yaml"))):
        content = shuffled(YAML(typ="safe", pure=True).load(file), chance)
        folder = "tests" if file.parent.name == "tests" else chance.choice(["a", "b/c", "fees"])
        file.unlink()
        owner = content.get("decision") or content.get("rules_of")
        pieces = [content]
        if owner and chance.random() < 0.7:
            pieces += [{"rules_of": owner, "rules": [rule]} for rule in content["rules"]]
            content["rules"] = []
        for section in ("stores", "regions", "currencies", "details"):
            pieces += [{section: {code: entry}} for code, entry in content.pop(section, {}).items()]
        for part, piece in enumerate(pieces):
            target = rules / folder / f"{chance.choice('xyz')}-{number}-{part}.yaml"
            target.parent.mkdir(parents=True, exist_ok=True)
            YAML(typ="safe", pure=True).dump(piece, target)


def answers(policy: Policy, seed: int) -> list[Any]:
    """What the policy says: its catalogue, and who applies to random facts that the catalogue has."""
    said: list[Any] = [policy.catalogue, policy.cases_passed]
    for name in sorted(policy.decisions):
        decision = policy.decisions[name]
        chance = random.Random(f"{seed} {name}")
        rows = [row for row in decision.space._rows if row.days[0] <= 737_000 <= row.days[1]]
        for _ in range(40):
            facts = random_facts(chance, decision.space.facts)
            row = chance.choice(sorted(rows, key=lambda row: str(sorted(row.facts.items())))) if rows else None
            if row:
                facts |= row.facts
            said.append([rule.id for rule in decision.decide(facts)])
    return said


@pytest.mark.parametrize("seed", range(8))
def test_the_same_statements_in_another_order_and_in_other_files_are_the_same_policy(rules: Path, seed: int) -> None:
    before = sound(rules)
    scattered(rules, random.Random(seed))

    after = sound(rules)

    assert after.version == before.version
    assert answers(after, seed) == answers(before, seed)


@pytest.mark.parametrize("seed", range(3))
def test_problems_do_not_depend_on_the_order_of_statements(rules: Path, seed: int) -> None:
    replace(rules, "fees/busy.yaml", "overrides: [plan-share, first-month-in-full]\n    reason: FIVE", "reason: FIVE")
    replace(rules, "catalogue/currencies.yaml", "TRY: {minor_digits: 2}", "TRY: {minor_digits: 2, peg: [" + PEG + "]}")
    before = sorted(problem.code for problem in problems(rules))
    scattered(rules, random.Random(seed))

    assert sorted(problem.code for problem in problems(rules)) == before
    assert before


PEG = "{from: 2000-01-01, to: AED, rate: 2}"


def with_comments(text: str) -> str:
    return "# said before\n\n" + text.replace("\n", "  # said beside\n").replace("rules:  #", "rules:\n\n  #")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(with_comments, id="comments"),
        pytest.param(lambda text: text.replace("\n\n", "\n"), id="no empty lines"),
        pytest.param(lambda text: text.replace("2019-01-01", '"2019-01-01"'), id="a quoted day"),
        pytest.param(
            lambda text: text.replace("5 USD", "'5 USD'").replace("charge_nothing", '"charge_nothing"'), id="quotes"
        ),
        pytest.param(lambda text: text.replace("{charge_amount: 5 USD}", "\n      charge_amount: 5 USD"), id="a block"),
    ],
)
def test_comments_and_layout_do_not_change_the_version(rules: Path, change: Callable[[str], str]) -> None:
    before = sound(rules).version
    put(rules, "fees/busy.yaml", change(BUSY))

    assert sound(rules).version == before


@pytest.mark.parametrize(
    "path, before, after",
    [
        pytest.param("catalogue/stores.yaml", "600 MXN", "601 MXN", id="a price"),
        pytest.param("catalogue/stores.yaml", "from: 2019-10-01", "from: 2019-10-02", id="a day"),
        pytest.param("catalogue/stores.yaml", "en: Japan", "en: Nippon", id="a name"),
        pytest.param("catalogue/stores.yaml", "countries: [BR]", "countries: [BR, UY]", id="a country"),
        pytest.param("catalogue/currencies.yaml", "3.6725", "3.6726", id="a peg"),
        pytest.param("fees/plans.yaml", "39.99 USD", "39.98 USD", id="a cap"),
        pytest.param("fees/plans.yaml", "split: by_standard_fee", "split: equally", id="a split"),
        pytest.param("fees/busy.yaml", "[US, CA, JP]", "[US, CA]", id="a condition"),
        pytest.param("fees/busy.yaml", "active_listings: 0", "active_listings: 1", id="a number"),
        pytest.param("fees/busy.yaml", "Five dollars.", "Five dollars!", id="a message"),
        pytest.param("fees/busy.yaml", "reason: FIVE", "reason: FIFTH", id="a reason"),
        pytest.param("fees/busy.yaml", "id: free-in-europe", "id: free-in-the-union", id="an id"),
        pytest.param("fees/less.yaml", "order: 20", "order: 5", id="a place in the order"),
        pytest.param("fees/less.yaml", "between: [2, 5]", "between: [2, 6]", id="a bound"),
        pytest.param("registration/details.yaml", "example: DE123456789", "example: FR123456789", id="an example"),
        pytest.param("registration/details.yaml", "{8,12}", "{8,11}", id="a pattern"),
        pytest.param("registration/details.yaml", "type: phone", "type: text", id="a kind of detail"),
        pytest.param("registration/details.yaml", "en: privately held", "en: private", id="a choice"),
        pytest.param("registration/asks.yaml", "order: 300", "order: 5", id="a place among questions"),
    ],
)
def test_a_change_of_what_is_stated_changes_the_version(rules: Path, path: str, before: str, after: str) -> None:
    version = sound(rules).version
    replace(rules, path, before, after)

    assert sound(rules).version != version


def test_the_order_of_preferences_is_part_of_what_is_stated(rules: Path) -> None:
    plan = "split: {on_one_store: [home, highest_fee]}"
    replace(rules, "fees/plans.yaml", "split: by_standard_fee", plan)
    version = sound(rules).version
    replace(rules, "fees/plans.yaml", plan, "split: {on_one_store: [highest_fee, home]}")

    assert sound(rules).version != version


def test_tests_of_the_rules_are_not_part_of_the_version(rules: Path) -> None:
    version = sound(rules).version
    (rules / "tests" / "notes.yaml").unlink()

    assert sound(rules).version == version


def test_the_version_is_a_sha_256(rules: Path) -> None:
    version = sound(rules).version

    assert len(version) == 64
    assert int(version, 16)
