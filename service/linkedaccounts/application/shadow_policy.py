"""A candidate beside the live policy: decides again what that decided, on the same facts, day and rates."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson

from linkedaccounts.application.decision_line import asked, decision_outcome, quote_outcome
from linkedaccounts.application.decision_record import DecisionMade, Made, QuoteMade, QuoteRepeated
from linkedaccounts.application.quote_fees import QuoteFees
from linkedaccounts.application.refusals import Refusal
from linkedaccounts.policy.decisions import CHOICE, DECISIONS
from linkedaccounts.policy.policy import Policy

Outcome = dict[str, Any]
"""What a decision came to, as its record states it; or ``refused`` with the reason why there is no quote at all."""


class ShadowPolicy:
    """Decides with ``policy``; it changes nothing, and nobody is told."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def outcome(self, made: Made) -> Outcome:
        """What this policy makes of what was decided."""
        return self._decision(made) if isinstance(made, DecisionMade) else self._quote(made)

    def _quote(self, made: QuoteMade | QuoteRepeated) -> Outcome:
        request = asked(made)
        day = date.fromisoformat(request.day)
        try:
            return quote_outcome(QuoteFees(lambda: self.policy, lambda: made.book, lambda: day)(request))
        except Refusal as refusal:
            return {"refused": str(refusal)}

    def _decision(self, made: DecisionMade) -> Outcome:
        rules = self.policy.decisions[made.decision].decide(made.facts)
        chosen = rules[:1] if DECISIONS[made.decision].combine == CHOICE else rules
        return decision_outcome(made.decision, chosen)


def outcome_of(made: Made) -> Outcome:
    """What the live policy made of it."""
    if isinstance(made, DecisionMade):
        return decision_outcome(made.decision, made.rules)
    if isinstance(made, QuoteMade):
        return quote_outcome(made.quote)
    outcome: Outcome = orjson.loads(made.outcome)
    return outcome


def same_answer(one: Outcome, other: Outcome) -> bool:
    """Whether two outcomes differ in nothing but the rules that led to them."""
    return bool(_without_rules(one) == _without_rules(other))


def _without_rules(outcome: Any) -> Any:
    if isinstance(outcome, dict):
        return {name: _without_rules(value) for name, value in outcome.items() if name != "rules"}
    return [_without_rules(one) for one in outcome] if isinstance(outcome, list) else outcome
