"""A small marketplace in a real database: accounts, users, the use cases of sellers, and a clock that tests set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from argon2 import PasswordHasher

from linkedaccounts.application.add_account import AddAccount
from linkedaccounts.application.asker import Asker
from linkedaccounts.application.attempt import InSession
from linkedaccounts.application.complete_registration import CompleteRegistration
from linkedaccounts.application.fee_quote import FeeQuote, QuoteRequest
from linkedaccounts.application.get_linked_accounts import GetLinkedAccounts
from linkedaccounts.application.get_registration import GetRegistration
from linkedaccounts.application.get_session import GetSession
from linkedaccounts.application.link_accounts import LinkAccounts, Linked
from linkedaccounts.application.list_linkable_accounts import ListLinkableAccounts
from linkedaccounts.application.list_stores import ListStores
from linkedaccounts.application.preview_link import PreviewLink
from linkedaccounts.application.quote_seller_fees import QuoteSellerFees
from linkedaccounts.application.refresh_session import RefreshSession
from linkedaccounts.application.save_registration_details import SaveRegistrationDetails
from linkedaccounts.application.session_tokens import TokenMaker
from linkedaccounts.application.sign_in import SignedIn, SignIn
from linkedaccounts.application.sign_out import SignOut
from linkedaccounts.application.start_registration import StartRegistration
from linkedaccounts.application.storage_port import Storage
from linkedaccounts.application.unlink_accounts import UnlinkAccounts
from linkedaccounts.application.verify_credentials import Credentials, VerifyCredentials
from linkedaccounts.domain.accounts import Account, Membership, Standing, User
from linkedaccounts.domain.sessions import Patience
from linkedaccounts.policy.policy import Policy
from linkedaccounts.security.argon2_passwords import Argon2Passwords

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

    def __post_init__(self) -> None:
        clock, new_id, policy = (lambda: self.now), (lambda: f"id-{next(self.ids)}"), (lambda: self.policy)
        tokens = TokenMaker(PlainTokens(), timedelta(minutes=10), timedelta(hours=12))
        minutes = timedelta(minutes=15)
        verify = VerifyCredentials(
            self.storage,
            CHEAP,
            of_email=Patience(3, 6, timedelta(seconds=1), minutes, timedelta(hours=1)),
            of_address=Patience(10, 20, timedelta(seconds=1), minutes, timedelta(hours=1)),
        )
        session = InSession(self.storage, tokens, clock)
        get = GetRegistration(session, policy)
        self.sign_in = SignIn(self.storage, verify, tokens, clock, new_id)
        self.refresh_session = RefreshSession(self.storage, tokens, clock)
        self.sign_out = SignOut(self.storage, tokens, clock)
        self.get_session = GetSession(session)
        self.add_account = AddAccount(session, verify, clock, timedelta(minutes=5))
        self.list_linkable_accounts = ListLinkableAccounts(session, policy)
        self.preview_link = PreviewLink(session, policy, self.quote_fees)
        self.link_accounts = LinkAccounts(session, policy, new_id)
        self.unlink_accounts = UnlinkAccounts(session, policy)
        self.get_linked_accounts = GetLinkedAccounts(session)
        self.list_stores = ListStores(session, policy)
        self.start_registration = StartRegistration(session, policy, get, new_id, timedelta(days=30))
        self.save_registration_details = SaveRegistrationDetails(session, policy, get)
        self.complete_registration = CompleteRegistration(session, policy, get, new_id)
        self.get_registration = get
        self.quote_seller_fees = QuoteSellerFees(session, self.quote_fees)

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def account(self, account_id: str, store: str, registered_on: str = "2018-01-15", status: str = "active") -> str:
        account = Account(account_id, store, status, date.fromisoformat(registered_on))
        self.storage.write(lambda tx: tx.add_account(account))
        return account_id

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
        return self.sign_in(Asker("portal", address="10.0.0.1"), request_id, credentials(name))

    def asker(self, name: str, request_id: str = "sign-in") -> Asker:
        """Who acts for a user who has just signed in."""
        return Asker("portal", self.signed_in(name, request_id).tokens.session_token, "10.0.0.1")

    def link(self, asker: Asker, *account_ids: str, request_id: str = "link") -> Linked:
        return self.link_accounts(asker, request_id, account_ids, accept_permanence=True)


def credentials(name: str, password: str = PASSWORD, address: str = "") -> Credentials:
    return Credentials(f"{name}@example.com", password, address)
