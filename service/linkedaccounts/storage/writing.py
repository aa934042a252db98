"""Writing, within the transaction of a connection: what is written here takes place all at once or not at all."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Delete, Table, Update, delete, func, insert, select, update

from linkedaccounts.application.audit import AuditEntry
from linkedaccounts.application.storage_port import KeptAnswer
from linkedaccounts.domain.accounts import Account, Membership, User
from linkedaccounts.domain.events import Event
from linkedaccounts.domain.ledger import Transaction
from linkedaccounts.domain.registration import Registration
from linkedaccounts.domain.sessions import Attempts, Proof, Session
from linkedaccounts.storage.audit_chain import Head, chained
from linkedaccounts.storage.event_rows import write_events
from linkedaccounts.storage.groups import roots_of
from linkedaccounts.storage.ledger_rows import book
from linkedaccounts.storage.ledger_tables import ACCOUNT_STATUSES, BILLED_ACCOUNTS
from linkedaccounts.storage.reading import SqlReading
from linkedaccounts.storage.registration_rows import changes_of, row_of
from linkedaccounts.storage.tables import (
    ACCOUNTS,
    ATTEMPTS,
    AUDIT,
    AUDIT_HEAD,
    KEPT_ANSWERS,
    LINKS,
    MEMBERSHIPS,
    MERGES,
    PROOFS,
    REGISTRATIONS,
    SESSIONS,
    USERS,
)


class SqlWriting(SqlReading):
    """What can be read and written; what it reads contains what it wrote."""

    def add_user(self, user: User) -> None:
        """Adds a user; ValueError if there is one with that e-mail."""
        if self.user_by_email(user.email):
            raise ValueError("there is a user with this e-mail already; sign in as that one")
        self._insert(USERS, id=user.id, email=user.email, password_hash=user.password_hash)

    def add_account(self, account: Account, at: datetime) -> None:
        """Adds an account that is linked to no other; ``at`` says from which day on it is billed here."""
        registered = {"store": account.store, "registered_on": account.registered_on}
        self._insert(ACCOUNTS, id=account.id, status=account.status, **registered)
        self._insert(ACCOUNT_STATUSES, account_id=account.id, at=at, status=account.status)
        day = at.astimezone(UTC).date()
        billed_from = account.registered_on if account.registered_on >= day else day + timedelta(days=1)
        anchored = {"anchor_day": account.registered_on.day, "billed_from": billed_from}
        self._insert(BILLED_ACCOUNTS, account_id=account.id, **registered, **anchored)

    def add_membership(self, membership: Membership) -> None:
        """Adds a user's standing on an account."""
        standing = {"role": membership.standing.role, "organisation": membership.standing.organisation}
        self._insert(MEMBERSHIPS, user_id=membership.user, account_id=membership.account, **standing)

    def set_status(self, account_id: str, status: str | None, at: datetime) -> None:
        """Changes whether an account may be used; LookupError if there is no such account."""
        self._change_one(update(ACCOUNTS).where(ACCOUNTS.c.id == account_id).values(status=status))
        table = ACCOUNT_STATUSES.c
        newest = self._connection.scalar(select(func.max(table.at)).where(table.account_id == account_id))
        after = at if newest is None else max(at, newest + timedelta(microseconds=1))
        self._insert(ACCOUNT_STATUSES, account_id=account_id, at=after, status=status)

    def link(self, account_id: str, group: str, on: date, at: datetime) -> None:
        """Puts an account that is in no group into one, a new one if there is none of that id; for good."""
        self._insert(LINKS, account_id=account_id, group_id=group, linked_on=on, linked_at=at)

    def merge(self, group: str, into: str, at: datetime) -> None:
        """Makes all accounts of a group accounts of another one; for good.

        Of groups that are part of others by now, those are merged; nothing is left to do if they are one already.
        """
        now: dict[str, str] = dict(self._all(roots_of([group, into])))
        merged, kept = now.get(group, group), now.get(into, into)
        if merged != kept:
            self._insert(MERGES, group_id=merged, into_group_id=kept, merged_at=at)

    def add_session(self, session: Session, request_id: str) -> None:
        """Adds the session that a request began."""
        self._insert(
            SESSIONS,
            id=session.id,
            user_id=session.user,
            request_id=request_id,
            signed_in_at=session.signed_in_at,
            generation=session.generation,
            renewed_at=session.renewed_at,
            renewed_by=session.renewed_by,
            ended_at=session.ended_at,
        )

    def renew_session(self, session: Session) -> None:
        """Keeps a session's generation, ``renewed_at`` and ``renewed_by``; LookupError if there is none of its id."""
        renewal = {"generation": session.generation, "renewed_at": session.renewed_at}
        statement = update(SESSIONS).where(SESSIONS.c.id == session.id)
        self._change_one(statement.values(renewed_by=session.renewed_by, **renewal))

    def end_session(self, session_id: str, at: datetime) -> None:
        """Ends a session, if it has not ended."""
        goes_on = (SESSIONS.c.id == session_id) & SESSIONS.c.ended_at.is_(None)
        self._connection.execute(update(SESSIONS).where(goes_on).values(ended_at=at))

    def add_proof(self, proof: Proof) -> None:
        """Adds a proof; of the same user in the same session the newest counts."""
        key = {"session_id": proof.session, "user_id": proof.user}
        self._put(PROOFS, key, expires_at=proof.expires_at)

    def add_registration(self, registration: Registration) -> None:
        """Adds a registration."""
        self._insert(REGISTRATIONS, **row_of(registration))

    def save_registration(self, registration: Registration) -> None:
        """Keeps a registration's details and the account that was created; LookupError if there is none of its id."""
        statement = update(REGISTRATIONS).where(REGISTRATIONS.c.id == registration.id)
        self._change_one(statement.values(changes_of(registration)))

    def keep_answer(self, scope: str, request_id: str, answer: KeptAnswer, at: datetime) -> None:
        """Keeps what a request was answered, so that its repetition is answered the same."""
        kept = {"fingerprint": answer.fingerprint, "answer": answer.answer, "kept_at": at}
        self._insert(KEPT_ANSWERS, scope=scope, request_id=request_id, **kept)

    def set_attempts(self, key: str, attempts: Attempts | None) -> None:
        """Keeps the failed sign-ins of a key; None forgets them."""
        if attempts is None:
            self._change(delete(ATTEMPTS).where(ATTEMPTS.c.key == key))
        else:
            self._put(ATTEMPTS, {"key": key}, count=attempts.count, last_at=attempts.last_at)

    def book(self, transaction: Transaction) -> None:
        """Adds a transaction to the ledger; for good."""
        book(self._connection, [transaction])

    def append_audit(self, entry: AuditEntry) -> None:
        """Appends an entry to the audit's chain."""
        head = Head(*self._connection.execute(select(AUDIT_HEAD.c.position, AUDIT_HEAD.c.hash)).one())
        row = chained(entry, head)
        self._insert(AUDIT, **row)
        self._change_one(update(AUDIT_HEAD).values(position=row["position"], hash=row["hash"]))

    def tell(self, event: Event) -> None:
        """Has others told of something, if everything else that is written here is kept."""
        write_events(self._connection, [event])

    def _insert(self, table: Table, **values: Any) -> None:
        self._connection.execute(insert(table), values)

    def _put(self, table: Table, key: dict[str, Any], **values: Any) -> None:
        """Changes the row of a key, or adds it: said in two statements, as databases say it in one differently."""
        ours = [table.c[name] == value for name, value in key.items()]
        if not self._change(update(table).where(*ours).values(**values)):
            self._insert(table, **key, **values)

    def _change(self, statement: Update | Delete) -> int:
        return self._connection.execute(statement).rowcount

    def _change_one(self, statement: Update) -> None:
        if self._change(statement) != 1:
            raise LookupError(f"there is no such row in `{statement.entity_description['name']}`; add it first")
