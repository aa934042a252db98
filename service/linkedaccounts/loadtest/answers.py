"""What the contract promises of an answer, looked at in a share of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from google.protobuf.message import DecodeError
from google.type.money_pb2 import Money

from linkedaccounts.loadtest.calls import Call, Question, Shape, messages_of
from linkedaccounts.loadtest.headers import STATUSES
from linkedaccounts.v1.fee_quote_service_pb2 import (
    BatchQuoteFeesResponse,
    FeeQuote,
    QuoteFeesRequest,
    QuoteFeesResponse,
    QuoteLine,
    QuoteResult,
    StreamQuoteFeesResponse,
)

REFUSED = STATUSES.index("INVALID_ARGUMENT")


class WrongAnswer(Exception):
    """An answer that breaks a promise of the contract: which one, and what was asked."""


def results_of(call: Call) -> list[QuoteResult]:
    """The results in the answer to a call that ended as OK; WrongAnswer if they are not those that were asked for."""
    try:
        results = _parsed(call.prepared.shape, messages_of(b"".join(call.answer or ())))
    except (DecodeError, ValueError) as error:
        raise WrongAnswer(f"the answer cannot be read: {error}") from None
    asked = call.prepared.questions
    if len(results) != len(asked):
        raise WrongAnswer(f"{len(results)} results for {len(asked)} requests")
    for question, result in zip(asked, results, strict=True):
        if problem := next(_problems(question, result), None):
            raise WrongAnswer(f"{problem}; asked: {' '.join(str(question.request).split())}")
    return results


def deciding_rules(results: Sequence[QuoteResult]) -> list[str]:
    """The ids of the rules that made the charges, each as often as it did for a line."""
    return [adjustment.rule.id for result in results for line in result.quote.lines for adjustment in line.adjustments]


def _parsed(shape: Shape, messages: Sequence[bytes]) -> list[QuoteResult]:
    if shape is Shape.STREAM:
        return [StreamQuoteFeesResponse.FromString(message).result for message in messages]
    if len(messages) != 1:
        raise ValueError(f"{len(messages)} messages instead of one")
    if shape is Shape.BATCH:
        return list(BatchQuoteFeesResponse.FromString(messages[0]).results)
    return [QuoteResult(quote=QuoteFeesResponse.FromString(messages[0]).quote)]


def _problems(question: Question, result: QuoteResult) -> Iterator[str]:
    if question.bad:
        if result.error.code != REFUSED:
            yield "a bad request is not refused as INVALID_ARGUMENT"
    elif not result.HasField("quote"):
        yield f"a good request is refused: {result.error.message}"
    else:
        yield from _wrong_in_quote(question.request, result.quote)


def _wrong_in_quote(request: QuoteFeesRequest, quote: FeeQuote) -> Iterator[str]:
    if request.day and quote.day != request.day:
        yield f"the quote is for `{quote.day}`"
    if [line.store for line in quote.lines] != [account.store for account in request.stores]:
        yield "the lines are not those of the stores, in their order"
    for line in quote.lines:
        yield from _wrong_in_line(line)
    for total in (*quote.totals_by_currency, quote.total):
        if nanos(total.discount) != nanos(total.standard_fee) - nanos(total.charge):
            yield "a total's discount is not the standard fee less the charge"


def _wrong_in_line(line: QuoteLine) -> Iterator[str]:
    standard, charge, discount = nanos(line.standard_fee), nanos(line.charge), nanos(line.discount)
    if not 0 <= charge <= standard:
        yield f"the charge of {line.store} is not between nothing and the standard fee"
    if discount != standard - charge:
        yield f"the discount of {line.store} is not the standard fee less the charge"
    if sum(nanos(adjustment.amount) for adjustment in line.adjustments) != discount:
        yield f"the adjustments of {line.store} do not add up to the discount"


def nanos(money: Money) -> int:
    """An amount in billionths of its currency's unit, exactly."""
    return int(money.units) * 10**9 + int(money.nanos)
