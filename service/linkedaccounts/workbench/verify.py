"""Proves the invariants of a directory of rules, or refutes them, or says how far they could be tested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from linkedaccounts.domain.rates import RateBook
from linkedaccounts.policy.check import Checked
from linkedaccounts.policy.check_invariants import case_of
from linkedaccounts.policy.invariants import AlwaysHolds, NeverDecided, breach, ruled_out
from linkedaccounts.policy.load import Compiled
from linkedaccounts.policy.source import SourceFile
from linkedaccounts.workbench.quote_trials import QuoteTrials
from linkedaccounts.workbench.verdict import Proof, Verdict
from linkedaccounts.workbench.verify_fees import charge_at_most_fee, linked_at_most_unlinked, plan_within_cap
from linkedaccounts.workbench.verify_order import order_changes_nothing

QUOTES = 300
"""How many quotes are tried of what cannot be proved."""


@dataclass(frozen=True, slots=True)
class Verification:
    """The version of a directory of rules, and what became of each of its invariants, by id."""

    version: str
    verdicts: tuple[Verdict, ...]

    @property
    def holds(self) -> bool:
        """Whether no invariant is refuted."""
        return all(verdict.proof is not Proof.REFUTED for verdict in self.verdicts)


def verify(rules: Compiled, book: RateBook, quotes: int = QUOTES, seed: int = 0) -> Verification:
    """Verifies rules with a book of rates to quote by; the same seed tries the same quotes."""
    trials = QuoteTrials(rules.policy, book, quotes, seed)
    verdicts = [
        _never(invariant, rules.checked)
        if isinstance(invariant, NeverDecided)
        else _always(invariant, rules.files, trials, seed)
        for invariant in rules.checked.invariants
    ]
    return Verification(rules.policy.version, tuple(verdicts))


def _never(invariant: NeverDecided, checked: Checked) -> Verdict:
    """What is too much to compute, the check has refused already."""
    draft = checked.drafts[invariant.decision]
    space = checked.space(draft)
    rules = ruled_out(invariant, draft)
    for rule in rules:
        if broken := breach(invariant, rule, draft, space):
            case = case_of(invariant, broken, draft, space)
            return Verdict(invariant, Proof.REFUTED, f"by rule `{rule.id}` ({rule.place})", case)
    looked = f"{len(rules)} rule{'' if len(rules) == 1 else 's'} with such an effect"
    return Verdict(invariant, Proof.PROVED, f"for all facts, from the regions of {looked}")


def _always(invariant: AlwaysHolds, files: Sequence[SourceFile], trials: QuoteTrials, seed: int) -> Verdict:
    match invariant.statement:
        case "charge_at_most_standard_fee":
            return charge_at_most_fee(invariant, trials)
        case "linked_pays_at_most_unlinked":
            return linked_at_most_unlinked(invariant, trials)
        case "plan_total_at_most_cap":
            return plan_within_cap(invariant, trials)
    return order_changes_nothing(invariant, files, seed)
