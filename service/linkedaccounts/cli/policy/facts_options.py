"""Facts as a command is told them: `--fact store.code=US`, a file of them, or a case of `rules/tests`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from linkedaccounts.policy.condition import Facts
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.findings import Findings
from linkedaccounts.policy.given_facts import completed, given_facts
from linkedaccounts.policy.named_case import named_case
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.problems import Problem
from linkedaccounts.policy.read import read_file
from linkedaccounts.policy.source import Scalar, SourceFile, Table
from linkedaccounts.policy.values import Encoded
from linkedaccounts.policy.vocabulary import FactType

ON_THE_COMMAND_LINE = Place("--fact")

_KINDS = {FactType.COUNT: "int", FactType.DECIMAL: "float"}


class FactsRejected(click.ClickException):
    """Facts that there are not: every problem is shown, and the command ends with exit code 2."""

    exit_code = 2

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(_said(problem) for problem in problems))


@dataclass(frozen=True, slots=True)
class StatedFacts:
    """Where a command finds the facts: a decision or a case names what they are of."""

    decision: str | None
    case: str | None
    facts: tuple[str, ...]
    file: Path | None

    def of(self, decisions: Mapping[str, Decision], tables: Sequence[SourceFile]) -> tuple[Decision, Facts]:
        """The decision, and the facts that it is asked with; FactsRejected lists what is wrong with those stated."""
        files: list[SourceFile] = []
        problems: list[Problem] = []
        if self.file is not None:
            read_file(str(self.file), self.file, files, problems)
        findings = Findings([*tables, *files])
        case = self._case(decisions, tables, findings)
        if case is None or problems:
            raise FactsRejected([*problems, *findings.problems])
        decision, facts = case
        for node in (*(file.root for file in files), *(_node(fact, decision) for fact in self.facts)):
            facts |= given_facts(node, decision, findings) or {}
        if findings.problems:
            raise FactsRejected(findings.problems)
        return decision, _possible(completed(facts, decision), decision)

    def _case(
        self, decisions: Mapping[str, Decision], tables: Sequence[SourceFile], findings: Findings
    ) -> tuple[Decision, dict[str, Encoded | None]] | None:
        if self.case is not None:
            return named_case(self.case, tables, decisions, findings)
        assert self.decision is not None
        return decisions[self.decision], {}


def _node(stated: str, decision: Decision) -> Table:
    """What `PATH=VALUE` would be in a rule file."""
    path, equals, text = stated.partition("=")
    if not equals:
        raise click.UsageError(f"`{stated}` states no value; write a fact as in `--fact store.code=US`")
    fact = decision.space.facts.get(path)
    kind = _KINDS.get(fact.type, "str") if fact else "str"
    if text in ("true", "false"):
        kind = "bool"
    key = Scalar(path, "str", ON_THE_COMMAND_LINE)
    return Table(((key, Scalar(text, kind, ON_THE_COMMAND_LINE)),), ON_THE_COMMAND_LINE)


def _possible(facts: Facts, decision: Decision) -> Facts:
    if not decision.space.can_occur(facts):
        message = "these facts cannot occur: the catalogue says otherwise of the store on that day"
        hint = "leave out what the catalogue says by itself"
        raise FactsRejected([Problem(ON_THE_COMMAND_LINE, "impossible-facts", message, hint)])
    return facts


def _said(problem: Problem) -> str:
    """With its place, if that is one in a file."""
    if problem.place.line:
        return str(problem)
    return "; ".join(filter(None, [problem.message, problem.hint]))
