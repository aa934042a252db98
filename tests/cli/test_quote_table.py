"""What a person sees."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from linkedaccounts.v1.fee_quote_service_pb2 import FeeQuote, RateSource
from tests.cli.conftest import Run
from tests.client.fake_service import FakeService

SEVEN = ("quote", "US", "CA", "MX", "BR", "EU", "JP", "AU", "--on", "2019-09-30")


def row(output: str, beginning: str) -> list[str]:
    return next(line for line in output.splitlines() if line.startswith(beginning)).split()


def test_a_row_shows_fee_charge_saving_last_day_and_rate_of_a_store(run: Run) -> None:
    output = run(*SEVEN).output
    assert row(output, "CA") == ["CA", "CAD", "29.99", "5.47", "24.52", "2019-09-30", "0.754818", "2"]


def test_a_currency_without_minor_unit_is_shown_without_decimals(run: Run) -> None:
    assert row(run(*SEVEN).output, "JP")[2:5] == ["4,900", "893", "4,007"]


def test_the_sums_stand_in_the_reporting_currency(run: Run) -> None:
    assert row(run(*SEVEN).output, "Total") == ["Total", "USD", "219.2212", "39.9693", "179.2520"]


def test_a_currency_of_several_stores_has_a_sum_of_its_own(
    run: Run, service: FakeService, seven_stores: FeeQuote
) -> None:
    seven_stores.lines[1].CopyFrom(seven_stores.lines[0])
    seven_stores.lines[1].store = "PR"
    usd = next(totals for totals in seven_stores.totals_by_currency if totals.charge.currency_code == "USD")
    usd.charge.units, usd.charge.nanos = 14, 580_000_000
    output = run("quote", "US", "PR", "EU").output
    sums = [line.split() for line in output.splitlines() if line.startswith("Total")]
    assert [total[1:4:2] for total in sums] == [["USD", "14.58"], ["USD", "39.9693"]]


def test_amounts_end_in_the_same_column(run: Run) -> None:
    lines = run(*SEVEN).output.splitlines()
    rows = [line for line in lines if line[:2] in {"US", "CA", "MX", "BR", "EU", "JP", "AU"}]
    ends = {line.index(line.split()[2]) + len(line.split()[2]) for line in rows}
    assert len(rows) == 7
    assert len(ends) == 1


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_no_line_is_wider_than_the_terminal(run: Run, language: str) -> None:
    output = run(*SEVEN, "--language", language).output
    assert max(map(cell_len, output.splitlines())) <= 80


def test_every_reason_is_told_once_with_its_rule(run: Run) -> None:
    output = " ".join(run(*SEVEN).output.split())
    assert "1 Your linked stores pay 39.99 USD a month together at the most" in output
    assert "PLAN_SHARE fees/charging.yaml:17" in output
    assert output.count("share of United States") == 1


def test_stores_with_the_same_reason_share_its_number(run: Run, seven_stores: FeeQuote) -> None:
    for line in seven_stores.lines:
        line.adjustments[0].message = "It is so."
    output = run(*SEVEN).output
    assert row(output, "US")[-1] == row(output, "AU")[-1] == "1"
    assert output.count("It is so.") == 1


def test_the_remarks_tell_notes_rates_assumptions_and_policy(run: Run, seven_stores: FeeQuote) -> None:
    output = " ".join(run(*SEVEN).output.split())
    assert "Referral, fulfilment, closing and other fees" in output
    assert "Exchange rates: European Central Bank, 2019-09-30." in output
    assert "Taken as registered on 2018-09-01: US, CA, MX, BR, EU, JP, AU;" in output
    assert f"Policy {seven_stores.policy_version[:12]}" in output


def test_rates_of_several_days_are_told_with_their_currencies(run: Run, seven_stores: FeeQuote) -> None:
    seven_stores.lines[1].rate.day = "2019-09-27"
    seven_stores.lines[2].rate.day = ""
    seven_stores.lines[2].rate.source = RateSource.RATE_SOURCE_PEG
    output = " ".join(run(*SEVEN).output.split())
    assert "Exchange rates of CAD: European Central Bank, 2019-09-27." in output
    assert "Exchange rates of AUD, BRL, EUR, JPY: European Central Bank, 2019-09-30." in output
    assert "Exchange rates of MXN: pegged." in output


def test_an_estimate_is_marked_as_one(run: Run, seven_stores: FeeQuote) -> None:
    assert "ESTIMATE" not in run(*SEVEN).output
    seven_stores.estimate = True
    assert "ESTIMATE: nothing may be charged on this quote." in run(*SEVEN).output


def test_an_explanation_tells_what_each_rule_wanted_and_what_was(run: Run) -> None:
    output = run(*SEVEN, "--explain").output
    rules = output[output.index("Rules that did not apply") :]
    assert "store.first_month: wanted true, is false" in rules
    assert "quote.estimate: wanted true, is false" in rules
    assert "Rules that did not apply" not in run(*SEVEN).output


def test_an_explanation_names_the_rule_that_overrides(run: Run, seven_stores: FeeQuote) -> None:
    lost = seven_stores.lines[0].not_applied[0]
    del lost.failed[:]
    lost.overridden_by = "plan-share"
    assert "overridden by plan-share" in run("quote", "US", "--explain").output


def test_in_chinese_everything_the_command_says_is_chinese(run: Run, service: FakeService) -> None:
    result = run(*SEVEN, "--language", "zh-CN", "--explain")
    headings = ("店铺", "货币", "标准月费", "您支付", "您节省", "有效至", "原因", "合计")
    for text in ("已关联账户的月费", *headings, "未适用的规则"):
        assert text in result.output
    assert "要求 true，实际 false" in result.output
    assert "政策版本" in result.output
    assert service.seen[0].metadata["accept-language"] == "zh-CN"


def test_chinese_headings_stand_over_their_columns(run: Run) -> None:
    lines = run(*SEVEN, "--language", "zh-CN").output.splitlines()
    heading = next(line for line in lines if line.startswith("店铺"))
    row_of_us = next(line for line in lines if line.startswith("US"))
    assert cell_len(heading[: heading.index("标准月费") + 4]) == row_of_us.index("39.99") + len("39.99")
    assert cell_len(heading[: heading.index("有效至")]) == row_of_us.index("2019-09-30")
