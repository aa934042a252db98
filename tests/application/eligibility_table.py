"""The table of tests/cases/eligibility.md, and every situation that it speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path
from typing import TypeAlias

from linkedaccounts.domain.effects import Allowed, Grounds, Refused
from linkedaccounts.policy.model import FactValue, Rule
from linkedaccounts.policy.vocabulary import enum_values
from linkedaccounts.v1 import facts_pb2

TABLE = Path(__file__).parents[1] / "cases" / "eligibility.md"
TODAY = date(2019, 9, 30)
VERDICTS = {
    Allowed(): "allowed",
    Refused(Grounds.NOT_PERMITTED): "not permitted",
    Refused(Grounds.NOT_POSSIBLE): "not possible",
}

Answer: TypeAlias = frozenset[tuple[str, str]]
"""What is answered: pairs of verdict and reason."""


@dataclass(frozen=True)
class Situation:
    """Somebody wants to act on an account; None is not known."""

    action: str
    role: str | None
    organisation: str | None
    status: str | None
    in_group: bool
    store_shared: bool
    accounts: int

    def in_words(self) -> dict[str, str]:
        """Every fact as the table has it; what is not known is left out."""
        return _known(
            {
                "the role": self.role,
                "the organisation": self.organisation,
                "the status": self.status,
                "in group": self.in_group,
                "store shared": self.store_shared,
                "the number of accounts": self.accounts,
            }
        )

    def facts(self) -> Mapping[str, FactValue]:
        """Every fact as the rules have it."""
        return {
            "actor.role": self.role,
            "actor.organisation": self.organisation,
            "account.store": "US",
            "account.region": "north_america",
            "account.status": self.status,
            "account.in_group": self.in_group,
            "account.store_shared": self.store_shared,
            "action.day": TODAY,
            "action.account_count": self.accounts,
        }


@dataclass(frozen=True)
class Registering:
    """Somebody wants to register in a store from an account; None is not known."""

    role: str | None
    organisation: str | None
    status: str | None
    registered: bool
    seller_linked: bool
    action: str = "register"

    def in_words(self) -> dict[str, str]:
        """Every fact as the table has it; what is not known, and what does not matter, is left out."""
        return _known(
            {
                "the role": self.role,
                "the organisation": self.organisation,
                "the status": self.status,
                "registered already": self.registered,
            }
        )

    def facts(self) -> Mapping[str, FactValue]:
        """Every fact as the rules have it."""
        return {
            "actor.role": self.role,
            "actor.organisation": self.organisation,
            "account.status": self.status,
            "store.code": "MX",
            "store.region": "north_america",
            "store.registered": self.registered,
            "seller.linked": self.seller_linked,
            "seller.store_count": 3 if self.seller_linked else 1,
            "seller.region_registered": self.seller_linked,
            "action.day": TODAY,
        }


def _known(said: Mapping[str, object]) -> dict[str, str]:
    return {name: _word(value) for name, value in said.items() if value is not None}


def _word(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value).replace("_", " ")


@dataclass(frozen=True)
class Row:
    """A row of the table."""

    action: str
    when: str
    verdict: str
    reason: str

    def holds(self, situation: Situation | Registering, held_above: bool) -> bool:
        otherwise = self.when.startswith("otherwise")
        conditions = self.when.removeprefix("otherwise").removeprefix("always").strip()
        known = situation.in_words()
        met = all(_met(condition, known) for condition in conditions.split(" and ") if condition)
        return situation.action == self.action and met and not (otherwise and held_above)


def _met(condition: str, known: dict[str, str]) -> bool:
    fact, _, wanted = condition.partition(" is ")
    return known.get(fact) in wanted.split(" or ")


def _rows() -> list[Row]:
    """The table."""
    lines = [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith("|")]
    return [Row(*(cell.strip() for cell in line.strip("|").split("|"))) for line in lines[2:]]


def expected(situation: Situation | Registering) -> Answer:
    """What the table answers."""
    answer: Answer = frozenset()
    for row in ROWS:
        if row.holds(situation, held_above=bool(answer)):
            answer |= {(row.verdict, row.reason)}
    return answer


def answered(rules: tuple[Rule, ...]) -> Answer:
    """What some rules answer."""
    return frozenset(
        (VERDICTS[rule.effect], rule.reason) for rule in rules if isinstance(rule.effect, Allowed | Refused)
    )


ROWS = _rows()
ROLES, ORGANISATIONS, STATUSES = (
    (None, *enum_values(enum.DESCRIPTOR)) for enum in (facts_pb2.Role, facts_pb2.Organisation, facts_pb2.AccountStatus)
)
SITUATIONS = [
    Situation(*facts)
    for facts in product(("link", "unlink"), ROLES, ORGANISATIONS, STATUSES, (True, False), (True, False), (1, 2))
]
"""All there are: every action, role, organisation, status and so on, the unknown ones included."""
REGISTRATIONS = [Registering(*facts) for facts in product(ROLES, ORGANISATIONS, STATUSES, (True, False), (True, False))]
"""All there are of registering."""
EVERY_SITUATION: list[Situation | Registering] = [*SITUATIONS, *REGISTRATIONS]
