"""The Payments report: what a seller was charged and given back, each with its reasons, and what comes next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from linkedaccounts.application.billing.export_transactions import ExportTransactions
from linkedaccounts.application.billing.get_statement import GetStatement, StatementSums
from linkedaccounts.application.billing.list_transactions import ListTransactions, TransactionsAsked
from linkedaccounts.application.billing.preview_next_charges import PreviewNextCharges, StorePreview
from linkedaccounts.application.billing.refund_charge import RefundAsked, RefundCharge
from linkedaccounts.application.billing.why import TellWhy, ToldTransaction
from linkedaccounts.application.quote_fees import QuoteFees
from linkedaccounts.application.storage_port import Storage
from linkedaccounts.domain.money import Money


@dataclass(frozen=True, slots=True)
class ToldPage:
    """Some transactions, and the token for those after them; it is empty if there are no more."""

    transactions: list[ToldTransaction]
    next_page_token: str


@dataclass(frozen=True, slots=True)
class ToldStatement:
    """A month of a seller."""

    month: str
    sums: tuple[StatementSums, ...]
    transactions: list[ToldTransaction]


@dataclass(frozen=True, slots=True)
class ToldPreview:
    """What comes next, by which policy."""

    stores: list[StorePreview]
    policy_version: str


@dataclass(frozen=True, slots=True)
class PaymentsReport:
    """The use cases about what is charged, as a calling service sees them; all may wait for the database.

    ``quotes`` are by the policy and the rates of now. What each raises, the use case that it stands on says.
    """

    storage: Storage
    quotes: QuoteFees
    now: Callable[[], datetime]
    tell: TellWhy

    def list_transactions(self, asked: TransactionsAsked) -> ToldPage:
        """A page, the newest day first."""
        page = ListTransactions(self.storage)(asked)
        return ToldPage(self.tell(page.transactions), page.next_page_token)

    def get_statement(self, account_id: str, month: str) -> ToldStatement:
        """A month, with its transactions from the first to the last."""
        statement = GetStatement(self.storage)(account_id, month)
        return ToldStatement(statement.month, statement.sums, self.tell(statement.transactions))

    def export_transactions(self, asked: TransactionsAsked) -> Iterator[list[ToldTransaction]]:
        """All transactions, oldest day first, some at a time."""
        return map(self.tell, ExportTransactions(self.storage)(asked))

    def preview_next_charges(self, account_id: str, cycles: int = 0) -> ToldPreview:
        """What comes next, all of it by one policy and one rate book; nobody is told that it was quoted."""
        grounds = self.quotes.grounds()
        preview = PreviewNextCharges(self.storage, lambda asked: self.quotes.on(grounds, asked).quote, self._today)
        return ToldPreview(preview(account_id, cycles), grounds.policy.version)

    def refund_charge(self, asked: RefundAsked) -> tuple[ToldTransaction, Money]:
        """The refund, and what is left of the charge."""
        refund, left = RefundCharge(self.storage, self.now)(asked)
        return self.tell.of(refund), left

    def _today(self) -> date:
        return self.now().date()
