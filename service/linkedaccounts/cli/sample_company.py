"""A small company to try things with: its accounts and users, and what they attempt."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from pydantic import BaseModel, ConfigDict

from linkedaccounts.settings import Settings


class Attempt(BaseModel):
    """Somebody signs in, adds the accounts of other users, and picks accounts to link."""

    model_config = ConfigDict(frozen=True)

    who: str
    email: str
    adds: tuple[str, ...] = ()
    picks: tuple[str, ...]


class SampleCompany(BaseModel):
    """The company. All users have one ``password``; ``accounts`` and ``users`` are as `accounts import` has them."""

    model_config = ConfigDict(frozen=True)

    company: str
    password: str
    accounts: list[dict[str, Any]]
    users: list[dict[str, Any]]
    refused: tuple[Attempt, ...]
    linked: Attempt


@cache
def sample_company() -> SampleCompany:
    """The company of ``sample_company.json``."""
    text = resources.files(__package__).joinpath("sample_company.json").read_text("utf-8")
    return SampleCompany.model_validate_json(text)


@contextmanager
def with_sample_company(settings: Settings) -> Iterator[Settings]:
    """The settings with a database that has the company in it, and is gone afterwards."""
    with TemporaryDirectory(prefix="linked-accounts-") as folder:
        sampled = settings.model_copy(update={"database": f"sqlite:///{Path(folder) / 'sample.db'}"})
        _add_company(sampled)
        yield sampled


def _add_company(settings: Settings) -> None:
    from linkedaccounts.application.import_accounts import AccountsFile, ImportAccounts
    from linkedaccounts.policy.load import load_policy
    from linkedaccounts.security.argon2_passwords import Argon2Passwords
    from linkedaccounts.storage.opening import open_storage

    company, passwords = sample_company(), Argon2Passwords()
    password_hash = passwords.hash(company.password)
    users = [{**user, "password_hash": password_hash} for user in company.users]
    file = AccountsFile.model_validate({"accounts": company.accounts, "users": users})
    stores = load_policy(settings.rules).catalogue.stores
    with closing(open_storage(settings.database_url)) as storage:
        ImportAccounts(storage, passwords, lambda: datetime.now(UTC), lambda: uuid4().hex)(file, stores)
