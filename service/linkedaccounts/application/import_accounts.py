"""Takes over accounts that the marketplace has already, with their users: all of a file or nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from linkedaccounts.application.audit import AuditEntry
from linkedaccounts.application.check_action import FACTS
from linkedaccounts.application.credentials_port import Passwords
from linkedaccounts.application.storage_port import Storage, Writing
from linkedaccounts.domain.accounts import Account, Membership, Standing, User
from linkedaccounts.domain.catalogue import Store

Id = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$")]
PROBLEMS_LISTED = 50


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AccountLine(_Strict):
    """An account; ``status`` is unknown if it is not stated."""

    id: Id
    store: str
    registered_on: date
    status: str | None = None


class StandingLine(_Strict):
    """What a user may do on an account; what is not stated is unknown."""

    account: Id
    role: str | None = None
    organisation: str | None = None


class UserLine(_Strict):
    """A user with a password, or with the argon2 hash of one."""

    email: Annotated[str, Field(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")]
    password: str | None = Field(None, min_length=1, repr=False)
    password_hash: str | None = Field(None, pattern=r"^\$argon2", repr=False)
    accounts: tuple[StandingLine, ...] = ()

    @model_validator(mode="after")
    def _one_of_both(self) -> UserLine:
        if (self.password is None) == (self.password_hash is None):
            raise ValueError("give a `password`, or a `password_hash`")
        return self


class AccountsFile(_Strict):
    """A file of accounts and users."""

    accounts: tuple[AccountLine, ...] = ()
    users: tuple[UserLine, ...] = ()


class ImportRefused(Exception):
    """Nothing was taken over; ``problems`` is why, a line each, none with an e-mail or a password in it."""

    def __init__(self, problems: list[str]) -> None:
        more = len(problems) - PROBLEMS_LISTED
        self.problems = [*problems[:PROBLEMS_LISTED], *([f"and {more} more problems"] if more > 0 else [])]
        super().__init__("\n".join(self.problems))


def read_accounts_file(text: bytes) -> AccountsFile:
    """The content of a JSON file; ImportRefused."""
    try:
        return AccountsFile.model_validate_json(text)
    except ValidationError as error:
        problems = [f"{_path(problem['loc'])}: {problem['msg']}" for problem in error.errors(include_input=False)]
        raise ImportRefused(problems) from None


class ImportAccounts:
    """The use case."""

    def __init__(
        self, storage: Storage, passwords: Passwords, now: Callable[[], datetime], new_id: Callable[[], str]
    ) -> None:
        self._storage = storage
        self._passwords = passwords
        self._now = now
        self._new_id = new_id

    def __call__(self, file: AccountsFile, stores: Mapping[str, Store]) -> None:
        """Adds all accounts and users; ImportRefused lists what is wrong with any of them."""
        if problems := list(_problems(file, stores)):
            raise ImportRefused(problems)
        users = [self._user(line) for line in file.users]

        def add(tx: Writing) -> None:
            _add(tx, file, users, self._now())

        self._storage.write(add)

    def _user(self, line: UserLine) -> User:
        """Hashes take their time: they are made before the transaction begins."""
        password_hash = line.password_hash or self._passwords.hash(line.password or "")
        return User(self._new_id(), line.email.lower(), password_hash)


def _add(tx: Writing, file: AccountsFile, users: list[User], now: datetime) -> None:
    taken = [
        f"users[{index}].email: there is a user with this e-mail already"
        for index, user in enumerate(users)
        if tx.user_by_email(user.email)
    ]
    known = {account.id for account in tx.accounts([line.id for line in file.accounts])}
    taken += [
        f"accounts[{index}].id: there is an account `{line.id}` already"
        for index, line in enumerate(file.accounts)
        if line.id in known
    ]
    if taken:
        raise ImportRefused(taken)
    for account in file.accounts:
        tx.add_account(Account(account.id, account.store, account.status, account.registered_on), now)
    for user, line in zip(users, file.users, strict=True):
        tx.add_user(user)
        for standing in line.accounts:
            own = Standing(standing.role, standing.organisation)
            tx.add_membership(Membership(user.id, standing.account, own))
    subjects = tuple(account.id for account in file.accounts)
    tx.append_audit(AuditEntry(now, "import_accounts", "done", "command", "", subjects=subjects))


def _problems(file: AccountsFile, stores: Mapping[str, Store]) -> Iterator[str]:
    yield from _of_accounts(file.accounts, stores)
    known = {account.id for account in file.accounts}
    yield from _of_users(file.users, known)


def _of_accounts(accounts: Sequence[AccountLine], stores: Mapping[str, Store]) -> Iterator[str]:
    seen: set[str] = set()
    for index, account in enumerate(accounts):
        path = f"accounts[{index}]"
        if account.id in seen:
            yield f"{path}.id: `{account.id}` stands twice in the file"
        seen.add(account.id)
        if account.store not in stores:
            yield f"{path}.store: there is no store `{account.store}`; there are {', '.join(sorted(stores))}"
        yield from _value(f"{path}.status", account.status, "account.status")


def _of_users(users: Sequence[UserLine], known: Collection[str]) -> Iterator[str]:
    emails: set[str] = set()
    for index, user in enumerate(users):
        if user.email.lower() in emails:
            yield f"users[{index}].email: this e-mail stands twice in the file"
        emails.add(user.email.lower())
        for number, standing in enumerate(user.accounts):
            path = f"users[{index}].accounts[{number}]"
            if standing.account not in known:
                yield f"{path}.account: there is no account `{standing.account}` in the file"
            yield from _value(f"{path}.role", standing.role, "actor.role")
            yield from _value(f"{path}.organisation", standing.organisation, "actor.organisation")


def _value(path: str, value: str | None, fact: str) -> Iterator[str]:
    domain = FACTS[fact].domain
    if value is not None and value not in domain:
        yield f"{path}: there is no `{value}`; leave it out if it is not known"


def _path(location: tuple[int | str, ...]) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)
    return "".join(steps).lstrip(".") or "the file"
