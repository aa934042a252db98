"""The rules' own tests: tables of cases in ``rules/tests``, which must all pass before a policy may answer.

A table names a decision (`cases_of`), facts common to its cases (`given`), and cases: a name that reads as a sentence,
facts, and the ids of the rules expected to apply. A fact that neither states is false or 0, comes from the catalogue if
the store and the day are given, and is else unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.findings import Findings, scalars
from linkedaccounts.policy.given_facts import completed, given_facts
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.source import Node, SourceFile, Table
from linkedaccounts.policy.values import Encoded

StatedFacts = Mapping[str, Encoded | None]
"""Encoded facts by path; None is unknown."""


@dataclass(frozen=True, slots=True)
class Case:
    """A sound case of a table: the ids it expects of a decision, for facts that can occur.

    ``stated`` are the facts of the case and of its table; ``facts`` are these with what the catalogue and the defaults
    add, as the decision is asked.
    """

    decision: str
    name: str
    place: Place
    stated: StatedFacts
    facts: StatedFacts
    expected: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case, and the rules that decide it."""

    case: Case
    applied: tuple[Rule, ...]

    @property
    def actual(self) -> tuple[str, ...]:
        """The ids of the rules that decide."""
        return tuple(rule.id for rule in self.applied)

    @property
    def passed(self) -> bool:
        """Whether they are those that the case expects, in whatever order."""
        return sorted(self.actual) == sorted(self.case.expected)


def run_cases(cases: Iterable[Case], decisions: Mapping[str, Decision]) -> tuple[CaseResult, ...]:
    """Each case with the answer of its decision, in the order given."""
    return tuple(CaseResult(case, decisions[case.decision].decide(case.facts)) for case in cases)


def read_cases(files: Iterable[SourceFile], decisions: Mapping[str, Decision], findings: Findings) -> tuple[Case, ...]:
    """Every sound case of all tables, by file and place; what is unsound is noted."""
    reader = _Reader(decisions, findings)
    return tuple(case for file in files for case in reader.table(file.root))


class _Reader:
    """Reads tables of cases."""

    def __init__(self, decisions: Mapping[str, Decision], findings: Findings) -> None:
        self._decisions = decisions
        self._findings = findings
        self._names: dict[str, Table] = {}

    def table(self, root: Table) -> list[Case]:
        """The sound cases of a table."""
        if not self._findings.keys(root, "a table of cases", ("cases_of", "cases"), ("given",)):
            return []
        name = self._findings.one_of(root.get("cases_of"), "decision", self._decisions, "unknown-field")
        listing = self._findings.listing(root.get("cases"), "`cases`")
        if name is None or listing is None:
            return []
        decision = self._decisions[name]
        given = given_facts(root.get("given"), decision, self._findings)
        if given is None:
            return []
        tables = [self._findings.table(item, "a case") for item in listing.items]
        cases = [self._case(table, decision, given) for table in tables if table is not None]
        return [case for case in cases if case is not None]

    def _case(self, table: Table, decision: Decision, given: StatedFacts) -> Case | None:
        if not self._findings.keys(table, "a case", ("name", "expect"), ("facts",)):
            return None
        name = self._name(table)
        facts = given_facts(table.get("facts"), decision, self._findings)
        expected = _expected(table.get("expect"), decision, self._findings)
        if name is None or facts is None or expected is None:
            return None
        stated = {**given, **facts}
        asked = completed(stated, decision)
        if not decision.space.can_occur(asked):
            message = f"the facts of case `{name}` cannot occur: the catalogue has no such store on that day"
            self._findings.add(table.place, "impossible-facts", message, "leave out what the catalogue says by itself")
            return None
        return Case(decision.form.name, name, table.place, stated, asked, tuple(expected))

    def _name(self, table: Table) -> str | None:
        name = self._findings.word(table.get("name"), "`name` of a case")
        if name is not None and name in self._names:
            message = f"there is a case `{name}` already, in {self._names[name].place}"
            self._findings.add(table.place, "duplicate-id", message, "give each case a name of its own")
            return None
        if name is not None:
            self._names[name] = table
        return name


def _expected(node: Node | None, decision: Decision, findings: Findings) -> list[str] | None:
    known = {rule.id for rule in decision.rules} | ({decision.otherwise.id} if decision.otherwise else set())
    if node is None or isinstance(node, Table):
        findings.listing(node, "`expect`")
        return None
    items = scalars(node)
    ids = [findings.one_of(item, "rule", known, "unknown-value") for item in items]
    return [rule_id for rule_id in ids if rule_id] if all(ids) else None
