"""A seller with seven stores, charged through a few months: what statements are made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from linkedaccounts.application.billing.get_statement import GetStatement
from linkedaccounts.application.billing.preview_next_charges import StorePreview
from linkedaccounts.application.billing.refund_charge import RefundAsked, RefundCharge, ReverseCharge
from linkedaccounts.application.billing.sellers_report import accounts_of
from linkedaccounts.bootstrap.billing import compose_report_on, compose_tell_why
from linkedaccounts.domain.money import Money
from linkedaccounts.policy.policy import Policy
from linkedaccounts.statements.view import Subject
from linkedaccounts.storage.database_url import database_url
from linkedaccounts.storage.opening import open_storage, owning
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.storage.schema import migrate
from linkedaccounts.storage.sql_storage import SqlStorage
from tests.application.billing.billed_market import BilledMarket

REGISTERED = {
    "US": "2018-03-10",
    "CA": "2018-06-30",
    "MX": "2018-09-14",
    "BR": "2019-01-31",
    "EU": "2018-11-05",
    "JP": "2018-12-20",
    "AU": "2019-02-03",
}
BRAZIL_LINKED_ON = "2019-05-20"
MONTH = "2019-06"
NOTE = "<b>客户</b>来信说明：日本店铺因系统升级停业三天，经财务部与卖家确认，退还部分月费 & 不影响其他店铺。" * 3
MISTAKE = '"charged" twice? <script>alert(1)</script>'


@dataclass(frozen=True)
class Seller:
    """The seller, in a database."""

    storage: SqlStorage
    policy: Policy
    path: Path

    def subject(self, month: str = MONTH) -> Subject:
        accounts = self.storage.read(lambda reading: accounts_of(reading, "acct-us"))
        stores = {code: store.name for code, store in self.policy.catalogue.stores.items()}
        made = GetStatement(self.storage)("acct-jp", month)
        return Subject(made, accounts, stores, compose_tell_why(self.storage))

    def long_subject(self, times: int) -> Subject:
        """A month with so many times the transactions, as of a seller with many accounts."""
        subject = self.subject()
        many = [
            replace(one, id=f"{number:02}{one.id[2:]}")
            for number in range(times)
            for one in subject.statement.transactions
        ]
        many.sort(key=lambda one: (one.day, one.id))
        return replace(subject, statement=replace(subject.statement, transactions=tuple(many)))

    def previews(self, day: date) -> list[StorePreview]:
        report = compose_report_on(self.storage, self.policy, packaged_rate_book, day)
        return report.preview_next_charges("acct-us").stores


def charged_seller(path: Path, policy: Policy) -> Seller:
    with owning(database_url(f"sqlite:///{path}")) as connection:
        migrate(connection)
    storage = open_storage(f"sqlite:///{path}")
    market = BilledMarket(storage, policy)
    for store, day in REGISTERED.items():
        market.account(f"acct-{store.lower()}", store, day)
    market.run("2019-02-28")
    linked = [f"acct-{store.lower()}" for store in REGISTERED if store != "BR"]
    market.link("seller-7f3a", "2019-03-01", *linked)
    market.run("2019-05-19")
    market.link("seller-7f3a", BRAZIL_LINKED_ON, "acct-br")
    market.run("2019-06-25")
    give_back(market)
    market.run("2019-07-31")
    return Seller(storage, policy, path)


def give_back(market: BilledMarket) -> None:
    """A part of Japan's charge is refunded, Mexico's is reversed, days after they were made."""
    japan, mexico = market.charge("acct-jp", "2019-06-20"), market.charge("acct-mx", "2019-06-14")
    asked = RefundAsked("payments", "refund-1", japan.id, Money(200, japan.currency), NOTE[:200])
    RefundCharge(market.storage, lambda: market.now + timedelta(days=1))(asked)
    ReverseCharge(market.storage, lambda: market.now + timedelta(days=2))(mexico.id, MISTAKE)
