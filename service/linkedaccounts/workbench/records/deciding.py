"""Makes recorded decisions again, by the policy that made them or by any other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson

from linkedaccounts.application.decision_line import QUOTE, decision_outcome, quote_outcome
from linkedaccounts.application.fee_quote import QuoteRequest, StoreAccount
from linkedaccounts.application.quote_fees import QuoteFees
from linkedaccounts.application.refusals import InvalidRequest, RateUnavailable
from linkedaccounts.domain.catalogue import Catalogue
from linkedaccounts.domain.rates import RateBook, Rates
from linkedaccounts.policy.model import FactValue
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.vocabulary import FactType
from linkedaccounts.workbench.records.reading import CannotReplay, Recorded

BOOKS_KEPT = 1000
OUTCOMES_KEPT = 2000
"""So many days' rates, and so many outcomes by their facts, are kept at hand: the same facts have the same outcome."""


class Deciding:
    """Decides on recorded facts by one policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._book_of = lru_cache(BOOKS_KEPT)(_book)
        self._outcome_of = lru_cache(OUTCOMES_KEPT)(self._outcome)

    def outcome(self, recorded: Recorded) -> dict[str, Any]:
        """What the policy says now, in the form of ``recorded.outcome``; CannotReplay says why that cannot be told."""
        try:
            return self._outcome_of(recorded.decision, orjson.dumps(recorded.facts))
        except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError):
            raise CannotReplay("the line is damaged") from None

    def rates(self, facts: Mapping[str, Any]) -> Rates:
        """The rates that a quote was recorded with, and the policy's pegs."""
        book = self._book_of(orjson.dumps(facts["rates"]))
        return Rates(book, self.policy.catalogue.pegs, date.fromisoformat(facts["day"]))

    def _outcome(self, decision: str, content: bytes) -> dict[str, Any]:
        facts = orjson.loads(content)
        return self._quoted(facts) if decision == QUOTE else self._decided(decision, facts)

    def _quoted(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        book = self._book_of(orjson.dumps(facts["rates"]))
        stores = tuple(StoreAccount(**store) for store in facts["stores"])
        request = QuoteRequest(stores, facts["linked"], facts["day"], facts["home_store"])
        quote_fees = QuoteFees(lambda: self.policy, lambda: book, lambda: book.last_day)
        try:
            return quote_outcome(quote_fees(request))
        except InvalidRequest as refused:
            problem = refused.problems[0]
            store = problem.values.get("store", "")
            raise CannotReplay(_REFUSALS.get(problem.reason, f"{problem.reason}: {{}}").format(store)) from None
        except RateUnavailable as missing:
            raise CannotReplay(f"no rate of {missing.values['currency']} was recorded with it") from None

    def _decided(self, name: str, recorded: Mapping[str, Any]) -> dict[str, Any]:
        decision = self.policy.decisions.get(name)
        if decision is None:
            raise CannotReplay(f"there is no decision `{name[:40]}`")
        known = decision.space.facts
        facts = {path: _value(value, known[path].type) for path, value in recorded.items() if path in known}
        facts |= _catalogued(facts, self.policy.catalogue)
        return decision_outcome(name, decision.decide(facts))


_REFUSALS = {
    "STORE_UNKNOWN": "the policy has no store {}",
    "STORE_NOT_OPEN": "store {} is not open yet on that day",
    "STORE_CLOSED": "store {} is closed on that day",
    "TOO_MANY_STORES": "the policy has fewer stores than the seller",
}


def _value(value: Any, kind: FactType) -> FactValue:
    if kind is FactType.DATE:
        return date.fromisoformat(value)
    result: FactValue = Decimal(value) if kind is FactType.DECIMAL else value
    return result


def _catalogued(facts: Mapping[str, FactValue], catalogue: Catalogue) -> dict[str, FactValue]:
    """The facts that come from the catalogue, as this policy's has them."""
    said: dict[str, FactValue] = {}
    for group in ("account", "store"):
        code = facts.get(f"{group}.store" if group == "account" else f"{group}.code")
        if code is None:
            continue
        store = catalogue.stores.get(str(code))
        if store is None:
            raise CannotReplay(_REFUSALS["STORE_UNKNOWN"].format(code))
        said[f"{group}.region"] = store.region.code
        if group == "store":
            entry = store.terms.on(_day(facts))
            if entry is None:
                raise CannotReplay(f"store {code} is not open on that day")
            said |= {"store.currency": entry.value.fee.currency.code, "store.standard_fee": entry.value.fee.amount}
    return said


def _day(facts: Mapping[str, FactValue]) -> date:
    day = facts["action.day"]
    assert isinstance(day, date)  # the contract's fact is one
    return day


def _book(rates: bytes) -> RateBook:
    """The rate book that a quote was recorded with: the rows in its reach, and how far the whole book went."""
    content = orjson.loads(rates)
    rows = {
        date.fromisoformat(day): {code: Decimal(figure) for code, figure in row.items()}
        for day, row in content["rows"].items()
    }
    rows.setdefault(date.fromisoformat(content["through"]), {})
    return RateBook(content["base"], sorted(rows), rows)
