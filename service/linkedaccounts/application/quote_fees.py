"""Quotes a seller's monthly subscription fees: asks the rules how each store is charged, and prices the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple, cast

from linkedaccounts.application.check_request import check_request
from linkedaccounts.application.decision_record import QuoteMade, QuoteRepeated, Recorder, not_recorded
from linkedaccounts.application.fee_quote import (
    Adjustment,
    FeeQuote,
    QuoteLine,
    QuoteRequest,
    ReportedTotals,
    Totals,
)
from linkedaccounts.application.refusals import RateUnavailable
from linkedaccounts.application.said import Said
from linkedaccounts.application.seller import Seller, SellerStore
from linkedaccounts.domain.catalogue import PlanTerms
from linkedaccounts.domain.effects import ChargedNothing, ChargedOnce, Charging, PlanShare
from linkedaccounts.domain.exact_sum import exact_sum
from linkedaccounts.domain.money import Money
from linkedaccounts.domain.preference import ranking
from linkedaccounts.domain.pricing import StoreToPrice, price
from linkedaccounts.domain.rates import Rate, RateBook, RateMissing, Rates
from linkedaccounts.policy.decisions import FEE_DECISIONS
from linkedaccounts.policy.model import FactValue, NotApplied, Rule
from linkedaccounts.policy.policy import Policy

ONE = Fraction(1)


class Grounds(NamedTuple):
    """All that a quote follows from beside its request: on the same grounds it is the same."""

    policy: Policy
    book: RateBook
    today: date


class QuoteFees:
    """The use case. Each call takes the policy and the rate book once, so that no answer mixes two."""

    def __init__(
        self,
        policy: Callable[[], Policy],
        book: Callable[[], RateBook],
        today: Callable[[], date],
        recorder: Recorder = not_recorded,
    ) -> None:
        self._policy = policy
        self._book = book
        self._today = today
        self._recorder = recorder

    def __call__(self, request: QuoteRequest) -> FeeQuote:
        """The quote; InvalidRequest lists all that is wrong with the request, RateUnavailable names a missing rate."""
        made = self.on(self.grounds(), request)
        self.record(made)
        return made.quote

    def grounds(self) -> Grounds:
        """What a quote is made on now."""
        return Grounds(self._policy(), self._book(), self._today())

    def on(self, grounds: Grounds, request: QuoteRequest) -> QuoteMade:
        """The quote, which nobody is told yet; raises the same."""
        policy, book, today = grounds
        seller = check_request(request, policy.catalogue.stores, today)
        rates = Rates(book, policy.catalogue.pegs, seller.day)
        try:
            quote = _Quoting(policy, seller, rates, request.explain).quote()
        except RateMissing as missing:
            raise RateUnavailable(missing) from missing
        return QuoteMade(policy, book, request, seller.home, quote)

    def record(self, made: QuoteMade | QuoteRepeated) -> None:
        """Takes down that a caller is told this quote."""
        self._recorder(made)


@dataclass(slots=True)
class _Ruled:
    """A store of the seller with what the rules said of it. ``rules``: the way of charging, then reductions.

    ``per_unit`` is what one unit of its currency is worth in the reporting currency, ``weight`` its fee in that.
    """

    own: SellerStore
    facts: Mapping[str, FactValue]
    rate: Rate | None
    per_unit: Fraction
    weight: Fraction
    grouping: Rule
    rules: tuple[Rule, ...] = ()
    carrier: _Ruled | None = None

    @property
    def code(self) -> str:
        return self.own.store.code

    @property
    def home(self) -> bool:
        return self.own.home

    @property
    def registered_on(self) -> date:
        return self.own.registered_on


class _Quoting:
    """One quote in the making."""

    def __init__(self, policy: Policy, seller: Seller, rates: Rates, explain: bool) -> None:
        self._policy = policy
        self._seller = seller
        self._rates = rates
        self._explain = explain
        self._common = seller.facts(rates.estimated)
        self._reporting = policy.catalogue.reporting_currency

    def quote(self) -> FeeQuote:
        """Groups, charges, prices, sums."""
        stores = [self._ruled(own) for own in self._seller.stores]
        self._choose_carriers(stores)
        for store in stores:
            self._charge(store)
        plans = self._plans(stores)
        charges = price([self._to_price(store) for store in stores], plans, self._rates, self._reporting.code)
        lines = tuple(self._line(store, steps, plans) for store, steps in zip(stores, charges, strict=True))
        notes, not_noted = self._notes()
        return FeeQuote(
            day=self._seller.day,
            lines=lines,
            totals_by_currency=_totals(lines),
            total=self._total(stores, lines),
            estimate=self._rates.estimated,
            notes=notes,
            policy_version=self._policy.version,
            notes_not_applied=not_noted,
        )

    def _ruled(self, own: SellerStore) -> _Ruled:
        facts = {**self._common, **own.facts()}
        rate = self._rates.rate(own.terms.fee.currency.code, self._reporting.code)
        per_unit = ONE if rate is None else rate.value
        weight = Fraction(*own.terms.fee.ratio_at(per_unit))
        return _Ruled(own, facts, rate, per_unit, weight, self._policy.choose("grouping", facts))

    def _choose_carriers(self, stores: list[_Ruled]) -> None:
        """The stores that one rule groups are charged once: on the one that it prefers, their carrier."""
        groups: dict[str, list[_Ruled]] = {}
        for store in stores:
            if isinstance(store.grouping.effect, ChargedOnce):
                groups.setdefault(store.grouping.id, []).append(store)
        for members in groups.values():
            effect = members[0].grouping.effect
            assert isinstance(effect, ChargedOnce)
            carrier = min(members, key=ranking(effect.on))
            for member in members:
                member.carrier = None if member is carrier else carrier

    def _charge(self, store: _Ruled) -> None:
        if store.carrier is not None:
            store.rules = (store.grouping,)
        else:
            reductions = self._policy.collect("reductions", store.facts)
            store.rules = (self._policy.choose("charging", store.facts), *reductions)

    def _to_price(self, store: _Ruled) -> StoreToPrice:
        # The checks admit only these effects in `charging` and `reductions`.
        effects = tuple(cast(Charging, rule.effect) for rule in store.rules)
        charging = ChargedNothing() if store.carrier is not None else effects[0]
        return StoreToPrice(
            store.code, store.home, store.registered_on, store.own.terms.fee, store.weight, charging, effects[1:]
        )

    def _plans(self, stores: list[_Ruled]) -> dict[str, PlanTerms]:
        ids = {rule.effect.plan for store in stores for rule in store.rules if isinstance(rule.effect, PlanShare)}
        entries = {plan: self._policy.catalogue.plans[plan].terms.on(self._seller.day) for plan in ids}
        return {plan: entry.value for plan, entry in entries.items() if entry is not None}

    def _line(self, store: _Ruled, steps: tuple[Money, ...], plans: Mapping[str, PlanTerms]) -> QuoteLine:
        own, fee, charge = store.own, store.own.terms.fee, steps[-1]
        befores = (fee, *steps)
        adjustments = tuple(
            Adjustment(before - after, Said(rule, self._values(store, rule, charge, plans)))
            for rule, before, after in zip(store.rules, befores, steps, strict=False)
        )
        not_applied = self._not_applied(store) if self._explain else ()
        return QuoteLine(
            store=store.code,
            standard_fee=fee,
            charge=charge,
            discount=fee - charge,
            first_month=own.first_month,
            cycle=own.cycle,
            rate=store.rate,
            adjustments=adjustments,
            not_applied=not_applied,
        )

    def _values(self, store: _Ruled, rule: Rule, charge: Money, plans: Mapping[str, PlanTerms]) -> Mapping[str, object]:
        """What a message may fill in; see ``policy.decisions``."""
        values: dict[str, object] = {
            "store": store.own.store.name,
            "standard_fee": store.own.terms.fee,
            "charge": charge,
            "holds_through": store.own.cycle.last_day,
        }
        if isinstance(rule.effect, PlanShare):
            values["cap"] = plans[rule.effect.plan].cap
            values["plan"] = self._policy.catalogue.plans[rule.effect.plan].name
        if store.carrier is not None:
            values |= {"carrier": store.carrier.own.store.name, "carrier_store": store.carrier.code}
        return values

    def _not_applied(self, store: _Ruled) -> tuple[NotApplied, ...]:
        asked = ("grouping",) if store.carrier is not None else FEE_DECISIONS
        applied = (store.grouping, *store.rules)
        return tuple(other for name in asked for other in self._policy.explain(name, store.facts, applied))

    def _notes(self) -> tuple[tuple[Said, ...], tuple[NotApplied, ...]]:
        applied = self._policy.collect("notes", self._common)
        values = {"day": self._seller.day, "rates_through": self._rates.book.last_day}
        not_applied = self._policy.explain("notes", self._common, applied) if self._explain else ()
        return tuple(Said(rule, values) for rule in applied), not_applied

    def _total(self, stores: list[_Ruled], lines: tuple[QuoteLine, ...]) -> ReportedTotals:
        charges = (line.charge.ratio_at(store.per_unit) for store, line in zip(stores, lines, strict=True))
        standard_fee = exact_sum(store.weight.as_integer_ratio() for store in stores)
        return ReportedTotals(self._reporting, standard_fee, exact_sum(charges))


def _totals(lines: tuple[QuoteLine, ...]) -> tuple[Totals, ...]:
    sums: dict[str, Totals] = {}
    for line in lines:
        so_far = sums.get(line.charge.currency.code)
        own = Totals(line.standard_fee, line.charge, line.discount)
        sums[line.charge.currency.code] = own if so_far is None else _added(so_far, own)
    return tuple(sums[code] for code in sorted(sums))


def _added(one: Totals, other: Totals) -> Totals:
    return Totals(one.standard_fee + other.standard_fee, one.charge + other.charge, one.discount + other.discount)
