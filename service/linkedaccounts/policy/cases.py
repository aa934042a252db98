"""The rules' own tests: tables of cases in ``rules/tests``, which must all pass before a policy may answer.

A table names a decision (`cases_of`), facts common to its cases (`given`), and cases: a name that reads as a sentence,
facts, and the ids of the rules expected to apply. A fact that neither states is false or 0, comes from the catalogue if
the store and the day are given, and is else unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.explain import not_applied
from linkedaccounts.policy.findings import Findings, scalars
from linkedaccounts.policy.given_facts import completed, given_facts
from linkedaccounts.policy.model import NotApplied
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import Problem
from linkedaccounts.policy.source import Node, SourceFile, Table
from linkedaccounts.policy.values import Encoded


def check_cases(files: Sequence[SourceFile], policy: Policy, problems: list[Problem]) -> int:
    """Runs every case; notes the ones that are unsound or fail; returns how many passed."""
    findings = Findings(files)
    runner = _Runner(policy, findings)
    passed = sum(runner.table(file.root) for file in files)
    problems.extend(findings.problems)
    return passed


class _Runner:
    """Runs tables of cases against one policy."""

    def __init__(self, policy: Policy, findings: Findings) -> None:
        self._policy = policy
        self._findings = findings
        self._names: dict[str, Table] = {}

    def table(self, root: Table) -> int:
        """How many cases of a table pass."""
        if not self._findings.keys(root, "a table of cases", ("cases_of", "cases"), ("given",)):
            return 0
        name = self._findings.one_of(root.get("cases_of"), "decision", self._policy.decisions, "unknown-field")
        listing = self._findings.listing(root.get("cases"), "`cases`")
        if name is None or listing is None:
            return 0
        decision = self._policy.decisions[name]
        given = given_facts(root.get("given"), decision, self._findings)
        if given is None:
            return 0
        cases = [self._findings.table(item, "a case") for item in listing.items]
        return sum(self._passes(case, decision, given) for case in cases if case is not None)

    def _passes(self, case: Table, decision: Decision, given: Mapping[str, Encoded | None]) -> bool:
        if not self._findings.keys(case, "a case", ("name", "expect"), ("facts",)):
            return False
        name = self._name(case)
        facts = given_facts(case.get("facts"), decision, self._findings)
        expected = _expected(case.get("expect"), decision, self._findings)
        if name is None or facts is None or expected is None:
            return False
        asked = completed({**given, **facts}, decision)
        if not decision.space.can_occur(asked):
            message = f"the facts of case `{name}` cannot occur: the catalogue has no such store on that day"
            self._findings.add(case.place, "impossible-facts", message, "leave out what the catalogue says by itself")
            return False
        applied = decision.decide(asked)
        actual = [rule.id for rule in applied]
        if sorted(actual) == sorted(expected):
            return True
        why = [_why(other) for other in not_applied(decision, asked, applied) if other.rule.id in expected]
        message = f"case `{name}` fails: it expects {_ids(expected)}, and the rules give {_ids(actual)}"
        self._findings.add(case.place, "case-fails", message, "; ".join(why))
        return False

    def _name(self, case: Table) -> str | None:
        name = self._findings.word(case.get("name"), "`name` of a case")
        if name is not None and name in self._names:
            message = f"there is a case `{name}` already, in {self._names[name].place}"
            self._findings.add(case.place, "duplicate-id", message, "give each case a name of its own")
            return None
        if name is not None:
            self._names[name] = case
        return name


def _why(other: NotApplied) -> str:
    if other.overridden_by:
        return f"`{other.rule.id}` is overridden by `{other.overridden_by}`"
    failed = other.failed[0]
    return f"`{other.rule.id}` wants `{failed.fact}: {failed.wanted}` ({failed.place}), and it is {failed.actual}"


def _ids(ids: Sequence[str]) -> str:
    return ", ".join(f"`{rule_id}`" for rule_id in ids) if ids else "no rule"


def _expected(node: Node | None, decision: Decision, findings: Findings) -> list[str] | None:
    known = {rule.id for rule in decision.rules} | ({decision.otherwise.id} if decision.otherwise else set())
    if node is None or isinstance(node, Table):
        findings.listing(node, "`expect`")
        return None
    items = scalars(node)
    ids = [findings.one_of(item, "rule", known, "unknown-value") for item in items]
    return [rule_id for rule_id in ids if rule_id] if all(ids) else None
