"""A candidate decides beside the live policy, and only where the two differ is anything recorded."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import structlog

from linkedaccounts.application.check_eligibility import CheckEligibility
from linkedaccounts.application.eligibility import AccountStanding, EligibilityRequest
from linkedaccounts.application.fee_quote import QuoteRequest, StoreAccount
from linkedaccounts.application.quote_fees import QuoteFees
from linkedaccounts.application.shadow_policy import ShadowPolicy
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.policy import Policy
from linkedaccounts.storage import shadow_log
from linkedaccounts.storage.decision_files import Bounds, DecisionFiles
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.storage.shadow_log import ShadowLog
from tests.policy.rule_files import RULES, copy_of_rules, replace

TODAY = date(2019, 9, 30)
SELLER = QuoteRequest(tuple(StoreAccount(store, "2018-01-15") for store in ("US", "EU", "JP")), linked=True)
SMALL_SELLER = QuoteRequest((StoreAccount("US", "2018-01-15"),), linked=True)
TWO = tuple(
    AccountStanding(store, role="administrator", organisation="owner", status="active") for store in ("US", "EU")
)


@pytest.fixture(scope="module")
def live() -> Policy:
    return load_policy(RULES)


class Beside:
    """Two use cases with the live policy, and a candidate beside them."""

    def __init__(self, live: Policy, candidate: Policy, place: Path, share: float = 1) -> None:
        book = packaged_rate_book()
        self.place = place
        files = DecisionFiles(place, Bounds(10**6, 10**7))
        self.shadow = ShadowLog(ShadowPolicy(candidate), files, lambda: ("request-1", "/a.B/C"), share)
        self.quote = QuoteFees(lambda: live, lambda: book, lambda: TODAY, self.shadow)
        self.check = CheckEligibility(lambda: live, lambda: TODAY, self.shadow)

    def lines(self) -> list[dict[str, Any]]:
        self.shadow.compare_waiting(pause=lambda _: None)
        return [json.loads(line) for path in self.place.glob("*") for line in path.read_text("utf-8").splitlines()]


@pytest.fixture
def beside(live: Policy, tmp_path: Path) -> Callable[[str, str, str], Beside]:
    """The live rules beside a copy of them with another text in a file."""

    def changed(path: str, before: str, after: str) -> Beside:
        rules = copy_of_rules(tmp_path)
        shutil.rmtree(rules / "tests")  # which would not let all of these changes serve
        replace(rules, path, before, after)
        return Beside(live, load_policy(rules), tmp_path / "shadow")

    return changed


def test_a_quote_that_differs_is_recorded_with_both_outcomes_and_one_that_does_not_is_not(
    live: Policy, beside: Callable[[str, str, str], Beside]
) -> None:
    both = beside("fees/plans.yaml", "39.99 USD", "41.00 USD")
    quote = both.quote(SELLER)
    both.quote(SMALL_SELLER)

    (line,) = both.lines()
    charges = [[one["charge"] for one in outcome["lines"]] for outcome in (line["outcome"], line["shadow"]["outcome"])]
    assert charges == [[one.charge.minor for one in quote.lines], [1282, 1250, 1571]]
    assert (line["policy_version"], line["shadow"]["policy_version"]) == (live.version, both.shadow.version)
    assert (line["request_id"], line["method"], line["facts"]["day"]) == ("request-1", "/a.B/C", "2019-09-30")
    assert both.shadow.counts == {"different": 1, "same": 1}


def test_a_decision_that_differs_is_recorded_as_well(beside: Callable[[str, str, str], Beside]) -> None:
    both = beside("eligibility/link.yaml", "action.account_count: {at_least: 2}", "action.account_count: {at_least: 3}")
    assert both.check(EligibilityRequest("link", TWO)).allowed
    lines = both.lines()
    assert [line["facts"]["account.store"] for line in lines] == ["US", "EU"]
    assert [line["outcome"]["allowed"] for line in lines] == [True, True]
    assert [line["shadow"]["outcome"] for line in lines] == [{"allowed": False, "rules": ["link-not-established"]}] * 2


def test_the_same_answer_by_another_rule_is_told_apart(beside: Callable[[str, str, str], Beside]) -> None:
    both = beside("fees/charging.yaml", "id: plan-share", "id: share-of-the-plan")
    both.quote(SELLER)
    assert len(both.lines()) == 1
    assert both.shadow.counts == {"other_rules": 1}


def test_a_quote_that_the_candidate_cannot_make_says_why(beside: Callable[[str, str, str], Beside]) -> None:
    both = beside("catalogue/stores.yaml", "2000-01-01, fee: 4900 JPY", "2020-01-01, fee: 4900 JPY")
    both.quote(SELLER)
    (line,) = both.lines()
    assert "2020-01-01" in line["shadow"]["outcome"]["refused"]


def test_what_fails_is_counted_and_nobody_is_troubled(live: Policy, tmp_path: Path) -> None:
    both = Beside(live, Policy("broken", (), live.catalogue, {}), tmp_path)
    with structlog.testing.capture_logs() as logs:
        both.check(EligibilityRequest("link", TWO))
        assert both.lines() == []
    assert both.shadow.counts == {"failed": 2}
    assert [(line["event"], line["unsaid_since"]) for line in logs] == [("shadow_failed", 0)]


def test_what_comes_when_the_queue_is_full_or_at_the_end_is_counted(
    live: Policy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shadow_log, "CAPACITY", 2)
    both = Beside(live, live, tmp_path)
    for _ in range(3):
        both.quote(SMALL_SELLER)
    assert both.shadow.counts == {"dropped": 1}
    both.shadow.stop()
    assert both.shadow.counts == {"dropped": 3}


def test_a_share_of_no_calls_compares_none(live: Policy, tmp_path: Path) -> None:
    both = Beside(live, live, tmp_path, share=0)
    both.quote(SMALL_SELLER)
    assert both.lines() == []
    assert not both.shadow.counts


def test_it_compares_by_itself_and_gives_the_calls_as_much_time_as_it_takes(live: Policy, tmp_path: Path) -> None:
    both = Beside(live, live, tmp_path)
    pauses: list[float] = []
    both.quote(SMALL_SELLER)
    both.shadow.compare_waiting(pauses.append)
    assert len(pauses) == 1
    assert pauses[0] > 0
    both.shadow.start()
    both.quote(SMALL_SELLER)
    while both.shadow.counts["same"] < 2:
        threading.Event().wait(0.01)
    both.shadow.stop()
