"""Why an entry is there: the sentence of its rule, by the version of the policy that charged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from linkedaccounts.domain.effects import PlanShare
from linkedaccounts.domain.ledger import Entry, EntryKind, Transaction, TransactionKind
from linkedaccounts.domain.money import Money
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import PolicyRejected
from linkedaccounts.statements.words import Words


@dataclass(frozen=True, slots=True)
class Sentences:
    """Says entries in one language; ``version`` gives the policy of a version: LookupError, PolicyRejected."""

    version: Callable[[str], Policy]
    say: Words

    def why(self, transaction: Transaction, entry: Entry) -> str:
        """The sentence, or the code of its reason if a later service cannot read that policy any more."""
        if entry.kind is EntryKind.REFUND:
            return self.say("refund_why")
        try:
            sentence = self._of_rule(transaction, entry)
        except (LookupError, PolicyRejected):
            sentence = self.say("reason_only", reason=entry.reason)
        reversed_ = transaction.kind is TransactionKind.REVERSAL
        return self.say("reversed_why", sentence=sentence) if reversed_ else sentence

    def _of_rule(self, transaction: Transaction, entry: Entry) -> str:
        policy = self.version(transaction.grounds.policy_version)
        rules = (rule for each in policy.decisions.values() for rule in (*each.rules, each.otherwise) if rule)
        rule = next((rule for rule in rules if rule.id == entry.rule_id), None)
        if rule is None:
            raise LookupError(entry.rule_id)
        return rule.message.render(self.say.language, _values(policy, rule, transaction, entry))


def _values(policy: Policy, rule: Rule, transaction: Transaction, entry: Entry) -> Mapping[str, object]:
    """What a message may fill in, as the quote of the charge did."""
    fees = sum(each.minor for each in transaction.entries if each.kind is EntryKind.STANDARD_FEE)
    stores, plans = policy.catalogue.stores, policy.catalogue.plans
    values: dict[str, object] = {
        "store": stores[transaction.store].name,
        "standard_fee": Money(fees, transaction.currency),
        "charge": Money(abs(transaction.amount.minor), transaction.currency),
        "holds_through": transaction.cycle.last_day,
    }
    if isinstance(rule.effect, PlanShare):
        terms = plans[rule.effect.plan].terms.on(transaction.cycle.starts_on)
        values["plan"] = plans[rule.effect.plan].name
        values["cap"] = terms.value.cap if terms else ""
    if entry.carrier:
        values["carrier"] = stores[entry.carrier].name
    return values
