"""Says what a seller's stores will be charged in their next cycles, as things stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from linkedaccounts.application.billing.sellers_report import accounts_of
from linkedaccounts.application.fee_quote import FeeQuote, QuoteLine, QuoteRequest
from linkedaccounts.application.refusals import FieldProblem, InvalidRequest, NotAsThingsStand
from linkedaccounts.application.seller_fees import in_use, quote_request, since
from linkedaccounts.application.storage_port import Storage
from linkedaccounts.domain.accounts import Account
from linkedaccounts.domain.billing_cycle import cycle_containing, months_after

CYCLES, MOST = 12, 24


@dataclass(frozen=True, slots=True)
class NextCharge:
    """A charge to come: its day, the line of the quote, and whether that is an estimate."""

    day: date
    line: QuoteLine
    estimate: bool


@dataclass(frozen=True, slots=True)
class StorePreview:
    """What comes next in a store; ``first_month_through`` is None if the first month is over, or there is none."""

    account: Account
    first_month_through: date | None
    charges: tuple[NextCharge, ...]


@dataclass(frozen=True, slots=True)
class PreviewNextCharges:
    """The use case; ``quote`` is by the policy and the rates of now, for any day."""

    storage: Storage
    quote: Callable[[QuoteRequest], FeeQuote]
    today: Callable[[], date]

    def __call__(self, account_id: str, cycles: int = 0) -> list[StorePreview]:
        """One for each account in use, by store and id; InvalidRequest, NotFound, RateUnavailable.

        NotAsThingsStand if an account is in a store that the catalogue does not have on a day to come.
        """
        if not 0 <= cycles <= MOST:
            raise InvalidRequest([FieldProblem("cycles", "CYCLES_INVALID", {"most": str(MOST)})])
        accounts = in_use(self.storage.read(lambda reading: accounts_of(reading, account_id)))
        quotes: dict[date, FeeQuote] = {}
        return [self._preview(account, accounts, cycles or CYCLES, quotes) for account in accounts]

    def _preview(
        self, account: Account, accounts: Sequence[Account], cycles: int, quotes: dict[date, FeeQuote]
    ) -> StorePreview:
        today, place = self.today(), accounts.index(account)
        current = cycle_containing(account.registered_on, max(today, account.registered_on))
        charges = []
        for number in range(current.index + 1, current.index + 1 + cycles):
            day = months_after(account.registered_on, number)
            if day not in quotes:
                quotes[day] = self._quote(accounts, day)
            charges.append(NextCharge(day, quotes[day].lines[place], quotes[day].estimate))
        return StorePreview(account, _first_month(account, today), tuple(charges))

    def _quote(self, accounts: Sequence[Account], day: date) -> FeeQuote:
        """Nothing of the request was the caller's to state, so what is wrong with it is how things stand."""
        try:
            return self.quote(quote_request(accounts, day))
        except InvalidRequest as refused:
            problem = refused.problems[0]
            raise NotAsThingsStand(problem.reason, problem.values) from refused


def _first_month(account: Account, today: date) -> date | None:
    if account.group is None:
        return None
    last = cycle_containing(account.registered_on, since(account)).last_day
    return last if last >= today else None
