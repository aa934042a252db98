from __future__ import annotations

import pytest
from google.protobuf.json_format import ParseDict
from google.rpc.status_pb2 import Status

from linkedaccounts.loadtest.answers import WrongAnswer, deciding_rules, results_of
from linkedaccounts.loadtest.calls import Call, Prepared, Question, Shape, message_bytes
from linkedaccounts.v1.fee_quote_service_pb2 import (
    BatchQuoteFeesResponse,
    FeeQuote,
    QuoteFeesRequest,
    QuoteFeesResponse,
    QuoteResult,
    StoreAccount,
)
from tests.loadtest.http2 import BLOCK

ASKED = QuoteFeesRequest(day="2021-01-31", stores=[StoreAccount(store="EU")])


def money(units: int, nanos: int = 0) -> dict[str, object]:
    return {"currencyCode": "EUR", "units": units, "nanos": nanos}


def quote(charge: int = 30, discount: int = 9, rest: int = 9, store: str = "EU") -> FeeQuote:
    adjustments = [{"amount": money(rest), "rule": {"id": "plan-share"}}]
    sums = {"standardFee": money(39), "charge": money(charge), "discount": money(discount)}
    return ParseDict({"day": ASKED.day, "lines": [{"store": store, "adjustments": adjustments, **sums}]}, FeeQuote())


def call(shape: Shape, body: bytes, *questions: Question) -> Call:
    made = Call(Prepared(shape, questions or [Question(ASKED)], BLOCK, b""), 0.0, checked=True)
    made.answer = [body[:3], body[3:]]
    return made


def single(answer: FeeQuote) -> Call:
    return call(Shape.UNARY, message_bytes([QuoteFeesResponse(quote=answer).SerializeToString()]))


def test_a_right_answer_tells_the_rules_that_decided() -> None:
    assert deciding_rules(results_of(single(quote()))) == ["plan-share"]


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (quote(charge=40, discount=-1, rest=-1), "between nothing and the standard fee"),
        (quote(discount=8, rest=8), "the discount of EU is not the standard fee less the charge"),
        (quote(rest=8), "do not add up to the discount"),
        (quote(store="US"), "the lines are not those of the stores"),
        (FeeQuote(day="2021-02-01"), "the quote is for `2021-02-01`"),
    ],
)
def test_an_answer_that_breaks_a_promise_is_wrong(answer: FeeQuote, problem: str) -> None:
    with pytest.raises(WrongAnswer, match=problem):
        results_of(single(answer))


def test_a_batch_answers_the_good_and_refuses_the_bad_each_in_its_place() -> None:
    refused = QuoteResult(error=Status(code=3))
    answer = BatchQuoteFeesResponse(results=[QuoteResult(quote=quote()), refused])
    body = message_bytes([answer.SerializeToString()])
    good, bad = Question(ASKED), Question(ASKED, bad=True)

    assert len(results_of(call(Shape.BATCH, body, good, bad))) == 2
    with pytest.raises(WrongAnswer, match="a bad request is not refused"):
        results_of(call(Shape.BATCH, body, bad, good))
    with pytest.raises(WrongAnswer, match="2 results for 1 requests"):
        results_of(call(Shape.BATCH, body, good))


@pytest.mark.parametrize("body", [b"", b"\1\0\0\0\0", b"\0\0\0\0\7abc", message_bytes([b"\xff"])])
def test_what_is_no_message_is_no_answer(body: bytes) -> None:
    with pytest.raises(WrongAnswer, match="cannot be read"):
        results_of(call(Shape.UNARY, body))
