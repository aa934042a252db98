"""Asking both clients what somebody may do with accounts."""

from __future__ import annotations

from datetime import date

import pytest

from linkedaccounts.client import Standing
from linkedaccounts.v1 import facts_pb2, linking_service_pb2
from linkedaccounts.v1.linking_service_pb2 import AccountStanding, CheckEligibilityRequest, CheckEligibilityResponse
from tests.client.conftest import Either
from tests.client.fake_service import FakeService


async def test_all_that_the_caller_states_is_asked(service: FakeService, either: Either) -> None:
    accounts: list[Standing | AccountStanding] = [
        Standing("US", "administrator", "solutions_provider", "suspended", in_group=True),
        AccountStanding(store="EU", role=facts_pb2.ROLE_MEMBER),
    ]
    check = either.client(service).check_eligibility
    await either.ask(check, "unlink", accounts, day=date(2019, 9, 30), explain=True, language="zh-CN")
    assert service.seen[0].metadata["accept-language"] == "zh-CN"
    assert service.seen[0].request == CheckEligibilityRequest(
        action=linking_service_pb2.ACTION_UNLINK,
        day="2019-09-30",
        explain=True,
        accounts=[
            AccountStanding(
                store="US",
                role=facts_pb2.ROLE_ADMINISTRATOR,
                organisation=facts_pb2.ORGANISATION_SOLUTIONS_PROVIDER,
                status=facts_pb2.ACCOUNT_STATUS_SUSPENDED,
                in_group=True,
            ),
            AccountStanding(store="EU", role=facts_pb2.ROLE_MEMBER),
        ],
    )


async def test_a_store_to_register_in_is_asked_of(service: FakeService, either: Either) -> None:
    await either.ask(either.client(service).check_eligibility, "register", [Standing("US")], new_store="MX")
    assert service.seen[0].request == CheckEligibilityRequest(
        action=linking_service_pb2.ACTION_REGISTER, accounts=[AccountStanding(store="US")], new_store="MX"
    )


async def test_what_is_not_known_is_left_out(service: FakeService, either: Either) -> None:
    await either.ask(either.client(service).check_eligibility, "link", [Standing("US")])
    assert service.seen[0].request == CheckEligibilityRequest(
        action=linking_service_pb2.ACTION_LINK, accounts=[AccountStanding(store="US")]
    )


@pytest.mark.parametrize("allowed", [True, False])
async def test_a_refusal_of_the_policy_is_an_answer(service: FakeService, either: Either, allowed: bool) -> None:
    service.eligibility = CheckEligibilityResponse(allowed=allowed, policy_version="abc")
    answer = await either.ask(either.client(service).check_eligibility, "link", [Standing("US")])
    assert answer == service.eligibility


@pytest.mark.parametrize(
    ("action", "account", "said"),
    [
        ("merge", Standing("US"), "ACTION_MERGE"),
        ("link", Standing("US", role="king"), "ROLE_KING"),
        ("link", Standing("US", organisation="friend"), "ORGANISATION_FRIEND"),
        ("link", Standing("US", status="dormant"), "ACCOUNT_STATUS_DORMANT"),
    ],
)
async def test_a_name_that_does_not_exist_is_said_before_a_call(
    service: FakeService, either: Either, action: str, account: Standing, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        await either.ask(either.client(service).check_eligibility, action, [account])
    assert not service.seen
