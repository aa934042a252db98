"""Shows what linking would do, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.attempt import InSession
from linkedaccounts.application.fee_quote import FeeQuote, QuoteRequest
from linkedaccounts.application.link_accounts import ACTION
from linkedaccounts.application.link_decision import Decided, decide_together
from linkedaccounts.application.picked import check_picked, check_reached
from linkedaccounts.application.refusals import NotAsThingsStand, Refusal
from linkedaccounts.application.seller_fees import first_months_end, in_use, quote_request
from linkedaccounts.domain.accounts import Account
from linkedaccounts.policy.policy import Policy

RESULTING = "resulting"
"""Stands for the id of the group that would result."""


@dataclass(frozen=True, slots=True)
class FeesOfLinking:
    """What accounts cost as they are, on the day of linking, and once all are past their first month."""

    before: tuple[FeeQuote, ...]
    at_first: FeeQuote
    afterwards: FeeQuote


@dataclass(frozen=True, slots=True)
class LinkPreview:
    """The decision on each account of the group that would result, and its fees; or why they cannot be told."""

    decided: Decided
    fees: FeesOfLinking | None
    fees_unknown_because: Refusal | None = None


@dataclass(frozen=True, slots=True)
class PreviewLink:
    """The use case."""

    session: InSession
    policy: Callable[[], Policy]
    quote_fees: Callable[[QuoteRequest], FeeQuote]

    def __call__(self, asker: Asker, account_ids: Sequence[str], *, explain: bool = False) -> LinkPreview:
        """The preview; InvalidRequest, NotSignedIn. A refusal of the policy is an answer here."""
        check_picked(account_ids)
        reach, now = self.session.reach(asker)
        check_reached(account_ids, reach)
        decided = decide_together(self.policy(), ACTION, reach, account_ids, now.date(), explain=explain)
        self.session.record(decided.made)
        accounts = in_use(reached.account for reached in decided.accounts)
        try:
            return LinkPreview(decided, self._fees(accounts, now.date()))
        except Refusal as refusal:  # such as two accounts in one store, or a rate that is missing
            return LinkPreview(decided, None, refusal)

    def _fees(self, accounts: Sequence[Account], today: date) -> FeesOfLinking:
        if not accounts:
            raise NotAsThingsStand("ACCOUNTS_NONE", {})
        linked = [
            replace(account, group=RESULTING, linked_on=account.linked_on or max(today, account.registered_on))
            for account in accounts
        ]
        return FeesOfLinking(
            before=tuple(self._quote(together, today) for together in _as_they_are(accounts)),
            at_first=self._quote(linked, today),
            afterwards=self._quote(linked, max(today, first_months_end(linked))),
        )

    def _quote(self, accounts: Sequence[Account], day: date) -> FeeQuote:
        return self.quote_fees(quote_request(accounts, day))


def _as_they_are(accounts: Iterable[Account]) -> list[list[Account]]:
    """The accounts by the group that they are in now, those in none each by itself."""
    together: dict[str, list[Account]] = {}
    for account in accounts:
        together.setdefault(account.group or account.id, []).append(account)
    return list(together.values())
