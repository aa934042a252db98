"""Draws sellers from a profile, and makes calls of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import cycle
from math import ceil
from random import Random

from linkedaccounts.loadtest.calls import Prepared, Question, Shape, message_bytes
from linkedaccounts.loadtest.profile import MOST_REQUESTS, Profile
from linkedaccounts.v1.facts_pb2 import SellingPlan
from linkedaccounts.v1.fee_quote_service_pb2 import (
    BatchQuoteFeesRequest,
    QuoteFeesRequest,
    StoreAccount,
    StreamQuoteFeesRequest,
)

METHODS = {Shape.UNARY: "QuoteFees", Shape.BATCH: "BatchQuoteFees", Shape.STREAM: "StreamQuoteFees"}
SERVICE = "linkedaccounts.v1.FeeQuoteService"
MOST_LISTINGS = 1_000_000
MONTH = timedelta(days=30)
FIRST_MONTH_DAYS = 27
"""A month has 28 days or more: who registered this many days ago at most is in the first one."""


def draw_questions(profile: Profile, random: Random, recorded: Sequence[QuoteFeesRequest] = ()) -> list[Question]:
    """As many requests as the profile says; the same ``random`` draws the same.

    If there are ``recorded`` ones, the share of the profile is taken from them, in turn, and there are enough requests
    for all of them.
    """
    share = profile.replay.share if recorded else 0
    turn = cycle(recorded if profile.replay.in_order else random.sample(recorded, len(recorded)))
    count = profile.sellers.count
    if share:
        count = max(count, min(MOST_REQUESTS, ceil(len(recorded) / share)))
    # The share is kept to the request, not left to chance: so none of the recorded ones is left out.
    replayed = (int((number + 1) * share) > int(number * share) for number in range(count))
    requests = (_copy(next(turn)) if each else _seller(profile, random) for each in replayed)
    return [_question(profile, request, random) for request in requests]


def endless_calls(
    profile: Profile, questions: Sequence[Question], blocks: Mapping[Shape, bytes], random: Random
) -> Iterator[Prepared]:
    """Calls without end: shapes as the profile weighs them, and in each the questions in turn."""
    weights = {shape: getattr(profile.calls, shape.value) for shape in Shape}
    sizes = {Shape.UNARY: 1, Shape.BATCH: profile.calls.batch_size, Shape.STREAM: profile.calls.stream_size}
    shapes = [shape for shape, weight in weights.items() if weight]
    turns = {shape: cycle(prepared_calls(shape, questions, sizes[shape], blocks[shape])) for shape in shapes}
    if len(shapes) == 1:
        return turns[shapes[0]]
    return _mixed(turns, [weights[shape] for shape in shapes], random)


def prepared_calls(shape: Shape, questions: Sequence[Question], size: int, block: bytes) -> list[Prepared]:
    """Calls with ``size`` questions each, which together ask all of them, some twice if need be."""
    starts = range(0, len(questions), size)
    turn = [*questions, *(list(questions) * (size // len(questions) + 1))]
    parts = [turn[start : start + size] for start in starts]
    return [Prepared(shape, part, block, _body(shape, part)) for part in parts]


def _mixed(turns: Mapping[Shape, Iterator[Prepared]], weights: Sequence[float], random: Random) -> Iterator[Prepared]:
    choices = list(turns.values())
    while True:
        yield next(random.choices(choices, weights)[0])


def _body(shape: Shape, questions: Sequence[Question]) -> bytes:
    requests = [question.request for question in questions]
    if shape is Shape.UNARY:
        return message_bytes([requests[0].SerializeToString()])
    if shape is Shape.BATCH:
        return message_bytes([BatchQuoteFeesRequest(requests=requests).SerializeToString()])
    return message_bytes(StreamQuoteFeesRequest(request=request).SerializeToString() for request in requests)


def _question(profile: Profile, request: QuoteFeesRequest, random: Random) -> Question:
    request.explain = random.random() < profile.calls.explain
    bad = random.random() < profile.calls.bad
    if bad:
        random.choice(MISTAKES)(request)
    return Question(request, bad)


def _copy(request: QuoteFeesRequest) -> QuoteFeesRequest:
    copied = QuoteFeesRequest()
    copied.CopyFrom(request)
    return copied


def _seller(profile: Profile, random: Random) -> QuoteFeesRequest:
    day = _quoted_day(profile, random)
    stores = _several(profile.stores, int(_one(profile.sellers.stores, random)), random)
    linked = len(stores) > 1 and random.random() < profile.sellers.linked
    accounts = [_account(profile, store, day, random) for store in stores]
    if linked:
        for account in accounts:
            account.linked_on = _day(date.fromisoformat(account.registered_on), day, random).isoformat()
    return QuoteFeesRequest(day=day.isoformat(), linked=linked, stores=accounts)


def _quoted_day(profile: Profile, random: Random) -> date:
    days = profile.sellers.days
    newest = random.random() < profile.sellers.last_month
    return _day(max(days.first, days.through - MONTH) if newest else days.first, days.through, random)


def _account(profile: Profile, store: str, day: date, random: Random) -> StoreAccount:
    sellers = profile.sellers
    month_ago = day - timedelta(days=FIRST_MONTH_DAYS)
    new = random.random() < sellers.first_month
    earliest = max(sellers.registered_from, month_ago) if new else sellers.registered_from
    return StoreAccount(
        store=store,
        registered_on=_day(earliest, day if new else max(earliest, month_ago), random).isoformat(),
        active_listings=min(int(random.paretovariate(0.8)) - 1, MOST_LISTINGS),
        selling_plan=SellingPlan.Value(_one(profile.plans, random)),
        suspended=random.random() < sellers.suspended,
        on_vacation=random.random() < sellers.on_vacation,
    )


def _day(first: date, last: date, random: Random) -> date:
    return first + timedelta(days=random.randint(0, (last - first).days))


def _one(weights: Mapping[str, float], random: Random) -> str:
    return random.choices(list(weights), list(weights.values()))[0]


def _several(weights: Mapping[str, float], count: int, random: Random) -> list[str]:
    """Different ones, as many as are wanted and there are."""
    left = {name: weight for name, weight in weights.items() if weight}
    chosen: list[str] = []
    while left and len(chosen) < count:
        chosen.append(_one(left, random))
        del left[chosen[-1]]
    return chosen


def _without_stores(request: QuoteFeesRequest) -> None:
    del request.stores[:]


def _on_no_day(request: QuoteFeesRequest) -> None:
    request.day += "-"


def _with_a_store_twice(request: QuoteFeesRequest) -> None:
    request.stores.append(request.stores[0])


def _in_no_store(request: QuoteFeesRequest) -> None:
    request.stores[0].store = "no store"


def _registered_later(request: QuoteFeesRequest) -> None:
    later = date.fromisoformat(request.day) + timedelta(days=1)
    request.stores[0].registered_on = later.isoformat()


MISTAKES: Sequence[Callable[[QuoteFeesRequest], None]] = (
    _without_stores,
    _on_no_day,
    _with_a_store_twice,
    _in_no_store,
    _registered_later,
)
"""What callers do wrong; each makes of a good request one that the contract refuses."""
