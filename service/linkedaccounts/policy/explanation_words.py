"""An explanation as lines that a business person reads, in either language: an outline, or the same as plain text."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from linkedaccounts.domain.catalogue import Catalogue
from linkedaccounts.domain.text import Text
from linkedaccounts.policy.decisions import COLLECT
from linkedaccounts.policy.explanation import Combined, Explained, ExplainedRule, ExplainedTest, Explanation, allowed
from linkedaccounts.policy.labels import Labels, label
from linkedaccounts.policy.message_values import message_of, store_of
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.nearest import NearMiss
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.values import Encoded, ValueSet

MARKS = {True: "✓", False: "✗", None: "?"}
"""Of what holds, what does not, and what is not known."""

MOST_TOLD = 16
"""So many nearest misses are told in words; there are as many as there are rules."""


@cache
def sentences() -> Mapping[str, Text]:
    """Every sentence of ``explanation.toml`` by its name."""
    table = tomllib.loads(resources.files(__package__).joinpath("explanation.toml").read_text("utf-8"))
    return {name: Text(by_language) for name, by_language in table.items()}


@dataclass(frozen=True, slots=True)
class Line:
    """A line and the lines below it; ``mark`` is empty, or one of ``MARKS``."""

    text: str
    below: tuple[Line, ...] = ()
    mark: str = ""
    place: Place | None = None


def as_text(lines: Iterable[Line], indent: str = "") -> str:
    """The lines as text, what is below indented."""
    return "\n".join(_texts(lines, indent))


def _texts(lines: Iterable[Line], indent: str) -> Iterator[str]:
    for line in lines:
        mark = f"{line.mark} " if line.mark else ""
        place = f"  [{line.place.file}:{line.place.line}]" if line.place else ""
        yield f"{indent}{mark}{line.text}{place}"
        yield from _texts(line.below, f"{indent}  ")


def outline(explanation: Explanation, catalogue: Catalogue, language: str) -> tuple[Line, ...]:
    """The outcome; why; which rules did not apply, and why not; what would change it."""
    return tuple(_Words(explanation, catalogue, language).lines())


class _Words:
    """Puts one explanation in words."""

    def __init__(self, explanation: Explanation, catalogue: Catalogue, language: str) -> None:
        self._explanation = explanation
        self._decision = explanation.decision
        self._catalogue = catalogue
        self._language = language
        self._labels = Labels(catalogue, language)

    def lines(self) -> Iterator[Line]:
        explanation = self._explanation
        yield Line(self._heading())
        if explanation.applied:
            heading = "why_otherwise" if explanation.by_otherwise else "why"
            yield Line(self._say(heading), tuple(map(self._applied, explanation.applied)))
        else:
            yield Line(self._say("why_nothing"))
        if explanation.not_applied:
            yield Line(self._say("not_applied"), tuple(map(self._not_applied, explanation.not_applied)))
        yield self._nearest(explanation.nearest)

    def _heading(self) -> str:
        """The question that the decision answers, and the answer."""
        store = store_of(self._explanation.facts, self._catalogue)
        said = {
            "question": self._labels.decision(self._decision.form.name),
            "outcome": self._outcome(self._explanation.rules),
        }
        return self._say("outcome_of_store", store=store, **said) if store else self._say("outcome", **said)

    def _say(self, name: str, **values: object) -> str:
        return sentences()[name].render(self._language, values)

    def _outcome(self, rules: Sequence[Rule]) -> str:
        """What rules that decide come to."""
        verdict = allowed(self._decision, tuple(rules))
        if verdict is not None:
            return self._say("allowed" if verdict else "refused")
        effects = dict.fromkeys(self._labels.effect(rule.effect) for rule in rules)
        return self._labels.together(effects) or self._say("nothing")

    # Rules

    def _applied(self, explained: ExplainedRule) -> Line:
        rule = explained.rule
        message = message_of(rule, self._explanation, self._catalogue, self._language)
        said = Line(self._say("message", message=message))
        conditions = self._conditions(explained.condition) if not self._explanation.by_otherwise else ()
        return self._rule(rule, (said, *conditions), holds=True)

    def _not_applied(self, explained: ExplainedRule) -> Line:
        if explained.lost_to:
            lost = Line(self._say("lost", rule=explained.lost_to))
            return self._rule(explained.rule, (lost,), holds=False)
        failed = tuple(
            self._test(
                failure.condition.fact,
                failure.actual,
                failure.admits,
                None if failure.actual is None else False,
                failure.condition.place,
            )
            for failure in explained.failed
        )
        if len(failed) > 1:
            failed = (Line(label("combiners", "any", self._language), failed, MARKS[False]),)
        return self._rule(explained.rule, failed, holds=False)

    def _rule(self, rule: Rule, below: tuple[Line, ...], *, holds: bool) -> Line:
        text = self._say("rule", rule=rule.id, effect=self._labels.effect(rule.effect))
        return Line(text, below, MARKS[holds], rule.place)

    # Conditions

    def _conditions(self, condition: Explained | None) -> tuple[Line, ...]:
        """A line for each of the conditions that must all hold."""
        if condition is None:
            return (Line(self._say("always")),)
        if isinstance(condition, Combined) and condition.how == "all":
            return tuple(line for part in condition.parts for line in self._conditions(part))
        return (self._condition(condition),)

    def _condition(self, condition: Explained) -> Line:
        match condition:
            case ExplainedTest(test, actual, held):
                return self._test(test.fact, actual, test.admits, held, test.place)
            case Combined("not", (ExplainedTest(test, actual),), held):
                opposite = self._explanation.fact(test.fact).opposite(test.admits)
                return self._test(test.fact, actual, opposite, held, test.place)
            case Combined("not", (Combined("all" | "any" as how, parts),), held):
                return self._combined(f"not_{how}", parts, held)
            case Combined(how, parts, held):
                return self._combined(how, parts, held)

    def _combined(self, how: str, parts: Iterable[Explained], held: bool | None) -> Line:
        return Line(label("combiners", how, self._language), tuple(map(self._condition, parts)), MARKS[held])

    def _test(self, path: str, actual: Encoded | None, admits: ValueSet, held: bool | None, place: Place) -> Line:
        fact = self._explanation.fact(path)
        said = {"fact": self._labels.fact(path), "actual": self._labels.value(fact, actual)}
        wanted = self._labels.values(fact, admits.intersect(fact.known))
        if wanted == said["actual"]:
            return Line(self._say("test", **said), (), MARKS[held], place)
        return Line(self._say("test_wanted", **said, wanted=wanted), (), MARKS[held], place)

    # What would change it

    def _nearest(self, nearest: tuple[NearMiss, ...] | None) -> Line:
        if not nearest:
            return Line(self._say("nearest_too_complex" if nearest is None else "nearest_none"))
        told = [self._miss(miss) for miss in nearest[:MOST_TOLD]]
        if len(nearest) > MOST_TOLD:
            told.append(Line(self._say("nearest_more", count=len(nearest) - MOST_TOLD)))
        return Line(self._say("nearest"), tuple(told))

    def _miss(self, miss: NearMiss) -> Line:
        changes = self._say("and").join(
            self._say(
                "change",
                fact=self._labels.fact(change.fact),
                before=self._labels.value(self._explanation.fact(change.fact), change.before),
                after=self._labels.value(self._explanation.fact(change.fact), change.after),
            )
            for change in miss.changes
        )
        return Line(self._say("would", changes=changes, outcome=self._would(miss.rules)))

    def _would(self, rules: tuple[Rule, ...]) -> str:
        """What it would come to, or, where that adds up from rules, which of them would join or leave."""
        if self._decision.form.combine == COLLECT:
            return self._difference(rules)
        outcome = self._outcome(rules)
        if allowed(self._decision, rules) is self._explanation.allowed is False:
            return self._say("still", outcome=outcome, difference=self._difference(rules))
        return self._say("by", outcome=outcome, rules=self._labels.together(rule.id for rule in rules))

    def _difference(self, rules: tuple[Rule, ...]) -> str:
        now = self._explanation.rules
        joined = self._named("joined", [rule for rule in rules if rule not in now])
        left = self._named("left", [rule for rule in now if rule not in rules])
        return self._say("joined_and_left", joined=joined, left=left) if joined and left else joined or left

    def _named(self, sentence: str, rules: Sequence[Rule]) -> str:
        """A sentence about rules; empty if there are none."""
        named = rules if self._decision.form.combine == COLLECT else ()
        effects = [self._say("by", outcome=self._labels.effect(rule.effect), rules=rule.id) for rule in named]
        return self._say(sentence, rules=self._labels.together(effects or (rule.id for rule in rules))) if rules else ""
