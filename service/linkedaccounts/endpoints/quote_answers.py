"""Answers requests for quotes with the contract's bytes, and remembers the answers.

A quote is a pure function of its request and of its grounds: the policy, the rate book and the day that is today. On
other grounds everything is forgotten, so no answer outlives the rules that gave it. Each time is recorded.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from linkedaccounts.application.decision_record import QuoteMade
from linkedaccounts.application.quote_fees import Grounds, QuoteFees
from linkedaccounts.endpoints.quote_request import quote_request
from linkedaccounts.endpoints.quote_response import fee_quote
from linkedaccounts.endpoints.tally import Tally
from linkedaccounts.v1 import fee_quote_service_pb2 as contract

LONGEST_KEPT = 4096
"""Bytes of a request, and eight times as many of an answer: what is longer is not remembered."""
HIT, MISS = "hit", "miss"


class _Answer(NamedTuple):
    made: QuoteMade
    wire: bytes


class QuoteAnswers:
    """Remembers at most ``most`` answers, those asked for last; for one thread.

    ``tally`` counts how often an answer was remembered (`hit`), and how often it had to be made (`miss`).
    """

    def __init__(self, quote_fees: QuoteFees, most: int, tally: Tally) -> None:
        self._quote_fees = quote_fees
        self._most = most
        self._tally = tally
        self._kept: OrderedDict[tuple[bytes, str], _Answer] = OrderedDict()
        self._grounds: Grounds | None = None

    def wire(self, message: contract.QuoteFeesRequest, language: str) -> bytes:
        """The quote as QuoteFeesResponse and QuoteResult, which are the same in bytes; raises what QuoteFees does."""
        grounds = self._quote_fees.grounds()
        answer = (self._remembered if self._most else self._made)(grounds, message, language)
        self._quote_fees.record(answer.made)
        return answer.wire

    def _remembered(self, grounds: Grounds, message: contract.QuoteFeesRequest, language: str) -> _Answer:
        if grounds != self._grounds:
            self._kept.clear()
            self._grounds = grounds
        key = (message.SerializeToString(deterministic=True), language)
        answer = self._kept.get(key)
        if answer is None:
            self._tally.quotes[MISS] += 1
            answer = self._made(grounds, message, language)
            self._keep(key, answer)
        else:
            self._tally.quotes[HIT] += 1
            self._kept.move_to_end(key)
        return answer

    def _keep(self, key: tuple[bytes, str], answer: _Answer) -> None:
        if len(key[0]) <= LONGEST_KEPT and len(answer.wire) <= 8 * LONGEST_KEPT:
            self._kept[key] = answer
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def _made(self, grounds: Grounds, message: contract.QuoteFeesRequest, language: str) -> _Answer:
        made = self._quote_fees.on(grounds, quote_request(message))
        return _Answer(made, contract.QuoteFeesResponse(quote=fee_quote(made.quote, language)).SerializeToString())
