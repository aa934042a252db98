"""A policy is replaced whole, or not at all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from linkedaccounts.application.keep_policy import PolicyKeeper
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import PolicyRejected, Problem

PROBLEM = Problem(Place("fees/charging.yaml", 3, 1), "unknown-field", "a rule has no `wen`", "did you mean `when`?")


class Loads:
    """Loads what it is told to, one thing after the other."""

    def __init__(self, *outcomes: Policy | PolicyRejected) -> None:
        self.outcomes = list(outcomes)

    def __call__(self) -> Policy:
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, PolicyRejected):
            raise outcome
        return outcome


def clock() -> datetime:
    return datetime(2019, 9, 30, 12, tzinfo=UTC)


def test_a_bad_directory_stops_a_start() -> None:
    with pytest.raises(PolicyRejected, match="did you mean"):
        PolicyKeeper(Loads(PolicyRejected([PROBLEM])), clock)


def test_a_bad_candidate_leaves_the_old_policy_and_is_remembered(policy: Policy) -> None:
    keeper = PolicyKeeper(Loads(policy, PolicyRejected([PROBLEM])), clock)
    assert not keeper.reload()
    assert keeper.current is policy
    assert keeper.rejected is not None
    assert (keeper.rejected.at, keeper.rejected.problems) == (clock(), (PROBLEM,))


def test_a_good_candidate_replaces_it_and_clears_the_memory(policy: Policy) -> None:
    keeper = PolicyKeeper(Loads(policy, PolicyRejected([PROBLEM]), policy), clock)
    keeper.reload()
    assert keeper.reload()
    assert keeper.rejected is None
