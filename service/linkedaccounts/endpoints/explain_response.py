"""From explanations to the contract's messages."""

from __future__ import annotations

from linkedaccounts.application.explain_decision import Explained
from linkedaccounts.domain.catalogue import Catalogue
from linkedaccounts.endpoints.rules_response import failed_condition, rule_reference
from linkedaccounts.policy.explanation import (
    Combined,
    ExplainedRule,
    ExplainedTest,
    Explanation,
    allowed,
)
from linkedaccounts.policy.explanation import Explained as Condition
from linkedaccounts.policy.explanation_words import as_text, outline
from linkedaccounts.policy.labels import Labels
from linkedaccounts.policy.message_values import message_of
from linkedaccounts.policy.nearest import Change, NearMiss
from linkedaccounts.policy.vocabulary import decode
from linkedaccounts.v1 import explanations_pb2 as contract
from linkedaccounts.v1.policy_service_pb2 import ExplainResponse

TRUTHS = {True: contract.TRUTH_TRUE, False: contract.TRUTH_FALSE, None: contract.TRUTH_UNKNOWN}
COMBINATIONS = {
    "all": contract.COMBINATION_ALL,
    "any": contract.COMBINATION_ANY,
    "not": contract.COMBINATION_NOT,
}


def explain_response(explained: Explained, language: str) -> ExplainResponse:
    """The explanations, with their sentences in ``language``."""
    responses = (_Response(one, explained.catalogue, language) for one in explained.explanations)
    explanations = [response.explanation() for response in responses]
    return ExplainResponse(explanations=explanations, policy_version=explained.policy_version)


class _Response:
    """One explanation as messages."""

    def __init__(self, explanation: Explanation, catalogue: Catalogue, language: str) -> None:
        self._of = explanation
        self._catalogue = catalogue
        self._language = language
        self._labels = Labels(catalogue, language)

    def explanation(self) -> contract.Explanation:
        return contract.Explanation(
            decision=self._of.decision.form.name,
            allowed=self._of.allowed,
            applied=map(self._rule, self._of.applied),
            by_otherwise=self._of.by_otherwise,
            not_applied=map(self._rule, self._of.not_applied),
            nearest_misses=map(self._miss, self._of.nearest or ()),
            nearest_misses_not_computed=self._of.nearest is None,
            text=as_text(outline(self._of, self._catalogue, self._language)),
        )

    def _rule(self, explained: ExplainedRule) -> contract.ExplainedRule:
        rule = explained.rule
        return contract.ExplainedRule(
            rule=rule_reference(rule),
            reason=rule.reason,
            effect=self._labels.effect(rule.effect),
            message=message_of(rule, self._of, self._catalogue, self._language),
            condition=self._condition(explained.condition) if explained.condition else None,
            failed=[failed_condition(failure.condition) for failure in explained.failed],
            overridden_by=explained.lost_to,
        )

    def _condition(self, condition: Condition) -> contract.ExplainedCondition:
        truth = TRUTHS[condition.held]
        match condition:
            case ExplainedTest():
                return contract.ExplainedCondition(truth=truth, test=self._test(condition))
            case Combined(how, parts):
                combined = contract.CombinedConditions(combination=COMBINATIONS[how], parts=map(self._condition, parts))
                return contract.ExplainedCondition(truth=truth, combined=combined)

    def _test(self, explained: ExplainedTest) -> contract.FactTest:
        test = explained.test
        actual = decode(explained.actual, self._of.fact(test.fact).type)
        place = test.place
        return contract.FactTest(fact=test.fact, wanted=test.wanted, actual=actual, file=place.file, line=place.line)

    def _miss(self, miss: NearMiss) -> contract.NearMiss:
        return contract.NearMiss(
            changes=map(self._change, miss.changes),
            along=map(self._change, miss.along),
            rules=map(rule_reference, miss.rules),
            allowed=allowed(self._of.decision, miss.rules),
        )

    def _change(self, change: Change) -> contract.FactChange:
        kind = self._of.fact(change.fact).type
        return contract.FactChange(
            fact=change.fact, before=decode(change.before, kind), after=decode(change.after, kind)
        )
