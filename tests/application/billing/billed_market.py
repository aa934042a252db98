"""A market whose stores are charged: accounts that tests add, link and suspend on days that they say."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from linkedaccounts.application.billing.ports import Charged
from linkedaccounts.application.billing.refund_charge import RefundAsked, RefundCharge, ReverseCharge
from linkedaccounts.application.refusals import Refusal
from linkedaccounts.bootstrap.billing import compose_billing, load_files
from linkedaccounts.domain.accounts import Account
from linkedaccounts.domain.ledger import Transaction
from linkedaccounts.domain.money import Money
from linkedaccounts.domain.rates import RateBook
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.policy import Policy
from linkedaccounts.settings import default_rules
from linkedaccounts.storage.billing import SqlBilling
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.storage.policies_noted import SqlPoliciesNoted
from linkedaccounts.storage.sql_storage import SqlStorage

LONG_AGO = datetime(2000, 1, 2, tzinfo=UTC)
NOON = timedelta(hours=12)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def changed_policy(folder: Path, file: str, *changes: tuple[str, str]) -> Policy:
    """The rules that come with the service, without their tests, with texts of a file replaced."""
    rules = Path(shutil.copytree(default_rules(), folder / "rules", ignore=shutil.ignore_patterns("tests")))
    text = (rules / file).read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (rules / file).write_text(text, "utf-8")
    return load_policy(rules)


def _loaded(files: Mapping[str, bytes]) -> Policy:
    return _of_files(tuple(sorted(files.items())))


@cache
def _of_files(files: tuple[tuple[str, bytes], ...]) -> Policy:
    """Of one content only once: the tests have few, and need them often."""
    return load_files(dict(files))


@dataclass
class BilledMarket:
    """Charges by ``policy`` from long ago on, unless ``note`` says of another one since when it serves."""

    storage: SqlStorage
    policy: Policy
    book: RateBook = field(default_factory=packaged_rate_book)
    now: datetime = LONG_AGO

    def __post_init__(self) -> None:
        self.billing = SqlBilling(self.storage)
        self.note(self.policy, LONG_AGO)
        self.runs = compose_billing(self.storage, lambda: self.book, lambda: self.now, lambda _seconds: None, _loaded)

    def note(self, policy: Policy, at: datetime) -> None:
        SqlPoliciesNoted(self.storage).note_policy(policy.version, policy.files, at)

    def account(self, name: str, store: str, registered_on: str) -> str:
        """An account that was registered here."""
        return self.take_over(name, store, registered_on, f"{registered_on}T12:00:00")

    def take_over(self, name: str, store: str, registered_on: str, at: str) -> str:
        """An account that was registered somewhere."""
        account = Account(name, store, "active", date.fromisoformat(registered_on))
        self.storage.write(lambda tx: tx.add_account(account, moment(at)))
        return name

    def link(self, group: str, on: str, *accounts: str) -> None:
        at = moment(on) + NOON
        for name in accounts:
            self.storage.write(lambda tx, name=name: tx.link(name, group, at.date(), at))  # type: ignore[misc]

    def set_status(self, account: str, status: str, at: str) -> None:
        self.storage.write(lambda tx: tx.set_status(account, status, moment(at)))

    def run(self, through: str, now: str = "") -> list[Charged]:
        """Charges through a day; by default it is the noon after it."""
        self.now = moment(now) if now else moment(through) + timedelta(days=1) + NOON
        return list(self.runs(date.fromisoformat(through)))

    def refund(self, request_id: str, charge_id: str, amount: Money | None) -> tuple[Transaction, Money]:
        asked = RefundAsked("payments", request_id, charge_id, amount, "as agreed")
        return RefundCharge(self.storage, lambda: self.now)(asked)

    def reverse(self, charge_id: str) -> Transaction:
        return ReverseCharge(self.storage, lambda: self.now)(charge_id, "a mistake")

    def refused(self, work: Callable[[], object]) -> str:
        """The reason for which it is."""
        with pytest.raises(Refusal) as refused:
            work()
        return refused.value.reason

    def ledger(self) -> list[Transaction]:
        """All transactions, by day and account."""
        return sorted(self.billing.transactions(), key=lambda one: (one.day, one.account, one.id))

    def charge(self, account: str, day: str) -> Transaction:
        (found,) = [one for one in self.ledger() if (one.account, str(one.day)) == (account, day)]
        return found

    def charges(self) -> list[tuple[str, str, str]]:
        """Day, account and amount of each."""
        return [(str(one.day), one.account, str(one.amount)) for one in self.ledger()]
