"""A small marketplace in a real database: accounts, users, the use cases of sellers, and a clock that tests set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from argon2 import PasswordHasher

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.decision_record import Made
from linkedaccounts.application.fee_quote import FeeQuote, QuoteRequest
from linkedaccounts.application.link_accounts import Linked
from linkedaccounts.application.sign_in import SignedIn
from linkedaccounts.application.storage_port import Storage
from linkedaccounts.application.verify_credentials import Credentials
from linkedaccounts.bootstrap.sellers import Means, compose_seller_service
from linkedaccounts.domain.accounts import Account, Membership, Standing, User
from linkedaccounts.policy.policy import Policy
from linkedaccounts.security.argon2_passwords import Argon2Passwords
from linkedaccounts.settings import read_settings

PASSWORD = "correct horse battery staple"
MORNING = datetime(2019, 9, 30, 9, 0, tzinfo=UTC)
ADMINISTRATOR = Standing("administrator", "owner")
MEMBER = Standing("member", "owner")
AGENT = Standing("administrator", "web_agency")

CHEAP = Argon2Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
"""The real algorithm with parameters that are no good for anything but tests."""


@dataclass
class PlainTokens:
    """Tokens that anybody could make: tests of use cases look into them."""

    known: dict[str, Mapping[str, str | int]] = field(default_factory=dict)

    def sign(self, claims: Mapping[str, str | int]) -> str:
        token = ",".join(f"{name}={claims[name]}" for name in sorted(claims))
        self.known[token] = dict(claims)
        return token

    def read(self, token: str) -> Mapping[str, str | int] | None:
        return self.known.get(token)


@dataclass
class Marketplace:
    """Use cases over ``storage``; every password is ``PASSWORD``, it is ``now``."""

    storage: Storage
    policy: Policy
    quote_fees: Callable[[QuoteRequest], FeeQuote]
    now: datetime = MORNING
    ids: Iterator[int] = field(default_factory=lambda: count(1))
    recorded: list[Made] = field(default_factory=list)

    def __post_init__(self) -> None:
        means = Means(
            storage=self.storage,
            passwords=CHEAP,
            tokens=PlainTokens(),
            policy=lambda: self.policy,
            quote_fees=self.quote_fees,
            now=lambda: self.now,
            new_id=lambda: f"id-{next(self.ids)}",
            recorder=self.recorded.append,
        )
        settings = read_settings({"sign_in_free_failures": 3, "sign_in_lock_failures": 6})
        self.seller = compose_seller_service(settings, means)

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def account(self, account_id: str, store: str, registered_on: str = "2018-01-15", status: str = "active") -> str:
        account = Account(account_id, store, status, date.fromisoformat(registered_on))
        self.storage.write(lambda tx: tx.add_account(account, self.now))
        return account_id

    def administrator(self, name: str, store: str) -> str:
        """A user who administers an account of their own, whose id is the store's code in lower case."""
        return self.user(name, **{self.account(store.lower(), store): ADMINISTRATOR})

    def user(self, name: str, **standings: Standing) -> str:
        """A user with an e-mail of that name, and a standing on accounts: those with their dashes as underscores."""
        user = User(name, f"{name}@example.com", CHEAP.hash(PASSWORD))

        def add(tx: Any) -> None:
            tx.add_user(user)
            for account, standing in standings.items():
                tx.add_membership(Membership(name, account.replace("_", "-"), standing))

        self.storage.write(add)
        return name

    def signed_in(self, name: str, request_id: str = "sign-in") -> SignedIn:
        return self.seller.sign_in(Asker("portal", address="10.0.0.1"), request_id, credentials(name))

    def asker(self, name: str, request_id: str = "sign-in") -> Asker:
        """Who acts for a user who has just signed in."""
        return Asker("portal", self.signed_in(name, request_id).tokens.session_token, "10.0.0.1")

    def link(self, asker: Asker, *account_ids: str, request_id: str = "link") -> Linked:
        return self.seller.link_accounts(asker, request_id, account_ids, accept_permanence=True)


def credentials(name: str, password: str = PASSWORD, address: str = "") -> Credentials:
    return Credentials(f"{name}@example.com", password, address)
