"""How the options of ``linked-accounts quote`` become a request, and its answer JSON."""

from __future__ import annotations

import json
import struct
from datetime import UTC, date, datetime

import pytest
from google.protobuf.json_format import Parse

from linkedaccounts.cli.seller import assumed_registration
from linkedaccounts.v1.facts_pb2 import SellingPlan
from linkedaccounts.v1.fee_quote_service_pb2 import FeeQuote, QuoteFeesRequest, StoreAccount
from tests.cli.conftest import Run
from tests.client.fake_service import FakeService


def test_all_options_reach_the_service(run: Run, service: FakeService) -> None:
    of_stores = (
        "--registered US=2019-09-25 --linked-on US=2019-09-26 --listings EU=12 --selling-plan EU=individual"
        " --suspended EU --on-vacation US --home US --explain"
    )
    assert run("quote", "us", "EU", "--on", "2019-09-30", *of_stores.split()).exit_code == 0
    assert service.seen[0].request == QuoteFeesRequest(
        day="2019-09-30",
        linked=True,
        home_store="US",
        explain=True,
        stores=[
            StoreAccount(store="US", registered_on="2019-09-25", linked_on="2019-09-26", on_vacation=True),
            StoreAccount(
                store="EU",
                registered_on="2018-09-01",
                active_listings=12,
                selling_plan=SellingPlan.SELLING_PLAN_INDIVIDUAL,
                suspended=True,
            ),
        ],
    )


def test_accounts_are_linked_unless_it_is_said_that_they_are_not(run: Run, service: FakeService) -> None:
    run("quote", "US")
    run("quote", "US", "--unlinked")
    assert [seen.request.linked for seen in service.seen] == [True, False]


def test_without_a_day_the_quote_is_for_today(run: Run, service: FakeService) -> None:
    before = datetime.now(UTC).date()
    run("quote", "US")
    assert before <= date.fromisoformat(service.seen[0].request.day) <= datetime.now(UTC).date()


def test_the_assumed_registration_is_the_first_of_the_month_a_year_before() -> None:
    assert assumed_registration(date(2019, 9, 30)) == date(2018, 9, 1)
    assert assumed_registration(date(2020, 2, 29)) == date(2019, 2, 1)
    assert assumed_registration(date(1, 5, 5)) == date(1, 5, 1)


def test_a_store_that_was_linked_before_that_counts_as_registered_then(run: Run, service: FakeService) -> None:
    run("quote", "US", "EU", "--on", "2019-09-30", "--linked-on", "EU=2017-03-01", "--linked-on", "US=2019-09-26")
    assert [store.registered_on for store in service.seen[0].request.stores] == ["2018-09-01", "2017-03-01"]


def test_json_is_the_contracts_and_complete(run: Run, seven_stores: FeeQuote) -> None:
    output = run("quote", *(line.store for line in seven_stores.lines), "--json").output
    assert Parse(output, FeeQuote()) == seven_stores
    assert json.loads(output)["estimate"] is False


@pytest.mark.parametrize(
    "arguments,said",
    [
        ("", "Missing argument 'STORE...'"),
        ("US --on 2019-02-30", "`2019-02-30` is not a calendar day"),
        ("US --registered 2019-02-01", "names no store; write STORE=DAY"),
        ("US --registered US=soon", "`soon` is not a calendar day"),
        ("US --registered EU=2019-02-01", "--registered names EU, which is not among the stores: US"),
        ("US --listings US=2 --listings US=3", "--listings names US twice"),
        ("US --listings US=-1", "-1 is not in the range"),
        ("US --linked-on EU=2019-02-01", "--linked-on names EU"),
        ("US --suspended EU", "--suspended names EU"),
        ("US --selling-plan US=platinum", "'individual', 'professional'"),
        ("U\udcffS", "is not the code of a store"),
        ("US --language fr", "'en', 'zh-CN'"),
        ("US --certificate pyproject.toml", "together"),
        ("US --timeout 0", "range"),
    ],
)
def test_wrong_usage_is_told_and_ends_with_2(run: Run, service: FakeService, arguments: str, said: str) -> None:
    result = run("quote", *arguments.split())
    assert result.exit_code == 2
    assert said in result.stderr
    assert not service.seen


def test_the_wire_form_is_the_framed_request_and_asks_nobody(run: Run, service: FakeService) -> None:
    result = run("quote", "US", "EU", "--on", "2019-09-30", "--registered", "US=2018-01-15", "--wire")
    compressed, size = struct.unpack(">BI", result.stdout_bytes[:5])
    request = QuoteFeesRequest.FromString(result.stdout_bytes[5:])
    assert (compressed, size) == (0, len(result.stdout_bytes) - 5)
    assert {store.store: store.registered_on for store in request.stores}["US"] == "2018-01-15"
    assert not service.seen
