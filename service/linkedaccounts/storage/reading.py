"""Reading: each method of the port is one query on one connection."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from linkedaccounts.application.storage_port import KeptAnswer, Sought
from linkedaccounts.domain.accounts import Account, Membership, Standing, User
from linkedaccounts.domain.ledger import Transaction
from linkedaccounts.domain.money import Currency, Money
from linkedaccounts.domain.registration import Registration
from linkedaccounts.domain.sessions import Attempts, Proof, Session
from linkedaccounts.storage.groups import accounts_by_group, accounts_by_id
from linkedaccounts.storage.ledger_rows import transactions_sought, with_entries
from linkedaccounts.storage.ledger_tables import LEDGER_TRANSACTIONS
from linkedaccounts.storage.registration_rows import registration_of
from linkedaccounts.storage.tables import ATTEMPTS, KEPT_ANSWERS, MEMBERSHIPS, PROOFS, REGISTRATIONS, SESSIONS, USERS

Columns = tuple[Any, ...]
_SESSION = (
    SESSIONS.c.id,
    SESSIONS.c.user_id,
    SESSIONS.c.signed_in_at,
    SESSIONS.c.generation,
    SESSIONS.c.renewed_at,
    SESSIONS.c.renewed_by,
    SESSIONS.c.ended_at,
)


class SqlReading:
    """What can be read within the transaction of a connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def user(self, user_id: str) -> User | None:
        """The user of an id."""
        row = self._one(select(USERS).where(USERS.c.id == user_id))
        return User(*row) if row else None

    def user_by_email(self, email: str) -> User | None:
        """The user of an e-mail in small letters."""
        row = self._one(select(USERS).where(USERS.c.email == email))
        return User(*row) if row else None

    def memberships(self, users: Collection[str]) -> list[Membership]:
        """All accounts that the users have a standing on, by account and user."""
        order = (MEMBERSHIPS.c.account_id, MEMBERSHIPS.c.user_id)
        rows = self._all(select(MEMBERSHIPS).where(MEMBERSHIPS.c.user_id.in_(list(users))).order_by(*order))
        return [Membership(row.user_id, row.account_id, Standing(row.role, row.organisation)) for row in rows]

    def accounts(self, ids: Collection[str]) -> list[Account]:
        """The accounts of these ids that there are, by store and id."""
        return _accounts(self._all(accounts_by_id(ids)))

    def accounts_in(self, groups: Collection[str]) -> list[Account]:
        """All accounts linked in the groups, by store and id; of a merged group those of what it became part of."""
        return _accounts(self._all(accounts_by_group(groups)))

    def session(self, session_id: str) -> Session | None:
        """The session of an id, ended ones too."""
        row = self._one(select(*_SESSION).where(SESSIONS.c.id == session_id))
        return Session(*row) if row else None

    def session_begun_by(self, user: str, request_id: str) -> Session | None:
        """The session of the user that this request began."""
        begun = (SESSIONS.c.user_id == user) & (SESSIONS.c.request_id == request_id)
        row = self._one(select(*_SESSION).where(begun))
        return Session(*row) if row else None

    def proofs(self, session_id: str, now: datetime) -> list[Proof]:
        """The proofs in a session that are good at ``now``, by user."""
        good = (PROOFS.c.session_id == session_id) & (PROOFS.c.expires_at > now)
        return [Proof(*row) for row in self._all(select(PROOFS).where(good).order_by(PROOFS.c.user_id))]

    def registration(self, registration_id: str) -> Registration | None:
        """The registration of an id, completed and expired ones too."""
        row = self._one(select(REGISTRATIONS).where(REGISTRATIONS.c.id == registration_id))
        return registration_of(row) if row else None

    def open_registrations(self, from_accounts: Collection[str], now: datetime) -> list[Registration]:
        """The registrations begun from any of the accounts that can be completed still, by store and id."""
        table = REGISTRATIONS.c
        is_open = table.from_account_id.in_(list(from_accounts)) & (table.expires_at > now) & table.account_id.is_(None)
        rows = self._all(select(REGISTRATIONS).where(is_open).order_by(table.store, table.id))
        return [registration_of(row) for row in rows]

    def kept_answer(self, scope: str, request_id: str) -> KeptAnswer | None:
        """What a request of a scope was answered."""
        table = KEPT_ANSWERS.c
        kept = (table.scope == scope) & (table.request_id == request_id)
        row = self._one(select(table.fingerprint, table.answer).where(kept))
        return KeptAnswer(*row) if row else None

    def attempts(self, key: str) -> Attempts | None:
        """The failed sign-ins that count under a key."""
        row = self._one(select(ATTEMPTS.c.count, ATTEMPTS.c.last_at).where(ATTEMPTS.c.key == key))
        return Attempts(*row) if row else None

    def transaction(self, transaction_id: str) -> Transaction | None:
        """The ledger's transaction of an id."""
        found = self._transactions(select(LEDGER_TRANSACTIONS).where(LEDGER_TRANSACTIONS.c.id == transaction_id))
        return found[0] if found else None

    def transactions_of(self, charge_id: str) -> list[Transaction]:
        """The reversals and refunds of a charge, by id."""
        own = select(LEDGER_TRANSACTIONS).where(LEDGER_TRANSACTIONS.c.of_id == charge_id)
        return self._transactions(own.order_by(LEDGER_TRANSACTIONS.c.id))

    def transactions(self, sought: Sought, most: int) -> list[Transaction]:
        """The first so many of the transactions sought."""
        return self._transactions(transactions_sought(sought).limit(most))

    def owed(self, accounts: Collection[str], before: date) -> list[Money]:
        """What the accounts were charged before a day and not given back, in each currency, by its code."""
        table = LEDGER_TRANSACTIONS.c
        currency = (table.currency, table.minor_digits)
        earlier = table.account_id.in_(list(accounts)) & (table.day < before)
        sums = select(*currency, func.sum(table.amount).label("minor")).where(earlier).group_by(*currency)
        found = (Money(int(row.minor), Currency(row.currency, row.minor_digits)) for row in self._all(sums))
        return sorted(found, key=lambda money: money.currency.code)

    def _transactions(self, query: Select[*Columns]) -> list[Transaction]:
        return with_entries(self._connection, self._connection.execute(query))

    def _one(self, query: Select[*Columns]) -> Row[*Columns] | None:
        return self._connection.execute(query).one_or_none()

    def _all(self, query: Select[*Columns]) -> list[Row[*Columns]]:
        return list(self._connection.execute(query))


def _accounts(rows: list[Row[*Columns]]) -> list[Account]:
    """Sorted here: databases differ in the order of texts."""
    return sorted((_account(row) for row in rows), key=lambda account: (account.store, account.id))


def _account(row: Row[*Columns]) -> Account:
    if row.put_into is not None and row.root is None:
        raise RuntimeError(f"the merges of group `{row.put_into}` go in a circle; restore the table from a backup")
    return Account(row.id, row.store, row.status, row.registered_on, row.root, row.linked_on)
