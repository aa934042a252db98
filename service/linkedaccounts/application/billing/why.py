"""Why an entry of the ledger is there: its rule, and the rule's sentence, by the version of the policy that charged.

The ledger keeps codes, not sentences, so that a seller reads them in any language, at any time, as they were meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from threading import Lock

from linkedaccounts.application.refusals import texts
from linkedaccounts.domain.catalogue import Catalogue
from linkedaccounts.domain.effects import PlanShare
from linkedaccounts.domain.ledger import Entry, EntryKind, Transaction, TransactionKind
from linkedaccounts.domain.money import Money
from linkedaccounts.domain.text import DEFAULT_LANGUAGE, Text
from linkedaccounts.policy.decisions import FEE_DECISIONS
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import PolicyRejected

GIVEN_BACK, TAKEN_BACK, NOT_READABLE = "GIVEN_BACK", "TAKEN_BACK", "RULE_NOT_READABLE"
POLICIES_KEPT = 32
"""Versions whose sentences are kept ready; a report of many years reads a few."""


@dataclass(frozen=True, slots=True)
class ToldEntry:
    """An entry with its rule, None of a refund and of a policy that this release cannot read; ``reason`` is a code."""

    entry: Entry
    rule: Rule | None
    reason: str
    template: Text
    values: Mapping[str, object]
    taken_back: bool

    def message(self, language: str = DEFAULT_LANGUAGE) -> str:
        """The sentence, in ``language``."""
        sentence = self.template.render(language, self.values)
        return texts()[TAKEN_BACK].render(language, {"sentence": sentence}) if self.taken_back else sentence


@dataclass(frozen=True, slots=True)
class ToldTransaction:
    """A transaction with all that its entries say."""

    transaction: Transaction
    entries: tuple[ToldEntry, ...]


@dataclass(frozen=True, slots=True)
class _Charged:
    """What a policy charged by, without all that decides: its catalogue, and its rules about fees by their ids."""

    catalogue: Catalogue
    rules: Mapping[str, Rule]


class TellWhy:
    """Tells of transactions why; safe to share between threads.

    ``version`` gives the policy of a version: LookupError, PolicyRejected, and what reading the memory raises.
    """

    def __init__(self, version: Callable[[str], Policy]) -> None:
        self._version = version
        self._loading = Lock()
        self._charged = lru_cache(POLICIES_KEPT)(self._read)

    def __call__(self, transactions: Iterable[Transaction]) -> list[ToldTransaction]:
        """The transactions in their order, with what each entry says."""
        return [self.of(one) for one in transactions]

    def of(self, one: Transaction) -> ToldTransaction:
        """The transaction, with what each entry says."""
        with self._loading:
            charged = self._charged(one.grounds.policy_version)
        return ToldTransaction(one, tuple(_told(charged, one, entry) for entry in one.entries))

    def _read(self, version: str) -> _Charged | None:
        """None if a later release than the one that charged cannot read the policy any more."""
        try:
            policy = self._version(version)
        except (LookupError, PolicyRejected):
            return None
        decisions = [policy.decisions[name] for name in FEE_DECISIONS]
        rules = (rule for each in decisions for rule in (*each.rules, each.otherwise) if rule is not None)
        return _Charged(policy.catalogue, {rule.id: rule for rule in rules})


def _told(charged: _Charged | None, one: Transaction, entry: Entry) -> ToldEntry:
    if entry.kind is EntryKind.REFUND:
        return ToldEntry(entry, None, GIVEN_BACK, texts()[GIVEN_BACK], {}, taken_back=False)
    told = _by_rule(charged, one, entry)
    return replace(told, taken_back=one.kind is TransactionKind.REVERSAL)


def _by_rule(charged: _Charged | None, one: Transaction, entry: Entry) -> ToldEntry:
    rule = charged.rules.get(entry.rule_id) if charged else None
    if charged is None or rule is None:
        named = {"rule": entry.rule_id, "reason": entry.reason}
        return ToldEntry(entry, None, entry.reason, texts()[NOT_READABLE], named, taken_back=False)
    values = _values(charged.catalogue, rule, one, entry)
    return ToldEntry(entry, rule, entry.reason, rule.message, values, taken_back=False)


def _values(catalogue: Catalogue, rule: Rule, one: Transaction, entry: Entry) -> Mapping[str, object]:
    """What a message may fill in, as the quote of the charge did; see ``policy.decisions``."""
    fee = sum(each.minor for each in one.entries if each.kind is EntryKind.STANDARD_FEE)
    values: dict[str, object] = {
        "store": catalogue.stores[one.store].name,
        "standard_fee": Money(fee, one.currency),
        "charge": Money(abs(one.amount.minor), one.currency),
        "holds_through": one.cycle.last_day,
    }
    if isinstance(rule.effect, PlanShare):
        plan = catalogue.plans[rule.effect.plan]
        terms = plan.terms.on(one.cycle.starts_on)
        values |= {"plan": plan.name, "cap": terms.value.cap if terms else ""}
    if entry.carrier:
        values["carrier"] = catalogue.stores[entry.carrier].name
    return values
