"""Remembers what was decided. A decision follows from its facts alone, and of those only what its rules tell apart."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TypeAlias

from linkedaccounts.policy.condition import Condition, tests_of
from linkedaccounts.policy.model import FactValue, Rule
from linkedaccounts.policy.values import Spans
from linkedaccounts.policy.vocabulary import encode

Likeness: TypeAlias = tuple[Hashable, ...]
"""Equal for facts that every condition takes alike."""

Find: TypeAlias = Callable[[Mapping[str, FactValue]], tuple[Rule, ...]]


@dataclass(slots=True)
class Memory:
    """How many answers each decision keeps, and how often one was kept already (`hits`) or had to be found (`misses`).

    For all policies of a process, one after the other. Threads that count at the same moment may count once.
    """

    most: int = 4096
    hits: int = 0
    misses: int = 0


class Distinctions:
    """What some conditions tell apart: of a fact without an order its values, of one with an order the ranges.

    A range lies between two values at which any condition's answer may change: `before 2019-09-30` makes two ranges.
    """

    def __init__(self, conditions: Iterable[Condition]) -> None:
        plain: set[str] = set()
        ordered: defaultdict[str, set[int]] = defaultdict(set)
        for test in (test for condition in conditions for test in tests_of(condition)):
            if isinstance(test.admits, Spans):
                ordered[test.fact].update(end for first, last in test.admits.spans for end in (first, last + 1))
            else:
                plain.add(test.fact)
        self._plain = tuple(sorted(plain))
        self._ordered = tuple((fact, tuple(sorted(ends))) for fact, ends in sorted(ordered.items()))

    def __call__(self, facts: Mapping[str, FactValue]) -> Likeness:
        """What the conditions see of facts."""
        seen: list[Hashable] = [facts.get(fact) for fact in self._plain]
        for fact, ends in self._ordered:
            value = encode(facts.get(fact))
            seen.append(None if value is None else bisect_right(ends, value))
        return tuple(seen)


class Remembered:
    """The answers of one decision, each with what its conditions saw; of too many the oldest is forgotten."""

    def __init__(self, conditions: Iterable[Condition], find: Find, memory: Memory) -> None:
        """``find`` finds an answer that is not remembered."""
        self._seen = Distinctions(conditions)
        self._find = find
        self._memory = memory
        self._answers: dict[Likeness, tuple[Rule, ...]] = {}
        self._lock = Lock()

    def __call__(self, facts: Mapping[str, FactValue]) -> tuple[Rule, ...]:
        """The answer to facts, found or remembered."""
        likeness = self._seen(facts)
        answer = self._answers.get(likeness)
        if answer is not None:
            self._memory.hits += 1
            return answer
        self._memory.misses += 1
        answer = self._find(facts)
        self._keep(likeness, answer)
        return answer

    def _keep(self, likeness: Likeness, answer: tuple[Rule, ...]) -> None:
        with self._lock:
            if len(self._answers) >= self._memory.most:
                del self._answers[next(iter(self._answers))]
            self._answers[likeness] = answer
