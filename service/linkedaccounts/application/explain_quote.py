"""Explains what the rules decide on a store of a quote, and what of the request would have to be different.

The facts of a quote follow from its request: the first month from the day of linking, say. So the nearest misses are
told in the request's own terms. Each of its days is searched day by day, as far as ``DAYS_SEARCHED``, so that nothing
nearer is missed, whatever the rules look at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from linkedaccounts.application.check_field import LAST_DAY
from linkedaccounts.application.check_request import check_request
from linkedaccounts.application.explain_decision import Explained
from linkedaccounts.application.fee_quote import QuoteRequest, StoreAccount
from linkedaccounts.application.refusals import FieldProblem, InvalidRequest
from linkedaccounts.application.seller import Seller
from linkedaccounts.domain.rates import RateBook, Rates
from linkedaccounts.policy.decide import Decision, FactValues
from linkedaccounts.policy.decisions import FEE_DECISIONS
from linkedaccounts.policy.explanation import Explanation, explain_decision
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.nearest import Change, NearMiss
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.vocabulary import Fact, encode

DAYS_SEARCHED = 400
"""So many days to either side a day of the request is searched: every month of a year, and some more."""

FOLLOWING = frozenset(
    {
        "store.registered_on",
        "store.months_since_registration",
        "store.first_month",
        "store.home",
        "seller.linked",
        "seller.home_store",
        "quote.day",
        "quote.estimate",
    }
)
"""The facts that follow from the days, the link and the home store of a request."""


class ExplainQuote:
    """The use case. Each call takes the policy and the rate book once; it takes a while: call it in a thread."""

    def __init__(self, policy: Callable[[], Policy], book: Callable[[], RateBook], today: Callable[[], date]) -> None:
        self._policy = policy
        self._book = book
        self._today = today

    def __call__(self, request: QuoteRequest | None, store: str) -> Explained:
        """The decisions on a store that have rules; InvalidRequest lists all that is wrong with the request.

        ``store`` is the code of one of the quote's stores; it may be empty if there is only one. Of a store that a rule
        groups with others, which of them is charged is for the quote to say.
        """
        if request is None:
            raise InvalidRequest([FieldProblem("quote.request", "REQUEST_REQUIRED")])
        policy = self._policy()
        quoted = _Quoted(policy, self._book(), self._today(), request)
        index = _index(store, request)
        found = quoted.search(index)
        asked = (policy.decisions[name] for name in FEE_DECISIONS)
        explanations = tuple(quoted.explanation(decision, index, found) for decision in asked if decision.rules)
        return Explained(explanations, policy.catalogue, policy.version)


@dataclass(frozen=True, slots=True)
class _Varied:
    """The facts of a store if one thing in the request were different."""

    change: Change
    facts: FactValues


class _Quoted:
    """A quote's request, and what it would come to if it were another."""

    def __init__(self, policy: Policy, book: RateBook, today: date, request: QuoteRequest) -> None:
        self._policy = policy
        self._book = book
        self._today = today
        try:
            self._seller = self._checked(request)
        except InvalidRequest as invalid:
            nested = (replace(problem, field=f"quote.request.{problem.field}") for problem in invalid.problems)
            raise InvalidRequest([*nested]) from None
        self._request = replace(request, day=self._seller.day.isoformat())

    def explanation(self, decision: Decision, index: int, varied: tuple[_Varied, ...]) -> Explanation:
        """The decision on a store, explained in the request's terms."""
        explanation = explain_decision(decision, self._facts(self._seller, index))
        kept = (
            miss
            for miss in explanation.nearest or ()
            if not any(change.fact in FOLLOWING for change in (*miss.changes, *miss.along))
        )
        misses = _nearest(decision, explanation.rules, varied)
        values = {"holds_through": self._seller.stores[index].cycle.last_day}
        return replace(explanation, nearest=(*misses, *kept), beside=_fields(decision, index), values=values)

    def search(self, index: int) -> tuple[_Varied, ...]:
        """What one change of the request would come to, for each field the nearest first."""
        if not any(FOLLOWING & set(self._policy.decisions[name].looks_at) for name in FEE_DECISIONS):
            return ()
        return tuple(
            _Varied(change, self._facts(seller, index))
            for change, request in _variations(self._request, self._seller, index)
            if (seller := self._possible(request)) is not None
        )

    def _possible(self, request: QuoteRequest) -> Seller | None:
        try:
            return self._checked(request)
        except InvalidRequest:
            return None

    def _checked(self, request: QuoteRequest) -> Seller:
        return check_request(request, self._policy.catalogue.stores, self._today)

    def _facts(self, seller: Seller, index: int) -> FactValues:
        estimated = Rates(self._book, self._policy.catalogue.pegs, seller.day).estimated
        return {**seller.facts(estimated), **seller.stores[index].facts()}


def _index(store: str, request: QuoteRequest) -> int:
    """Which of the request's stores is meant; InvalidRequest if that cannot be told."""
    codes = [account.store for account in request.stores]
    if store in codes:
        return codes.index(store)
    if not store and len(codes) == 1:
        return 0
    raise InvalidRequest([FieldProblem("quote.store", "STORE_NOT_QUOTED", {"known": ", ".join(sorted(codes))})])


def _nearest(decision: Decision, now: tuple[Rule, ...], varied: tuple[_Varied, ...]) -> list[NearMiss]:
    """For each field and each other outcome the nearest change that leads there."""
    found: dict[tuple[str, tuple[str, ...]], NearMiss] = {}
    outcomes: dict[tuple[object, ...], tuple[Rule, ...]] = {}
    for one in varied:
        looked_at = tuple(one.facts[path] for path in decision.looks_at)
        rules = outcomes.get(looked_at)
        if rules is None:
            rules = outcomes[looked_at] = decision.decide(one.facts)
        if rules != now:
            found.setdefault((one.change.fact, tuple(rule.id for rule in rules)), NearMiss((one.change,), (), rules))
    return list(found.values())


def _fields(decision: Decision, index: int) -> Mapping[str, Fact]:
    """What a change of the request may name, each as a fact of the type that it has."""
    facts = decision.space.facts
    of_request = {
        f"stores[{index}].linked_on": facts["quote.day"],
        f"stores[{index}].registered_on": facts["quote.day"],
        "day": facts["quote.day"],
        "linked": facts["seller.linked"],
        "home_store": facts["seller.home_store"],
    }
    return {path: replace(fact, path=path) for path, fact in of_request.items()}


def _variations(request: QuoteRequest, seller: Seller, index: int) -> Iterator[tuple[Change, QuoteRequest]]:
    """Requests that differ in one field, of each field the nearest first; some may not be possible after all."""
    own = seller.stores[index]
    account = request.stores[index]
    if seller.linked:
        for day in _days_around(own.linked_on, own.registered_on, seller.day):
            change = Change(f"stores[{index}].linked_on", encode(own.linked_on), day.toordinal())
            yield change, _with(request, index, replace(account, linked_on=day.isoformat()))
    for day in _days_around(own.registered_on, date.min, own.linked_on if account.linked_on else seller.day):
        change = Change(f"stores[{index}].registered_on", encode(own.registered_on), day.toordinal())
        yield change, _with(request, index, replace(account, registered_on=day.isoformat()))
    for day in _days_around(seller.day, max(store.linked_on for store in seller.stores), LAST_DAY):
        yield Change("day", encode(seller.day), day.toordinal()), replace(request, day=day.isoformat())
    yield Change("linked", seller.linked, not seller.linked), _linked_otherwise(request)
    home = next(store.store.code for store in seller.stores if store.home)
    for code in sorted(store.store.code for store in seller.stores if not store.home):
        yield Change("home_store", home, code), replace(request, home_store=code)


def _days_around(day: date, first: date, last: date) -> Iterator[date]:
    """The days before and after a day by turns, from ``first`` through ``last``, as far as is searched."""
    for days in range(1, DAYS_SEARCHED + 1):
        for ordinal in (day.toordinal() - days, day.toordinal() + days):
            if first.toordinal() <= ordinal <= last.toordinal():
                yield date.fromordinal(ordinal)


def _with(request: QuoteRequest, index: int, account: StoreAccount) -> QuoteRequest:
    return replace(request, stores=(*request.stores[:index], account, *request.stores[index + 1 :]))


def _linked_otherwise(request: QuoteRequest) -> QuoteRequest:
    """Who is no longer linked has no days of linking."""
    stores = tuple(replace(account, linked_on="") for account in request.stores)
    return replace(request, linked=not request.linked, stores=stores if request.linked else request.stores)
