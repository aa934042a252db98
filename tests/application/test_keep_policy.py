"""A policy is replaced whole, and what could not replace it is remembered."""

from __future__ import annotations

from contextvars import copy_context
from datetime import UTC, datetime

from linkedaccounts.application.keep_policy import PolicyKeeper, Standing
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import Problem

PROBLEM = Problem(Place("fees/charging.yaml", 3, 1), "unknown-field", "a rule has no `wen`", "did you mean `when`?")


def clock() -> datetime:
    return datetime(2019, 9, 30, 12, tzinfo=UTC)


def test_a_bad_candidate_leaves_the_old_policy_and_is_remembered(policy: Policy) -> None:
    keeper = PolicyKeeper(policy, clock, Standing(waiting="another"))
    keeper.refuse([PROBLEM])
    assert keeper.current is policy
    rejected = keeper.standing.rejected
    assert rejected is not None
    assert (rejected.at, rejected.problems, keeper.standing.waiting) == (clock(), (PROBLEM,), "")
    assert (keeper.taken, keeper.refused) == (1, 1)


def test_a_good_candidate_replaces_it(policy: Policy) -> None:
    moments = iter([clock(), datetime(2019, 10, 1, tzinfo=UTC)])
    keeper = PolicyKeeper(policy, lambda: next(moments))
    other = Policy("other", (), policy.catalogue, {})
    keeper.take(other)
    assert keeper.current is other
    assert keeper.loaded_at == datetime(2019, 10, 1, tzinfo=UTC)
    assert (keeper.taken, keeper.refused) == (2, 0)


def test_what_is_being_answered_keeps_the_policy_that_it_began_with(policy: Policy) -> None:
    keeper, other = PolicyKeeper(policy, clock), Policy("other", (), policy.catalogue, {})
    call, later = copy_context(), copy_context()
    call.run(keeper.begin_call)
    keeper.take(other)
    later.run(keeper.begin_call)
    assert [context.run(keeper.of_call) for context in (call, later, copy_context())] == [policy, other, other]
