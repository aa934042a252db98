"""The Payments report over a real channel, and by the commands that ask for it."""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from linkedaccounts.application.billing.payments_report import PaymentsReport
from linkedaccounts.bootstrap.billing import compose_report_on
from linkedaccounts.cli.main import main
from linkedaccounts.domain.text import LANGUAGES
from linkedaccounts.policy.load import load_policy
from linkedaccounts.settings import default_rules
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.v1 import billing_service_pb2 as contract
from tests.endpoints.running import running, service_with
from tests.statements.seller import Seller, charged_seller


@pytest.fixture(scope="module")
def seller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seller]:
    """Seven stores with a refund, whose note begins with `<`, and a reversal, whose note begins with a quote."""
    made = charged_seller(tmp_path_factory.mktemp("billing") / "accounts.db", load_policy(default_rules()))
    yield made
    made.storage.close()


@pytest.fixture
def report(seller: Seller) -> PaymentsReport:
    """As of the end of July 2019."""
    return compose_report_on(seller.storage, seller.policy, packaged_rate_book, date(2019, 7, 31))


async def exported(report: PaymentsReport, form: Any) -> bytes:
    async with running(service_with(report=report)) as server:
        request = contract.ExportTransactionsRequest(account_id="acct-us", format=form)
        return b"".join([piece.chunk async for piece in server.billing.ExportTransactions(request)])


def owed(seller: Seller) -> dict[str, Decimal]:
    """What the ledger says of each transaction of the seller."""
    found = seller.storage.read(lambda reading: reading.transactions(_everything(), 1000))
    return {one.id: one.amount.amount for one in found}


def _everything() -> Any:
    from linkedaccounts.application.storage_port import Sought  # noqa: PLC0415  # beside its one use

    return Sought(tuple(f"acct-{store}" for store in ("us", "ca", "mx", "br", "eu", "jp", "au")))


def summed(rows: Iterator[tuple[str, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for name, amount in rows:
        sums[name] = sums.get(name, Decimal(0)) + amount
    return sums


async def test_the_entries_of_a_csv_file_add_up_to_the_ledger_exactly(seller: Seller, report: PaymentsReport) -> None:
    rows = csv.DictReader(StringIO((await exported(report, contract.EXPORT_FORMAT_CSV)).decode(), newline=""))

    assert summed((row["transaction_id"], Decimal(row["entry_amount"])) for row in rows) == owed(seller)


async def test_the_entries_of_a_parquet_file_add_up_to_the_ledger_exactly(
    seller: Seller, report: PaymentsReport
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra for Parquet is not installed")
    table = parquet.read_table(BytesIO(await exported(report, contract.EXPORT_FORMAT_PARQUET)))

    assert str(table.schema.field("entry_amount").type) == "decimal128(38, 4)"
    rows = table.to_pylist()
    assert summed((row["transaction_id"], row["entry_amount"]) for row in rows) == owed(seller)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_charge_answers_alone_how_much_why_by_what_and_what_it_would_have_been(
    seller: Seller, report: PaymentsReport, language: str
) -> None:
    async with running(service_with(report=report)) as server:
        request = contract.ListTransactionsRequest(account_id="acct-us", store="JP", through_day="2019-06-20")
        answer = await server.billing.ListTransactions(request, metadata=[("accept-language", language)])
    charge = answer.transactions[0]

    assert (charge.amount.units, charge.unlinked.units, charge.amount.currency_code) == (876, 4900, "JPY")
    assert (charge.policy_version, charge.entries[1].rule.id) == (seller.policy.version, "plan-share")
    assert (charge.rate.numerator, charge.rate.denominator, charge.rate.day) == ("1.1307", "121.71", "2019-06-20")
    assert ("39.99 USD a month" in charge.entries[1].message) == (language == "en")
    assert charge.entries[1].rule.line > 0


def contents(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def asked_by_command(report: PaymentsReport, *arguments: str, columns: int = 160) -> Result:
    async with running(service_with(report=report)) as server:
        command = ["billing", *arguments, "--target", server.target]
        return await asyncio.to_thread(CliRunner().invoke, main, command, env={"COLUMNS": str(columns)})


async def test_transactions_say_rates_rules_and_versions(seller: Seller, report: PaymentsReport) -> None:
    said = await asked_by_command(report, "transactions", "acct-us", "--from", "2019-06-14", "--through", "2019-06-20")

    assert said.exit_code == 0, said.output
    assert "0.00929012 USD 2019-06-20" in said.output
    assert f"PLAN_SHARE fees/charging.yaml:18 @{seller.policy.version[:12]}" in said.output


async def test_in_80_columns_transactions_keep_their_days_and_reasons_whole(report: PaymentsReport) -> None:
    days = ("--from", "2019-06-14", "--through", "2019-06-20")
    said = await asked_by_command(report, "transactions", "acct-us", *days, columns=80)
    asked = await asked_by_command(report, "transactions", "acct-us", *days, "--json")
    ids = [one["id"] for one in json.loads(asked.stdout)["transactions"]]

    rows = [line.split() for line in said.output.splitlines() if line.startswith("2019-06-")]
    assert len(rows) == len(ids)
    for row, one in zip(rows, ids, strict=True):
        assert one.startswith(row[-1])
        assert len(row[-1]) >= 8
        assert row[-2].rstrip(",").isdigit()


async def test_a_preview_says_why_in_sentences(report: PaymentsReport) -> None:
    said = await asked_by_command(report, "preview", "acct-us", "--cycles", "1")

    assert said.exit_code == 0, said.output
    assert "1 Linked stores together pay 39.99 USD a month at the most" in said.output


async def test_an_export_is_written_as_a_whole_file(report: PaymentsReport, tmp_path: Path) -> None:
    said = await asked_by_command(report, "export", "acct-us", str(tmp_path / "all.csv"), "--kind", "refund")

    assert said.exit_code == 0, said.output
    assert {path.name: len(path.read_bytes().splitlines()) for path in contents(tmp_path)} == {"all.csv": 2}


async def test_a_refund_is_given_in_the_currency_of_the_charge_only(seller: Seller, report: PaymentsReport) -> None:
    charge = next(one for one in seller.subject().statement.transactions if one.account == "acct-au")
    wrong = await asked_by_command(report, "refund", charge.id, "--amount", "1 USD")
    right = await asked_by_command(report, "refund", charge.id, "--amount", "0.01 AUD", "--request-id", "r", "--json")
    again = await asked_by_command(report, "refund", charge.id, "--amount", "0.01 AUD", "--request-id", "r", "--json")

    assert (wrong.exit_code, right.exit_code) == (2, 0), wrong.output + right.output
    assert json.loads(right.stdout) == json.loads(again.stdout)
