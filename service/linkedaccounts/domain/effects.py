"""What a rule may do: the named operations of the rule files, with typed parameters.

Each decision admits some of them; ``pricing`` carries them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

from linkedaccounts.domain.money import Money


@dataclass(frozen=True, slots=True)
class ChargedAlone:
    """The store is charged by itself."""


@dataclass(frozen=True, slots=True)
class ChargedOnce:
    """All stores that the rule matches are charged once, on the store that ``on`` prefers; the others pay nothing.

    ``on`` lists keywords of ``preference`` or store codes, the most wanted first.
    """

    on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChargedInFull:
    """The store's standard fee."""


@dataclass(frozen=True, slots=True)
class PlanShare:
    """The store's share of what the plan with this id charges all its stores together."""

    plan: str


@dataclass(frozen=True, slots=True)
class ChargedNothing:
    """Zero."""


@dataclass(frozen=True, slots=True)
class ChargedAmount:
    """A fixed amount, converted to the store's currency, rounded down, and at most the standard fee."""

    amount: Money


@dataclass(frozen=True, slots=True)
class ReducedByPercentage:
    """The charge so far less ``percentage`` per cent of it (above 0, at most 100), rounded down."""

    percentage: Decimal


@dataclass(frozen=True, slots=True)
class ReducedByAmount:
    """The charge so far less an amount, converted to the store's currency; rounded down, at least zero."""

    amount: Money


@dataclass(frozen=True, slots=True)
class Noted:
    """Nothing is charged; the rule's message is said."""


class Grounds(Enum):
    """On what grounds an action is refused: the actor may not, or things do not stand so that anybody could."""

    NOT_PERMITTED = "not_permitted"
    NOT_POSSIBLE = "not_possible"


@dataclass(frozen=True, slots=True)
class Allowed:
    """The action is allowed, unless another rule refuses it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The action is refused, whatever allows it."""

    grounds: Grounds


@dataclass(frozen=True, slots=True)
class SessionAccepted:
    """The session will do for a registration."""


@dataclass(frozen=True, slots=True)
class SignInRequired:
    """The actor must sign in again before registering."""


@dataclass(frozen=True, slots=True)
class AskedFor:
    """A registration must give the detail with this id."""

    detail: str


Eligibility: TypeAlias = Allowed | Refused
Registration: TypeAlias = SessionAccepted | SignInRequired | AskedFor
Grouping: TypeAlias = ChargedAlone | ChargedOnce
Reduction: TypeAlias = ReducedByPercentage | ReducedByAmount | ChargedAmount | ChargedNothing
Charging: TypeAlias = ChargedInFull | PlanShare | Reduction
Effect: TypeAlias = Grouping | Charging | Noted | Eligibility | Registration
