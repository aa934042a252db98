"""Looks at a share of the answers, and counts which rules decided, by which version of the policy."""

from __future__ import annotations

from collections import Counter, defaultdict
from operator import itemgetter
from random import Random

from linkedaccounts.loadtest.answers import WrongAnswer, deciding_rules, results_of
from linkedaccounts.loadtest.calls import Call, Shape
from linkedaccounts.loadtest.latencies import Latencies, encoded
from linkedaccounts.loadtest.result import Checked, Decided, Together
from linkedaccounts.loadtest.versions import Versions

MOST_EXAMPLES = 5
MOST_TOGETHER = 200
"""Sets of rules whose quotes are told apart: those that were seen first."""


class Look:
    """Looks at the answers of calls that were due from ``begins`` on."""

    def __init__(self, share: float, begins: float, random: Random) -> None:
        self._share = share
        self.versions = Versions()
        self._begins = begins
        self._random = random
        self._answers = 0
        self._wrong = 0
        self._examples: list[str] = []
        self._together: dict[frozenset[str], Latencies] = {}
        self._lines: Counter[str] = Counter()
        self._latencies: defaultdict[str, Latencies] = defaultdict(Latencies)

    def picked(self) -> bool:
        """Whether the next call is one of those to look at."""
        return self._random.random() < self._share

    def __call__(self, call: Call, status: str, latency: float) -> None:
        """Looks at the answer to a call that ended well."""
        if status != "OK" or call.prepared.expected != "OK" or call.due < self._begins:
            return
        self._answers += 1
        try:
            results = results_of(call)
        except WrongAnswer as wrong:
            self._wrong += 1
            if len(self._examples) < MOST_EXAMPLES:
                self._examples.append(str(wrong))
            return
        for version in dict.fromkeys(result.quote.policy_version for result in results):
            self.versions.answered(version, call.due + latency - self._begins)
        rules = deciding_rules(results)
        self._lines.update(rules)
        if call.prepared.shape is Shape.UNARY:
            self._count(frozenset(rules), latency)

    def rules(self) -> dict[str, Decided]:
        """What each rule decided, by its id."""
        return {
            rule: Decided(lines, encoded(self._latencies[rule].histogram()))
            for rule, lines in sorted(self._lines.items())
        }

    def together(self) -> tuple[Together, ...]:
        """How long quotes took by all the rules that decided them; what comes in too many ways is left out."""
        found = ((tuple(sorted(rules)), latencies.histogram()) for rules, latencies in self._together.items())
        return tuple(Together(rules, encoded(histogram)) for rules, histogram in sorted(found, key=itemgetter(0)))

    def checked(self) -> Checked:
        """How many answers were looked at, and what was wrong with them."""
        return Checked(self._answers, self._wrong, tuple(self._examples))

    def _count(self, rules: frozenset[str], latency: float) -> None:
        for rule in rules:
            self._latencies[rule].add(latency)
        if rules in self._together or len(self._together) < MOST_TOGETHER:
            self._together.setdefault(rules, Latencies()).add(latency)
