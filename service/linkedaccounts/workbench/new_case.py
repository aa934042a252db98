"""A case with today's answer: what the rules say of some facts, to be read, and from then on to be held."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.findings import Findings
from linkedaccounts.policy.given_facts import completed, given_facts
from linkedaccounts.policy.load import TESTS, compiled
from linkedaccounts.policy.problems import PolicyRejected
from linkedaccounts.policy.source import Scalar, SourceFile
from linkedaccounts.workbench.answers import listed, mapped, statement, word, written
from linkedaccounts.workbench.insertion import Change, inserted, new_file


def with_case(directory: Path, files: Sequence[SourceFile], decision: str, name: str, facts: str) -> Change:
    """The first table of a decision's cases, or else a new one, with one more, which expects what the rules say today.

    ``facts`` are as in a rule file: `store.code: US, seller.linked: true`; what the table gives need not be stated.
    PolicyRejected if the rules are not sound, or the facts.
    """
    asked = compiled(files).policy.decisions[decision]
    table = next((file for file in files if file.path.startswith(TESTS) and _is_of(file, decision)), None)
    said = statement("facts", facts)
    ids = _answer(asked, table, said)
    facts_of_case = {"facts": written(said.root)} if said.root.entries else {}
    case = mapped({"name": word(name), **facts_of_case, "expect": ids[0] if len(ids) == 1 else listed(ids)})
    if table is not None:
        return inserted(table.path, (directory / table.path).read_bytes(), ("cases",), case)
    path = f"{TESTS}{decision.replace('_', '-')}.yaml"
    if (directory / path).exists():
        path = f"{TESTS}cases-of-{path.removeprefix(TESTS)}"
    return new_file(path, f"cases_of: {decision}\ncases: [{case}]\n")


def _is_of(file: SourceFile, decision: str) -> bool:
    of = file.root.get("cases_of")
    return isinstance(of, Scalar) and of.text == decision


def _answer(decision: Decision, table: SourceFile | None, said: SourceFile) -> list[str]:
    """The ids of the rules that apply."""
    findings = Findings([said, *([table] if table else [])])
    given = given_facts(table.root.get("given"), decision, findings) if table else {}
    facts = given_facts(said.root, decision, findings)
    if given is None or facts is None:
        raise PolicyRejected(findings.problems)
    asked = completed({**given, **facts}, decision)
    if not decision.space.can_occur(asked):
        message = "these facts cannot occur: the catalogue has no such store on that day"
        findings.add(said.root.place, "impossible-facts", message, "leave out what the catalogue says by itself")
        raise PolicyRejected(findings.problems)
    return [rule.id for rule in decision.decide(asked)]
