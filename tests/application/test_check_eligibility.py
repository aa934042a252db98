"""Whether an actor may do something with accounts, by the project's own rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from linkedaccounts.application.check_action import MOST_ACCOUNTS, check_action
from linkedaccounts.application.check_eligibility import CheckEligibility
from linkedaccounts.application.eligibility import AccountDecision, AccountStanding, EligibilityRequest
from linkedaccounts.application.refusals import InvalidRequest
from linkedaccounts.domain.text import LANGUAGES
from linkedaccounts.policy.decisions import DECISIONS
from linkedaccounts.policy.policy import Judgement, Policy
from linkedaccounts.policy.vocabulary import facts_of_message

TODAY = date(2019, 9, 30)
US = AccountStanding("US", "administrator", "owner", "active")
JP = replace(US, store="JP")


@pytest.fixture
def check(policy: Policy) -> CheckEligibility:
    return CheckEligibility(lambda: policy, lambda: TODAY)


def reasons(decision: AccountDecision) -> list[str]:
    return sorted(said.rule.reason for said in decision.said)


def problems(check: CheckEligibility, request: EligibilityRequest) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRequest) as refused:
        check(request)
    return [(problem.field, problem.reason) for problem in refused.value.problems]


def test_the_owners_administrator_links_active_accounts(check: CheckEligibility, policy: Policy) -> None:
    answer = check(EligibilityRequest("link", (US, JP)))
    assert answer.allowed
    assert [(decision.store, decision.allowed) for decision in answer.decisions] == [("US", True), ("JP", True)]
    assert [reasons(decision) for decision in answer.decisions] == [["ADMINISTRATOR_OF_OWNER"]] * 2
    assert answer.policy_version == policy.version


def test_one_refused_account_refuses_all_and_the_others_are_told_apart(check: CheckEligibility) -> None:
    answer = check(EligibilityRequest("link", (US, replace(JP, status="closed"), replace(US, store="EU"))))
    assert not answer.allowed
    assert [decision.allowed for decision in answer.decisions] == [True, False, True]
    assert reasons(answer.decisions[1]) == ["ACCOUNT_CLOSED"]


def test_every_reason_of_a_refusal_is_told(check: CheckEligibility) -> None:
    account = AccountStanding("US", "member", "web_agency", "suspended", in_group=True)
    assert reasons(check(EligibilityRequest("link", (account,))).decisions[0]) == [
        "ACCOUNT_SUSPENDED",
        "AGENT_OF_OWNER",
        "LINKED_ALREADY",
        "NOT_ADMINISTRATOR",
        "ONE_ACCOUNT_ONLY",
    ]


def test_two_accounts_in_one_store_are_each_refused_and_a_third_is_not(check: CheckEligibility) -> None:
    decisions = check(EligibilityRequest("link", (US, JP, US))).decisions
    assert [reasons(decision) for decision in decisions] == [
        ["STORE_SHARED"],
        ["ADMINISTRATOR_OF_OWNER"],
        ["STORE_SHARED"],
    ]


@pytest.mark.parametrize("unknown", ["role", "organisation", "status"])
def test_what_is_not_known_is_never_enough(check: CheckEligibility, unknown: str) -> None:
    doubtful: dict[str, Any] = {unknown: None}
    answer = check(EligibilityRequest("link", (US, replace(JP, **doubtful))))
    assert not answer.allowed
    assert reasons(answer.decisions[1]) == ["NOT_ESTABLISHED"]


def test_unlinking_is_refused_with_the_reason_that_linking_is_permanent(check: CheckEligibility) -> None:
    answer = check(EligibilityRequest("unlink", (replace(US, in_group=True), replace(JP, in_group=True))))
    assert not answer.allowed
    assert [reasons(decision) for decision in answer.decisions] == [["LINKING_IS_PERMANENT"]] * 2


def test_the_owners_administrator_registers_in_a_store_that_the_seller_lacks(check: CheckEligibility) -> None:
    answer = check(EligibilityRequest("register", (US, JP), new_store="MX"))
    assert answer.allowed
    assert [(decision.store, reasons(decision)) for decision in answer.decisions] == [
        ("US", ["MAY_REGISTER"]),
        ("JP", ["MAY_REGISTER"]),
    ]


def test_who_may_not_register_is_told_every_reason_and_of_which_store(check: CheckEligibility) -> None:
    account = AccountStanding("JP", "member", "integrator", "suspended")
    answer = check(EligibilityRequest("register", (US, account), new_store="JP"))
    assert not answer.allowed
    assert reasons(answer.decisions[0]) == ["REGISTERED_ALREADY"]
    assert reasons(answer.decisions[1]) == [
        "REGISTERED_ALREADY",
        "REGISTRATION_ACCOUNT_SUSPENDED",
        "REGISTRATION_BY_AGENT",
        "REGISTRATION_BY_MEMBER",
    ]
    assert all("Japan" in said.message("en") for decision in answer.decisions for said in decision.said)


@pytest.mark.parametrize(("language", "name"), [("en", "Japan"), ("zh-CN", "日本")])
def test_a_reason_names_the_store_in_the_readers_language(check: CheckEligibility, language: str, name: str) -> None:
    (said,) = check(EligibilityRequest("link", (US, replace(JP, status="closed")))).decisions[1].said
    assert name in said.message(language)


def test_every_reason_is_said_in_every_language_without_a_gap(check: CheckEligibility) -> None:
    flawed = AccountStanding("US", "member", "integrator", "suspended", in_group=True)
    requests = [
        EligibilityRequest("link", (flawed, replace(flawed, status="closed"))),
        EligibilityRequest("link", (flawed,)),
        EligibilityRequest("link", (US, replace(JP, role=None))),
        EligibilityRequest("unlink", (flawed,)),
    ]
    said = [said for request in requests for decision in check(request).decisions for said in decision.said]
    texts = {(one.rule.id, language): one.message(language) for one in said for language in LANGUAGES}
    assert len(set(texts.values())) == len(texts)
    assert all(text and "{" not in text for text in texts.values())


def test_only_who_asks_is_told_which_condition_failed(check: CheckEligibility) -> None:
    request = EligibilityRequest("link", (US, replace(JP, status="closed")))
    assert check(request).decisions[1].not_applied == ()
    lost = {one.rule.id: one for one in check(replace(request, explain=True)).decisions[1].not_applied}
    (failed,) = lost["administrator-of-the-owner-links"].failed
    assert (failed.fact, failed.wanted, failed.actual) == ("account.status", "active", "closed")
    assert "account-closed" not in lost


class Listening:
    """A policy that notes which facts it is asked with, and allows."""

    version = "5eed"

    def __init__(self, policy: Policy) -> None:
        self.catalogue = policy.catalogue
        self.asked: list[tuple[str, dict[str, object]]] = []

    def judge(self, decision: str, facts: dict[str, object]) -> Judgement:
        self.asked.append((decision, facts))
        return Judgement(True, ())


@pytest.mark.parametrize("action", ["link", "unlink"])
def test_the_facts_are_those_of_the_contract(policy: Policy, action: str) -> None:
    listening: Any = Listening(policy)
    member = AccountStanding("JP", "member", None, "closed", in_group=True)
    CheckEligibility(lambda: listening, lambda: TODAY)(EligibilityRequest(action, (US, member, US), "2020-02-29"))
    assert [decision for decision, _ in listening.asked] == [action] * 3
    assert set(listening.asked[1][1]) == set(facts_of_message(DECISIONS[action].facts, {}))
    assert [facts["account.store_shared"] for _, facts in listening.asked] == [True, False, True]
    assert listening.asked[1][1] == {
        "actor.role": "member",
        "actor.organisation": None,
        "account.store": "JP",
        "account.region": policy.catalogue.stores["JP"].region.code,
        "account.status": "closed",
        "account.in_group": True,
        "account.store_shared": False,
        "action.day": date(2020, 2, 29),
        "action.account_count": 3,
    }


def test_the_facts_of_registering_are_those_of_the_contract_and_of_the_new_store(policy: Policy) -> None:
    listening: Any = Listening(policy)
    request = EligibilityRequest("register", (US, JP, JP), "2020-02-29", new_store="CA")
    CheckEligibility(lambda: listening, lambda: TODAY)(request)
    facts = listening.asked[2][1]
    assert set(facts_of_message(DECISIONS["register"].facts, {})) <= set(facts)
    assert {name: value for name, value in facts.items() if name.startswith(("store.", "seller."))} == {
        "store.code": "CA",
        "store.region": policy.catalogue.stores["CA"].region.code,
        "store.currency": "CAD",
        "store.standard_fee": Decimal("29.99"),
        "store.registered": False,
        "seller.linked": True,
        "seller.store_count": 2,
        "seller.region_registered": True,
    }


def test_without_a_day_it_is_about_today(policy: Policy) -> None:
    assert check_action(EligibilityRequest("link", (US, JP)), policy.catalogue.stores, TODAY).day == TODAY


def test_the_policy_is_taken_once_a_call(policy: Policy) -> None:
    taken = iter([policy])
    answer = CheckEligibility(lambda: next(taken), lambda: TODAY)(EligibilityRequest("link", (US, JP)))
    assert answer.allowed


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        pytest.param(EligibilityRequest(None, (US,)), [("action", "ACTION_REQUIRED")], id="no action"),
        pytest.param(EligibilityRequest("7", (US,)), [("action", "ACTION_UNKNOWN")], id="an action that is none"),
        pytest.param(EligibilityRequest("grouping", (US,)), [("action", "ACTION_UNKNOWN")], id="another decision"),
        pytest.param(EligibilityRequest("link", ()), [("accounts", "ACCOUNTS_REQUIRED")], id="no account"),
        pytest.param(EligibilityRequest("link", (US,), "2019-02-30"), [("day", "DAY_INVALID")], id="no such day"),
        pytest.param(EligibilityRequest("link", (US,), "9999-12-31"), [("day", "DAY_OUT_OF_RANGE")], id="a late day"),
        pytest.param(
            EligibilityRequest("link", (US,) * (MOST_ACCOUNTS + 1)),
            [("accounts", "TOO_MANY_ACCOUNTS")],
            id="too many accounts",
        ),
        pytest.param(
            EligibilityRequest("link", (US, replace(US, store=""))),
            [("accounts[1].store", "STORE_REQUIRED")],
            id="no store",
        ),
        pytest.param(
            EligibilityRequest("link", (US, replace(US, store="SG"))),
            [("accounts[1].store", "STORE_NOT_OPEN")],
            id="a store before it exists",
        ),
        pytest.param(
            EligibilityRequest("unlink", (US, replace(US, role="9"))),
            [("accounts[1].role", "ROLE_UNKNOWN")],
            id="a role that is none",
        ),
        pytest.param(
            EligibilityRequest("register", (US,)), [("new_store", "STORE_REQUIRED")], id="nowhere to register"
        ),
        pytest.param(
            EligibilityRequest("register", (US,), new_store="XX"), [("new_store", "STORE_UNKNOWN")], id="no such store"
        ),
        pytest.param(
            EligibilityRequest("register", (US,), new_store="SG"),
            [("new_store", "STORE_NOT_OPEN")],
            id="registering in a store before it exists",
        ),
        pytest.param(
            EligibilityRequest("register", (US,), "soon", new_store="SG"),
            [("day", "DAY_INVALID")],
            id="registering on no day",
        ),
        pytest.param(
            EligibilityRequest("link", (US, JP), new_store="MX"),
            [("new_store", "NEW_STORE_OF_OTHER_ACTION")],
            id="a new store of another action",
        ),
        pytest.param(
            EligibilityRequest(None, (AccountStanding("XX", "9", "-1", "77"), AccountStanding("SG")), "soon"),
            [
                ("action", "ACTION_REQUIRED"),
                ("day", "DAY_INVALID"),
                ("accounts[0].store", "STORE_UNKNOWN"),
                ("accounts[0].role", "ROLE_UNKNOWN"),
                ("accounts[0].organisation", "ORGANISATION_UNKNOWN"),
                ("accounts[0].status", "ACCOUNT_STATUS_UNKNOWN"),
            ],
            id="everything at once",
        ),
    ],
)
def test_problems_are_named_all_at_once_each_with_its_field(
    check: CheckEligibility, request_: EligibilityRequest, expected: list[tuple[str, str]]
) -> None:
    assert problems(check, request_) == expected


def test_as_many_accounts_as_there_may_be_are_judged(check: CheckEligibility) -> None:
    assert len(check(EligibilityRequest("link", (US,) * MOST_ACCOUNTS)).decisions) == MOST_ACCOUNTS


def test_of_far_too_many_accounts_only_the_first_are_looked_at(check: CheckEligibility) -> None:
    found = problems(check, EligibilityRequest("link", (AccountStanding("XX"),) * 100_000))
    assert len(found) == MOST_ACCOUNTS + 1


def test_a_store_that_has_closed_is_told_apart_from_one_to_come(policy: Policy) -> None:
    us = policy.catalogue.stores["US"]
    ended = replace(us.terms.entries[-1], through=date(2019, 1, 31))
    closed = replace(us, terms=replace(us.terms, entries=(*us.terms.entries[:-1], ended)))
    with pytest.raises(InvalidRequest) as refused:
        check_action(EligibilityRequest("link", (US,)), {"US": closed}, TODAY)
    assert [(one.field, one.reason) for one in refused.value.problems] == [("accounts[0].store", "STORE_CLOSED")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_problems_are_said_in_the_readers_language(check: CheckEligibility, language: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        check(EligibilityRequest("9", (AccountStanding("US", role="77"),)))
    action, role = [problem.message(language) for problem in refused.value.problems]
    assert ("9" in action, "77" in role) == (True, True)
    assert action.isascii() == role.isascii() == (language == "en")
