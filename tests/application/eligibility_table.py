"""The table of tests/cases/eligibility.md, and every situation that it speaks of."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from itertools import product
from pathlib import Path
from typing import TypeAlias

from linkedaccounts.domain.effects import Allowed, Grounds, Refused
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.vocabulary import enum_values
from linkedaccounts.v1 import facts_pb2

TABLE = Path(__file__).parents[1] / "cases" / "eligibility.md"
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
        names = ("the role", "the organisation", "the status", "in group", "store shared", "the number of accounts")
        values = zip(names, astuple(self)[1:], strict=True)
        return {name: _word(value) for name, value in values if value is not None}


def _word(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value).replace("_", " ")


@dataclass(frozen=True)
class Row:
    """A row of the table."""

    action: str
    when: str
    verdict: str
    reason: str

    def holds(self, situation: Situation, held_above: bool) -> bool:
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


def expected(situation: Situation) -> Answer:
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
