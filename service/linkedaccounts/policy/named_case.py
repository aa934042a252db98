"""The facts of a case of ``rules/tests``, found by its name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.findings import Findings
from linkedaccounts.policy.given_facts import given_facts
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.problems import nearest
from linkedaccounts.policy.source import Listing, Scalar, SourceFile, Table
from linkedaccounts.policy.values import Encoded


def named_case(
    name: str, tables: Iterable[SourceFile], decisions: Mapping[str, Decision], findings: Findings
) -> tuple[Decision, dict[str, Encoded | None]] | None:
    """The decision that a case is of, and the facts that it and its table state; None, and a problem, if none is."""
    cases = {case_name: (root, case) for root, case_name, case in _cases(tables)}
    if name not in cases:
        near = nearest(name, cases) or next((known for known in sorted(cases) if name in known), "")
        hint = f"did you mean `{near}`?" if near else "give the name of a case that stands in the folder `tests`"
        findings.add(Place("tests"), "unknown-case", f"there is no case `{name}`", hint)
        return None
    root, case = cases[name]
    decision_name = findings.one_of(root.get("cases_of"), "decision", decisions, "unknown-field")
    if decision_name is None:
        return None
    decision = decisions[decision_name]
    given, facts = (
        given_facts(root.get("given"), decision, findings),
        given_facts(case.get("facts"), decision, findings),
    )
    return None if given is None or facts is None else (decision, {**given, **facts})


def _cases(tables: Iterable[SourceFile]) -> Iterator[tuple[Table, str, Table]]:
    for file in tables:
        listing = file.root.get("cases")
        for case in listing.items if isinstance(listing, Listing) else ():
            name = case.get("name") if isinstance(case, Table) else None
            if isinstance(case, Table) and isinstance(name, Scalar):
                yield file.root, name.text, case
