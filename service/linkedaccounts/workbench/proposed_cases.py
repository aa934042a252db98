"""The cases that are missing: for all that no case shows, facts that show it, with the answer of today.

They are few: facts are as near to a case that there is as what they show allows, one case may show several things, and
none shows only what others do. The same rules and cases give the same proposals.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from linkedaccounts.policy.cases import Case, StatedFacts
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.given_facts import completed
from linkedaccounts.policy.regions import STORE_FACTS, Box, inside, intersect
from linkedaccounts.policy.values import ValueSet, only
from linkedaccounts.policy.wording import case_words, facts_words
from linkedaccounts.workbench.coverage_items import Item, Kind

PROPOSED = "proposed-"
"""How the name of a file of proposed cases begins."""

_TELLING = (Kind.BOUNDARY, Kind.RULE, Kind.CONDITION)
"""Of several things that a case shows, it is named for one of the first of these kinds."""

_HEAD = """\
# Cases with the answers of today, written by `policy test --propose`. They say what the rules do, not that it is right.
# Read each one: mend the rule, or what is expected, where it is wrong; then name the case in a sentence of your own,
# and move it to the other cases.
"""


@dataclass(frozen=True, slots=True)
class ProposedCase:
    """A case of a decision: the facts that it must state, the ids of today's answer, and the items that it shows."""

    name: str
    stated: StatedFacts
    expected: tuple[str, ...]
    shows: tuple[Item, ...]


def proposed_cases(decision: Decision, missing: Sequence[Item], cases: Sequence[Case]) -> tuple[ProposedCase, ...]:
    """Cases that show all that is missing of a decision; ``cases`` are all there are, whose names are taken."""
    own = [case for case in cases if case.decision == decision.form.name]
    near = own[0].facts if own else completed({}, decision)
    candidates = [facts for item in missing if (facts := _facts_that_show(item, near, decision)) is not None]
    taken = {case.name for case in cases}
    proposed = []
    for stated, shows in _fewest(candidates, missing, decision):
        answer = decision.decide(completed(stated, decision))
        name = _free(min(shows, key=lambda item: _TELLING.index(item.kind)).shows, taken)
        proposed.append(ProposedCase(name, stated, tuple(rule.id for rule in answer), shows))
    return tuple(proposed)


def proposed_table(decision: Decision, proposed: Sequence[ProposedCase]) -> str:
    """A table of cases as a rule file, with all that each case shows in comments above it."""
    facts = decision.space.facts
    common = set.intersection(*(set(case.stated.items()) for case in proposed)) if len(proposed) > 1 else set()
    given = [f"given: {facts_words(dict(common), facts)}"] if common else []
    lines = [f"cases_of: {decision.form.name}", *given, "cases:"]
    for case in proposed:
        lines += [f"  # {item.place} {item.shows}" for item in case.shows]
        own = {path: value for path, value in case.stated.items() if (path, value) not in common}
        lines.append(case_words(case.name, own, facts, case.expected))
    return _HEAD + "\n" + "\n".join(lines) + "\n"


def _fewest(
    candidates: Iterable[StatedFacts], missing: Sequence[Item], decision: Decision
) -> Iterator[tuple[StatedFacts, tuple[Item, ...]]]:
    """The candidates that together show all that is missing, each with what it shows and none before it does."""
    showing = [(stated, _shown(completed(stated, decision), missing)) for stated in candidates]
    chosen: list[tuple[StatedFacts, frozenset[int]]] = []
    left = frozenset[int]().union(*(shown for _, shown in showing))
    while left:
        best = max(showing, key=lambda each: len(each[1] & left))
        chosen.append(best)
        left -= best[1]
    for candidate in list(chosen):
        others = frozenset[int]().union(*(shown for other, shown in chosen if other is not candidate[0]))
        if candidate[1] <= others:
            chosen.remove(candidate)
    seen: set[int] = set()
    for stated, shown in chosen:
        yield stated, tuple(missing[number] for number in sorted(shown - seen))
        seen |= shown


def _shown(facts: StatedFacts, items: Sequence[Item]) -> frozenset[int]:
    return frozenset(number for number, item in enumerate(items) if any(inside(box, facts) for box in item.boxes))


def _facts_that_show(item: Item, near: StatedFacts, decision: Decision) -> StatedFacts | None:
    """The facts that a case must state to show an item, otherwise as near to some facts as can be."""
    for box in item.boxes:
        stated = _least(_nearest(box, near, decision), box, decision)
        asked = completed(stated, decision)
        if inside(box, asked) and decision.space.can_occur(asked):
            return stated
    return None


def _nearest(box: Box, near: StatedFacts, decision: Decision) -> StatedFacts:
    """Facts in a box: each as it is nearby where that can be, in the order of their paths."""
    space = decision.space
    stores = [path for path in STORE_FACTS if path in space.facts]
    narrow: Mapping[str, ValueSet] = {**{path: space.facts[path].known for path in stores}, **box}
    if stores:
        narrow = {decision.form.day: space.facts[decision.form.day].known, **narrow}
    for path, fact in sorted(space.facts.items()):
        value = near.get(path)
        if value is not None or fact.domain.unknown:
            as_nearby = fact.domain.minus(fact.known) if value is None else only(value)
            both = intersect(narrow, {path: as_nearby})
            narrow = both if both is not None and space.example(both) is not None else narrow
    return space.example(narrow) or {}


def _least(facts: StatedFacts, box: Box, decision: Decision) -> StatedFacts:
    """The facts without those that the catalogue says too, and, but for those of the box, the defaults."""
    stated = dict(facts)
    for path in sorted(facts, reverse=True):
        fewer = {other: value for other, value in stated.items() if other != path}
        told = path in decision.space.catalogued(fewer) or path not in box
        if told and _known(completed(fewer, decision)) == _known(completed(stated, decision)):
            stated = fewer
    return stated


def _known(facts: StatedFacts) -> StatedFacts:
    return {path: value for path, value in facts.items() if value is not None}


def _free(name: str, taken: set[str]) -> str:
    """The name, with a number if it is taken; takes it."""
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    taken.add(free)
    return free
