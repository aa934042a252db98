"""Answers requests for quotes with the contract's bytes, and remembers the answers.

A quote is a pure function of its request and of its grounds: the policy, the rate book and the day that is today. On
other grounds everything is forgotten, so no answer outlives the rules that gave it. Each time is recorded.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple, TypeAlias

from linkedaccounts.application.decision_line import LineWriter
from linkedaccounts.application.decision_record import QuoteMade, QuoteRepeated, RuleTimes
from linkedaccounts.application.quote_fees import Grounds, QuoteFees
from linkedaccounts.application.rule_counts import rules_of
from linkedaccounts.endpoints.quote_request import quote_request
from linkedaccounts.endpoints.quote_response import fill_quote
from linkedaccounts.endpoints.tally import HIT, MISS, Tally
from linkedaccounts.endpoints.tracing import step
from linkedaccounts.v1 import fee_quote_service_pb2 as contract

_Key: TypeAlias = tuple[bytes, str]
"""A request's bytes, and the language of the answer."""

LONGEST_REQUEST, LONGEST_ANSWER = 4 * 1024, 32 * 1024
"""Bytes: what is longer is answered, but not remembered."""


class _Told(NamedTuple):
    """An answer by itself and as one of many, in bytes."""

    alone: bytes
    among_many: bytes


class _Kept(NamedTuple):
    """An answer, the quote's facts and outcome as they are recorded, and the rules that decided it.

    All of it is bytes, or tuples of texts: quotes that were kept as objects cost a tenth of every call, and pauses of
    30 ms, in the garbage collector, which goes through objects and not through these.
    """

    told: _Told
    facts: bytes
    outcome: bytes
    rules: RuleTimes


class QuoteAnswers:
    """Remembers at most ``most`` answers, those asked for last; for one thread.

    ``tally`` counts how often an answer was remembered (`hit`), and how often it had to be made (`miss`).
    """

    def __init__(self, quote_fees: QuoteFees, most: int, tally: Tally) -> None:
        self._quote_fees = quote_fees
        self._most = most
        self._tally = tally
        self._lines = LineWriter()
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()
        self._grounds: Grounds | None = None

    def alone(self, message: contract.QuoteFeesRequest, language: str) -> bytes:
        """The quote as QuoteFeesResponse, in bytes; raises what QuoteFees does."""
        return self._answer(message, language).alone

    def among_many(self, message: contract.QuoteFeesRequest, language: str) -> bytes:
        """The quote as ``among_many`` makes it of a result; raises what QuoteFees does."""
        return self._answer(message, language).among_many

    def _answer(self, message: contract.QuoteFeesRequest, language: str) -> _Told:
        grounds = self._quote_fees.grounds()
        if not self._most:
            return self._made(grounds, message, language)[1]
        if grounds != self._grounds:
            self._kept.clear()
            self._grounds = grounds
        key = (message.SerializeToString(deterministic=True), language)
        kept = self._kept.get(key)
        if kept is None:
            self._tally.quotes[MISS] += 1
            made, told = self._made(grounds, message, language)
            self._keep(key, made, told)
            return told
        self._tally.quotes[HIT] += 1
        self._kept.move_to_end(key)
        self._quote_fees.record(QuoteRepeated(grounds.policy, grounds.book, kept.facts, kept.outcome, kept.rules))
        return kept.told

    def _made(self, grounds: Grounds, message: contract.QuoteFeesRequest, language: str) -> tuple[QuoteMade, _Told]:
        """Makes the quote and records it."""
        with step("decide and price"):
            made = self._quote_fees.on(grounds, quote_request(message))
        self._quote_fees.record(made)
        one = contract.StreamQuoteFeesResponse()
        fill_quote(one.result.quote, made.quote, language)
        # With a quote, a QuoteResult and a QuoteFeesResponse are the same bytes.
        return made, _Told(one.result.SerializeToString(), one.SerializeToString())

    def _keep(self, key: _Key, made: QuoteMade, told: _Told) -> None:
        if len(key[0]) <= LONGEST_REQUEST and len(told.alone) <= LONGEST_ANSWER:
            self._kept[key] = _Kept(told, *self._lines.written(made), rules_of(made))
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)


def among_many(result: contract.QuoteResult) -> bytes:
    """A result as StreamQuoteFeesResponse, in bytes; those of several, joined, are a BatchQuoteFeesResponse.

    For a repeated field is written element by element, each as if it were the only one.
    """
    return contract.StreamQuoteFeesResponse(result=result).SerializeToString()
