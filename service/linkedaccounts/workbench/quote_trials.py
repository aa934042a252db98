"""Quotes tried on a policy: drawn at random near the bounds of its rules, or made to lie in a region of facts."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import islice

from linkedaccounts.application.fee_quote import FeeQuote, QuoteRequest
from linkedaccounts.application.quote_fees import QuoteFees
from linkedaccounts.application.refusals import InvalidRequest, RateUnavailable
from linkedaccounts.domain.effects import PlanShare
from linkedaccounts.domain.rates import RateBook, Rates
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.regions import Box
from linkedaccounts.workbench.draw_quotes import drawn_requests, requests_in, unlinked
from linkedaccounts.workbench.quote_words import quote_command

TRIES = 5
"""How many sellers are drawn for one that there can be, and whose currencies have rates on the day."""


@dataclass(frozen=True, slots=True)
class _Trial:
    """A linked seller's quote, and the quote of the same seller if the accounts were not linked."""

    request: QuoteRequest
    linked: FeeQuote
    unlinked: FeeQuote


class QuoteTrials:
    """A number of quotes of one policy; each method gives the commands of the first that breaks what it is about."""

    def __init__(self, policy: Policy, book: RateBook, quotes: int, seed: int) -> None:
        self.policy = policy
        self._book = book
        self._quotes = quotes
        self._seed = seed
        self._quote = QuoteFees(lambda: policy, lambda: book, lambda: book.last_day)

    @property
    def count(self) -> int:
        """How many quotes were made, of linked and unlinked sellers together."""
        return 2 * len(self._trials)

    @cached_property
    def _trials(self) -> Sequence[_Trial]:
        chance = random.Random(self._seed)  # noqa: S311  # draws what to try, guards nothing
        tried = islice(drawn_requests(self.policy, self._book, chance), TRIES * self._quotes)
        trials = (trial for request in tried if (trial := self._trial(request)) is not None)
        return list(islice(trials, self._quotes))

    def _trial(self, request: QuoteRequest) -> _Trial | None:
        """None for a seller that there cannot be, or for whose currencies there are no rates."""
        try:
            return _Trial(request, self._quote(request), self._quote(unlinked(request)))
        except (InvalidRequest, RateUnavailable):
            return None

    def beyond_fee(self) -> str:
        """A store that is charged more than its standard fee."""
        for request, quote in self._each():
            if any(line.charge.minor > line.standard_fee.minor for line in quote.lines):
                return quote_command(request)
        return ""

    def beyond_cap(self) -> str:
        """Stores that share a plan and are charged more than its cap together."""
        for request, quote in self._each():
            if any(total > cap for total, cap in self._plans(quote)):
                return quote_command(request)
        return ""

    def dearer_linked(self, regions: Sequence[Box]) -> str:
        """A seller who pays more linked than unlinked: first sought in the regions, then among what was drawn."""
        for trial in (*self._in(regions), *self._trials):
            if trial.linked.total.charge > trial.unlinked.total.charge:
                dear, cheap = quote_command(trial.request), quote_command(unlinked(trial.request))
                return f"{dear}\n  costs more than\n{cheap}"
        return ""

    def _in(self, regions: Sequence[Box]) -> Iterator[_Trial]:
        for box in regions:
            for request in requests_in(box, self.policy, self._book):
                if (trial := self._trial(request)) is not None:
                    yield trial

    def _each(self) -> Iterator[tuple[QuoteRequest, FeeQuote]]:
        for trial in self._trials:
            yield trial.request, trial.linked
            yield unlinked(trial.request), trial.unlinked

    def _plans(self, quote: FeeQuote) -> Iterator[tuple[Fraction, Fraction]]:
        """For each plan what its stores are charged together and its cap, exactly, in the reporting currency."""
        reporting = self.policy.catalogue.reporting_currency.code
        rates = Rates(self._book, self.policy.catalogue.pegs, quote.day)
        totals: dict[str, Fraction] = {}
        for line in quote.lines:
            effects = [adjustment.said.rule.effect for adjustment in line.adjustments]
            for plan in (effect.plan for effect in effects if isinstance(effect, PlanShare)):
                worth = line.charge.exact if line.rate is None else line.charge.exact * line.rate.value
                totals[plan] = totals.get(plan, Fraction(0)) + worth
        for plan, total in totals.items():
            terms = self.policy.catalogue.plans[plan].terms.on(quote.day)
            if terms is not None:
                cap = terms.value.cap
                yield total, rates.convert(cap.exact, cap.currency.code, reporting)
