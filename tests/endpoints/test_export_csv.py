"""No spreadsheet runs what somebody wrote into a note."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from io import StringIO

import pytest

from linkedaccounts.application.billing.why import TellWhy
from linkedaccounts.domain.billing_cycle import cycle_containing
from linkedaccounts.domain.ledger import Grounds, Transaction, TransactionKind, refund_of
from linkedaccounts.domain.money import Currency
from linkedaccounts.endpoints.export_csv import written
from linkedaccounts.policy.policy import Policy

DAY = date(2019, 6, 20)
CHARGE = Transaction(
    "c", TransactionKind.CHARGE, "us", "us", "US", DAY, cycle_containing(DAY, DAY), Currency("USD", 2),
    first_month=False, unlinked=3999, entries=(), grounds=Grounds("q", "v", None),
)  # fmt: skip
REFUND = refund_of(CHARGE, 100, "r", DAY, "")


def unread(version: str) -> Policy:
    raise LookupError(version)


@pytest.mark.parametrize("note", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", "'=1", "'"])
def test_a_note_that_a_spreadsheet_would_run_is_a_text_and_can_be_read_back(note: str) -> None:
    told = TellWhy(unread)([replace(REFUND, note=note)])
    content = b"".join(written([told], "en")).decode()
    (row,) = csv.DictReader(StringIO(content, newline=""))

    assert row["note"] == f"'{note}"
    assert row["entry_amount"] == "-1.00"
