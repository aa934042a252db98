"""Answers requests for quotes with the contract's bytes, and remembers the answers.

A quote is a pure function of its request and of its grounds: the policy, the rate book and the day that is today. On
other grounds everything is forgotten, so no answer outlives the rules that gave it. Each time is recorded.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from linkedaccounts.application.decision_line import LineWriter
from linkedaccounts.application.decision_record import QuoteRepeated
from linkedaccounts.application.quote_fees import Grounds, QuoteFees
from linkedaccounts.endpoints.quote_request import quote_request
from linkedaccounts.endpoints.quote_response import fee_quote
from linkedaccounts.endpoints.tally import Tally
from linkedaccounts.v1 import fee_quote_service_pb2 as contract

LONGEST_REQUEST, LONGEST_ANSWER = 4 * 1024, 32 * 1024
"""Bytes: what is longer is answered, but not remembered."""
HIT, MISS = "hit", "miss"


class _Answer(NamedTuple):
    """An answer, and the quote's facts and outcome as they are recorded.

    All of it is bytes: quotes that were kept as objects cost a tenth of every call, and pauses of 30 ms, in the garbage
    collector, which goes through objects and not through bytes.
    """

    wire: bytes
    facts: bytes
    outcome: bytes


class QuoteAnswers:
    """Remembers at most ``most`` answers, those asked for last; for one thread.

    ``tally`` counts how often an answer was remembered (`hit`), and how often it had to be made (`miss`).
    """

    def __init__(self, quote_fees: QuoteFees, most: int, tally: Tally) -> None:
        self._quote_fees = quote_fees
        self._most = most
        self._tally = tally
        self._lines = LineWriter()
        self._kept: OrderedDict[tuple[bytes, str], _Answer] = OrderedDict()
        self._grounds: Grounds | None = None

    def wire(self, message: contract.QuoteFeesRequest, language: str) -> bytes:
        """The quote as QuoteFeesResponse and QuoteResult, which are the same in bytes; raises what QuoteFees does."""
        grounds = self._quote_fees.grounds()
        if not self._most:
            return self._made(grounds, message, language)
        if grounds != self._grounds:
            self._kept.clear()
            self._grounds = grounds
        key = (message.SerializeToString(deterministic=True), language)
        answer = self._kept.get(key)
        if answer is None:
            self._tally.quotes[MISS] += 1
            return self._made(grounds, message, language, key)
        self._tally.quotes[HIT] += 1
        self._kept.move_to_end(key)
        self._quote_fees.record(QuoteRepeated(grounds.policy, grounds.book, answer.facts, answer.outcome))
        return answer.wire

    def _made(
        self,
        grounds: Grounds,
        message: contract.QuoteFeesRequest,
        language: str,
        key: tuple[bytes, str] | None = None,
    ) -> bytes:
        """Makes the quote, records it, and remembers it under ``key`` if there is one."""
        made = self._quote_fees.on(grounds, quote_request(message))
        self._quote_fees.record(made)
        wire = contract.QuoteFeesResponse(quote=fee_quote(made.quote, language)).SerializeToString()
        if key is not None and len(key[0]) <= LONGEST_REQUEST and len(wire) <= LONGEST_ANSWER:
            self._kept[key] = _Answer(wire, *self._lines.written(made))
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return wire
