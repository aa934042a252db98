"""A group of linked accounts as a use case answers it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from linkedaccounts.application.reach import ReachedAccount


@dataclass(frozen=True, slots=True)
class LinkedGroup:
    """Accounts that are linked with one another, by store and id."""

    id: str
    accounts: tuple[ReachedAccount, ...]


def groups_of(accounts: Iterable[ReachedAccount]) -> tuple[LinkedGroup, ...]:
    """The groups among accounts, by id; accounts that are linked to no other are in none."""
    members: dict[str, list[ReachedAccount]] = {}
    for reached in accounts:
        if reached.account.group is not None:
            members.setdefault(reached.account.group, []).append(reached)
    return tuple(LinkedGroup(group, tuple(members[group])) for group in sorted(members))
