"""What charging needs of the memory: who is due, and one transaction for a slice of them; kept by ``storage``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple, Protocol, TypeAlias

from linkedaccounts.domain.accounts import Account
from linkedaccounts.domain.ledger import Transaction
from linkedaccounts.policy.model import PolicyFile


@dataclass(frozen=True, slots=True)
class DueCycle:
    """A billing cycle that begins on ``day``, and what the memory says of its account when the day began by UTC.

    ``seller`` is the group that the account was in, or its own id; ``accounts`` are all that were in the group, itself
    included, with the statuses, groups and days of linking that they had.
    """

    account: Account
    day: date
    seller: str
    accounts: tuple[Account, ...]


@dataclass(frozen=True, slots=True)
class SetAside:
    """A cycle that could not be charged: ``reason`` is a code of ``texts.toml``, ``values`` what its sentence names."""

    account: str
    seller: str
    store: str
    day: date
    reason: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Charged:
    """What came of some due cycles: what is booked, and what is set aside; a closed account's cycle is in neither."""

    booked: tuple[Transaction, ...]
    set_aside: tuple[SetAside, ...]


ChargeDue: TypeAlias = Callable[[Sequence[DueCycle]], Charged]


class Part(NamedTuple):
    """The cycles that begin on a day in a store: the first ones of their accounts, or all others."""

    day: date
    store: str
    first_cycles: bool


class Cursor(NamedTuple):
    """Where a walk through what was set aside has got to."""

    day: date
    account: str


class BillingStorage(Protocol):
    """The memory, as charging sees it. All that a method does is kept at once or not at all."""

    def days_planned(self) -> tuple[date, date] | None:
        """The first and the last day of which anything is cut into slices; None before the first run."""

    def stores(self) -> Sequence[str]:
        """The stores of all accounts that are charged here."""

    def planned(self, days: Collection[date]) -> Collection[Part]:
        """The parts of these days that are cut into slices."""

    def plan(self, parts: Sequence[Part], size: int) -> None:
        """Cuts parts into slices of at most ``size`` accounts, but for those that are cut already."""

    def charge_slice(self, charge: ChargeDue, through: date) -> Charged | None:
        """Charges a slice that nobody has charged or is charging, of the earliest day first; None if there is none.

        Slices of days after ``through`` are left. A process that ends in the middle leaves its slice as it was.
        """

    def open_slices(self, through: date) -> int:
        """How many slices are not charged yet, those that somebody is charging included."""

    def charge_set_aside(self, after: Cursor, most: int, charge: ChargeDue) -> tuple[Charged, Cursor] | None:
        """Charges at most so many cycles that were set aside, those after a place; None if there are no more.

        What can be charged by now is booked and set aside no more. The place is that of the last one.
        """


class PoliciesNoted(Protocol):
    """Which policy served when, with its files, as the memory has it for every machine."""

    def policy_on(self, day: date) -> str | None:
        """The version of the policy by which a day is charged: the newest in force when the day began by UTC.

        Or else the first that was ever noted; None if none was.
        """

    def note_policy(self, version: str, files: Sequence[PolicyFile], at: datetime) -> None:
        """Notes that a policy serves from a moment on, with all its files, unless it is the newest noted."""

    def policy_files(self, version: str) -> Mapping[str, bytes]:
        """The files of a policy that was noted, by their paths; LookupError."""
