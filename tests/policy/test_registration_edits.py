"""What an editor of rules can change about registrations without Python."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from linkedaccounts.domain.effects import AskedFor, SignInRequired
from linkedaccounts.policy.model import FactValue
from linkedaccounts.policy.policy import Policy
from tests.policy.rule_files import copy_of_rules, problems, put, replace, sound

MORE = "registration/more.yaml"
SIGN_IN = "registration/fresh-sign-in.yaml"
SAYS = "reason: TEST, message: {en: 'We need the {detail}.', zh-CN: '请提供{detail}。'}"
SHOE_SIZE = """
details:
  shoe_size: {label: {en: shoe size, zh-CN: 鞋码}, type: number, longest: 2, example: "42"}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The rules without their tests, which an edit may contradict."""
    rules = copy_of_rules(tmp_path)
    shutil.rmtree(rules / "tests")
    return rules


def asked(policy: Policy, **facts: FactValue) -> list[str]:
    """The details that a registration is asked for; `store_code` stands for the fact `store.code`."""
    named = {path.replace("_", ".", 1): value for path, value in facts.items()}
    rules = policy.collect("details", {"action.day": date(2026, 6, 1), **named})
    return [rule.effect.detail for rule in rules if isinstance(rule.effect, AskedFor)]


def test_a_store_asks_for_one_more_detail_from_a_day_on(rules: Path) -> None:
    put(rules, "registration/shoes.yaml", SHOE_SIZE)
    rule = f"{{id: ask, order: 1, from: 2026-06-01, when: {{store.code: US}}, then: {{ask_for: shoe_size}}, {SAYS}}}"
    put(rules, MORE, f"rules_of: details\nrules:\n  - {rule}\n")
    policy = sound(rules)

    assert asked(policy, store_code="US")[0] == "shoe_size"
    assert "shoe_size" not in asked(policy, store_code="CA")
    assert "shoe_size" not in asked(policy, store_code="US", action_day=date(2026, 5, 31))
    assert [policy.catalogue.details["shoe_size"].problem_with(value) for value in ("42", "420", "S")] == [
        None,
        "DETAIL_TOO_LONG",
        "DETAIL_NOT_A_NUMBER",
    ]


def test_a_question_names_its_detail_and_its_store_in_both_languages(rules: Path) -> None:
    policy = sound(rules)
    rule = next(rule for rule in policy.collect("details", {"store.code": "MX"}) if rule.reason == "TAX_IDENTITY")
    assert isinstance(rule.effect, AskedFor)
    values = {
        "detail": policy.catalogue.details[rule.effect.detail].label,
        "store": policy.catalogue.stores["MX"].name,
    }

    assert rule.message.render("en", values) == "The tax number (RFC) is needed to sell in Mexico."
    assert rule.message.render("zh-CN", values) == "在墨西哥销售须提供税号（RFC）。"


def test_another_store_becomes_sensitive(rules: Path) -> None:
    facts: dict[str, FactValue] = {"store.code": "MX", "session.minutes_since_sign_in": 16}
    assert sound(rules).choose("fresh_sign_in", facts).reason == "RECENT_SIGN_IN"

    replace(rules, SIGN_IN, "store.code: [EU, JP]", "store.code: [EU, JP, MX]")
    rule = sound(rules).choose("fresh_sign_in", facts)
    assert (rule.reason, rule.effect) == ("SENSITIVE_STORE", SignInRequired())


def test_a_detail_may_not_be_taken_out_while_a_rule_asks_for_it(rules: Path) -> None:
    replace(rules, "registration/details.yaml", "  trade_licence:\n", "  trade_license:\n")

    found = {problem.code: problem for problem in problems(rules)}
    assert set(found) == {"unknown-value"}
    assert found["unknown-value"].hint == "did you mean `trade_license`?"


def test_a_question_may_not_be_taken_out_while_its_detail_stands(rules: Path) -> None:
    replace(rules, "registration/asks.yaml", "{ask_for: trade_licence}", "{ask_for: legal_name}")

    (problem,) = problems(rules)
    assert (problem.code, problem.place.file) == ("never-asked", "registration/details.yaml")


@pytest.mark.parametrize(
    "before, after, broken",
    [
        pytest.param("actor.role: administrator", "actor.role: [administrator, member]", set(), id="a refusal remains"),
        pytest.param(
            "actor.organisation: [solutions_provider, web_agency, integrator]",
            "actor.organisation: [solutions_provider, web_agency]",
            set(),
            id="nothing allows what is no longer refused",
        ),
        pytest.param(
            "actor.organisation: owner",
            "store.code: MX",
            {"what-is-unknown-never-registers"},
            id="whoever they work for",
        ),
    ],
)
def test_an_edit_of_who_may_register_is_held_against_the_invariants(
    rules: Path, before: str, after: str, broken: set[str]
) -> None:
    replace(rules, "eligibility/register.yaml", f"      {before}\n", f"      {after}\n")

    found = problems(rules)
    assert {problem.message.split("`")[3] for problem in found if problem.code == "breaks-invariant"} == broken
