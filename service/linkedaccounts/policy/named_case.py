"""The facts of a case of ``rules/tests``, found by its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from linkedaccounts.policy.cases import read_cases
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.findings import Findings
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.problems import nearest
from linkedaccounts.policy.source import SourceFile
from linkedaccounts.policy.values import Encoded


def named_case(
    name: str, tables: Iterable[SourceFile], decisions: Mapping[str, Decision], findings: Findings
) -> tuple[Decision, dict[str, Encoded | None]] | None:
    """The decision that a sound case is of, and the facts stated of it; None, and a problem, if none has that name."""
    cases = {case.name: case for case in read_cases(tables, decisions, Findings([]))}
    if name in cases:
        return decisions[cases[name].decision], dict(cases[name].stated)
    near = nearest(name, cases) or next((known for known in sorted(cases) if name in known), "")
    hint = f"did you mean `{near}`?" if near else "give the name of a case that stands in the folder `tests`"
    findings.add(Place("tests"), "unknown-case", f"there is no case `{name}`", hint)
    return None
