"""A rule to begin with: what an editor decided at once, in its place, and what is left to fill in left empty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from linkedaccounts.domain.text import LANGUAGES
from linkedaccounts.policy.check import codes_of
from linkedaccounts.policy.check_catalogue import check_catalogue
from linkedaccounts.policy.check_conditions import check_condition
from linkedaccounts.policy.check_details import check_details
from linkedaccounts.policy.check_effects import check_effect
from linkedaccounts.policy.check_rules import LONGEST_ID, RULE_ID
from linkedaccounts.policy.decisions import COLLECT, DECISIONS
from linkedaccounts.policy.findings import Findings
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.problems import PolicyRejected, Problem
from linkedaccounts.policy.source import Listing, Node, Scalar, SourceFile, Table
from linkedaccounts.policy.values import Members
from linkedaccounts.policy.vocabulary import FactType, decode, facts_of_message
from linkedaccounts.workbench.answers import answer, listed, mapped, statement, word, written
from linkedaccounts.workbench.format import in_double_quotes
from linkedaccounts.workbench.insertion import Change, inserted

_ORDERS_APART = 10
"""Between the orders of two rules, so that others fit in between."""


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """What is known of a new rule. ``when`` is a condition in the words of a rule file; empty, it always matches.

    ``then`` is its effect, with its value if it takes one. ``message`` may lack languages, which stay to be filled in.
    """

    decision: str
    id: str
    then: str
    when: str
    overrides: Sequence[str]
    message: Mapping[str, str]


def with_rule(directory: Path, files: Sequence[SourceFile], draft: RuleDraft) -> Change:
    """The file that declares the decision, with the rule at the end of it.

    PolicyRejected if there is no such file, if a rule has the id, or if the condition or the effect is none; places
    are in the answers, named after their options.
    """
    about = _about(files, draft.decision)
    if not about:
        message = f"no rule file declares the decision `{draft.decision}`"
        raise PolicyRejected([Problem(Place("."), "missing-decision", message, "add a file that does")])
    problems = [*_id_problems(draft.id, files), *_answer_problems(draft, files)]
    if problems:
        raise PolicyRejected(problems)
    path = min(about, key=lambda file: (file.root.get("decision") is None, file.path)).path
    return inserted(path, (directory / path).read_bytes(), ("rules",), _rule(draft, _next_order(about)))


def _id_problems(rule_id: str, files: Iterable[SourceFile]) -> Iterator[Problem]:
    if not RULE_ID.fullmatch(rule_id) or len(rule_id) > LONGEST_ID:
        message = f"`{rule_id}` is no id: small letters, digits and dashes, at most {LONGEST_ID}"
        yield Problem(Place("--id"), "wrong-type", message)
    for rule in _rules(files):
        taken = rule.get("id")
        if isinstance(taken, Scalar) and taken.text == rule_id:
            message = f"the id `{rule_id}` is taken already, in {taken.place}"
            yield Problem(Place("--id"), "duplicate-id", message, "give each rule an id of its own")


def _answer_problems(draft: RuleDraft, files: Sequence[SourceFile]) -> list[Problem]:
    """What is wrong with the condition and the effect."""
    form = DECISIONS[draft.decision]
    catalogue = check_catalogue(files, Findings(files))
    check_details(files, catalogue, Findings(files))
    answers = [statement("then", f"then: {draft.then}"), *([statement("when", draft.when)] if draft.when else [])]
    findings = Findings(answers)
    check_effect(answers[0].root.get("then"), form, catalogue, findings)
    for condition in answers[1:]:
        check_condition(condition.root, facts_of_message(form.facts, codes_of(catalogue)), findings)
    return findings.problems


def example_condition(decision: str) -> str:
    """A condition to begin with: one on the first fact of a decision that has few values."""
    facts = facts_of_message(DECISIONS[decision].facts, {}).values()
    fact = next(fact for fact in facts if fact.type in (FactType.YES_OR_NO, FactType.ENUM))
    assert isinstance(fact.domain, Members)
    return f"{fact.path}: {decode(max(fact.domain.values, key=str), fact.type)}"


def fact_names(decision: str) -> tuple[str, ...]:
    """The facts that a rule of a decision may look at."""
    return tuple(facts_of_message(DECISIONS[decision].facts, {}))


def _rule(draft: RuleDraft, order: int) -> str:
    """The rule in brackets; the order of its keys is the canonical form's business."""
    keys = {
        "id": word(draft.id),
        "then": written(answer("then", draft.then)),
        "reason": draft.id.upper().replace("-", "_"),
        "message": mapped({name: in_double_quotes(draft.message.get(name, "")) for name in LANGUAGES}),
    }
    if draft.when:
        keys["when"] = written(statement("when", draft.when).root)
    if draft.overrides:
        keys["overrides"] = listed(word(rule) for rule in draft.overrides)
    if DECISIONS[draft.decision].combine == COLLECT:
        keys["order"] = str(order)
    return mapped(keys)


def _about(files: Iterable[SourceFile], decision: str) -> list[SourceFile]:
    """The files that declare a decision, or add rules to it."""
    return [file for file in files if decision in _texts(file.root.get(key) for key in ("decision", "rules_of"))]


def _next_order(about: Iterable[SourceFile]) -> int:
    """An order after that of every rule of the decision."""
    orders = _texts(rule.get("order") for rule in _rules(about))
    return max((int(order) for order in orders if order.isdecimal()), default=0) + _ORDERS_APART


def _rules(files: Iterable[SourceFile]) -> Iterator[Table]:
    """Every rule of some files, `otherwise` included."""
    for file in files:
        rules = file.root.get("rules")
        listed = rules.items if isinstance(rules, Listing) else ()
        yield from (node for node in (*listed, file.root.get("otherwise")) if isinstance(node, Table))


def _texts(nodes: Iterable[Node | None]) -> Iterator[str]:
    return (node.text for node in nodes if isinstance(node, Scalar))
