"""What happens when people of the sample company link their accounts, asked of the running service."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from linkedaccounts.cli.amounts import decimals_by_currency, shown, shown_total
from linkedaccounts.cli.sample_company import Attempt, SampleCompany
from linkedaccounts.cli.tables import footnotes, plain_table
from linkedaccounts.client import Client, RefusedByPolicy, SellerSession, to_decimal
from linkedaccounts.v1.fee_quote_service_pb2 import FeeQuote
from linkedaccounts.v1.linking_service_pb2 import PreviewLinkResponse


class Tour:
    """Goes through the company's attempts; each prints who wanted what, and what the service answered."""

    def __init__(self, client: Client, company: SampleCompany, out: Console) -> None:
        self._client = client
        self._company = company
        self._out = out

    def show(self) -> None:
        """One link that succeeds, one that is refused for each reason, and the fees before and after."""
        self._heading(f"Who of {self._company.company} may link accounts, and who may not")
        for attempt in self._company.refused:
            self._attempt(attempt)
        session = self._signed_in(self._company.linked)
        preview = session.preview_link(self._company.linked.picks)
        self._linked(session)
        self._heading("What linking changes")
        self._out.print(Padding(_fees(preview), (1, 0)))
        self._out.print(footnotes(("·", Text(remark)) for remark in _remarks(preview)))

    def _heading(self, text: str) -> None:
        self._out.print(Text(f"\n{text}", style="bold"))

    def _signed_in(self, attempt: Attempt) -> SellerSession:
        session = self._client.sign_in(attempt.email, self._company.password)
        for email in attempt.adds:
            session.add_account(email, self._company.password)
        return session

    def _attempt(self, attempt: Attempt) -> None:
        session = self._signed_in(attempt)
        self._try(attempt.who, lambda: session.link_accounts(attempt.picks, accept_permanence=True))

    def _linked(self, session: SellerSession) -> None:
        """The link that succeeds; then, that it is not done again, nor undone."""
        attempt = self._company.linked
        group = session.link_accounts(attempt.picks, accept_permanence=True).group
        stores = ", ".join(account.store for account in group.accounts)
        self._say(attempt.who, "LINKED", f"The accounts in {stores} are linked: one sign-in reaches all of them.")
        picks = attempt.picks
        self._try(f"{attempt.who}, once more", lambda: session.link_accounts(picks, accept_permanence=True))
        self._try(f"{attempt.who}, taking it back", lambda: session.unlink_accounts(picks))

    def _try(self, who: str, link: Callable[[], object]) -> None:
        """What is refused, and why."""
        try:
            link()
        except RefusedByPolicy as refused:
            for code, sentence in {reason.reason: reason.sentence for reason in refused.reasons}.items():
                self._say(who, code, sentence)

    def _say(self, who: str, code: str, sentence: str) -> None:
        self._out.print(Text.assemble(f"\n{who}: ", (code, "bold")))
        self._out.print(Padding(Text(sentence), (0, 0, 0, 4)))


def _fees(preview: PreviewLinkResponse) -> Table:
    quotes = [*preview.fees_before, preview.fees_at_first, preview.fees_afterwards]
    decimals = decimals_by_currency(line.charge for quote in quotes for line in quote.lines)
    table = plain_table()
    for name in ("Store", "Cur."):
        table.add_column(name)
    for name in ("Unlinked", "First month", f"From {preview.fees_afterwards.day} on"):
        table.add_column(name, justify="right")
    before = {line.store: line.charge for quote in preview.fees_before for line in quote.lines}
    for first, after in zip(preview.fees_at_first.lines, preview.fees_afterwards.lines, strict=True):
        charges = (before[first.store], first.charge, after.charge)
        currency = first.charge.currency_code
        table.add_row(first.store, currency, *(shown(charge, decimals[currency]) for charge in charges))
    table.add_section()
    table.add_row("Total", preview.fees_afterwards.total.charge.currency_code, *_totals(preview), style="bold")
    return table


def _totals(preview: PreviewLinkResponse) -> Iterator[str]:
    yield f"{sum(map(_total, preview.fees_before), Decimal(0)):,.4f}"
    yield shown_total(preview.fees_at_first.total.charge)
    yield shown_total(preview.fees_afterwards.total.charge)


def _total(quote: FeeQuote) -> Decimal:
    return to_decimal(quote.total.charge)


def _remarks(preview: PreviewLinkResponse) -> Sequence[str]:
    return [preview.permanence_statement, *dict.fromkeys(note.message for note in preview.fees_afterwards.notes)]
