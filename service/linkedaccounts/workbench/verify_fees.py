"""Invariants of fees: proved by cases over the regions and effects of the rules, or else tested with quotes."""

from __future__ import annotations

from collections.abc import Sequence

from linkedaccounts.policy.decisions import FEE_DECISIONS
from linkedaccounts.policy.invariants import AlwaysHolds
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.regions import TooComplex
from linkedaccounts.policy.rule_region import MOST_BOXES_SAID
from linkedaccounts.policy.wording import region_words
from linkedaccounts.workbench.at_most import never_raises, within_cap
from linkedaccounts.workbench.linking_compared import not_known_cheaper
from linkedaccounts.workbench.quote_trials import QuoteTrials
from linkedaccounts.workbench.verdict import Proof, Verdict


def charge_at_most_fee(invariant: AlwaysHolds, trials: QuoteTrials) -> Verdict:
    """Whether every store is charged its standard fee at the most."""
    rules = _rules(trials.policy)
    if all(never_raises(rule.effect) for rule in rules):
        how = f"for all facts: none of the operations of {len(rules)} rules raises a charge"
        return _unless(trials.beyond_fee(), Verdict(invariant, Proof.PROVED, how), trials)
    return _unless(trials.beyond_fee(), _tested(invariant, trials), trials)


def plan_within_cap(invariant: AlwaysHolds, trials: QuoteTrials) -> Verdict:
    """Whether the stores that share a plan are together charged its cap at the most, converted exactly."""
    plans = trials.policy.catalogue.plans.values()
    splits = [entry.value.split for plan in plans for entry in plan.terms.entries]
    if all(within_cap(split) for split in splits) and all(never_raises(rule.effect) for rule in _rules(trials.policy)):
        how = f"for all facts: the split of {len(splits)} entries of plans keeps to the cap, and no operation raises it"
        return _unless(trials.beyond_cap(), Verdict(invariant, Proof.PROVED, how), trials)
    return _unless(trials.beyond_cap(), _tested(invariant, trials), trials)


def linked_at_most_unlinked(invariant: AlwaysHolds, trials: QuoteTrials) -> Verdict:
    """Whether a seller pays in all at most what the same seller would pay if the accounts were not linked."""
    try:
        open_ones = list(not_known_cheaper(trials.policy))
    except TooComplex:
        return _unless(trials.dearer_linked([]), _tested(invariant, trials), trials)
    if not open_ones:
        how = "for all facts, store by store: wherever rules decide, linked is known to be at most unlinked"
        return _unless(trials.dearer_linked([]), Verdict(invariant, Proof.PROVED, how), trials)
    where = region_words(open_ones, trials.policy.decisions["charging"].space.facts, MOST_BOXES_SAID)
    tested = _tested(invariant, trials, f"not proved where {where}")
    return _unless(trials.dearer_linked(open_ones), tested, trials)


def _unless(counterexample: str, verdict: Verdict, trials: QuoteTrials) -> Verdict:
    if counterexample:
        return Verdict(verdict.invariant, Proof.REFUTED, "by a quote", counterexample)
    beside = f"; and held by {trials.count} quotes" if verdict.proof is Proof.PROVED else ""
    return Verdict(verdict.invariant, verdict.proof, verdict.how + beside)


def _tested(invariant: AlwaysHolds, trials: QuoteTrials, why: str = "it could not be proved") -> Verdict:
    return Verdict(invariant, Proof.TESTED, f"with {trials.count} quotes; {why}")


def _rules(policy: Policy) -> Sequence[Rule]:
    decisions = [policy.decisions[name] for name in FEE_DECISIONS]
    return [rule for decision in decisions for rule in (*decision.rules, decision.otherwise) if rule is not None]
