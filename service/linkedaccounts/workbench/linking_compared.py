"""A linked seller's charges against an unlinked one's, region by region: where they are not known to be at most those.

Linking changes two facts of a store: whether its seller is linked, and whether it is in its first month, which no store
of an unlinked seller is. All others stay, so that the region in which a rule decides for linked sellers can be laid
over the one in which another decides for unlinked sellers. Such a box speaks of the first month as it is if linked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from linkedaccounts.domain.effects import ChargedAlone, PlanShare
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.decisions import FEE_DECISIONS
from linkedaccounts.policy.meeting import meeting
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.regions import Box, disjoint, intersect
from linkedaccounts.policy.values import only
from linkedaccounts.workbench.at_most import charges_at_most

LINKED, FIRST_MONTH = "seller.linked", "store.first_month"
"""What linking changes of the facts."""


def not_known_cheaper(policy: Policy) -> Iterator[Box]:
    """The boxes, of a linked seller's facts, in which a store may pay more than if the seller were not linked.

    None is a proof that no store ever does: a store is charged, linked, by an operation that charges at most what the
    unlinked one does; and every reduction of the unlinked charge is made of the linked one, too. TooComplex if that is
    too much to compute.
    """
    for name in FEE_DECISIONS[:2]:
        yield from _chosen(policy.decisions[name])
    yield from _lost_reductions(policy.decisions["reductions"])


@dataclass(frozen=True, slots=True)
class _Side:
    """A rule that may decide, if linked or if not: where it matches then, and the ids of what it loses to."""

    rule: Rule
    linked: bool
    boxes: Sequence[Box]
    loses: frozenset[str]


def _chosen(decision: Decision) -> Iterator[Box]:
    """Where one rule of a choice decides if linked, and one that is not known to charge at least as much if not."""
    sides = [*_sides(decision, linked=True), *_sides(decision, linked=False)]
    for number, other in meeting([side.boxes for side in sides]):
        one, two = sides[number], sides[other]
        if one.linked and not two.linked and not _known(one.rule, two.rule):
            yield from _both_decide(one, two, sides, decision)


def _sides(decision: Decision, *, linked: bool) -> Iterator[_Side]:
    for rule in decision.rules:
        if boxes := _side(decision.space.boxes(rule.condition), linked=linked):
            yield _Side(rule, linked, boxes, decision.loses[rule.id])
    if decision.otherwise is not None:
        yield _Side(decision.otherwise, linked, [{}], frozenset(rule.id for rule in decision.rules))


def _known(linked: Rule, unlinked: Rule) -> bool:
    """Whether a store pays linked at most what it pays unlinked; a group that is charged once must stay one."""
    if isinstance(unlinked.effect, ChargedAlone):
        return True
    if linked.id == unlinked.id:
        return not isinstance(unlinked.effect, PlanShare)
    return charges_at_most(linked.effect, unlinked.effect)


def _both_decide(one: _Side, other: _Side, sides: Sequence[_Side], decision: Decision) -> list[Box]:
    """The boxes in which both match, less those of what each loses to on its side."""
    met = [both for a in one.boxes for b in other.boxes if (both := intersect(a, b)) is not None]
    boxes = [box for box in met if decision.space.example(box) is not None]
    if not boxes:
        return []
    winners = [side for side in sides if side.rule.id in (one if side.linked else other).loses]
    # Of two rules that do not look at linking, the one that wins on one side wins on both: it leaves nothing.
    winners.sort(key=lambda side: side.rule.id not in {one.rule.id, other.rule.id})
    near = (box for side in winners for box in side.boxes if not all(disjoint(box, each) for each in boxes))
    return decision.space.remaining(boxes, near)


def _lost_reductions(decision: Decision) -> Iterator[Box]:
    """Where a reduction is made of an unlinked seller's charge and not of a linked one's."""
    space = decision.space
    for rule in decision.rules:
        winners = [other for other in decision.rules if other.id in decision.loses[rule.id]]
        lost = [box for other in winners for box in space.boxes(other.condition)]
        boxes = space.remaining(space.boxes(rule.condition), lost)
        yield from space.remaining(_side(boxes, linked=False), _side(boxes, linked=True))


def _side(boxes: Sequence[Box], *, linked: bool) -> list[Box]:
    """The boxes of linked sellers, or of unlinked ones, without what is so of all of them."""
    side = {LINKED: only(linked)} | ({} if linked else {FIRST_MONTH: only(False)})
    cut = (both for box in boxes if (both := intersect(box, side)) is not None)
    return [{fact: values for fact, values in box.items() if fact not in side} for box in cut]
