"""What is done in the market, as messages that any process can carry out, and again if one died over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Newcomer:
    """An account of a seller who arrives; its user signs in with ``email``."""

    id: str
    email: str
    store: str
    registered_on: date


@dataclass(frozen=True, slots=True)
class Arrival:
    """A seller arrives with one account or a few, each with a user of its own."""

    accounts: tuple[Newcomer, ...]


@dataclass(frozen=True, slots=True)
class Linking:
    """A seller links accounts: signed in with the first e-mail, with the credentials of the others."""

    accounts: tuple[str, ...]
    emails: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Registering:
    """A seller registers in a store from an account."""

    store: str
    home: str
    email: str


@dataclass(frozen=True, slots=True)
class StatusChange:
    """The marketplace suspends, closes or restores an account."""

    account: str
    status: str


@dataclass(frozen=True, slots=True)
class GivingBack:
    """``minor`` units of the charge of an account on a day are refunded; None takes the charge back as a mistake."""

    account: str
    day: date
    minor: int | None


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """Other rules serve: their version, and their files by path."""

    version: str
    files: Mapping[str, bytes]


What: TypeAlias = Arrival | Linking | Registering | StatusChange | GivingBack | PolicyChange


@dataclass(frozen=True, slots=True)
class Action:
    """Something done at a moment, while a version of the policy serves; the same again has the same ``request_id``."""

    at: datetime
    request_id: str
    policy: str
    what: What


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an action: the account that was created, if one was, and else why it was refused, if it was."""

    account: str = ""
    refused: str = ""
