"""Random eligibilities over the vocabulary of `link`, beside the choices and collections of ``random_policies``."""

from __future__ import annotations

import random
from functools import cache

from linkedaccounts.domain.effects import Allowed, Effect, Grounds, Refused
from linkedaccounts.policy.decide import Decision
from linkedaccounts.policy.decisions import DECISIONS
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.regions import Space
from tests.policy.random_policies import Author, a_rule, sound_condition
from tests.policy.rule_files import RULES

REFUSED = Refused(Grounds.NOT_PERMITTED)


@cache
def link_space() -> Space:
    """All facts of `link`, with the catalogue of rules/."""
    return load_policy(RULES).decisions["link"].space


def eligibility(chance: random.Random) -> Decision:
    """A decision whose rules allow or refuse, and which else refuses."""
    author, space = Author(), link_space()
    rules = []
    for number in range(chance.randint(1, 6)):
        effect: Effect = Allowed() if chance.random() < 0.5 else REFUSED
        condition = sound_condition(chance, author, space, depth=2)[1]
        rules.append(a_rule(f"rule-{number}", effect, condition, frozenset(), 0))
    return Decision(DECISIONS["link"], rules, a_rule("otherwise", REFUSED, None, frozenset(), 0), space)
