"""What two policies say differently while they do the same: messages, reasons, names, ids, the order of notes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from linkedaccounts.domain.catalogue import Catalogue
from linkedaccounts.domain.effects import Noted, Refused
from linkedaccounts.domain.text import LANGUAGES, Text
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.values import ValueSet
from linkedaccounts.workbench.compare_rules import NOTES
from linkedaccounts.workbench.compare_space import SharedSpace

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Saying:
    """One thing that is said differently; None where it is not said at all."""

    subject: str
    what: str
    before: str | None
    after: str | None


def said_of_the_catalogue(old: Catalogue, new: Catalogue) -> Iterator[Saying]:
    """Names, labels and examples that differ, of what both catalogues have."""
    yield from _names("region", old.regions, new.regions, lambda region: region.name)
    yield from _names("store", old.stores, new.stores, lambda store: store.name)
    yield from _names("plan", old.plans, new.plans, lambda plan: plan.name)
    yield from _names("detail", old.details, new.details, lambda detail: detail.label, "label")
    for name in sorted(old.details.keys() & new.details.keys()):
        before, after = old.details[name], new.details[name]
        if before.example != after.example:
            yield Saying(f"detail {name}", "example", before.example, after.example)
        yield from _names(f"detail {name}, choice", before.choices, after.choices, lambda label: label, "label")


def said_of_rules(old: Decision, new: Decision, shared: SharedSpace, telling: frozenset[str]) -> Iterator[Saying]:
    """What the rules of a decision say differently; ``telling``: the ids of rules whose doing differs."""
    before, after = _versions(old, shared), _versions(new, shared)
    renamed = _renamed(before, after)
    for rule_id in sorted(before.keys() & after.keys()):
        yield from _of_rule(before[rule_id], after[rule_id], rule_id in telling)
    for rule_id, other in sorted(renamed.items()):
        yield Saying(f"rule `{rule_id}`", "id", rule_id, other)
    for rule_id in sorted(before.keys() - after.keys() - renamed.keys() - telling):
        yield Saying(f"rule `{rule_id}`", "reason, to the same effect", before[rule_id].rule.reason, None)
    for rule_id in sorted(after.keys() - before.keys() - set(renamed.values()) - telling):
        yield Saying(f"rule `{rule_id}`", "reason, to the same effect", None, after[rule_id].rule.reason)
    if old.form.name == NOTES:
        yield from _order(old, new)


@dataclass(frozen=True, slots=True)
class _Version:
    """A rule, and the boxes in which it matches."""

    rule: Rule
    where: frozenset[frozenset[tuple[str, ValueSet]]]
    said: tuple[tuple[str, str], ...]

    @property
    def all_but_id(self) -> tuple[object, ...]:
        """What two rules have in common that differ in their id."""
        return self.rule.effect, self.rule.reason, self.rule.overrides, self.where, self.said


def _versions(decision: Decision, shared: SharedSpace) -> Mapping[str, _Version]:
    listed = (*decision.rules, *([decision.otherwise] if decision.otherwise else []))
    boxes = {rule.id: shared.boxes(decision.space.boxes(rule.condition), decision.space) for rule in listed}
    return {
        rule.id: _Version(
            rule,
            frozenset(frozenset(box.items()) for box in boxes[rule.id]),
            tuple(sorted(rule.message.by_language.items())),
        )
        for rule in listed
    }


def _of_rule(before: _Version, after: _Version, telling: bool) -> Iterator[Saying]:
    subject, old, new = f"rule `{before.rule.id}`", before.rule, after.rule
    if old.reason != new.reason and not (telling and (isinstance(old.effect, Refused | Noted))):
        yield Saying(subject, "reason", old.reason, new.reason)
    yield from _text(subject, "message", old.message, new.message)
    if not telling and (before.where, old.overrides) != (after.where, new.overrides):
        yield Saying(subject, "where it applies, to the same effect", None, None)


def _renamed(before: Mapping[str, _Version], after: Mapping[str, _Version]) -> Mapping[str, str]:
    """The rules that have another id and are else the same."""
    come = {after[rule_id].all_but_id: rule_id for rule_id in sorted(after.keys() - before.keys())}
    gone = ((rule_id, come.get(before[rule_id].all_but_id)) for rule_id in sorted(before.keys() - after.keys()))
    return {rule_id: other for rule_id, other in gone if other is not None}


def _order(old: Decision, new: Decision) -> Iterator[Saying]:
    kept = {rule.id for rule in old.rules} & {rule.id for rule in new.rules}
    before, after = ([rule.id for rule in decision.rules if rule.id in kept] for decision in (old, new))
    if before != after:
        yield Saying(NOTES, "order", _listed(before), _listed(after))


def _listed(ids: Sequence[str]) -> str:
    return ", ".join(ids)


def _names(
    kind: str, old: Mapping[str, T], new: Mapping[str, T], text: Callable[[T], Text], what: str = "name"
) -> Iterator[Saying]:
    for code in sorted(old.keys() & new.keys()):
        yield from _text(f"{kind} {code}", what, text(old[code]), text(new[code]))


def _text(subject: str, what: str, old: Text, new: Text) -> Iterator[Saying]:
    for language in LANGUAGES:
        before, after = old.by_language[language], new.by_language[language]
        if before != after:
            yield Saying(subject, f"{what} in {language}", before, after)
