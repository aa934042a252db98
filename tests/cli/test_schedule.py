from __future__ import annotations

import json

from google.type.money_pb2 import Money

from linkedaccounts.v1.fee_quote_service_pb2 import GetFeeScheduleResponse, ScheduledPlan, ScheduledStore, Split
from tests.cli.conftest import Run
from tests.client.fake_service import FakeService


def schedule(day: str) -> GetFeeScheduleResponse:
    fee = Money(currency_code="USD", units=39, nanos=990_000_000)
    return GetFeeScheduleResponse(
        day=day or "2019-09-30",
        stores=[
            ScheduledStore(
                code="US",
                name="United States",
                region_name="North America",
                countries=["US", "PR"],
                standard_fee=fee,
                holds_from="2000-01-01",
                holds_through="2020-12-31",
            )
        ],
        plans=[ScheduledPlan(name="selling plan", cap=fee, split=Split.SPLIT_BY_STANDARD_FEE, holds_from="2000-01-01")],
    )


def test_stores_and_plans_of_the_day_are_shown(run: Run, service: FakeService) -> None:
    service.schedule = schedule
    output = run("schedule", "--on", "2019-09-29").output
    words = " ".join(output.split())
    assert service.seen[0].request.day == "2019-09-29"
    assert output.startswith("Fee schedule of 2019-09-29\n")
    assert "39.99 USD 2000-01-01 – US, PR" in words
    assert "2020-12-31" in words
    assert "in proportion to" in words


def test_the_service_knows_which_day_is_today(run: Run, service: FakeService) -> None:
    service.schedule = schedule
    assert run("schedule").output.startswith("Fee schedule of 2019-09-30\n")
    assert service.seen[0].request.day == ""


def test_the_schedule_is_shown_in_chinese(run: Run, service: FakeService) -> None:
    service.schedule = schedule
    output = run("schedule", "--language", "zh-CN").output
    for text in ("2019-09-30 费用表", "地区", "国家", "有效期", "每月上限", "按标准月费比例"):
        assert text in output


def test_the_schedule_is_there_for_programs(run: Run, service: FakeService) -> None:
    service.schedule = schedule
    assert json.loads(run("schedule", "--json").output)["stores"][0]["countries"] == ["US", "PR"]
