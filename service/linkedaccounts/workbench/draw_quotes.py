"""Requests for quotes of linked sellers, drawn so that one of their stores lies in a region of facts.

Drawn near the bounds of regions, where rules begin and end. A request is a try: whether the facts that it comes to lie
in the region, who asks for it finds out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from linkedaccounts.application.fee_quote import QuoteRequest, StoreAccount
from linkedaccounts.domain.billing_cycle import months_after
from linkedaccounts.domain.catalogue import Store, StoreTerms
from linkedaccounts.domain.dated import DatedEntry
from linkedaccounts.domain.rates import RateBook
from linkedaccounts.policy.decisions import FEE_DECISIONS
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.regions import Box
from linkedaccounts.policy.values import HIGHEST, Encoded, Members, Spans
from linkedaccounts.policy.vocabulary import encode

MOST_MONTHS = 120
"""Stores are drawn as registered at most so many months before the quote, unless a region says otherwise."""

ESTIMATED = timedelta(days=60)
"""Quotes are drawn for days up to so long after the last rates."""

TRIES = 20
"""How many requests are drawn for one region."""


def drawn_requests(policy: Policy, book: RateBook, chance: Random) -> Iterator[QuoteRequest]:
    """Requests without end: for the regions of all rules of fees, each as often as the others, and for any facts."""
    anywhere: list[Box] = [{}]
    regions = [anywhere, *_regions(policy)]
    while True:
        request = _Draw(chance.choice(chance.choice(regions)), policy, book, chance).request()
        if request is not None:
            yield request


def requests_in(box: Box, policy: Policy, book: RateBook) -> Iterator[QuoteRequest]:
    """A few requests of sellers one of whose stores may lie in the box; always the same ones."""
    chance = Random(0)  # noqa: S311  # draws what to try, guards nothing
    draws = (_Draw(box, policy, book, chance).request() for _ in range(TRIES))
    return (request for request in draws if request is not None)


def unlinked(request: QuoteRequest) -> QuoteRequest:
    """The same seller and day, if the accounts were not linked."""
    return replace(request, linked=False, stores=tuple(replace(store, linked_on="") for store in request.stores))


def _regions(policy: Policy) -> list[list[Box]]:
    """Where each rule of fees matches."""
    decisions = [policy.decisions[name] for name in FEE_DECISIONS]
    return [decision.space.boxes(rule.condition) for decision in decisions for rule in decision.rules]


@dataclass(frozen=True, slots=True)
class _Draw:
    """One draw in a box."""

    box: Box
    policy: Policy
    book: RateBook
    chance: Random

    def request(self) -> QuoteRequest | None:
        """The request; None if this draw led nowhere."""
        opened = [pair for pair in self._terms() if self._days(pair[1])]
        if not opened:
            return None
        store, entry = self.chance.choice(opened)
        day = date.fromordinal(self._among(self._days(entry)))
        others = [other.code for other in self._stores() if other.exists_on(day) and other is not store]
        count = self._number("seller.store_count", 1, len(others) + 1)
        own = self._own(store, day)
        if count is None or own is None:
            return None
        beside = [self._other(code, day) for code in self.chance.sample(others, count - 1)]
        home = self._home(store.code, [account.store for account in beside])
        accounts = self.chance.sample([own, *beside], count)
        return None if home is None else QuoteRequest(tuple(accounts), linked=True, day=str(day), home_store=home)

    def _stores(self) -> Sequence[Store]:
        stores = self.policy.catalogue.stores
        return [stores[code] for code in sorted(stores)]

    def _terms(self) -> Iterator[tuple[Store, DatedEntry[StoreTerms]]]:
        for store in self._stores():
            for entry in store.terms.entries:
                fee = entry.value.fee
                known: dict[str, object] = {
                    "store.code": store.code,
                    "store.region": store.region.code,
                    "store.currency": fee.currency.code,
                    "store.standard_fee": fee.amount,
                }
                if all(encode(value) in self.box[fact] for fact, value in known.items() if fact in self.box):
                    yield store, entry

    def _days(self, entry: DatedEntry[StoreTerms]) -> Spans:
        """The days of the box on which the store is open and there are rates."""
        first, last = self.book.first_day.toordinal(), self.book.last_day.toordinal()
        through = entry.through.toordinal() if entry.through else HIGHEST
        days = Spans.of([(max(first, entry.since.toordinal()), min(last + ESTIMATED.days, through))])
        if "quote.estimate" in self.box:
            after = Spans.of([(last + 1, HIGHEST)]) if True in self.box["quote.estimate"] else Spans.of([])
            before = Spans.of([(first, last)]) if False in self.box["quote.estimate"] else Spans.of([])
            days = _spans(days.intersect(after.unite(before)))
        return _spans(days.intersect(self.box["quote.day"])) if "quote.day" in self.box else days

    def _own(self, store: Store, day: date) -> StoreAccount | None:
        """The account that is to lie in the box."""
        months = self._number("store.months_since_registration", 0, MOST_MONTHS)
        if months is None:
            return None
        registered_on = months_after(day, -months)
        if "store.registered_on" in self.box:
            drawn = self._number("store.registered_on", 1, day.toordinal())
            registered_on = date.fromordinal(drawn) if drawn else registered_on
        return StoreAccount(
            store.code,
            str(registered_on),
            str(day if self._member("store.first_month") else registered_on),
            active_listings=self._number("store.active_listings", 0, 100)
            if self._said("store.active_listings")
            else None,
            selling_plan=self._plan(),
            suspended=bool(self._member("store.suspended")),
            on_vacation=bool(self._member("store.on_vacation")),
        )

    def _other(self, code: str, day: date) -> StoreAccount:
        registered_on = months_after(day, -self.chance.randint(0, MOST_MONTHS))
        linked_on = self.chance.choice([registered_on, registered_on, day])
        listings = self.chance.choice([None, 0, 1]) if self._said("store.active_listings") else None
        return StoreAccount(code, str(registered_on), str(linked_on), active_listings=listings)

    def _home(self, code: str, others: Sequence[str]) -> str | None:
        """The home store of the seller; None if the box wants another than there is."""
        wanted = [
            each
            for each in sorted([code, *others])
            if (each == code) in self.box.get("store.home", _ANY) and each in self.box.get("seller.home_store", (each,))
        ]
        return self.chance.choice(wanted) if wanted else None

    def _plan(self) -> str | None:
        value = self._member("store.selling_plan") if self._said("store.selling_plan") else None
        return value if isinstance(value, str) else None

    def _said(self, fact: str) -> bool:
        """Whether a fact that may be unknown is stated: wherever the box does not take it unknown, else at times."""
        return None not in self.box[fact] if fact in self.box else self.chance.random() < 1 / 4

    def _member(self, fact: str) -> Encoded | None:
        values = self.box.get(fact, self.policy.decisions["charging"].space.facts[fact].domain)
        known = sorted(values.values, key=str) if isinstance(values, Members) else []
        return self.chance.choice(known) if known else None

    def _number(self, fact: str, least: int, most: int) -> int | None:
        """A number of the box within bounds; None if there is none."""
        values = self.box.get(fact, Spans.of([(least, most)]))
        within = _spans(values.intersect(Spans.of([(least, most)])))
        return self._among(within) if within.spans else None

    def _among(self, values: Spans) -> int:
        """One of the numbers: a bound, or any between."""
        first, last = self.chance.choice(values.spans)
        return self.chance.choice([first, last, self.chance.randint(first, last)])


_ANY = Members(frozenset({True, False}))


def _spans(values: object) -> Spans:
    assert isinstance(values, Spans)
    return values
