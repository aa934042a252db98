"""What sellers were charged, for threads."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from decimal import Decimal
from typing import BinaryIO, TypeVar, Unpack

import grpc
from google.protobuf.message import Message
from google.type.money_pb2 import Money

from linkedaccounts.client.billing_requests import LONGEST_PAGE, Filter, export_request, list_request, refund_request
from linkedaccounts.client.call import CallDefaults, CallOptions
from linkedaccounts.client.change import ChangeOptions, key_of
from linkedaccounts.client.status import typed_errors
from linkedaccounts.client.unary import send
from linkedaccounts.v1.billing_service_pb2 import (
    GetStatementRequest,
    GetStatementResponse,
    ListTransactionsResponse,
    PreviewNextChargesRequest,
    PreviewNextChargesResponse,
    RefundChargeResponse,
    Transaction,
)
from linkedaccounts.v1.billing_service_pb2_grpc import BillingServiceStub

Request = TypeVar("Request", bound=Message)
Response = TypeVar("Response", bound=Message)


class Billing:
    """The Payments report, as ``Client.billing``; safe to share between threads.

        for one in client.billing.transactions(account_id, {"from_day": "2019-09-01", "kinds": ["charge"]}):
            print(one.day, one.store, to_decimal(one.amount), one.entries[-1].message)
        with open("report.csv", "wb") as file:
            client.billing.export_to(file, account_id)

    A seller is named by any of its accounts. NotFound if there is no such account or transaction. The calling service
    answers for whom it shows what, and needs the scope `billing`, to give back `billing-admin`: NotPermitted.
    """

    def __init__(self, channel: grpc.Channel, defaults: CallDefaults) -> None:
        self._defaults = defaults
        self._stub = BillingServiceStub(channel)

    def list_transactions(
        self,
        account_id: str,
        only: Filter | None = None,
        *,
        page_size: int = 0,
        page_token: str = "",
        **options: Unpack[CallOptions],
    ) -> ListTransactionsResponse:
        """A page of transactions, the newest day first, and the token for the next one."""
        request = list_request(account_id, only or {}, page_size, page_token)
        return self._ask(self._stub.ListTransactions, request, options)

    def transactions(
        self, account_id: str, only: Filter | None = None, **options: Unpack[CallOptions]
    ) -> Generator[Transaction, None, None]:
        """All transactions, the newest day first; a further page is asked for when it is needed."""
        token = ""
        while True:
            page = self.list_transactions(account_id, only, page_size=LONGEST_PAGE, page_token=token, **options)
            yield from page.transactions
            if not (token := page.next_page_token):
                return

    def get_statement(self, account_id: str, month: str, **options: Unpack[CallOptions]) -> GetStatementResponse:
        """A month, such as ``2019-09``: the sums in each currency, and all transactions, oldest first."""
        return self._ask(self._stub.GetStatement, GetStatementRequest(account_id=account_id, month=month), options)

    def export_transactions(
        self,
        account_id: str,
        file_format: str = "csv",
        only: Filter | None = None,
        **options: Unpack[CallOptions],
    ) -> Generator[bytes, None, None]:
        """The pieces of a file (``csv`` or ``parquet``), in their order; no deadline unless a ``timeout`` is given.

        Whoever stops before the end, or gets an error on the way, has a part of a file. Closing the generator ends the
        call.
        """
        call, request = self._defaults.stream(options), export_request(account_id, file_format, only or {})
        with typed_errors(call.request_id):
            answers = self._stub.ExportTransactions(request, timeout=call.timeout, metadata=call.metadata)
            try:
                for answer in answers:
                    yield answer.chunk
            finally:
                answers.cancel()

    def export_to(
        self,
        file: BinaryIO,
        account_id: str,
        file_format: str = "csv",
        only: Filter | None = None,
        **options: Unpack[CallOptions],
    ) -> int:
        """Writes the file into an open binary one, and returns how many bytes it has; an error leaves a part of it."""
        written = 0
        with closing(self.export_transactions(account_id, file_format, only, **options)) as pieces:
            for piece in pieces:
                file.write(piece)
                written += len(piece)
        return written

    def preview_next_charges(
        self, account_id: str, cycles: int = 0, **options: Unpack[CallOptions]
    ) -> PreviewNextChargesResponse:
        """What each store will be charged in its next ``cycles``, as things stand; 0 is twelve."""
        request = PreviewNextChargesRequest(account_id=account_id, cycles=cycles)
        return self._ask(self._stub.PreviewNextCharges, request, options)

    def refund_charge(
        self,
        transaction_id: str,
        amount: Money | Decimal | None = None,
        *,
        currency: str = "",
        note: str = "",
        **options: Unpack[ChangeOptions],
    ) -> RefundChargeResponse:
        """Gives back a charge, or ``amount`` of it; all that is left of it, for None. PreconditionFailed if it is less.

        A decimal ``amount`` needs its ``currency``, that of the charge. Tried again, it is done once; with an
        ``idempotency_key`` also if you repeat it yourself.
        """
        request = refund_request(transaction_id, amount, currency, note, options)
        return send(self._stub.RefundCharge, request, self._defaults.call(options, key_of(request)))

    def _ask(
        self, method: grpc.UnaryUnaryMultiCallable[Request, Response], request: Request, options: CallOptions
    ) -> Response:
        return send(method, request, self._defaults.call(options))
