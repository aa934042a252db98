"""Accounts of a quote as `policy explain` is told them: `US=2019-01-25/2019-09-25`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import click

from linkedaccounts.application.explain_decision import Explained
from linkedaccounts.application.explain_quote import ExplainQuote
from linkedaccounts.application.fee_quote import QuoteRequest, StoreAccount
from linkedaccounts.application.refusals import InvalidRequest
from linkedaccounts.cli.store_values import StoreCode
from linkedaccounts.policy.policy import Policy
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book


class QuotedAccount(click.ParamType[StoreAccount]):
    """An account: its store, when it was registered, and when it was linked, if that was later."""

    name = "STORE=REGISTERED[/LINKED]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> StoreAccount:
        """The account; whether its days are any is for the quote to say."""
        if isinstance(value, StoreAccount):
            return value
        store, equals, days = str(value).partition("=")
        if not equals:
            self.fail(f"`{value}` says no day of registration; write {self.name}", param, ctx)
        registered_on, _, linked_on = days.partition("/")
        return StoreAccount(StoreCode().convert(store, param, ctx), registered_on, linked_on)


def explained_quote(
    policy: Policy, accounts: Sequence[StoreAccount], day: date | None, *, linked: bool, language: str
) -> Explained:
    """What the rules decide on the first account, by the rates that came with the service, or a usage error."""
    request = QuoteRequest(tuple(accounts), linked, day.isoformat() if day else "")
    explain = ExplainQuote(lambda: policy, packaged_rate_book, lambda: datetime.now(UTC).date())
    try:
        return explain(request, accounts[0].store)
    except InvalidRequest as invalid:
        said = (problem.message(language) for problem in invalid.problems)
        raise click.UsageError("\n".join(said)) from None
