"""What use cases need of the memory that cannot be lost: reading, and writing all or nothing.

Kept by ``storage`` on SQLite or PostgreSQL. Everything that ``write`` does takes place at once or not at all, as if one
piece of work after the other, whatever other threads, processes and machines write.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, TypeVar

from linkedaccounts.application.audit import AuditEntry
from linkedaccounts.domain.accounts import Account, Membership, User
from linkedaccounts.domain.events import Event
from linkedaccounts.domain.ledger import Transaction, TransactionKind
from linkedaccounts.domain.money import Money
from linkedaccounts.domain.registration import Registration
from linkedaccounts.domain.sessions import Attempts, Proof, Session

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What a request was answered: ``fingerprint`` tells whether another one of the same id asks for the same.

    ``answer`` is JSON, made and read by the use case; it holds no secret.
    """

    fingerprint: str
    answer: str


@dataclass(frozen=True, slots=True)
class Sought:
    """Transactions of some accounts; ``after`` is the day and id of the last one before those that are wanted.

    The newest day first, or the oldest; within a day by id. What is None or empty restricts nothing.
    """

    accounts: tuple[str, ...]
    from_day: date | None = None
    through_day: date | None = None
    kinds: frozenset[TransactionKind] = frozenset()
    after: tuple[date, str] | None = None
    newest_first: bool = True


class Reading(Protocol):
    """One consistent view of everything."""

    def user(self, user_id: str) -> User | None:
        """The user of an id."""

    def user_by_email(self, email: str) -> User | None:
        """The user of an e-mail in small letters."""

    def memberships(self, users: Collection[str]) -> list[Membership]:
        """All accounts that the users have a standing on, by account and user."""

    def accounts(self, ids: Collection[str]) -> list[Account]:
        """The accounts of these ids that there are, by store and id."""

    def accounts_in(self, groups: Collection[str]) -> list[Account]:
        """All accounts linked in the groups, by store and id. ``Account.group`` is always the newest: see ``merge``."""

    def session(self, session_id: str) -> Session | None:
        """The session of an id, ended ones too."""

    def session_begun_by(self, user: str, request_id: str) -> Session | None:
        """The session of the user that this request began."""

    def proofs(self, session_id: str, now: datetime) -> list[Proof]:
        """The proofs in a session that are good at ``now``, by user."""

    def registration(self, registration_id: str) -> Registration | None:
        """The registration of an id, completed and expired ones too."""

    def open_registrations(self, from_accounts: Collection[str], now: datetime) -> list[Registration]:
        """The registrations begun from any of the accounts that can be completed still, by store and id."""

    def kept_answer(self, scope: str, request_id: str) -> KeptAnswer | None:
        """What a request of a scope (such as one user's) was answered."""

    def attempts(self, key: str) -> Attempts | None:
        """The failed sign-ins that count under a key."""

    def transaction(self, transaction_id: str) -> Transaction | None:
        """The ledger's transaction of an id."""

    def transactions_of(self, charge_id: str) -> list[Transaction]:
        """The reversals and refunds of a charge, by id."""

    def transactions(self, sought: Sought, most: int) -> list[Transaction]:
        """The first so many of the transactions sought."""

    def owed(self, accounts: Collection[str], before: date) -> list[Money]:
        """What the accounts were charged before a day and not given back, in each currency that they had by then."""


class Writing(Reading, Protocol):
    """The same, and changes; what it reads contains what it wrote."""

    def add_user(self, user: User) -> None:
        """Adds a user; ValueError if there is one with that e-mail."""

    def add_account(self, account: Account, at: datetime) -> None:
        """Adds an account that is linked to no other.

        It is billed from its registration on; if that was before the day of ``at``, so that somebody else has charged
        it, from the day after.
        """

    def add_membership(self, membership: Membership) -> None:
        """Adds a user's standing on an account."""

    def set_status(self, account_id: str, status: str | None, at: datetime) -> None:
        """Changes whether an account may be used."""

    def link(self, account_id: str, group: str, on: date, at: datetime) -> None:
        """Puts an account that is in no group into one, a new one if there is none of that id; for good."""

    def merge(self, group: str, into: str, at: datetime) -> None:
        """Makes all accounts of a group accounts of another one; for good."""

    def add_session(self, session: Session, request_id: str) -> None:
        """Adds the session that a request began."""

    def renew_session(self, session: Session) -> None:
        """Keeps a session's generation, ``renewed_at`` and ``renewed_by``."""

    def end_session(self, session_id: str, at: datetime) -> None:
        """Ends a session, if it has not ended."""

    def add_proof(self, proof: Proof) -> None:
        """Adds a proof; of the same user in the same session the newest counts."""

    def add_registration(self, registration: Registration) -> None:
        """Adds a registration."""

    def save_registration(self, registration: Registration) -> None:
        """Keeps a registration's details and the account that was created."""

    def keep_answer(self, scope: str, request_id: str, answer: KeptAnswer, at: datetime) -> None:
        """Keeps what a request was answered, so that its repetition is answered the same."""

    def set_attempts(self, key: str, attempts: Attempts | None) -> None:
        """Keeps the failed sign-ins of a key; None forgets them."""

    def book(self, transaction: Transaction) -> None:
        """Adds a transaction to the ledger; for good."""

    def append_audit(self, entry: AuditEntry) -> None:
        """Appends an entry to the audit's chain."""

    def tell(self, event: Event) -> None:
        """Has others told of something, if everything else that is written here is kept."""


class Storage(Protocol):
    """The memory."""

    def read(self, work: Callable[[Reading], T]) -> T:
        """What ``work`` returns."""

    def write(self, work: Callable[[Writing], T]) -> T:
        """What ``work`` returns, once all that it wrote is kept for good.

        ``work`` may be called several times, as others come between: it does nothing but read and write here. What it
        raises leaves nothing written. TryAgain if others come between for too long.
        """
