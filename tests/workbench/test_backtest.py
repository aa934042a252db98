"""A backtest counts exactly what a candidate changes: held against quotes made anew and added up one by one."""

from __future__ import annotations

import random
import shutil
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import orjson
import pytest

from linkedaccounts.application.fee_quote import QuoteRequest, StoreAccount
from linkedaccounts.application.quote_fees import QuoteFees
from linkedaccounts.domain.rates import RateBook, Rates
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.policy import Policy
from linkedaccounts.workbench.backtest.budget import Budget
from linkedaccounts.workbench.backtest.comparing import backtest
from linkedaccounts.workbench.backtest.differences import Differences
from linkedaccounts.workbench.backtest.money import Sum, Worth, total
from linkedaccounts.workbench.backtest.report import Report, report_of
from linkedaccounts.workbench.records.ranges import ranges_of
from tests.policy.rule_files import copy_of_rules, put, replace

HALF_PRICE = """
rules_of: reductions
rules:
  - id: half-price-on-vacation
    when: {store.on_vacation: true}
    order: 900
    then: {reduce_by_percentage: 50}
    reason: ON_VACATION
    message: {en: "Half price.", zh-CN: "半价。"}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return copy_of_rules(tmp_path)


def differences(file: Path, candidate: Policy, most_bytes: int = 50_000) -> Differences:
    found = Differences()
    for _, so_far in backtest(ranges_of([file], most_bytes), lambda: candidate):
        found = so_far
    return found


def reported(file: Path, rules: Path, budget: Budget | None = None) -> Report:
    candidate = load_policy(rules)
    return report_of(differences(file, candidate), candidate, budget or Budget())


def reasons(report: Report) -> dict[str, int]:
    return {reason: noted.count for reason, noted in report.reading.unplayed.items()}


def test_the_same_rules_change_nothing(record: Path, rules: Path) -> None:
    report = reported(record, rules, Budget(max_changed=0, max_cost=Decimal(0)))
    assert (report.replayed, report.changed, report.by_month, report.exceeded) == (300, {}, (), ())


def test_money_is_counted_by_currency_rule_store_and_month(
    record: Path, rules: Path, book: RateBook, lines: tuple[bytes, ...]
) -> None:
    replace(rules, "fees/plans.yaml", "cap: 39.99 USD", "cap: 44.99 USD")
    put(rules, "fees/vacation.yaml", HALF_PRICE)
    report = reported(record, rules)
    by_currency, by_month, together = expected(load_policy(rules), book, lines)
    for group in report.by_currency:
        assert group.by_currency == {group.name: by_currency.pop(group.name)}
    assert not any(by_currency.values())
    assert {group.name: group.together for group in report.by_month} == {
        month: rounded(amount) for month, amount in by_month.items()
    }
    assert report.net == rounded(together)
    assert {group.name for group in report.by_rule} == {"plan-share", "half-price-on-vacation"}
    for groups in (report.by_rule, report.by_store):
        for code in {group.name for group in report.by_currency}:
            in_all = sum((group.by_currency.get(code, Decimal(0)) for group in groups), Decimal(0))
            assert in_all == next(one.by_currency[code] for one in report.by_currency if one.name == code)


def expected(
    candidate: Policy, book: RateBook, lines: tuple[bytes, ...]
) -> tuple[dict[str, Decimal], dict[str, Fraction], Fraction]:
    """What the quotes differ by, made with the whole rate book and added up in fractions."""
    quote_fees = QuoteFees(lambda: candidate, lambda: book, lambda: date.min)
    by_currency: dict[str, Decimal] = {}
    by_month: dict[str, Fraction] = {}
    for line in map(orjson.loads, lines):
        facts = line["facts"]
        stores = tuple(StoreAccount(**store) for store in facts["stores"])
        quote = quote_fees(QuoteRequest(stores, facts["linked"], facts["day"], facts["home_store"]))
        rates = Rates(book, candidate.catalogue.pegs, quote.day)
        for old, new in zip(line["outcome"]["lines"], quote.lines, strict=True):
            code = new.charge.currency.code
            moved = new.charge.exact - Fraction(old["charge"], 10**new.charge.currency.minor_digits)
            if moved:
                minor = Decimal(new.charge.minor - old["charge"])
                change = minor.scaleb(-new.charge.currency.minor_digits)
                by_currency[code] = by_currency.get(code, Decimal(0)) + change
                month = facts["day"][:7]
                by_month[month] = by_month.get(month, Fraction(0)) + rates.convert(moved, code, "USD")
    return by_currency, by_month, sum(by_month.values(), Fraction(0))


def rounded(amount: Fraction) -> Decimal:
    return Decimal(round(amount * 10**4)).scaleb(-4)


def test_the_ten_that_change_the_most_are_told_and_where_the_ranges_are_cut_changes_nothing(
    record: Path, rules: Path
) -> None:
    put(rules, "fees/vacation.yaml", HALF_PRICE)
    replace(rules, "fees/plans.yaml", "cap: 39.99 USD", "cap: 41.99 USD")
    candidate = load_policy(rules)
    found = [differences(record, candidate, most_bytes) for most_bytes in (3_000, 10**7)]
    assert found[0] == found[1]
    every = differences(record, candidate)
    assert len(every.rises) == len(every.falls) == 10
    assert every.rises == sorted(every.rises, key=lambda quote: (-quote.difference, quote.place))
    worst = every.falls[0]
    content = orjson.loads(record.read_bytes().splitlines()[worst.place.line - 1])
    assert content["request_id"] == worst.request_id
    assert {line.store for line in worst.lines} <= {store["store"] for store in content["facts"]["stores"]}


@pytest.mark.parametrize(
    ("budget", "exceeded"),
    [
        (Budget(), []),
        (Budget(max_changed=300, max_percent=Decimal(100), max_cost=Decimal(10**6)), []),
        (Budget(max_changed=1), ["decisions change, above 1"]),
        (Budget(max_percent=Decimal("0.5")), ["% of the decisions change, above 0.5%"]),
        (Budget(max_cost=Decimal(1)), ["USD more, above 1", "USD less, above 1"]),
    ],
)
def test_what_is_above_the_budget_is_said(record: Path, rules: Path, budget: Budget, exceeded: list[str]) -> None:
    put(rules, "fees/vacation.yaml", HALF_PRICE)
    replace(rules, "fees/plans.yaml", "cap: 39.99 USD", "cap: 41.99 USD")
    said = reported(record, rules, budget).exceeded
    assert len(said) == len(exceeded)
    assert all(words in sentence for words, sentence in zip(exceeded, said, strict=True))


def test_a_budget_that_nothing_could_be_held_against_is_not_kept(tmp_path: Path, rules: Path) -> None:
    (file := tmp_path / "a.jsonl").write_bytes(b"damaged\n")
    assert reported(file, rules, Budget(max_changed=5)).exceeded
    assert not reported(file, rules).exceeded


def test_stores_that_the_candidate_lacks_and_rates_that_were_not_recorded_are_said(record: Path, rules: Path) -> None:
    shutil.rmtree(rules / "tests")  # of which some are about that store
    replace(rules, "catalogue/stores.yaml", "{from: 2000-01-01, fee: 49.95 AUD", "{from: 2030-01-01, fee: 49.95 AUD")
    replace(rules, "catalogue/currencies.yaml", "  SGD:", "  SEK: {minor_digits: 2}\n  SGD:")
    replace(rules, "catalogue/stores.yaml", "fee: 19 BRL", "fee: 40 SEK")
    said = reasons(reported(record, rules))
    assert set(said) == {"store AU is not open yet on that day", "no rate of SEK was recorded with it"}
    assert all(count > 20 for count in said.values())


def test_a_store_that_is_charged_in_another_currency_moves_money_in_both(record: Path, rules: Path) -> None:
    replace(rules, "catalogue/stores.yaml", "fee: 600 MXN", "fee: 30.00 USD")
    report = reported(record, rules)
    mexico = next(group for group in report.by_store if group.name == "MX")
    assert set(mexico.by_currency) == {"MXN", "USD"}
    assert mexico.by_currency["MXN"] < 0 < mexico.by_currency["USD"]
    assert "(standard fee)" in {group.name for group in report.by_rule}


def test_sums_are_exact_whatever_the_denominators() -> None:
    chance = random.Random(1)
    for _ in range(50):
        amounts = [
            (Worth("XXX", chance.randint(1, 10**5), chance.randint(1, 10**5)), chance.randint(-(10**6), 10**6))
            for _ in range(chance.randint(0, 40))
        ]
        exact = sum((Fraction(worth.numerator * minor, worth.denominator) for worth, minor in amounts), Fraction(0))
        found = total(amounts)
        assert Fraction(found.numerator, found.denominator) == exact
        assert found.rounded(2) == Decimal(round(exact * 100)).scaleb(-2)
        assert found.above(exact - 1)
        assert not found.above(exact)


def test_a_sum_is_rounded_half_to_even() -> None:
    assert [Sum(numerator, 8).rounded(2) for numerator in (1, 3, -1, -3)] == [
        Decimal(text) for text in ("0.12", "0.38", "-0.12", "-0.38")
    ]
