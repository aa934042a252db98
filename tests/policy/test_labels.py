"""Everything that a business person may read of a rule has a name in every language, and nothing else has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Formatter
from typing import Any

import pytest

from linkedaccounts.domain.effects import ChargedOnce
from linkedaccounts.domain.preference import PREFERENCES
from linkedaccounts.domain.text import LANGUAGES
from linkedaccounts.policy.check_conditions import COMBINERS, operators
from linkedaccounts.policy.decisions import DECISIONS
from linkedaccounts.policy.explanation_words import sentences
from linkedaccounts.policy.labels import Labels, texts
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.values import Members, Spans, ValueSet
from linkedaccounts.policy.vocabulary import Fact, FactType, facts_of_message
from tests.policy.rule_files import RULES

FACTS: Mapping[str, Fact] = {
    path: fact for form in DECISIONS.values() for path, fact in facts_of_message(form.facts, {}).items()
}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(RULES)


def labels_of(table: Mapping[str, Any], name: str = "") -> Iterator[tuple[str, Mapping[str, str]]]:
    """Each label by the path of its name, with its sentences by language."""
    for key, value in table.items():
        if isinstance(next(iter(value.values())), str):
            yield f"{name}{key}", value
        else:
            yield from labels_of(value, f"{name}{key}.")


def test_every_label_and_sentence_is_in_every_language_with_the_same_values() -> None:
    said = {name: text.by_language for name, text in sentences().items()}
    for name, by_language in {**dict(labels_of(texts())), **said}.items():
        assert set(by_language) == set(LANGUAGES), name
        assert all(by_language.values()), name
        values = [{field for _, field, _, _ in Formatter().parse(text) if field} for text in by_language.values()]
        assert all(named == values[0] for named in values), name


def test_every_fact_of_the_contract_has_a_label() -> None:
    assert set(texts()["facts"]) == set(FACTS)


def test_every_value_of_every_enum_has_a_label() -> None:
    values = {
        f"{fact.path.rpartition('.')[2]}.{value}"
        for fact in FACTS.values()
        if fact.type is FactType.ENUM and isinstance(fact.domain, Members)
        for value in fact.domain.values
    }

    assert {name for name, _ in labels_of(texts()["values"])} == values | {
        "yes_or_no.true",
        "yes_or_no.false",
        "unknown.unknown",
    }


def test_every_operator_and_effect_every_decision_and_preference_has_a_label() -> None:
    known = {operator for kind in FactType for operator in operators(kind)}

    assert set(texts()["operators"]) == known | {"any_value", "no_value"}
    assert set(texts()["effects"]) == {effect for form in DECISIONS.values() for effect in form.effects}
    assert set(texts()["decisions"]) == set(DECISIONS)
    assert set(texts()["preferences"]) == set(PREFERENCES)
    assert set(texts()["combiners"]) == {*COMBINERS, "not_all", "not_any"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_effect_of_the_rules_can_be_said(policy: Policy, language: str) -> None:
    labels = Labels(policy.catalogue, language)
    for decision in policy.decisions.values():
        for rule in (*decision.rules, *([decision.otherwise] if decision.otherwise else [])):
            assert "{" not in labels.effect(rule.effect)
    assert (
        labels.effect(ChargedOnce(("home", "EU")))
        == {
            "en": "charged once with its group, on: the home store, Europe",
            "zh-CN": "与同组店铺只收取一次，由以下店铺承担：主店铺、欧洲",
        }[language]
    )


def test_what_a_condition_wants_reads_as_one_would_say_it(policy: Policy) -> None:
    facts, labels = policy.decisions["charging"].space.facts, Labels(policy.catalogue, "en")
    wanted: Mapping[str, tuple[ValueSet, str]] = {
        "seller.store_count": (Spans(((2, 2**62),)), "at least 2"),
        "store.active_listings": (Spans(((-(2**62), 4),)), "at most 4"),
        "store.months_since_registration": (Spans(((1, 3), (5, 5))), "1 to 3 or 5"),
        "store.standard_fee": (Spans(((39_990_000_000, 39_990_000_000),)), "39.99"),
        "quote.day": (Spans(((737_000, 2**62),)), "from 2018-11-02 on"),
        "store.code": (Members(frozenset({"US", "CA", "JP"})), "Canada, Japan or United States"),
        "store.selling_plan": (Members(frozenset({"individual", "professional"})), "anything known"),
        "store.region": (Members(frozenset()), "nothing possible"),
    }

    assert {path: labels.values(facts[path], values) for path, (values, _) in wanted.items()} == {
        path: words for path, (_, words) in wanted.items()
    }
    all_but_europe = Members(frozenset(policy.catalogue.stores) - {"EU"})
    assert labels.values(facts["store.code"], all_but_europe) == "other than Europe"
