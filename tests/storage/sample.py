"""A small company to keep: users, their accounts, sessions and registrations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

from linkedaccounts.application.audit import AuditedDecision, AuditedRule, AuditEntry
from linkedaccounts.application.storage_port import Writing
from linkedaccounts.domain.accounts import Account, Membership, Standing, User
from linkedaccounts.domain.registration import Registration
from linkedaccounts.domain.sessions import Session
from linkedaccounts.storage.sql_storage import SqlStorage

DAY = date(2019, 9, 30)
NOW = datetime(2019, 9, 30, 8, 30, 15, 123456, tzinfo=UTC)
SOON = NOW + timedelta(minutes=10)
ANN = User("ann", "ann@example.com", "$argon2id$a")
BOB = User("bob", "bob@example.com", "$argon2id$b")
ADMINISTRATOR = Standing("administrator", "owner")


def account(name: str, store: str = "US", status: str | None = "active") -> Account:
    return Account(name, store, status, DAY)


def session(name: str = "s1", user: str = ANN.id) -> Session:
    return Session(name, user, NOW, 1, NOW, f"{name}-request")


def registration(name: str = "r1", from_account: str = "a", store: str = "MX") -> Registration:
    return Registration(name, ANN.id, from_account, store, "company", None, {"tax_id": "X-1"}, NOW, SOON)


def entry(request_id: str = "q1", action: str = "link", outcome: str = "done") -> AuditEntry:
    rule = AuditedRule("administrators-may-link", "ALLOWED")
    decisions = (AuditedDecision("a", True, (rule,)), AuditedDecision("b", False, ()))
    return AuditEntry(NOW, action, outcome, "shop", request_id, ANN.id, "s1", ("a", "b"), decisions, "v1")


def filled(storage: SqlStorage, accounts: Sequence[str] = ("a", "b", "c", "d")) -> SqlStorage:
    """The storage with two users, one of whom administers accounts that are linked to no other."""

    def fill(writing: Writing) -> None:
        writing.add_user(ANN)
        writing.add_user(BOB)
        for name in accounts:
            writing.add_account(account(name), NOW)
            writing.add_membership(Membership(ANN.id, name, ADMINISTRATOR))

    storage.write(fill)
    return storage


def linked(storage: SqlStorage, groups: dict[str, str]) -> SqlStorage:
    """The storage with accounts put into groups: ``{"a": "g1"}``."""

    def link(writing: Writing) -> None:
        for name, group in groups.items():
            writing.link(name, group, DAY, NOW)

    storage.write(link)
    return storage


def appending(appended: AuditEntry) -> Callable[[Writing], None]:
    return lambda writing: writing.append_audit(appended)


def audited(storage: SqlStorage, number: int) -> SqlStorage:
    """The storage with entries in the audit, each written by itself."""
    for position in range(1, number + 1):
        storage.write(appending(entry(f"q{position}")))
    return storage
