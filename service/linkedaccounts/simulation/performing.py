"""Carries out the market's actions by the service's own use cases. The same action again changes nothing more."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import count
from typing import TypeVar

from argon2 import PasswordHasher

from linkedaccounts.application.asker import Asker
from linkedaccounts.application.billing.list_transactions import ListTransactions, TransactionsAsked
from linkedaccounts.application.billing.policies_of_days import PoliciesOfDays
from linkedaccounts.application.billing.refund_charge import RefundAsked, RefundCharge, ReverseCharge
from linkedaccounts.application.credentials_port import Claims
from linkedaccounts.application.import_accounts import AccountLine, AccountsFile, ImportAccounts, StandingLine, UserLine
from linkedaccounts.application.policy_refusal import RefusedByPolicy
from linkedaccounts.application.quote_fees import QuoteFees
from linkedaccounts.application.refusals import NotAsThingsStand
from linkedaccounts.application.set_account_status import SetAccountStatus
from linkedaccounts.application.start_registration import RegistrationRequest
from linkedaccounts.application.storage_port import Reading, Storage, Writing
from linkedaccounts.application.verify_credentials import Credentials
from linkedaccounts.bootstrap.sellers import Means, compose_seller_service
from linkedaccounts.domain.ledger import Transaction, TransactionKind
from linkedaccounts.domain.money import Money
from linkedaccounts.domain.rates import RateBook
from linkedaccounts.policy.model import PolicyFile
from linkedaccounts.policy.policy import Policy
from linkedaccounts.security.argon2_passwords import Argon2Passwords
from linkedaccounts.settings import Settings
from linkedaccounts.simulation.actions import (
    Action,
    Arrival,
    GivingBack,
    Linking,
    Outcome,
    PolicyChange,
    Registering,
    StatusChange,
)
from linkedaccounts.simulation.history import ACTIVE
from linkedaccounts.simulation.setting import Clock
from linkedaccounts.storage.policies_noted import SqlPoliciesNoted
from linkedaccounts.storage.sql_storage import SqlStorage

T = TypeVar("T")
PASSWORD = "correct horse battery staple"  # noqa: S105  # of nobody
CALLER = "simulation"
DONE = Outcome()


class NothingToGiveBack(LookupError):
    """There is no charge where the market knows of one."""


class Performing:
    """The use cases of the service, composed as it composes them, with a clock and passwords of a simulation."""

    def __init__(
        self, storage: SqlStorage, book: Callable[[], RateBook], clock: Clock, load: Callable[..., Policy]
    ) -> None:
        self._storage, self._clock = _Repeatable(storage), clock
        self._noted = SqlPoliciesNoted(storage)
        self._policies, self._version = PoliciesOfDays(self._noted, load), ""
        passwords = Argon2Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        self._hash = passwords.hash(PASSWORD)
        quote_fees = QuoteFees(self._policy, book, clock.day)
        new_id = self._storage.new_id
        means = Means(self._storage, passwords, _PlainTokens(), self._policy, quote_fees, clock, new_id)
        self._sellers = compose_seller_service(Settings.model_construct(), means)
        self._import = ImportAccounts(self._storage, passwords, clock, new_id)

    def __call__(self, action: Action) -> Outcome:
        """Does it, at the clock's moment; what it did already, if it did."""
        self._version = action.policy
        match action.what:
            case Arrival() as arrival:
                return self._arrive(action.request_id, arrival)
            case Linking() as linking:
                return self._link(action.request_id, linking)
            case Registering() as registering:
                return self._register(action.request_id, registering)
            case StatusChange(account, status):
                SetAccountStatus(self._storage, self._clock)(account, status)
                return DONE
            case GivingBack() as giving:
                return self._give_back(action.request_id, giving)
            case PolicyChange(version, files):
                self._noted.note_policy(version, [PolicyFile(path, files[path], 0) for path in files], action.at)
                return DONE

    def _policy(self) -> Policy:
        return self._policies.version(self._version)

    def _arrive(self, request_id: str, arrival: Arrival) -> Outcome:
        """By the import, which refuses accounts that are there: then another process took them over, and died."""
        ids = [account.id for account in arrival.accounts]
        if self._storage.read(lambda reading: reading.accounts(ids)):
            return DONE
        accounts = tuple(
            AccountLine(id=each.id, store=each.store, registered_on=each.registered_on, status=ACTIVE)
            for each in arrival.accounts
        )
        users = tuple(self._user(each.email, each.id) for each in arrival.accounts)
        self._storage.name(request_id)
        self._import(AccountsFile(accounts=accounts, users=users), self._policy().catalogue.stores)
        return DONE

    def _user(self, email: str, account: str) -> UserLine:
        standing = StandingLine(account=account, role="administrator", organisation="owner")
        return UserLine(email=email, password=None, password_hash=self._hash, accounts=(standing,))

    def _signed_in(self, request_id: str, email: str) -> Asker:
        self._storage.name(f"{request_id}-session")
        credentials = Credentials(email, PASSWORD, address=email)
        tokens = self._sellers.sign_in(Asker(CALLER), f"{request_id}-sign-in", credentials).tokens
        return Asker(CALLER, tokens.session_token)

    def _link(self, request_id: str, linking: Linking) -> Outcome:
        asker = self._signed_in(request_id, linking.emails[0])
        for number, email in enumerate(linking.emails[1:]):
            credentials = Credentials(email, PASSWORD, address=email)
            self._sellers.add_account(asker, f"{request_id}-add-{number}", credentials)
        self._storage.name(request_id)

        def link() -> Outcome:
            self._sellers.link_accounts(asker, f"{request_id}-link", linking.accounts, accept_permanence=True)
            return DONE

        return _unless_refused(link)

    def _register(self, request_id: str, registering: Registering) -> Outcome:
        asker = self._signed_in(request_id, registering.email)
        request = RegistrationRequest(registering.store, registering.home, "company")

        def register() -> Outcome:
            self._storage.name(f"{request_id}-registration")
            begun = self._sellers.start_registration(asker, f"{request_id}-start", request)
            if begun.registration.account is not None:  # whoever completed it died before saying so
                return Outcome(account=begun.registration.account)
            details = {one.detail.id: one.detail.example for one in begun.requested}
            self._storage.name(request_id)
            register = self._sellers.complete_registration
            done = register(asker, f"{request_id}-complete", begun.registration.id, details)
            return Outcome(account=done.created.account.account.id)

        return _unless_refused(register)

    def _give_back(self, request_id: str, giving: GivingBack) -> Outcome:
        charge = self._charge(giving)
        if giving.minor is None:
            if not self._storage.read(lambda reading: _reversed(reading, charge)):
                ReverseCharge(self._storage, self._clock)(charge.id, request_id)
            return DONE
        amount = Money(giving.minor, charge.currency)
        try:
            RefundCharge(self._storage, self._clock)(RefundAsked(CALLER, request_id, charge.id, amount, "as agreed"))
        except NotAsThingsStand as refused:
            return Outcome(refused=refused.reason)
        return DONE

    def _charge(self, giving: GivingBack) -> Transaction:
        """The charge as a calling service finds it: in the report."""
        kinds, day = frozenset({TransactionKind.CHARGE}), giving.day.isoformat()
        asked = TransactionsAsked(giving.account, from_day=day, through_day=day, kinds=kinds)
        for one in ListTransactions(self._storage)(asked).transactions:
            if one.account == giving.account:
                return one
        raise NothingToGiveBack(f"the report of {giving.account} has no charge of {giving.day}")


def _reversed(reading: Reading, charge: Transaction) -> bool:
    return any(one.kind is TransactionKind.REVERSAL for one in reading.transactions_of(charge.id))


def _unless_refused(do: Callable[[], Outcome]) -> Outcome:
    try:
        return do()
    except RefusedByPolicy as refused:
        return Outcome(refused=",".join(refused.reasons))


class _Repeatable:
    """A memory whose new ids follow from the request alone: what is written again is written with the same ids."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.name("")

    def name(self, request_id: str) -> None:
        """What the ids of the next use case are made of."""
        self._name, self._numbers = request_id, count(1)

    def new_id(self) -> str:
        """The next id of the use case."""
        return f"{self._name}-{next(self._numbers)}"

    def read(self, work: Callable[[Reading], T]) -> T:
        """As the memory itself does."""
        return self._storage.read(work)

    def write(self, work: Callable[[Writing], T]) -> T:
        """As the memory itself does; each time it tries, ids begin anew."""

        def again(tx: Writing) -> T:
            self.name(self._name)
            return work(tx)

        return self._storage.write(again)


class _PlainTokens:
    """Tokens that anybody could make, and any process reads: nobody else is in this market."""

    def sign(self, claims: Claims) -> str:
        return json.dumps(dict(claims), sort_keys=True)

    def read(self, token: str) -> Mapping[str, str | int] | None:
        found: Mapping[str, str | int] = json.loads(token)
        return found
