"""Which way a change goes: more or less permissive, dearer or cheaper, or not to be said in general."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from enum import Enum

from linkedaccounts.domain.effects import (
    Allowed,
    ChargedAmount,
    ChargedInFull,
    ChargedNothing,
    ReducedByAmount,
    ReducedByPercentage,
    SignInRequired,
)
from linkedaccounts.domain.money import Money
from linkedaccounts.policy.decisions import COLLECT, ELIGIBILITY, DecisionForm
from linkedaccounts.workbench.compare_cells import Change, Key


class Direction(Enum):
    """Which way a change goes, what an editor should look at first standing first; the value is the word for it."""

    MORE_PERMISSIVE = "more permissive"
    LESS_PERMISSIVE = "less permissive"
    DEARER = "dearer"
    DEPENDS = "cheaper or dearer, as the case may be"
    CHEAPER = "cheaper"
    ASKS_MORE = "asks for more"
    ASKS_LESS = "asks for less"
    SAYS_MORE = "says more"
    SAYS_LESS = "says less"
    OTHERWISE = "neither more nor less"


_MORE_AND_LESS: Mapping[str, tuple[Direction, Direction]] = {
    "reductions": (Direction.CHEAPER, Direction.DEARER),
    "details": (Direction.ASKS_MORE, Direction.ASKS_LESS),
    "notes": (Direction.SAYS_MORE, Direction.SAYS_LESS),
}
"""Of a decision that collects: which way it goes with more entries, and with fewer."""


def direction(changes: Sequence[Change], form: DecisionForm) -> Direction:
    """Which way the changes of one cell go together.

    Of a store's charge it is said in general only where it holds for every fee: the new charge is then never above
    (or below) the old one, and may be equal. What the seller's other stores are charged is not looked at.
    """
    before = [key for change in changes for key in change.before]
    after = [key for change in changes for key in change.after]
    if form.combine == ELIGIBILITY or form.name == "fresh_sign_in":
        return _permission(before, after)
    if form.combine == COLLECT and (found := _number(before, after, form.name)):
        return found
    if form.name in ("charging", "reductions") and len(before) == len(after) == 1:
        return _charge(before[0], after[0])
    return Direction.OTHERWISE if form.name in ("details", "notes") else Direction.DEPENDS


def money_direction(before: Money, after: Money) -> Direction:
    """Which way a fee or a cap goes."""
    if before.currency != after.currency:
        return Direction.DEPENDS
    return Direction.DEARER if after.minor > before.minor else Direction.CHEAPER


def _permission(before: Sequence[Key], after: Sequence[Key]) -> Direction:
    if Allowed() in after or SignInRequired() in before:
        return Direction.MORE_PERMISSIVE
    return Direction.LESS_PERMISSIVE if Allowed() in before or SignInRequired() in after else Direction.OTHERWISE


def _number(before: Sequence[Key], after: Sequence[Key], decision: str) -> Direction | None:
    more, less = _MORE_AND_LESS[decision]
    gone, come = Counter(before) - Counter(after), Counter(after) - Counter(before)
    return more if come and not gone else less if gone and not come else None


def _charge(before: Key, after: Key) -> Direction:
    if _never_above(after, before):
        return Direction.CHEAPER
    return Direction.DEARER if _never_above(before, after) else Direction.DEPENDS


def _never_above(one: Key, other: Key) -> bool:
    """Whether an effect charges at most what another does, whatever the fee."""
    match one, other:
        case (ChargedNothing(), _) | (_, ChargedInFull()):
            return True
        case ReducedByPercentage(percentage), ReducedByPercentage(less):
            return percentage >= less
        case ReducedByAmount(amount), ReducedByAmount(less):
            return amount.currency == less.currency and amount.minor >= less.minor
        case ChargedAmount(amount), ChargedAmount(more):
            return amount.currency == more.currency and amount.minor <= more.minor
    return False
