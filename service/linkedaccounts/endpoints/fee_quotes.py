"""FeeQuoteService: parse, call, render."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, cast

from linkedaccounts.application.fee_schedule import FeeSchedule
from linkedaccounts.application.quote_seller_fees import QuoteSellerFees
from linkedaccounts.application.refusals import Exhausted, Refusal
from linkedaccounts.endpoints.call_context import current_call
from linkedaccounts.endpoints.errors import status_of
from linkedaccounts.endpoints.quote_answers import QuoteAnswers, among_many
from linkedaccounts.endpoints.quote_request import stated
from linkedaccounts.endpoints.quote_response import fee_quote
from linkedaccounts.endpoints.schedule_response import fee_schedule
from linkedaccounts.endpoints.seller_calls import SellerCalls
from linkedaccounts.v1 import fee_quote_service_pb2 as contract
from linkedaccounts.v1.fee_quote_service_pb2_grpc import FeeQuoteServiceServicer

BREATH = 32
"""After so many quotes of a batch the event loop gets a turn: for cancellation, deadlines and health checks."""


@dataclass(frozen=True, slots=True)
class FeeQuotes(FeeQuoteServiceServicer):
    """Quotes with the use cases given; a batch holds at most ``max_batch_size`` quotes.

    Quotes by facts are answered in bytes, which were written before; the interceptor sends them as they are.
    """

    answers: QuoteAnswers
    get_fee_schedule: Callable[[str], FeeSchedule]
    max_batch_size: int
    quote_seller_fees: QuoteSellerFees
    calls: SellerCalls

    async def QuoteFees(self, request: contract.QuoteFeesRequest, context: Any) -> contract.QuoteFeesResponse:
        return cast(contract.QuoteFeesResponse, self.answers.alone(request, current_call().language))

    async def BatchQuoteFees(
        self, request: contract.BatchQuoteFeesRequest, context: Any
    ) -> contract.BatchQuoteFeesResponse:
        count = current_call().quotes = len(request.requests)
        if count > self.max_batch_size:
            raise Exhausted("BATCH_TOO_LARGE", {"limit": str(self.max_batch_size), "count": str(count)})
        results = []
        for number, item in enumerate(request.requests, start=1):
            results.append(self._result(item))
            if number % BREATH == 0:
                await asyncio.sleep(0)
        return cast(contract.BatchQuoteFeesResponse, b"".join(results))

    async def StreamQuoteFees(
        self, requests: AsyncIterator[contract.StreamQuoteFeesRequest], context: Any
    ) -> AsyncIterator[contract.StreamQuoteFeesResponse]:
        call = current_call()
        call.quotes = 0
        async for request in requests:
            call.quotes += 1
            item = request.request if request.HasField("request") else None
            yield cast(contract.StreamQuoteFeesResponse, self._result(item))

    async def QuoteSellerFees(
        self, request: contract.QuoteSellerFeesRequest, context: Any
    ) -> contract.QuoteSellerFeesResponse:
        meant = (request.day, request.account_id)
        quote = await self.calls.ask(context, self.quote_seller_fees, *meant, explain=request.explain)
        return contract.QuoteSellerFeesResponse(quote=fee_quote(quote, current_call().language))

    async def GetFeeSchedule(
        self, request: contract.GetFeeScheduleRequest, context: Any
    ) -> contract.GetFeeScheduleResponse:
        return fee_schedule(self.get_fee_schedule(request.day), current_call().language)

    def _result(self, request: contract.QuoteFeesRequest | None) -> bytes:
        """The quote, or the status that a single call would have ended with, as ``among_many`` makes it of a result."""
        language = current_call().language
        try:
            return self.answers.among_many(stated(request), language)
        except Refusal as refusal:
            return among_many(contract.QuoteResult(error=status_of(refusal, language)))
