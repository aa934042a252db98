"""Dates about to run out: rules, stores and plans that hold for a few days more, or have just ceased to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from linkedaccounts.domain.calendar_day import parse_day
from linkedaccounts.policy.condition import AllOf, AnyOf, Condition, FactTest, Not
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.findings import Findings
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import Problem
from linkedaccounts.policy.source import Listing, Scalar, SourceFile, Table
from linkedaccounts.policy.values import HIGHEST, Spans

DATED = ("stores", "plans")
"""The top-level keys under which entries hold from a day on."""


def running_out(policy: Policy | None, files: Sequence[SourceFile], day: date, within: timedelta) -> list[Problem]:
    """What ends within a time after ``day``, or ended within that time before: warnings.

    Of a directory that cannot serve (``policy`` is None) stores and plans only. What ended earlier is a note: it may
    stand there for quotes of earlier days.
    """
    findings = Findings(files)
    for what, last, place in sorted([*_of_rules(policy), *_of_terms(files)], key=lambda each: each[2]):
        if last > day + within:
            continue
        ended = last < day
        days = f"{abs((last - day).days)} days {'before' if ended else 'after'} {day}"
        message = f"{what} {'ran' if ended else 'runs'} out: its last day is {last}, {days}"
        hint = "if it shall hold on, correct the date or add what holds then"
        tell = findings.note if last < day - within else findings.warn
        tell(place, "ran-out" if ended else "runs-out", message, hint)
    return findings.warnings


def _of_rules(policy: Policy | None) -> Iterator[tuple[str, date, Place]]:
    for decision in policy.decisions.values() if policy else ():
        for rule in decision.rules:
            if (last := _last_day(rule, decision)) is not None and rule.condition is not None:
                yield f"rule `{rule.id}`", last, _place(rule.condition, decision.form.day) or rule.place


def _last_day(rule: Rule, decision: Decision) -> date | None:
    """The last day on which a rule can match; None if there is no end."""
    last = 1
    for box in decision.space.boxes(rule.condition):
        days = box.get(decision.form.day)
        if not isinstance(days, Spans) or not days.spans:
            return None
        last = max(last, days.spans[-1][1])
    return None if last >= HIGHEST else date.fromordinal(last)


def _place(condition: Condition, day_fact: str) -> Place | None:
    """Where the condition first speaks of the day."""
    match condition:
        case FactTest(fact):
            return condition.place if fact == day_fact else None
        case Not(part):
            return _place(part, day_fact)
        case AllOf(parts) | AnyOf(parts):
            return next((place for part in parts if (place := _place(part, day_fact))), None)


def _of_terms(files: Sequence[SourceFile]) -> Iterator[tuple[str, date, Place]]:
    for file in files:
        for section in DATED:
            entries = file.root.get(section)
            for name, entry in entries if isinstance(entries, Table) else ():
                terms = entry.get("terms") if isinstance(entry, Table) else None
                if isinstance(terms, Listing) and (last := _last_term(terms)) is not None:
                    yield f"{section.removesuffix('s')} {name.text}", *last


def _last_term(terms: Listing) -> tuple[date, Place] | None:
    """The end of the entry that begins last, and where it stands; None if it has no end."""
    begun = [(since, item) for item in terms.items if isinstance(item, Table) and (since := _day(item, "from"))]
    if not begun:
        return None
    _, newest = max(begun, key=lambda pair: pair[0])
    last = _day(newest, "through")
    end = newest.get("through")
    return None if last is None or end is None else (last, end.place)


def _day(entry: Table, key: str) -> date | None:
    node = entry.get(key)
    return parse_day(node.text) if isinstance(node, Scalar) else None
