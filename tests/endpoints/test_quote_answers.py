"""Answers that are remembered are those that would be made."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from linkedaccounts.application.decision_line import LineWriter, RecordedCall
from linkedaccounts.application.decision_record import Made, QuoteRepeated
from linkedaccounts.application.quote_fees import QuoteFees
from linkedaccounts.application.refusals import InvalidRequest
from linkedaccounts.application.rule_counts import RuleCounts
from linkedaccounts.application.shadow_policy import ShadowPolicy, outcome_of
from linkedaccounts.domain.rates import RateBook
from linkedaccounts.endpoints.quote_answers import LONGEST_REQUEST, QuoteAnswers
from linkedaccounts.endpoints.tally import Tally
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.policy import Policy
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.v1 import fee_quote_service_pb2 as contract

DAY = date(2019, 9, 30)
CALL = RecordedCall(0, "id", "method")
PLAN = [contract.StoreAccount(store=store, registered_on="2018-01-15") for store in ("US", "EU", "JP")]


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(Path(__file__).parents[2] / "rules")


@pytest.fixture(scope="module")
def book() -> RateBook:
    return packaged_rate_book()


@dataclass
class Grounded:
    """The answers, ``most`` of them remembered, on grounds that a test changes; ``recorded`` is what was recorded."""

    policy: Policy
    book: RateBook
    today: date = DAY
    most: int = 10
    recorded: list[Made] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)

    def __post_init__(self) -> None:
        use_case = QuoteFees(lambda: self.policy, lambda: self.book, lambda: self.today, self.recorded.append)
        self.answers = QuoteAnswers(use_case, self.most, self.tally)

    def ask(self, request: contract.QuoteFeesRequest, language: str = "en") -> contract.FeeQuote:
        return contract.QuoteFeesResponse.FromString(self.answers.alone(request, language)).quote

    @property
    def counted(self) -> tuple[int, int]:
        return self.tally.quotes["hit"], self.tally.quotes["miss"]


@pytest.fixture
def grounded(policy: Policy, book: RateBook) -> Callable[..., Grounded]:
    return lambda **more: Grounded(policy, book, **more)


def seller(store: str = "US", day: str = DAY.isoformat(), **more: Any) -> contract.QuoteFeesRequest:
    account = contract.StoreAccount(store=store, registered_on="2018-01-15")
    return contract.QuoteFeesRequest(day=day, linked=True, stores=[account], **more)


def some_seller(draw: random.Random) -> contract.QuoteFeesRequest:
    days = [(DAY - timedelta(draw.randrange(80))).isoformat() for _ in range(7)]
    stores = draw.sample(["US", "CA", "MX", "EU", "JP", "AE", "TR"], draw.randint(1, 7))
    accounts = [
        contract.StoreAccount(store=store, registered_on=day, suspended=draw.random() < 0.1)
        for store, day in zip(stores, days, strict=False)
    ]
    day = draw.choice(["", DAY.isoformat(), "2019-12-01"])
    return contract.QuoteFeesRequest(day=day, linked=draw.random() < 0.8, explain=draw.random() < 0.1, stores=accounts)


def test_whether_answers_are_remembered_changes_neither_them_nor_their_record(
    grounded: Callable[..., Grounded],
) -> None:
    draw = random.Random(5)
    sellers = [some_seller(draw) for _ in range(60)]
    keeping, making = grounded(most=40), grounded(most=0)
    for number in range(300):
        request, language = draw.choice(sellers[: 5 + number // 5]), draw.choice(["en", "zh-CN"])
        assert keeping.ask(request, language) == making.ask(request, language)
    for one in (outcome_of, ShadowPolicy(keeping.policy).outcome):
        assert [one(made) for made in keeping.recorded] == [one(made) for made in making.recorded]
    lines = [[LineWriter().line(CALL, made) for made in one.recorded] for one in (keeping, making)]
    assert lines[0] == lines[1]
    assert keeping.counted[0] > 50
    assert making.counted == (0, 0)


def test_who_asks_again_is_told_again_and_that_is_recorded_again(grounded: Callable[..., Grounded]) -> None:
    told = grounded()
    assert told.ask(seller()) == told.ask(seller())
    assert told.counted == (1, 1)
    assert len(told.recorded) == 2


def test_a_remembered_answer_counts_for_its_rules_as_the_one_that_was_made(grounded: Callable[..., Grounded]) -> None:
    told, counts = grounded(), RuleCounts()
    for _ in range(2):
        told.ask(contract.QuoteFeesRequest(day=DAY.isoformat(), linked=True, stores=PLAN))
    made, repeated = told.recorded
    counts(made)
    once = counts.times()
    counts(repeated)

    assert isinstance(repeated, QuoteRepeated)
    assert once["charging", "plan-share"] == len(PLAN)
    assert counts.times() == once + once


def test_another_language_is_another_answer(grounded: Callable[..., Grounded]) -> None:
    told = grounded()
    assert told.ask(seller()) != told.ask(seller(), "zh-CN")
    assert told.counted == (0, 2)


def test_another_policy_begins_with_nothing_remembered(grounded: Callable[..., Grounded]) -> None:
    told = grounded()
    told.ask(seller())
    told.policy = replace(told.policy, version="another")
    assert told.ask(seller()).policy_version == "another"


def test_a_quote_for_today_is_another_one_tomorrow(grounded: Callable[..., Grounded]) -> None:
    told = grounded()
    told.ask(seller(day=""))
    told.today += timedelta(days=1)
    assert told.ask(seller(day="")).day == "2019-10-01"


def test_what_was_not_asked_for_longest_is_forgotten_first(grounded: Callable[..., Grounded]) -> None:
    told = grounded(most=2)
    for store in ("US", "EU", "US", "JP", "US", "EU"):
        told.ask(seller(store))
    assert told.counted == (2, 4)


def test_a_request_that_is_far_too_long_is_answered_and_not_remembered(grounded: Callable[..., Grounded]) -> None:
    told = grounded()
    unknown_field = b"\xa2\x06" + bytes([0x80 | LONGEST_REQUEST & 0x7F, LONGEST_REQUEST >> 7]) + bytes(LONGEST_REQUEST)
    long = contract.QuoteFeesRequest.FromString(seller().SerializeToString() + unknown_field)
    assert told.ask(long) == told.ask(long)
    assert told.counted == (0, 2)


def test_a_refusal_is_not_remembered(grounded: Callable[..., Grounded]) -> None:
    told = grounded()
    for _ in range(2):
        with pytest.raises(InvalidRequest):
            told.ask(seller("XX"))
    assert told.counted == (0, 2)
    assert told.recorded == []


def test_answers_among_many_are_those_alone_one_by_one(grounded: Callable[..., Grounded]) -> None:
    told = grounded()
    stores = ("US", "EU", "US")
    pieces = [told.answers.among_many(seller(store), "en") for store in stores]
    batch = contract.BatchQuoteFeesResponse.FromString(b"".join(pieces))
    assert [result.quote for result in batch.results] == [told.ask(seller(store)) for store in stores]
    assert contract.StreamQuoteFeesResponse.FromString(pieces[0]).result == batch.results[0]
