"""A decision as one line of JSON: how it is written. ``workbench.records.reading`` reads it again.

Whoever changes what stands in a line raises ``SCHEMA``, and teaches the reader both.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from linkedaccounts.application.decision_record import DecisionMade, Made, QuoteMade, QuoteRepeated
from linkedaccounts.application.fee_quote import FeeQuote, QuoteLine, QuoteRequest, StoreAccount
from linkedaccounts.domain.effects import AskedFor, SignInRequired
from linkedaccounts.domain.rates import LOOK_BACK, RateBook
from linkedaccounts.policy.decide import refuse
from linkedaccounts.policy.decisions import CHOICE, DECISIONS, ELIGIBILITY
from linkedaccounts.policy.model import Rule

SCHEMA = 1
QUOTE = "quote"
RATES_KEPT = 1000
"""For so many days the writer remembers the rates as they are written."""


class RecordedCall(NamedTuple):
    """The call that a decision was made for, and when that was, in seconds since 1970."""

    at: float
    request_id: str
    method: str


class LineWriter:
    """Writes lines; it remembers the rates that it wrote, for most quotes are for few days."""

    def __init__(self) -> None:
        self._kept: tuple[RateBook | None, dict[tuple[date, str], orjson.Fragment]] = (None, {})

    def line(self, call: RecordedCall, made: Made) -> bytes:
        """The line of a decision, with its end."""
        facts: object
        outcome: object
        if isinstance(made, DecisionMade):
            decision, version = made.decision, made.policy_version
            facts, outcome = _decision_facts(made), decision_outcome(made.decision, made.rules)
        else:
            decision, version = QUOTE, made.policy.version
            facts, outcome = map(orjson.Fragment, self.written(made))
        content = {
            "schema": SCHEMA,
            "decision": decision,
            "at": moment(call.at),
            "request_id": call.request_id,
            "method": call.method,
            "policy_version": version,
            "facts": facts,
            "outcome": outcome,
        }
        return orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE)

    def written(self, made: QuoteMade | QuoteRepeated) -> tuple[bytes, bytes]:
        """The facts and the outcome of a quote, in JSON."""
        if isinstance(made, QuoteRepeated):
            return made.facts, made.outcome
        if made.written is None:
            made.written = orjson.dumps(self._quote_facts(made)), orjson.dumps(quote_outcome(made.quote))
        return made.written

    def _quote_facts(self, made: QuoteMade) -> dict[str, Any]:
        return {
            "day": made.quote.day,
            "linked": made.request.linked,
            "home_store": made.home,
            "stores": [_store_facts(account) for account in made.request.stores],
            "rates": self._rates_of(made),
        }

    def _rates_of(self, made: QuoteMade) -> orjson.Fragment:
        book, written = self._kept  # at once: calls on other threads may be of another book
        if made.book is not book or len(written) >= RATES_KEPT:
            self._kept = (made.book, written := {})
        key = (made.quote.day, made.policy.version)
        if key not in written:
            rates = recorded_rates(made.book, made.policy.catalogue.currencies, made.quote.day)
            written[key] = orjson.Fragment(orjson.dumps(rates))
        return written[key]


def lost_line(count: int, since: float, until: float) -> bytes:
    """The line that says how many decisions are missing here, and when they were made."""
    content = {"schema": SCHEMA, "lost": count, "since": moment(since), "until": moment(until)}
    return orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE)


def moment(at: float) -> str:
    """A moment, as in ``2019-09-30T12:00:00.250Z``."""
    second, thousandths = divmod(int(at * 1000), 1000)
    return f"{_second(second)}.{thousandths:03}Z"


@lru_cache(maxsize=16)
def _second(second: int) -> str:
    """Many decisions are of one second."""
    return datetime.fromtimestamp(second, UTC).isoformat().removesuffix("+00:00")


def asked(made: QuoteMade | QuoteRepeated) -> QuoteRequest:
    """What a quote was asked with: its day and home store stated, whether they were or not, and no explanation."""
    if isinstance(made, QuoteMade):
        return replace(made.request, day=made.quote.day.isoformat(), home_store=made.home, explain=False)
    facts = orjson.loads(made.facts)
    stores = tuple(StoreAccount(**stated) for stated in facts["stores"])
    return QuoteRequest(stores, facts["linked"], facts["day"], facts["home_store"])


def quote_outcome(quote: FeeQuote) -> dict[str, Any]:
    """What a quote came to: amounts in minor units, what each rule took off, the exact sums as fractions."""
    total = quote.total
    return {
        "lines": [_line_outcome(line) for line in quote.lines],
        "notes": [said.rule.id for said in quote.notes],
        "estimate": quote.estimate,
        "total": [total.currency.code, str(total.standard_fee), str(total.charge)],
    }


def decision_outcome(decision: str, rules: Sequence[Rule]) -> dict[str, Any]:
    """What any other decision came to: the answer under its own name, and the rules that gave it."""
    ids = [rule.id for rule in rules]
    combine = DECISIONS[decision].combine
    if combine == ELIGIBILITY:
        return {"allowed": not refuse(rules), "rules": ids}
    if combine == CHOICE:
        return {"sign_in_required": any(isinstance(rule.effect, SignInRequired) for rule in rules), "rules": ids}
    details = dict.fromkeys(rule.effect.detail for rule in rules if isinstance(rule.effect, AskedFor))
    return {"details": list(details), "rules": ids}


def recorded_rates(book: RateBook, currencies: Collection[str], day: date) -> dict[str, Any]:
    """The rates of a book that a quote on a day may use, so that it can be made again without the book.

    That is the newest row in reach, and earlier ones as far as it lacks currencies that they have.
    """
    newest = min(day, book.last_day)
    days = book.days[: bisect_right(book.days, newest)]
    rows: dict[str, dict[str, str]] = {}
    reach = [one for one in days[-(LOOK_BACK.days + 1) :] if one >= newest - LOOK_BACK]
    had = {one: {code for code in currencies if code in book.per_base(one)} for one in reach}
    for one in reversed(reach):
        rows[one.isoformat()] = {code: str(book.per_base(one)[code]) for code in sorted(had[one])}
        if had[one] == set().union(*had.values()):
            break
    return {"base": book.base, "rows": rows, "through": book.last_day.isoformat()}


def _store_facts(account: StoreAccount) -> dict[str, Any]:
    """What was said of a store; what was not said is left out."""
    facts: dict[str, Any] = {"store": account.store, "registered_on": account.registered_on}
    if account.linked_on:
        facts["linked_on"] = account.linked_on
    if account.active_listings is not None:
        facts["active_listings"] = account.active_listings
    if account.selling_plan is not None:
        facts["selling_plan"] = account.selling_plan
    if account.suspended:
        facts["suspended"] = True
    if account.on_vacation:
        facts["on_vacation"] = True
    return facts


def _line_outcome(line: QuoteLine) -> dict[str, Any]:
    return {
        "store": line.store,
        "currency": line.charge.currency.code,
        "fee": line.standard_fee.minor,
        "charge": line.charge.minor,
        "rules": [[adjustment.said.rule.id, adjustment.amount.minor] for adjustment in line.adjustments],
    }


def _decision_facts(made: DecisionMade) -> dict[str, Any]:
    """The facts that are known; a decimal as a text, which is exact."""
    return {
        path: str(value) if isinstance(value, Decimal) else value
        for path, value in made.facts.items()
        if value is not None
    }
