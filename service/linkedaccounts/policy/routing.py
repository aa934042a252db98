"""Which of many rulesets have to be asked about some facts: those within whose reach the facts lie."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from linkedaccounts.policy.regions import Box
from linkedaccounts.policy.values import HIGHEST, LOWEST, Encoded, Members, Spans

UNKNOWN = LOWEST - 1
"""Stands for an unknown number: lies in no span, but in the reach of a ruleset that does not look at it."""

_ANY = (UNKNOWN, HIGHEST)

_Reach: TypeAlias = tuple[int, int, int]
"""From which through which number of the ordered fact a ruleset reaches, and which ruleset that is."""


class Routes:
    """Looks at two facts: the finite one and the ordered one that most rulesets are bound by."""

    def __init__(self, withins: Sequence[Box]) -> None:
        """``withins`` are boxes, one a ruleset: facts outside of it match none of its rules."""
        self._finite = _commonest(withins, Members)
        self._ordered = _commonest(withins, Spans)
        self._of_any: list[_Reach] = []
        by_value: defaultdict[Encoded | None, list[_Reach]] = defaultdict(list)
        for number, within in enumerate(withins):
            reach = (*_extent(within, self._ordered), number)
            values = within.get(self._finite)
            for value in values.values if isinstance(values, Members) else ():
                by_value[value].append(reach)
            if values is None:
                self._of_any.append(reach)
        self._by_value = {value: [*self._of_any, *reaches] for value, reaches in by_value.items()}

    def of(self, facts: Mapping[str, Encoded]) -> list[int]:
        """The numbers of the rulesets to ask about encoded facts."""
        number = facts.get(self._ordered, UNKNOWN)
        reaches = self._by_value.get(facts.get(self._finite), self._of_any)
        return [ruleset for first, last, ruleset in reaches if first <= number <= last]  # type: ignore[operator]  # numbers


def _commonest(withins: Sequence[Box], kind: type[Members | Spans]) -> str:
    bound = Counter(fact for within in withins for fact, values in within.items() if isinstance(values, kind))
    return max(bound, key=lambda fact: (bound[fact], fact), default="")


def _extent(within: Box, fact: str) -> tuple[int, int]:
    values = within.get(fact)
    return (values.spans[0][0], values.spans[-1][1]) if isinstance(values, Spans) and values.spans else _ANY
