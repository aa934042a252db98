"""A seller who would register in a store: the facts, and what the policy decides on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from linkedaccounts.application.decision_record import DecisionMade
from linkedaccounts.application.eligibility import AccountDecision
from linkedaccounts.application.new_store import NewStore
from linkedaccounts.application.policy_refusal import Refusals, RefusedBy, refusals_of
from linkedaccounts.application.reach import Reach, ReachedAccount
from linkedaccounts.application.said import Said
from linkedaccounts.domain.catalogue import Store, StoreTerms
from linkedaccounts.domain.details import Detail
from linkedaccounts.domain.effects import AskedFor, Grounds, SignInRequired
from linkedaccounts.domain.text import LANGUAGES
from linkedaccounts.policy.decide import FactValues
from linkedaccounts.policy.model import FactValue, Rule
from linkedaccounts.policy.policy import Policy

REGISTER, FRESH_SIGN_IN, DETAILS = "register", "fresh_sign_in", "details"
"""The decisions about a registration."""


@dataclass(frozen=True, slots=True)
class Requested:
    """A detail that a registration must give, and the rule that asks for it."""

    detail: Detail
    said: Said


@dataclass(frozen=True, slots=True)
class Registering:
    """A seller who would register in ``store`` from ``account``; ``together`` is that and all that are linked to it.

    ``minutes`` since the user gave a password, whole ones. ``business_type`` and ``selling_plan`` None is not known.
    ``made`` is what the policy decided so far, each decision once.
    """

    policy: Policy
    store: Store
    terms: StoreTerms
    account: ReachedAccount
    together: tuple[ReachedAccount, ...]
    day: date
    minutes: int
    business_type: str | None = None
    selling_plan: str | None = None
    made: dict[str, DecisionMade] = field(default_factory=dict, compare=False)

    def facts(self) -> dict[str, FactValue]:
        """What rules may know: every field of RegisterFacts, FreshSignInFacts and DetailsFacts in facts.proto."""
        accounts = [reached.account.store for reached in self.together]
        return {
            **NewStore(self.store, self.terms).facts(accounts, self.policy.catalogue.stores),
            "actor.role": self.account.standing.role,
            "actor.organisation": self.account.standing.organisation,
            "account.status": self.account.account.status,
            "session.minutes_since_sign_in": self.minutes,
            "registration.business_type": self.business_type,
            "registration.selling_plan": self.selling_plan,
            "action.day": self.day,
        }

    def decision(self) -> AccountDecision:
        """Whether the seller may register in the store, and why or why not."""
        facts = self.facts()
        judged = self.policy.judge(REGISTER, facts)
        self._note(REGISTER, facts, judged.rules)
        said = tuple(Said(rule, {"store": self.store.name}) for rule in judged.rules)
        return AccountDecision(self.store.code, judged.allowed, said, facts=facts)

    def refusals(self, decision: AccountDecision) -> Refusals:
        """What keeps the seller from registering now: rules that refuse, or else that the sign-in is too long ago."""
        found = refusals_of([(self.store.code, decision)], self.policy.version)
        return found if found.refused_by else Refusals(self._too_long_ago(), self.policy.version)

    def _too_long_ago(self) -> tuple[RefusedBy, ...]:
        facts = self.facts()
        rule = self.policy.choose(FRESH_SIGN_IN, facts)
        self._note(FRESH_SIGN_IN, facts, (rule,))
        if not isinstance(rule.effect, SignInRequired):
            return ()
        said = Said(rule, {"store": self.store.name})
        sentences = {language: said.message(language) for language in LANGUAGES}
        return (RefusedBy(self.store.code, rule.id, rule.reason, Grounds.NOT_POSSIBLE, sentences),)

    def requested(self) -> tuple[Requested, ...]:
        """The details that the rules ask for, in their order; each once."""
        found: dict[str, Requested] = {}
        facts = self.facts()
        rules = self.policy.collect(DETAILS, facts)
        self._note(DETAILS, facts, rules)
        for rule in rules:
            assert isinstance(rule.effect, AskedFor)  # the checks admit only this in `details`
            detail = self.policy.catalogue.details[rule.effect.detail]
            said = Said(rule, {"store": self.store.name, "detail": detail.label})
            found.setdefault(detail.id, Requested(detail, said))
        return tuple(found.values())

    def _note(self, decision: str, facts: FactValues, rules: tuple[Rule, ...]) -> None:
        self.made[decision] = DecisionMade(decision, facts, rules, self.policy.version)


def registering_from(  # noqa: PLR0913, PLR0917  # all that a registration is about
    policy: Policy,
    reach: Reach,
    store: Store,
    terms: StoreTerms,
    account_id: str,
    now: datetime,
    business_type: str | None = None,
    selling_plan: str | None = None,
) -> Registering:
    """A seller who would register from an account of the session, the one named, or else the best for it.

    That is, of those from which the rules allow it, else of all, the one registered first.
    """
    minutes = max(0, int((now - reach.session.signed_in_at).total_seconds() // 60))
    candidates = [
        Registering(
            policy=policy,
            store=store,
            terms=terms,
            account=reached,
            together=reach.with_all_linked({reached.account.id}),
            day=now.date(),
            minutes=minutes,
            business_type=business_type,
            selling_plan=selling_plan,
        )
        for reached in reach.own
        if account_id in {"", reached.account.id}
    ]
    return min(candidates, key=_least_wanted)


def _least_wanted(candidate: Registering) -> tuple[bool, date, str]:
    account = candidate.account.account
    return not candidate.decision().allowed, account.registered_on, account.id
