"""BillingService: parse, call, render."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from linkedaccounts.application.billing.payments_report import PaymentsReport
from linkedaccounts.application.billing.why import ToldTransaction
from linkedaccounts.application.refusals import NotAsThingsStand
from linkedaccounts.endpoints import export_csv
from linkedaccounts.endpoints.billing_request import export_asked, page_asked, refund_asked
from linkedaccounts.endpoints.billing_response import page, preview, refunded, statement
from linkedaccounts.endpoints.call_context import current_call
from linkedaccounts.endpoints.seller_calls import SellerCalls
from linkedaccounts.v1 import billing_service_pb2 as contract
from linkedaccounts.v1.billing_service_pb2_grpc import BillingServiceServicer

CHUNK = 256 * 1024
"""Bytes of a piece of a file at most: what is sent at once, and far below what a caller's gRPC library takes."""


@dataclass(frozen=True, slots=True)
class Billing(BillingServiceServicer):
    """Answers with the report given. Messages are made on the threads, too: a long page takes its time."""

    report: PaymentsReport
    calls: SellerCalls

    async def ListTransactions(
        self, request: contract.ListTransactionsRequest, context: Any
    ) -> contract.ListTransactionsResponse:
        return await self.calls.work(self._page, request)

    async def GetStatement(self, request: contract.GetStatementRequest, context: Any) -> contract.GetStatementResponse:
        return await self.calls.work(self._statement, request)

    async def ExportTransactions(
        self, request: contract.ExportTransactionsRequest, context: Any
    ) -> AsyncIterator[contract.ExportTransactionsResponse]:
        chunks = self._chunks(request)
        while chunk := await self.calls.work(_next_of, chunks):
            yield contract.ExportTransactionsResponse(chunk=chunk)

    async def PreviewNextCharges(
        self, request: contract.PreviewNextChargesRequest, context: Any
    ) -> contract.PreviewNextChargesResponse:
        return await self.calls.work(self._preview, request)

    async def RefundCharge(self, request: contract.RefundChargeRequest, context: Any) -> contract.RefundChargeResponse:
        return await self.calls.work(self._refund, request)

    def _page(self, request: contract.ListTransactionsRequest) -> contract.ListTransactionsResponse:
        return page(self.report.list_transactions(page_asked(request)), current_call().language)

    def _statement(self, request: contract.GetStatementRequest) -> contract.GetStatementResponse:
        return statement(self.report.get_statement(request.account_id, request.month), current_call().language)

    def _preview(self, request: contract.PreviewNextChargesRequest) -> contract.PreviewNextChargesResponse:
        return preview(self.report.preview_next_charges(request.account_id, request.cycles), current_call().language)

    def _refund(self, request: contract.RefundChargeRequest) -> contract.RefundChargeResponse:
        call = current_call()
        return refunded(*self.report.refund_charge(refund_asked(request, call.caller)), call.language)

    def _chunks(self, request: contract.ExportTransactionsRequest) -> Iterator[bytes]:
        """The file in pieces, each made when it is asked for, on whichever thread asks.

        The first page is read before anything is written, so that a refusal comes in the place of the file.
        """
        pages = self.report.export_transactions(export_asked(request))
        first = next(pages, [])
        write = _writer(request.format)
        for piece in write(chain([first], pages), current_call().language):
            yield from (piece[at : at + CHUNK] for at in range(0, len(piece), CHUNK))


def _writer(form: int) -> Callable[[Iterable[list[ToldTransaction]], str], Iterator[bytes]]:
    if form != contract.EXPORT_FORMAT_PARQUET:
        return export_csv.written
    try:
        from linkedaccounts.endpoints import export_parquet  # noqa: PLC0415  # an extra, and slow to import
    except ModuleNotFoundError as error:
        if error.name != "pyarrow":
            raise
        raise NotAsThingsStand("PARQUET_NOT_INSTALLED", {}) from None
    return export_parquet.written


def _next_of(chunks: Iterator[bytes]) -> bytes:
    """The next piece; empty at the end of the file."""
    return next(chunks, b"")
