"""The requests of a stream on their way out."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator

from linkedaccounts.v1.fee_quote_service_pb2 import QuoteFeesRequest, StreamQuoteFeesRequest


class Sending:
    """Hands the caller's requests to gRPC, and keeps the error if the caller's iterable raises one.

    gRPC would tell the reader of the answers only that the call was cancelled.
    """

    def __init__(self) -> None:
        self.failure: Exception | None = None

    def each(self, requests: Iterable[QuoteFeesRequest]) -> Iterator[StreamQuoteFeesRequest]:
        """The requests as the stream carries them."""
        try:
            for request in requests:
                yield StreamQuoteFeesRequest(request=request)
        except Exception as failure:
            self.failure = failure
            raise

    async def each_awaited(
        self, requests: Iterable[QuoteFeesRequest] | AsyncIterable[QuoteFeesRequest]
    ) -> AsyncIterator[StreamQuoteFeesRequest]:
        """The same for a caller that makes its requests asynchronously."""
        if not isinstance(requests, AsyncIterable):
            for message in self.each(requests):
                yield message
            return
        try:
            async for request in requests:
                yield StreamQuoteFeesRequest(request=request)
        except Exception as failure:
            self.failure = failure
            raise
