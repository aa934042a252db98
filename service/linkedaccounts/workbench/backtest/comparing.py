"""Holds a candidate's answers against recorded ones, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from linkedaccounts.application.decision_line import QUOTE
from linkedaccounts.domain.rates import RateMissing, Rates
from linkedaccounts.policy.policy import Policy
from linkedaccounts.workbench.backtest.differences import (
    ChangedLine,
    ChangedQuote,
    Differences,
    Flip,
    MoneyKey,
    Move,
    summed,
)
from linkedaccounts.workbench.backtest.money import Worth, worth_of
from linkedaccounts.workbench.records.deciding import Deciding
from linkedaccounts.workbench.records.ranges import Range
from linkedaccounts.workbench.records.reading import CannotReplay, Place, Recorded
from linkedaccounts.workbench.records.working import found_so_far, read_range

Line = Mapping[str, Any]
"""What a quote came to in one store, as it is recorded."""


def backtest(
    ranges: Sequence[Range], candidate: Callable[[], Policy], processes: int = 1
) -> Iterator[tuple[Range, Differences]]:
    """Works through the ranges, and tells after each what was found so far.

    ``candidate`` loads the policy, once in each process; it must be picklable for several.
    """
    return found_so_far(ranges, partial(_begin, candidate), Differences(), processes)


def _begin(candidate: Callable[[], Policy]) -> _Comparing:
    return _Comparing(candidate())


class _Comparing:
    """Compares one range after the other."""

    def __init__(self, candidate: Policy) -> None:
        self._deciding = Deciding(candidate)
        self._currencies = candidate.catalogue.currencies
        self._reporting = candidate.catalogue.reporting_currency

    def __call__(self, part: Range) -> Differences:
        found = Differences()
        read_range(part, found.reading, partial(self._compare, found))
        found.pick_worst()
        return found

    def _compare(self, found: Differences, recorded: Recorded, place: Place) -> None:
        outcome = self._deciding.outcome(recorded)
        if outcome != recorded.outcome:
            try:
                self._note(recorded, outcome, place, found)
            except RateMissing as missing:
                raise CannotReplay(f"no rate of {missing.currency} was recorded with it") from None
            except (KeyError, TypeError, ValueError):
                raise CannotReplay("the line is damaged") from None

    def _note(self, recorded: Recorded, outcome: Mapping[str, Any], place: Place, found: Differences) -> None:
        if recorded.decision != QUOTE:
            found.note_flip(flip_of(recorded, outcome))
            return
        pairs = zip(recorded.outcome["lines"], outcome["lines"], strict=True)
        lines = [(old, new) for old, new in pairs if _charge(old) != _charge(new)]
        if lines:
            moves = self._moves(recorded, lines)
            told = tuple(self._changed_line(old, new) for old, new in lines)
            quote = ChangedQuote(place, recorded.request_id, recorded.facts["day"], summed(moves), told)
            found.note_quote(quote, moves)
        elif _rules(recorded.outcome) != _rules(outcome):
            found.reworded[QUOTE] += 1

    def _moves(self, recorded: Recorded, lines: Iterable[tuple[Line, Line]]) -> list[Move]:
        """How the charges come to differ, by all that this can be counted by."""
        rates, month = self._deciding.rates(recorded.facts), recorded.facts["day"][:7]
        return [
            (MoneyKey(month, new["store"], rule, self._worth(currency, rates)), minor)
            for old, new in lines
            for rule, currency, minor in _by_rule(old, new)
        ]

    def _worth(self, code: str, rates: Rates) -> Worth:
        if code not in self._currencies:
            raise CannotReplay(f"the candidate has no currency {code}")
        return worth_of(self._currencies[code], self._reporting, rates)

    def _changed_line(self, old: Line, new: Line) -> ChangedLine:
        return ChangedLine(new["store"], self._shown(old), self._shown(new), _ids(old), _ids(new))

    def _shown(self, line: Line) -> str:
        digits = self._currencies[line["currency"]].minor_digits
        return f"{Decimal(line['charge']).scaleb(-digits)} {line['currency']}"


def _charge(line: Line) -> tuple[int, str]:
    return line["charge"], line["currency"]


def _ids(line: Line) -> tuple[str, ...]:
    return tuple(rule for rule, _ in line["rules"])


def _rules(outcome: Mapping[str, Any]) -> list[Any]:
    return [*(_ids(line) for line in outcome["lines"]), outcome["notes"]]


def _by_rule(old: Line, new: Line) -> Iterator[tuple[str, str, int]]:
    """How a store's charge comes to differ: by rule, the currency and the minor units; the sum is the difference.

    A charge is the standard fee (the rule is empty) less what each rule takes off.
    """
    sums: dict[tuple[str, str], int] = {}
    for line, sign in ((old, -1), (new, 1)):
        parts = [("", line["fee"]), *((rule, -off) for rule, off in line["rules"])]
        for rule, minor in parts:
            key = (rule, line["currency"])
            sums[key] = sums.get(key, 0) + sign * minor
    return ((rule, currency, minor) for (rule, currency), minor in sums.items() if minor)


def flip_of(recorded: Recorded, outcome: Mapping[str, Any]) -> Flip:
    """How a decision that is no quote differs."""
    old, new = dict(recorded.outcome), dict(outcome)
    rules_before, rules_after = tuple(old.pop("rules")), tuple(new.pop("rules"))
    return Flip(recorded.decision, _said(old), _said(new), rules_before, rules_after)


def _said(answer: Mapping[str, Any]) -> str:
    """An answer in words: `allowed`, `not allowed`, `sign in required`, `details: none`."""
    (name, value), *_ = answer.items()
    words = name.replace("_", " ")
    if isinstance(value, bool):
        return words if value else f"not {words}"
    return f"{words}: {', '.join(value) or 'none'}"
