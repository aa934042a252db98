"""What the policy says of linking or unlinking accounts that a session reaches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from linkedaccounts.application.action import ActedOn, Action
from linkedaccounts.application.audit import AuditedDecision, AuditedRule
from linkedaccounts.application.check_eligibility import decisions_on
from linkedaccounts.application.decision_record import DecisionMade, made_on
from linkedaccounts.application.eligibility import AccountDecision
from linkedaccounts.application.policy_refusal import Refusals, refusals_of
from linkedaccounts.application.reach import Reach, ReachedAccount
from linkedaccounts.application.refusals import NotAsThingsStand
from linkedaccounts.domain.catalogue import Store
from linkedaccounts.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class Decided:
    """Accounts that are acted on, and the decision on each in the same order."""

    action: str
    accounts: tuple[ReachedAccount, ...]
    decisions: tuple[AccountDecision, ...]
    policy_version: str

    @property
    def allowed(self) -> bool:
        """Whether the action is: only if it is on every account."""
        return all(decision.allowed for decision in self.decisions)

    @property
    def refusals(self) -> Refusals:
        """All rules that refuse."""
        ids = (reached.account.id for reached in self.accounts)
        return refusals_of(zip(ids, self.decisions, strict=True), self.policy_version)

    @property
    def made(self) -> tuple[DecisionMade, ...]:
        """What is recorded of it."""
        return tuple(made_on(decision, self.action, self.policy_version) for decision in self.decisions)

    @property
    def audited(self) -> tuple[AuditedDecision, ...]:
        """What the audit says of it."""
        pairs = zip(self.accounts, self.decisions, strict=True)
        return tuple(audited(reached.account.id, decision) for reached, decision in pairs)


def audited(subject: str, decision: AccountDecision) -> AuditedDecision:
    """What the audit says of a decision."""
    rules = tuple(AuditedRule(said.rule.id, said.rule.reason) for said in decision.said)
    return AuditedDecision(subject, decision.allowed, rules)


def decide_together(
    policy: Policy, name: str, reach: Reach, picked: Sequence[str], day: date, *, explain: bool = False
) -> Decided:
    """The decision on the accounts picked and on all that are linked to them, for they would be in one group."""
    accounts = reach.with_all_linked(picked)
    groups = {reached.account.group for reached in accounts if reached.account.id in picked}
    linked_already = len(groups) == 1 and None not in groups
    in_store = Counter(reached.account.store for reached in accounts)
    acted_on = tuple(
        _acted_on(policy, reached, in_group=linked_already, store_shared=in_store[reached.account.store] > 1)
        for reached in accounts
    )
    return _decided(policy, Action(name, day, acted_on), accounts, explain=explain)


def decide_each(policy: Policy, name: str, reach: Reach, day: date) -> Decided:
    """The decision on each account that a session reaches by itself, as if picked with one in another store."""
    acted_on = tuple(
        _acted_on(policy, reached, in_group=not _others(reach.accounts, reached), store_shared=False)
        for reached in reach.accounts
    )
    return _decided(policy, Action(name, day, acted_on), reach.accounts, explain=False)


def _others(accounts: Iterable[ReachedAccount], reached: ReachedAccount) -> bool:
    """Whether there is an account that is not linked to this one, or this one is linked to none."""
    group = reached.account.group
    return group is None or any(other.account.group != group for other in accounts)


def _acted_on(policy: Policy, reached: ReachedAccount, *, in_group: bool, store_shared: bool) -> ActedOn:
    return ActedOn(
        store=store_of(policy, reached),
        role=reached.standing.role,
        organisation=reached.standing.organisation,
        status=reached.account.status,
        in_group=in_group,
        store_shared=store_shared,
    )


def store_of(policy: Policy, reached: ReachedAccount) -> Store:
    """The account's store in the catalogue; NotAsThingsStand if it was taken out of it."""
    store = policy.catalogue.stores.get(reached.account.store)
    if store is None:
        raise NotAsThingsStand("STORE_GONE", {"store": reached.account.store, "account": reached.account.id})
    return store


def _decided(policy: Policy, action: Action, accounts: tuple[ReachedAccount, ...], *, explain: bool) -> Decided:
    return Decided(action.name, accounts, decisions_on(policy, action, explain=explain), policy.version)
