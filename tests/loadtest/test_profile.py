from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from random import Random

import pytest

from linkedaccounts.application.quote_fees import QuoteFees
from linkedaccounts.application.refusals import InvalidRequest
from linkedaccounts.endpoints.quote_request import quote_request
from linkedaccounts.loadtest.calls import Shape
from linkedaccounts.loadtest.drawing import MISTAKES, draw_questions, prepared_calls
from linkedaccounts.loadtest.profile import BadProfile, default_profile, read_profile
from linkedaccounts.policy.load import load_policy
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.v1.fee_quote_service_pb2 import QuoteFeesRequest
from tests.loadtest.http2 import BLOCK
from tests.policy.rule_files import RULES

PROFILE = read_profile(default_profile())


def test_the_same_seed_draws_the_same_requests() -> None:
    once, again, other = (draw_questions(PROFILE, Random(seed)) for seed in (1, 1, 2))

    assert once == again
    assert once != other


def test_requests_are_distributed_as_the_profile_says() -> None:
    questions = draw_questions(PROFILE, Random(1))
    good = [question.request for question in questions if not question.bad]
    single = sum(len(request.stores) == 1 for request in good)
    several = [request for request in good if len(request.stores) > 1]

    assert len(questions) == PROFILE.sellers.count
    assert 1 - len(good) / len(questions) == pytest.approx(PROFILE.calls.bad, abs=0.005)
    assert single / len(good) == pytest.approx(0.42, abs=0.02)
    assert sum(request.linked for request in several) / len(several) == pytest.approx(0.7, abs=0.02)
    assert all(
        account.registered_on <= (account.linked_on or request.day) <= request.day
        for request in good
        for account in request.stores
    )


def test_most_quotes_are_for_the_last_month() -> None:
    questions = draw_questions(read_profile(default_profile().replace("bad = 0.01", "bad = 0")), Random(1))
    last = sum(question.request.day >= "2024-12-01" for question in questions)

    assert last / len(questions) == pytest.approx(0.71, abs=0.02)


@pytest.fixture(scope="module")
def quote_fees() -> QuoteFees:
    policy, book = load_policy(RULES), packaged_rate_book()
    return QuoteFees(lambda: policy, lambda: book, lambda: PROFILE.sellers.days.through)


def test_what_is_drawn_is_answered_as_it_is_meant_to_be(quote_fees: QuoteFees) -> None:
    half_bad = read_profile(default_profile().replace("bad = 0.01", "bad = 0.5").replace("count = 5000", "count = 400"))
    for question in draw_questions(half_bad, Random(1)):
        with pytest.raises(InvalidRequest) if question.bad else nullcontext():
            quote_fees(quote_request(question.request))


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.__name__.strip("_"))
def test_every_mistake_is_refused(quote_fees: QuoteFees, mistake: Callable[[QuoteFeesRequest], None]) -> None:
    for request in recorded(20):
        mistake(request)
        with pytest.raises(InvalidRequest):
            quote_fees(quote_request(request))


def recorded(count: int) -> list[QuoteFeesRequest]:
    """Different requests, as if somebody had recorded them."""
    good = read_profile(default_profile().replace("bad = 0.01", "bad = 0").replace("count = 5000", f"count = {count}"))
    return [question.request for question in draw_questions(good, Random(7))]


@pytest.mark.parametrize(("share", "count"), [("1", 300), ("0.5", 600), ("0.1", 3000)])
def test_recorded_requests_are_asked_for_in_their_share_and_order_and_all_of_them(share: str, count: int) -> None:
    text = default_profile().replace("share = 1", f"share = {share}").replace("count = 5000", "count = 10")
    before = recorded(300)
    questions = draw_questions(read_profile(text.replace("bad = 0.01", "bad = 0")), Random(1), before)
    known = {request.SerializeToString() for request in before}

    assert len(questions) == count
    assert [each.request for each in questions if each.request.SerializeToString() in known] == before


def test_recorded_requests_are_shuffled_on_demand_and_asked_for_again_if_there_are_few() -> None:
    text = default_profile().replace("in_order = true", "in_order = false").replace("bad = 0.01", "bad = 0")
    before = recorded(50)
    asked = [question.request for question in draw_questions(read_profile(text), Random(1), before)]

    assert len(asked) == PROFILE.sellers.count
    assert asked[:50] != before
    assert asked[:50] == asked[50:100]
    assert sorted(map(str, asked[:50])) == sorted(map(str, before))


def test_recorded_requests_are_spoiled_in_the_share_of_bad_ones_and_stay_as_they_are() -> None:
    before, same = recorded(50), recorded(50)
    questions = draw_questions(PROFILE, Random(1), before)

    assert sum(question.bad for question in questions) / len(questions) == pytest.approx(0.01, abs=0.005)
    assert before == same


def test_calls_of_many_ask_every_question_and_are_all_of_one_size() -> None:
    questions = draw_questions(PROFILE, Random(1))[:10]

    assert [call.questions for call in prepared_calls(Shape.BATCH, questions, 4, BLOCK)] == [
        tuple(questions[:4]),
        tuple(questions[4:8]),
        (*questions[8:], *questions[:2]),
    ]
    assert [len(call.questions) for call in prepared_calls(Shape.STREAM, questions, 25, BLOCK)] == [25]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("bad = 0.01", "bad = 2", "calls.bad: Input should be less than or equal to 1"),
        ("unary = 1", "unary = 0", "at least one weight must be more than 0"),
        ("unary = 1", "unari = 1", "calls.unari: Extra inputs are not permitted"),
        ("11 = 1", "many = 1", "`many` is no number of stores"),
        ("SELLING_PLAN_INDIVIDUAL", "SELLING_PLAN_FREE", "`SELLING_PLAN_FREE` is no selling plan; there are"),
        ("through = 2024-12-31", "through = 2020-12-31", "`through` is 2020-12-31, before `from`"),
        ("registered_from = 2019-10-01", "registered_from = 2022-10-01", "`registered_from` is after"),
        ("[calls]", "[calls", "the profile is no TOML"),
    ],
)
def test_a_profile_that_cannot_be_drawn_from_says_where_and_why(old: str, new: str, said: str) -> None:
    with pytest.raises(BadProfile) as raised:
        read_profile(default_profile().replace(old, new, 1))
    assert said in str(raised.value)
