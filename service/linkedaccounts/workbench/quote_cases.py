"""Whole quotes as tests of the rules: what a seller is charged in each store, on a day, and in total.

They stand in `rules/tests` under `quotes`, beside the tables of cases, and see what no single decision shows: a slip in
a fee, a cap, a date or a percentage. They are quoted with the rates that come with the service, whatever rates are
published since, so that a case says the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from linkedaccounts.application.fee_quote import FeeQuote, QuoteLine
from linkedaccounts.application.quote_fees import QuoteFees
from linkedaccounts.application.refusals import InvalidRequest, Refusal
from linkedaccounts.domain.rates import RateBook
from linkedaccounts.policy.findings import Findings
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import Problem
from linkedaccounts.policy.source import SourceFile
from linkedaccounts.workbench.quote_case import ExpectedTotal, QuoteCase, read_quote_cases


@dataclass(frozen=True, slots=True)
class QuoteResult:
    """A case that was quoted; ``failure`` says what does not come out as expected, None if all of it does."""

    case: QuoteCase
    failure: Problem | None

    @property
    def passed(self) -> bool:
        """Whether the quote is as expected."""
        return self.failure is None


def check_quote_cases(files: Sequence[SourceFile], policy: Policy, book: RateBook, problems: list[Problem]) -> int:
    """Quotes every case of some files; notes the ones that are unsound or fail; returns how many passed."""
    results, unsound = quote_results(files, policy, book)
    failures = [result.failure for result in results if result.failure]
    problems.extend([*unsound, *failures])
    return len(results) - len(failures)


def quote_results(
    files: Sequence[SourceFile], policy: Policy, book: RateBook
) -> tuple[list[QuoteResult], list[Problem]]:
    """Every sound case of some files, quoted, and what is wrong with the others."""
    findings = Findings(files)
    cases = read_quote_cases(files, policy.catalogue, findings)
    return [QuoteResult(case, _failure(case, policy, book, Findings(files))) for case in cases], findings.problems


def _failure(case: QuoteCase, policy: Policy, book: RateBook, findings: Findings) -> Problem | None:
    try:
        quote = QuoteFees(lambda: policy, lambda: book, lambda: date.fromisoformat(case.request.day))(case.request)
    except Refusal as refusal:
        message = f"the quote of case `{case.name}` cannot be made: {_said(refusal)}"
        findings.add(case.place, "case-fails", message, "correct the case, or what the rules say of these stores")
        return findings.problems[0]
    wrong = [*_wrong_charges(case, quote), *_wrong_total(case, quote)]
    if wrong:
        besides = f"nor are as expected: {', '.join(other.brief for other in wrong[1:])}" if wrong[1:] else ""
        findings.add(wrong[0].place, "case-fails", f"case `{case.name}` fails: {wrong[0].said}", besides)
    return findings.problems[0] if wrong else None


@dataclass(frozen=True, slots=True)
class _Wrong:
    """What does not come out as expected: where that is expected, in a sentence, and as one of several."""

    place: Place
    said: str
    brief: str


def _said(refusal: Refusal) -> str:
    problems: Iterable[str] = ()
    if isinstance(refusal, InvalidRequest):
        problems = (problem.message() for problem in refusal.problems)
    return "; ".join(problems) or refusal.message()


def _wrong_charges(case: QuoteCase, quote: FeeQuote) -> Iterator[_Wrong]:
    lines = {line.store: line for line in quote.lines}
    for store, expected in case.charges.items():
        line = lines[store]
        if line.charge != expected.money:
            said = f"{store} is charged {line.charge}{_by(line)}, not {expected.money}"
            yield _Wrong(expected.place, said, store)


def _wrong_total(case: QuoteCase, quote: FeeQuote) -> Iterator[_Wrong]:
    if case.total and (actual := _rounded(quote.total.charge, case.total)) != case.total.amount:
        compared = f"{actual} {quote.total.currency}, not {case.total}"
        yield _Wrong(case.total.place, f"the total is {compared}", f"the total ({compared})")


def _by(line: QuoteLine) -> str:
    """The rules that made a charge."""
    rules = ", ".join(f"`{adjustment.said.rule.id}`" for adjustment in line.adjustments)
    return f" by {rules}" if rules else ""


def _rounded(exact: Fraction, expected: ExpectedTotal) -> Decimal:
    """A sum with as many decimals as are expected of it."""
    enough = Context(prec=60)
    quotient = enough.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    return quotient.quantize(expected.amount, ROUND_HALF_EVEN, enough)
