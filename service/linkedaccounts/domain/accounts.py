"""Accounts, their users, and the groups that they are linked in for good."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Account:
    """An account in one store; ``group`` and ``linked_on`` are None as long as it is linked to no other.

    ``status`` is a value of the contract's enum as rules write it (`active`); None is not known.
    """

    id: str
    store: str
    status: str | None
    registered_on: date
    group: str | None = None
    linked_on: date | None = None


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who signs in. ``email`` is in small letters; ``password_hash`` is argon2id's encoded form."""

    id: str
    email: str
    password_hash: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What a user may do on an account, and on whose side; None is not known."""

    role: str | None = None
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """A user's own standing on an account."""

    user: str
    account: str
    standing: Standing


def standing_on(account: Account, users: Sequence[str], memberships: Iterable[Membership], group: set[str]) -> Standing:
    """The standing on an account of somebody who proved to be each of ``users``, the one who signed in first.

    Their own membership counts, of several users the first one's. Without one, the account is reached through its
    ``group`` (ids of all accounts in it, itself included): their standing is what they have on the other accounts, as
    far as these agree; where they differ it is not known.
    """
    own = {(membership.user, membership.account): membership.standing for membership in memberships}
    for user in users:
        if (user, account.id) in own:
            return own[user, account.id]
    reaching = {standing for (user, other), standing in own.items() if user in users and other in group}
    return Standing(
        role=_agreed(standing.role for standing in reaching),
        organisation=_agreed(standing.organisation for standing in reaching),
    )


def _agreed(values: Iterable[str | None]) -> str | None:
    different = set(values)
    return different.pop() if len(different) == 1 else None
