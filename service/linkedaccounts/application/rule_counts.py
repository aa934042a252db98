"""How often each rule decided: over the lines of quotes, and over accounts and registrations."""

from __future__ import annotations

from collections import Counter
from threading import Lock

from linkedaccounts.application.decision_record import DecisionMade, Made, QuoteMade, RuleTimes


class RuleCounts:
    """A recorder that counts. What was asked of a quote's rules is counted once for each line that they decided."""

    def __init__(self) -> None:
        self._times: Counter[tuple[str, str]] = Counter()
        self._lock = Lock()

    def __call__(self, made: Made) -> None:
        """Takes a decision."""
        if isinstance(made, DecisionMade):
            rules: RuleTimes = tuple(((rule.decision, rule.id), 1) for rule in made.rules)
        else:
            rules = rules_of(made) if isinstance(made, QuoteMade) else made.rules
        times = self._times
        with self._lock:
            for rule, count in rules:
                times[rule] += count

    def times(self) -> Counter[tuple[str, str]]:
        """How often, by decision and rule, since the start."""
        with self._lock:
            return self._times.copy()


def rules_of(made: QuoteMade) -> RuleTimes:
    """The rules that decided a quote, each with the number of its lines; a note counts as one."""
    if made.rules is None:
        times: dict[tuple[str, str], int] = {}
        lines = [one.said.rule for line in made.quote.lines for one in line.adjustments]
        for rule in (*lines, *[said.rule for said in made.quote.notes]):
            key = (rule.decision, rule.id)
            times[key] = times.get(key, 0) + 1
        made.rules = tuple(times.items())
    return made.rules
