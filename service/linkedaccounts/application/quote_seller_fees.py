"""Quotes the fees of the seller who is signed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.attempt import InSession
from linkedaccounts.application.check_field import check_day, echo, nearest
from linkedaccounts.application.fee_quote import FeeQuote, QuoteRequest
from linkedaccounts.application.reach import Reach
from linkedaccounts.application.refusals import FieldProblem, InvalidRequest, NotAsThingsStand
from linkedaccounts.application.seller_fees import in_use, quote_request, since
from linkedaccounts.domain.accounts import Account


@dataclass(frozen=True, slots=True)
class QuoteSellerFees:
    """The use case."""

    session: InSession
    quote_fees: Callable[[QuoteRequest], FeeQuote]

    def __call__(self, asker: Asker, day: str = "", account_id: str = "", *, explain: bool = False) -> FeeQuote:
        """The quote of one group of the session, or of an account that is in none.

        InvalidRequest, NotSignedIn, RateUnavailable; NotAsThingsStand if no account is in use.
        """
        reach, now = self.session.reach(asker)
        accounts = in_use(_meant(reach, account_id))
        if not accounts:
            raise NotAsThingsStand("ACCOUNTS_NONE", {})
        return self.quote_fees(quote_request(accounts, _day(day, now.date(), accounts), explain=explain))


def _meant(reach: Reach, account_id: str) -> Sequence[Account]:
    """The accounts of the group meant: of the only one, if none is named."""
    by_group: dict[str, list[Account]] = {}
    for reached in reach.own:
        by_group.setdefault(reached.account.group or reached.account.id, []).append(reached.account)
    if account_id:
        meant = [accounts for accounts in by_group.values() if account_id in {account.id for account in accounts}]
        if not meant:
            problem = FieldProblem("account_id", "ACCOUNT_NOT_REACHED", {"account": echo(account_id)})
            raise InvalidRequest([problem])
        return meant[0]
    if len(by_group) > 1:
        known = nearest("", [accounts[0].id for accounts in by_group.values()])
        raise InvalidRequest([FieldProblem("account_id", "ACCOUNTS_AMBIGUOUS", {"known": known})])
    return next(iter(by_group.values()), [])


def _day(text: str, today: date, accounts: Sequence[Account]) -> date:
    problems: list[FieldProblem] = []
    day = check_day(text, today, problems)
    first = max(since(account) for account in accounts)
    if not problems and day < first:
        problems.append(FieldProblem("day", "DAY_BEFORE_ACCOUNTS", {"day": str(day), "first": str(first)}))
    if problems:
        raise InvalidRequest(problems)
    return day
