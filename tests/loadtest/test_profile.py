from __future__ import annotations

from random import Random

import pytest

from linkedaccounts.loadtest.calls import Shape
from linkedaccounts.loadtest.drawing import draw_questions, prepared_calls
from linkedaccounts.loadtest.profile import BadProfile, default_profile, read_profile
from tests.loadtest.http2 import BLOCK

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
