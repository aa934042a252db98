"""Where linked sellers may pay more, held against the rules that decide for facts drawn at random."""

from __future__ import annotations

import random

import pytest

from linkedaccounts.policy.regions import TooComplex, inside
from linkedaccounts.policy.values import Encoded
from linkedaccounts.workbench.linking_compared import FIRST_MONTH, LINKED, _chosen, _known
from tests.policy.random_policies import drawn, facts_that_occur


@pytest.mark.parametrize("seed", range(40))
def test_facts_on_which_linked_is_not_known_to_be_cheaper_lie_in_the_regions_and_no_others_do(seed: int) -> None:
    chance = random.Random(f"linking {seed}")
    decision = drawn(chance).decision
    if decision.form.name != "charging":
        return
    try:
        regions = list(_chosen(decision))
    except TooComplex:
        return
    for _ in range(40):
        facts: dict[str, Encoded | None] = {**facts_that_occur(chance, decision), LINKED: True}
        linked = decision.decide(facts)
        unlinked = decision.decide({**facts, LINKED: False, FIRST_MONTH: False})
        known = all(_known(one, other) for one in linked for other in unlinked)

        assert any(inside(box, facts) for box in regions) == (not known), facts
