"""Second stage: decisions and their rules, each by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from linkedaccounts.domain.effects import Allowed
from linkedaccounts.domain.text import Text
from linkedaccounts.policy.catalogue_draft import CatalogueDraft
from linkedaccounts.policy.check_conditions import check_condition
from linkedaccounts.policy.check_effects import check_effect
from linkedaccounts.policy.condition import AllOf, Bound, Condition, FactTest
from linkedaccounts.policy.decisions import COLLECT, DECISIONS, EFFECT_SAYS, ELIGIBILITY, DecisionForm
from linkedaccounts.policy.findings import DIRECTORY, Findings
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.problems import did_you_mean
from linkedaccounts.policy.source import Listing, Node, Scalar, SourceFile, Table
from linkedaccounts.policy.values import HIGHEST, LOWEST, Spans
from linkedaccounts.policy.vocabulary import Fact

_ANY_EFFECT_SAYS = frozenset().union(*EFFECT_SAYS.values())
"""Where the effect itself is wrong, its placeholders are not called wrong too."""

RULE_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""What the id of a rule looks like, whole."""

REASON_CODE = re.compile(r"[A-Z0-9]+(_[A-Z0-9]+)*")
"""What a reason code looks like, whole."""

LONGEST_ID, LONGEST_REASON = 64, 63
"""How many characters an id, of a detail too, and a reason code may have."""


@dataclass(slots=True)
class DecisionDraft:
    """A decision as far as it could be read: ``rules`` without problems; ``nodes`` of all rules with an id.

    ``lacks_otherwise`` is where it is declared without the `otherwise` that it needs, nor a key that may mean one.
    """

    form: DecisionForm
    facts: Mapping[str, Fact]
    place: Scalar | None = None
    rules: list[Rule] = field(default_factory=list)
    otherwise: Rule | None = None
    lacks_otherwise: Place | None = None
    nodes: dict[str, Table] = field(default_factory=dict)


class RuleChecker:
    """Reads the decisions out of all files."""

    def __init__(self, catalogue: CatalogueDraft, facts: Mapping[str, Mapping[str, Fact]], findings: Findings) -> None:
        self._catalogue = catalogue
        self._findings = findings
        self._ids: dict[str, Scalar] = {}
        self.drafts = {name: DecisionDraft(form, facts[name]) for name, form in DECISIONS.items()}

    def check(self, files: Iterable[SourceFile]) -> dict[str, DecisionDraft]:
        """Every decision that the service asks, with its rules; problems are noted."""
        for file in files:
            self._decision(file.root)
        for draft in self.drafts.values():
            if draft.place is None and not self._findings.incomplete:
                message = f"no rule file declares the decision `{draft.form.name}`"
                hint = f"add a file with `decision: {draft.form.name}`"
                self._findings.add(DIRECTORY, "missing-decision", message, hint)
        return self.drafts

    def _decision(self, root: Table) -> None:
        """A file declares a decision (`decision:`), or adds rules to one (`rules_of:`)."""
        declares = root.get("decision") is not None
        key = root.get("decision" if declares else "rules_of")
        name = self._findings.one_of(key, "decision", DECISIONS, "unknown-field")
        if name is None:
            return
        draft = self.drafts[name]
        if declares:
            self._declaration(root, draft)
        else:
            self._findings.keys(root, "a file of rules", ("rules_of", "rules"))
        self._rules(root.get("rules"), draft)

    def _declaration(self, root: Table, draft: DecisionDraft) -> None:
        key = root.get("decision")
        assert isinstance(key, Scalar)
        if draft.place is not None:
            message = f"the decision `{draft.form.name}` is declared already, in {draft.place.place}"
            self._findings.add(
                key.place, "duplicate-id", message, f"write `rules_of: {draft.form.name}` to add rules to it"
            )
        draft.place = draft.place or key
        collects = draft.form.combine == COLLECT
        keys = ("decision", "combine", "rules")
        sound = self._findings.keys(root, f"the decision `{draft.form.name}`", keys, () if collects else ("otherwise",))
        combine = root.get("combine")
        if combine is not None and not (isinstance(combine, Scalar) and combine.text == draft.form.combine):
            message = f"the service asks `{draft.form.name}` as a {draft.form.combine}"
            self._findings.add(combine.place, "wrong-type", message, f"write `combine: {draft.form.combine}`")
        otherwise = root.get("otherwise")
        if otherwise is None and sound and not collects:
            draft.lacks_otherwise = root.place
        if otherwise is not None and not collects:
            draft.otherwise = self._rule(otherwise, draft, ("id", "then", "reason", "message"), ()) or draft.otherwise
            if draft.otherwise and isinstance(draft.otherwise.effect, Allowed):
                message = f"where no rule of `{draft.form.name}` says anything, `otherwise` must refuse"
                hint = "write `then: refuse_as_not_permitted`, and a rule that says who is allowed"
                self._findings.add(draft.otherwise.place, "allows-otherwise", message, hint)

    def _rules(self, node: Node | None, draft: DecisionDraft) -> None:
        if isinstance(node, Scalar) and node.kind == "null":
            return
        listing = self._findings.listing(node, "`rules`")
        needed: tuple[str, ...] = ("id", "then", "reason", "message")
        if draft.form.combine == COLLECT:
            needed = (*needed, "order")
        # Of an eligibility, a rule that refuses beats every other: there is nothing to order.
        ordered = () if draft.form.combine == ELIGIBILITY else ("overrides",)
        for item in listing.items if isinstance(listing, Listing) else ():
            rule = self._rule(item, draft, needed, ("when", "from", "through", *ordered))
            if rule:
                draft.rules.append(rule)

    def _rule(self, node: Node, draft: DecisionDraft, needed: tuple[str, ...], allowed: tuple[str, ...]) -> Rule | None:
        table = self._findings.table(node, "a rule")
        if table is None:
            return None
        before = len(self._findings.problems)
        rule_id = self._id(table.get("id"))
        what = f"rule `{rule_id}`" if rule_id else "a rule"
        self._findings.keys(table, what, needed, allowed)
        effect = check_effect(table.get("then"), draft.form, self._catalogue, self._findings)
        says = draft.form.says | (EFFECT_SAYS.get(effect[0], frozenset()) if effect else _ANY_EFFECT_SAYS)
        message = self._message(table, what, says)
        reason = self._reason(table.get("reason"))
        condition = self._condition(table, draft)
        overrides = self._overrides(table.get("overrides"))
        order = self._findings.whole_number(table.get("order"), "`order`") if "order" in needed else 0
        if rule_id:
            draft.nodes[rule_id] = table
        if len(self._findings.problems) > before or not (rule_id and effect and message and reason):
            return None
        return Rule(rule_id, draft.form.name, reason, message, effect[1], table.place, condition, overrides, order or 0)

    def _id(self, node: Node | None) -> str | None:
        word = self._findings.word(node, "`id`")
        if word is None:
            return None
        assert isinstance(node, Scalar)
        if not RULE_ID.fullmatch(word) or len(word) > LONGEST_ID:
            message = f"`{word}` is no id: small letters, digits and dashes, at most {LONGEST_ID}"
            self._findings.add(node.place, "wrong-type", message)
            return None
        if word in self._ids:
            message = f"the id `{word}` is taken already, in {self._ids[word].place}"
            self._findings.add(node.place, "duplicate-id", message, "give each rule an id of its own")
            return None
        self._ids[word] = node
        return word

    def _reason(self, node: Node | None) -> str | None:
        word = self._findings.word(node, "`reason`")
        if word is None or (REASON_CODE.fullmatch(word) and len(word) <= LONGEST_REASON):
            return word
        assert isinstance(node, Scalar)
        message = f"`{word}` is no reason code: capital letters, digits and `_`, at most {LONGEST_REASON}"
        self._findings.add(node.place, "wrong-type", message)
        return None

    def _message(self, table: Table, what: str, says: frozenset[str]) -> Text | None:
        node = table.get("message")
        return None if node is None else self._findings.text(node, f"the message of {what}", says)

    def _overrides(self, node: Node | None) -> frozenset[str]:
        if node is None:
            return frozenset()
        listing = self._findings.listing(node, "`overrides`")
        words = [self._findings.word(item, "an item of `overrides`") for item in listing.items] if listing else []
        return frozenset(word for word in words if word)

    def _condition(self, table: Table, draft: DecisionDraft) -> Condition | None:
        when = table.get("when")
        parts = [
            self._dates(table, draft),
            None if when is None else check_condition(when, draft.facts, self._findings),
        ]
        sound = tuple(part for part in parts if part is not None)
        return None if not sound else sound[0] if len(sound) == 1 else AllOf(sound)

    def _dates(self, table: Table, draft: DecisionDraft) -> Condition | None:
        since = self._findings.day(table.get("from"), "`from` of a rule")
        through = self._findings.day(table.get("through"), "`through` of a rule")
        if since is None and through is None:
            return None
        if since and through and through < since:
            message = f"the rule ends on {through}, before it begins on {since}"
            self._findings.add(table.place, "date-order", message, "put the earlier day in `from`")
            return None
        span = Spans.of([(_ordinal(since, LOWEST), _ordinal(through, HIGHEST))])
        words = [f"from {since}" if since else "", f"through {through}" if through else ""]
        key = next(key for key, _ in table if key.text in ("from", "through"))
        nodes = ((day, table.get(name)) for name, day in (("from", since), ("through", through)))
        bounds = tuple(Bound(day.toordinal(), node.place) for day, node in nodes if day and node)
        return FactTest(draft.form.day, span, " ".join(word for word in words if word), key.place, bounds)


def _ordinal(day: date | None, otherwise: int) -> int:
    return otherwise if day is None else day.toordinal()


_HINTS: Mapping[str, str] = {
    "cases_of": "move the file to the folder `tests`",
    "cases": "move the file to the folder `tests`",
    "rules": "say of which decision, as in `rules_of: charging`",
}


def check_top_level(files: Iterable[SourceFile], sections: tuple[str, ...], findings: Findings) -> None:
    """Every file is of one kind, known by its keys; a file of nothing known is named."""
    for file in files:
        if file.root.get("decision") is not None or file.root.get("rules_of") is not None:
            continue
        for key, _ in file.root:
            if key.text not in sections:
                hint = _HINTS.get(key.text) or did_you_mean(key.text, (*sections, "decision", "rules_of"))
                findings.add(key.place, "unknown-field", f"a rule file has no `{key.text}` here", hint)
