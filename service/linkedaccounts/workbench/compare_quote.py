"""What a change comes to in money, for a seller to whom it happens: the quotes of both policies, exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import islice

from linkedaccounts.application.check_request import check_request
from linkedaccounts.application.fee_quote import FeeQuote, QuoteLine, QuoteRequest, StoreAccount
from linkedaccounts.application.quote_fees import QuoteFees
from linkedaccounts.application.refusals import Refusal
from linkedaccounts.domain.catalogue import Catalogue, Store
from linkedaccounts.domain.rates import RateBook, RateMissing, Rates
from linkedaccounts.policy.model import FactValue
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.regions import Box, Space
from linkedaccounts.policy.values import Encoded
from linkedaccounts.policy.vocabulary import encode
from linkedaccounts.workbench.compare_example import nearest
from linkedaccounts.workbench.compare_sellers import A_YEAR, SellersIn, day_of, months_before, values_of

MOST_TRIED = 200
"""Sellers that are tried before a region counts as one in which there are none."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A seller and what both policies charge. ``store`` is the code of the store that it is about, "" for all."""

    request: QuoteRequest
    store: str
    before: FeeQuote
    after: FeeQuote

    @property
    def changed(self) -> tuple[tuple[QuoteLine, QuoteLine], ...]:
        """The lines whose charge differs, before and after."""
        lines = zip(self.before.lines, self.after.lines, strict=True)
        return tuple((one, other) for one, other in lines if one.charge != other.charge)


class Quotes:
    """Quotes of two policies with one rate book."""

    def __init__(self, old: Policy, new: Policy, book: RateBook) -> None:
        self.book = book
        self._policies = old, new
        self._quote = [_quoting(policy, book) for policy in (old, new)]
        stores = (policy.catalogue.stores for policy in (old, new))
        self._codes = sorted(set.intersection(*(set(each) for each in stores)))

    def of_all_stores(self, day: date) -> Quoted | None:
        """What a linked seller in all stores of a day pays, a year after registering; None if there is no rate."""
        codes = self._open(day)
        return self._quoted(_request(codes, day, months_before(day, A_YEAR)), "") if codes else None

    def inside(self, box: Box, space: Space) -> tuple[Quoted, dict[str, Encoded | None]] | None:
        """What a seller pays one of whose stores lies in a box of the facts of charging, with all facts of that store.

        Rather a seller whose charge differs; None if no seller is found.
        """
        found: tuple[Quoted, dict[str, Encoded | None]] | None = None
        for request, code in islice(self._sellers(box, space), MOST_TRIED):
            facts = self._facts(request, code)
            if facts is None or not all(facts[path] in values for path, values in box.items()):
                continue
            quoted = self._quoted(request, code)
            if quoted and quoted.changed:
                return quoted, facts
            found = found or ((quoted, facts) if quoted else None)
        return found

    def _sellers(self, box: Box, space: Space) -> Iterator[tuple[QuoteRequest, str]]:
        for day in self._days(box, space):
            open_stores = self._open(day)
            for code in (code for code in open_stores if code in values_of("store.code", box, space)):
                others = [other for other in open_stores if other != code]
                for request in SellersIn(box, space, code, others, day).requests():
                    yield request, code

    def _days(self, box: Box, space: Space) -> list[date]:
        """Days of a box near the end of the rate book, the ones with published rates first."""
        days = values_of("quote.day", box, space)
        last = self.book.last_day.toordinal()
        return [day_of(day) for day in dict.fromkeys((nearest(days, last), nearest(days, last + 1)))]

    def _open(self, day: date) -> list[str]:
        """The stores that both catalogues have on a day, the dearest first."""
        new = self._policies[1].catalogue
        rates = Rates(self.book, new.pegs, day)
        there = [
            code for code in self._codes if all(each.catalogue.stores[code].exists_on(day) for each in self._policies)
        ]
        return sorted(there, key=lambda code: (-_weight(new, new.stores[code], rates), code))

    def _facts(self, request: QuoteRequest, code: str) -> dict[str, Encoded | None] | None:
        """The facts of a store of a seller; None if the request is not sound."""
        try:
            seller = check_request(request, self._policies[0].catalogue.stores, self.book.last_day)
        except Refusal:
            return None
        own = next(store for store in seller.stores if store.store.code == code)
        facts: dict[str, FactValue] = {**seller.facts(seller.day > self.book.last_day), **own.facts()}
        return {path: encode(value) for path, value in facts.items()}

    def _quoted(self, request: QuoteRequest, code: str) -> Quoted | None:
        try:
            return Quoted(request, code, *(quote(request) for quote in self._quote))
        except Refusal:
            return None


def _weight(catalogue: Catalogue, store: Store, rates: Rates) -> Fraction:
    """A store's fee in the reporting currency; nothing if there is no rate."""
    entry = store.terms.on(rates.on)
    assert entry is not None
    fee = entry.value.fee
    try:
        return rates.convert(fee.exact, fee.currency.code, catalogue.reporting_currency.code)
    except RateMissing:
        return Fraction(0)


def _quoting(policy: Policy, book: RateBook) -> QuoteFees:
    return QuoteFees(lambda: policy, lambda: book, lambda: book.last_day)


def _request(codes: Iterable[str], day: date, registered_on: date) -> QuoteRequest:
    accounts = tuple(StoreAccount(code, registered_on.isoformat()) for code in codes)
    return QuoteRequest(accounts, linked=True, day=day.isoformat())
