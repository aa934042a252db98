"""Second stage: the details that a registration may be asked for, and that some rule asks for each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from linkedaccounts.domain.details import LONGEST, Detail, DetailKind
from linkedaccounts.domain.effects import AskedFor
from linkedaccounts.domain.text import Text
from linkedaccounts.policy.catalogue_draft import CatalogueDraft
from linkedaccounts.policy.check_catalogue import section
from linkedaccounts.policy.check_pattern import UnsafePattern, check_pattern
from linkedaccounts.policy.check_rules import LONGEST_ID, DecisionDraft
from linkedaccounts.policy.findings import Findings
from linkedaccounts.policy.source import Node, Scalar, SourceFile, Table

SECTION = "details"
"""The top-level key under which details stand, and the decision that asks for them."""

MOST_CHARACTERS = 200
"""The most that `longest` may say."""

DETAIL_ID = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
"""What the id of a detail, and a value of a choice, looks like, whole."""

_KINDS = {kind.value: kind for kind in DetailKind}


def check_details(files: Iterable[SourceFile], draft: CatalogueDraft, findings: Findings) -> None:
    """Reads the details out of all files into the catalogue's draft."""
    stated = section(files, SECTION, findings)
    draft.detail_ids = frozenset(stated)
    for detail_id, (key, node) in stated.items():
        detail = _detail(detail_id, key, node, findings)
        if detail and _example_fits(detail, node, findings):
            draft.details[detail_id] = detail


def check_asked(
    files: Sequence[SourceFile], draft: CatalogueDraft, decision: DecisionDraft, findings: Findings
) -> None:
    """Notes sound details that no rule asks for, unless a rule that is not sound might."""
    of_decision = {file.path for file in files if _belongs(file.root)}
    unsound = any(problem.place.file in of_decision for problem in findings.problems)
    if unsound or findings.incomplete or decision.place is None:
        return
    asked = {rule.effect.detail for rule in decision.rules if isinstance(rule.effect, AskedFor)}
    for detail_id, (key, _) in section(files, SECTION, Findings([])).items():
        if detail_id in draft.details and detail_id not in asked:
            message = f"no rule asks for the detail `{detail_id}`"
            hint = f"add a rule with `then: {{ask_for: {detail_id}}}`, or delete it"
            findings.add(key.place, "never-asked", message, hint)


def _belongs(root: Table) -> bool:
    """Whether a file has rules of the decision that asks for details."""
    node = root.get("decision") or root.get("rules_of")
    return isinstance(node, Scalar) and node.text == SECTION


def _detail(detail_id: str, key: Scalar, node: Node, findings: Findings) -> Detail | None:
    before = len(findings.problems)
    what = f"detail `{detail_id}`"
    if not DETAIL_ID.fullmatch(detail_id) or len(detail_id) > LONGEST_ID:
        message = f"`{detail_id}` is no id of a detail: small letters, digits and underscores, at most {LONGEST_ID}"
        findings.add(key.place, "wrong-type", message)
    table = findings.table(node, what)
    if table is None:
        return None
    kind = _kind(table, what, findings)
    label = findings.text(table.get("label"), f"the label of {what}") if table.get("label") else None
    longest = findings.whole_number(table.get("longest"), f"`longest` of {what}", 1, MOST_CHARACTERS)
    pattern = _pattern(table.get("pattern"), what, findings)
    choices = _choices(table.get("choices"), what, findings)
    example = _example(table.get("example"), what, findings)
    if len(findings.problems) > before or not (kind and label and example):
        return None
    return Detail(detail_id, label, kind, pattern, example, longest or LONGEST, choices)


def _kind(table: Table, what: str, findings: Findings) -> DetailKind | None:
    """The kind of a detail, whose other keys go with it."""
    node = table.get("type")
    word = findings.one_of(node, "type of a detail", _KINDS, "unknown-value")
    kind = _KINDS[word] if word else None
    known = ("label", "type", "example", *(("choices",) if kind is DetailKind.CHOICE else ()))
    # Of an unknown type nothing is said about what goes with it.
    besides = {DetailKind.TEXT: ("pattern",), None: ("pattern", "choices")}.get(kind, ())
    findings.keys(table, what if kind is None else f"{what} of type `{kind.value}`", known, (*besides, "longest"))
    return kind


def _pattern(node: Node | None, what: str, findings: Findings) -> str | None:
    pattern = findings.word(node, f"the pattern of {what}")
    if pattern is None or node is None:
        return None
    try:
        check_pattern(pattern)
    except UnsafePattern as unsafe:
        message, hint = unsafe.args
        findings.add(node.place, "unsafe-pattern", f"the pattern of {what} {message}", hint)
        return None
    return pattern


def _choices(node: Node | None, what: str, findings: Findings) -> Mapping[str, Text]:
    """Each value's label, by value: their order in the file says nothing."""
    table = findings.table(node, f"`choices` of {what}") if node is not None else None
    if table is not None and not table.entries:
        hint = "name at least one, each with its label"
        findings.add(table.place, "missing-field", f"{what} has nothing to choose from", hint)
    choices: dict[str, Text] = {}
    for key, value in sorted(table or (), key=lambda entry: entry[0].text):
        if not DETAIL_ID.fullmatch(key.text):
            message = f"`{key.text}` is no value of a choice: small letters, digits and underscores"
            findings.add(key.place, "wrong-type", message)
        label = findings.text(value, f"the label of `{key.text}` of {what}")
        if label is not None:
            choices[key.text] = label
    return choices


def _example(node: Node | None, what: str, findings: Findings) -> str | None:
    if isinstance(node, Scalar) and node.kind == "timestamp":
        return node.text
    return findings.word(node, f"the example of {what}")


def _example_fits(detail: Detail, node: Node, findings: Findings) -> bool:
    problem = detail.problem_with(detail.example)
    if problem is not None:
        place = node.get("example") if isinstance(node, Table) else None
        message = f"the example of detail `{detail.id}` would itself be refused: {_WRONG[problem]}"
        findings.add((place or node).place, "bad-example", message, "give a value that a seller could give")
    return problem is None


_WRONG: Mapping[str, str] = {
    "DETAIL_TOO_LONG": "it is longer than `longest`",
    "DETAIL_NOT_ONE_LINE": "it has a line break or a control character",
    "DETAIL_PATTERN": "it does not match the pattern",
    "DETAIL_NOT_A_NUMBER": "it is no whole number, as in `12`",
    "DETAIL_NOT_A_DAY": "it is no calendar day, as in `2019-09-30`",
    "DETAIL_NOT_AN_EMAIL": "it is no e-mail address, as in `name@example.com`",
    "DETAIL_NOT_A_PHONE": "it is no telephone number with its country code, as in `+49 30 1234567`",
    "DETAIL_NOT_YES_OR_NO": "it is neither `yes` nor `no`",
    "DETAIL_NO_SUCH_CHOICE": "it is none of `choices`",
}
