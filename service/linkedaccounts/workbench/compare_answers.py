"""Where two versions of a decision answer otherwise: cells of facts, each with what changes in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import combinations
from typing import TypeAlias

from linkedaccounts.domain.effects import Allowed
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.decisions import CHOICE, COLLECT, ELIGIBILITY
from linkedaccounts.policy.regions import Box, Space, TooComplex, intersect
from linkedaccounts.workbench.compare_cells import Cell, Change, Key, merged, overlaid, split
from linkedaccounts.workbench.compare_rules import NOTES, Stated, Versions, hashed, key_of, possibly_changed, stated
from linkedaccounts.workbench.compare_space import SharedSpace

REDUCTIONS = "reductions"

MOST_PIECES = 2_000_000
"""More pairs of pieces than this are not compared: it would take many seconds."""

Word: TypeAlias = tuple[Key, ...]
Piece: TypeAlias = tuple[Word, Box]


def changed_cells(old: Decision, new: Decision, shared: SharedSpace) -> list[Cell]:
    """Where the answers differ, in cells that do not overlap; TooComplex if they are too many to be told.

    Where several things change in too many combinations, the cells of one change overlap those of another.
    """
    versions = (stated(old, shared), stated(new, shared))
    where = possibly_changed(old, new, versions, shared.space)
    find = {CHOICE: _choice, ELIGIBILITY: _eligibility, COLLECT: _collection}[old.form.combine]
    layers = list(find((old, new), versions, where, shared.space))
    try:
        return overlaid(layers, shared.space)
    except TooComplex:
        return [cell for layer in layers for cell in layer]


Decisions: TypeAlias = tuple[Decision, Decision]


def _choice(decisions: Decisions, versions: Versions, where: list[Box], space: Space) -> Iterable[list[Cell]]:
    before, after = (
        _chosen(rules, decision, where, space) for rules, decision in zip(versions, decisions, strict=True)
    )
    yield _changes(before, after, space)


def _chosen(rules: Sequence[Stated], decision: Decision, where: list[Box], space: Space) -> list[Piece]:
    """What is chosen in each part of a region: what the rules come to, the ones that override others first."""
    pieces: list[Piece] = []
    for rule in sorted(rules, key=lambda rule: (len(rule.loses), rule.id)):
        inside, where = split(where, rule.boxes, space)
        pieces.extend(((rule.key,), box) for box in inside)
    assert decision.otherwise is not None
    otherwise = key_of(decision.otherwise, decision)
    return [*pieces, *(((otherwise,), box) for box in where)]


def _eligibility(decisions: Decisions, versions: Versions, where: list[Box], space: Space) -> Iterable[list[Cell]]:
    before, after = (
        _verdicts(rules, decision, where, space) for rules, decision in zip(versions, decisions, strict=True)
    )
    for key in sorted(before.keys() | after.keys(), key=str):
        if before.get(key) != after.get(key):
            held, holds = (_held(key, verdicts.get(key, []), where, space) for verdicts in (before, after))
            yield _changes(held, holds, space)


def _verdicts(rules: Sequence[Stated], decision: Decision, where: list[Box], space: Space) -> Mapping[Key, list[Box]]:
    """Where each reason to refuse holds, and where the action is allowed."""
    found: dict[Key, list[Box]] = {}
    for rule in rules:
        if not isinstance(rule.key, Allowed):
            found.setdefault(rule.key, []).extend(rule.boxes)
    left = split(where, [box for boxes in found.values() for box in boxes], space)[1]
    allowing = [box for rule in rules if isinstance(rule.key, Allowed) for box in rule.boxes]
    found[Allowed()], rest = split(left, allowing, space)
    assert decision.otherwise is not None
    found.setdefault(key_of(decision.otherwise, decision), []).extend(rest)
    return found


def _held(key: Key, boxes: list[Box], where: list[Box], space: Space) -> list[Piece]:
    inside, outside = split(where, boxes, space)
    return [*(((key,), box) for box in inside), *(((), box) for box in outside)]


def _collection(decisions: Decisions, versions: Versions, where: list[Box], space: Space) -> Iterable[list[Cell]]:
    """What differs in number, where anything may; and what differs in order, wherever that may be.

    Two lists are the same if they have the same number of each entry, and of each two kinds of entries the same order.
    """
    old, new = ([rule for rule in rules if rule.boxes] for rules in versions)
    before, after = _places(old), _places(new)
    name = decisions[0].form.name
    worded = partial(_worded, (old, new), space=space, once=name != REDUCTIONS)
    for key in sorted(before.keys() | after.keys(), key=str):
        if _entries(old, before.get(key, [])) != _entries(new, after.get(key, [])):
            yield worded({key}, where)
    for one, other in combinations(sorted(before.keys() & after.keys(), key=str), 2) if name != NOTES else ():
        if not _in_same_order(one, other, before, after):
            met = split(_region(old, one), _region(old, other), space)[0]
            yield [cell for cell in worded({one, other}, met) if _only_moved(cell)]


def _worded(versions: Versions, keys: set[Key], where: list[Box], *, space: Space, once: bool) -> list[Cell]:
    before, after = (_words(rules, keys, where, space, once) for rules in versions)
    return _changes(before, after, space)


def _words(rules: Sequence[Stated], keys: set[Key], where: list[Box], space: Space, once: bool) -> list[Piece]:
    """The entries of some keys, in their order, that are collected in each part of a region."""
    pieces: list[Piece] = [((), box) for box in where]
    for rule in rules:
        if rule.key in keys:
            pieces = [piece for before in pieces for piece in _with(rule, before, space, once)]
    return pieces


def _with(rule: Stated, before: Piece, space: Space, once: bool) -> list[Piece]:
    word, box = before
    if once and rule.key in word:
        return [before]
    inside, outside = split([box], rule.boxes, space)
    lost, won = split(inside, rule.beaten, space)
    return [*(((*word, rule.key), part) for part in won), *((word, part) for part in (*lost, *outside))]


def _entries(rules: Sequence[Stated], places: Sequence[int]) -> Counter[object]:
    """What decides how often a key is collected."""
    return Counter((hashed(rules[place].boxes), hashed(rules[place].beaten)) for place in places)


def _places(rules: Sequence[Stated]) -> Mapping[Key, list[int]]:
    """Of each key, which places it has among all rules."""
    places: dict[Key, list[int]] = {}
    for place, rule in enumerate(rules):
        places.setdefault(rule.key, []).append(place)
    return places


def _in_same_order(one: Key, other: Key, *versions: Mapping[Key, list[int]]) -> bool:
    """Whether the same one of two keys comes first in both versions, whichever of their rules decide."""
    return all(places[one][-1] < places[other][0] for places in versions) or all(
        places[other][-1] < places[one][0] for places in versions
    )


def _only_moved(cell: Cell) -> bool:
    return all(Counter(change.before) == Counter(change.after) for change in cell.changes)


def _region(rules: Sequence[Stated], key: Key) -> list[Box]:
    return [box for rule in rules if rule.key == key for box in rule.boxes]


def _changes(before: Sequence[Piece], after: Sequence[Piece], space: Space) -> list[Cell]:
    """Where the words of two partitions of one region differ, in cells that do not overlap."""
    if len(before) * len(after) > MOST_PIECES:
        raise TooComplex
    found: dict[Change, list[Box]] = {}
    for word, box in before:
        for other, another in after:
            if word != other and (both := intersect(box, another)) is not None and space.example(both) is not None:
                found.setdefault(Change(word, other), []).append(both)
    return [Cell(box, frozenset({change})) for change, boxes in found.items() for box in merged(boxes, space)]
