"""A seller who signs in, with both clients: what each method asks, and what it answers."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from linkedaccounts.client import SellerSession, Tls
from linkedaccounts.v1 import account_service_pb2 as accounts
from linkedaccounts.v1 import registration_service_pb2 as registrations
from tests.client.conftest import Either
from tests.client.fake_accounts import NOON
from tests.client.fake_service import FakeService
from tests.client.session_cases import CHANGES, QUESTIONS, Case

ELSEWHERE = FakeService(target="service.internal:50051")


async def signed_in(service: FakeService, either: Either, **settings: Any) -> Any:
    client = either.client(service, clock=lambda: NOON, **settings)
    return await either.ask(client.sign_in, "ann@example.com", "pass word")


@pytest.mark.parametrize("case", QUESTIONS, ids=lambda case: case.call)
async def test_a_question_is_asked_in_the_session(service: FakeService, either: Either, case: Case) -> None:
    service.answers[case.method] = case.answer
    seller = await signed_in(service, either)
    answer = await either.ask(getattr(seller, case.call), *case.given, **case.named, language="zh-CN")
    assert answer == (case.result or case.answer)
    seen = service.seen[-1]
    assert seen.request == case.request
    assert (seen.metadata["x-session-token"], seen.metadata["accept-language"]) == ("session-1", "zh-CN")


@pytest.mark.parametrize("case", CHANGES, ids=lambda case: case.call)
async def test_a_change_is_asked_in_the_session_under_its_key(service: FakeService, either: Either, case: Case) -> None:
    service.answers[case.method] = case.answer
    seller = await signed_in(service, either)
    options = {"idempotency_key": "k-1", "request_id": "log-1"}
    answer = await either.ask(getattr(seller, case.call), *case.given, **case.named, **options)
    assert answer == (case.result or case.answer)
    seen = service.seen[-1]
    assert seen.request == case.request
    assert (seen.metadata["x-session-token"], seen.metadata["x-request-id"]) == ("session-1", "log-1")


def test_every_method_of_a_session_is_in_the_table() -> None:
    methods = {name for name, _ in inspect.getmembers(SellerSession, inspect.isfunction) if not name.startswith("_")}
    assert methods == {case.call for case in (*QUESTIONS, *CHANGES)} | {"sign_out"}


async def test_a_sign_in_tells_who_from_where(service: FakeService, either: Either) -> None:
    sign_in = either.client(service).sign_in
    await either.ask(sign_in, "Ann@example.com", "pass word", client_address="192.0.2.1", idempotency_key="k-1")
    assert service.seen[0].request == accounts.SignInRequest(
        request_id="k-1", email="Ann@example.com", password="pass word", client_address="192.0.2.1"
    )


async def test_what_is_not_known_of_a_registration_is_left_out(service: FakeService, either: Either) -> None:
    seller = await signed_in(service, either)
    await either.ask(seller.start_registration, "MX", idempotency_key="k-1")
    assert service.seen[-1].request == registrations.StartRegistrationRequest(request_id="k-1", store="MX")


@pytest.mark.parametrize("named,said", [({"business_type": "club"}, "CLUB"), ({"selling_plan": "gold"}, "GOLD")])
async def test_a_name_that_does_not_exist_is_said_before_a_call(
    service: FakeService, either: Either, named: dict[str, str], said: str
) -> None:
    seller = await signed_in(service, either)
    with pytest.raises(ValueError, match=said):
        await either.ask(seller.start_registration, "MX", **named)
    assert [seen.method for seen in service.seen] == ["SignIn"]


async def test_that_linking_is_permanent_is_never_taken_as_accepted(service: FakeService, either: Either) -> None:
    seller = await signed_in(service, either)
    with pytest.raises(TypeError, match="accept_permanence"):
        await either.ask(seller.link_accounts, ["a-1", "a-2"])


async def test_every_change_has_a_key_of_its_own(service: FakeService, either: Either) -> None:
    seller = await signed_in(service, either)
    for case in CHANGES * 2:
        await either.ask(getattr(seller, case.call), *case.given, **case.named)
    keys = [seen.request.request_id for seen in service.seen]
    assert all(keys)
    assert len(set(keys)) == len(CHANGES) * 2 + 1


async def test_every_call_of_a_session_has_the_clients_deadline_and_token(service: FakeService, either: Either) -> None:
    seller = await signed_in(service, either, timeout=50, token="abc")
    await either.ask(seller.accounts)
    for seen in service.seen:
        assert seen.metadata["authorization"] == "Bearer abc"
        assert seen.seconds_left is not None
        assert 5 < seen.seconds_left < 60


async def test_a_session_goes_on_elsewhere_with_the_tokens_that_were_kept(service: FakeService, either: Either) -> None:
    seller = await signed_in(service, either)
    kept = seller.tokens.SerializeToString()
    again = either.client(service, clock=lambda: NOON).resume_session(accounts.SessionTokens.FromString(kept))
    await either.ask(again.accounts)
    assert service.seen[-1].metadata["x-session-token"] == "session-1"


async def test_tokens_that_a_caller_changes_change_no_session(service: FakeService, either: Either) -> None:
    seller = await signed_in(service, either)
    seller.tokens.session_token = "another"
    await either.ask(seller.accounts)
    assert service.seen[-1].metadata["x-session-token"] == "session-1"


async def test_passwords_and_session_tokens_do_not_go_to_another_machine_in_the_clear(either: Either) -> None:
    client = either.client(ELSEWHERE)
    with pytest.raises(ValueError, match=r"`service\.internal:50051` in the clear") as refused:
        await either.ask(client.sign_in, "ann@example.com", "pass word")
    assert "pass word" not in str(refused.value)
    with pytest.raises(ValueError, match="in the clear"):
        client.resume_session(accounts.SessionTokens())


def test_they_may_go_there_with_tls_or_where_a_mesh_does_tls(either: Either) -> None:
    either.client(ELSEWHERE, tls=Tls()).resume_session(accounts.SessionTokens())
    either.client(ELSEWHERE, plaintext_token=True).resume_session(accounts.SessionTokens())


async def test_a_session_shows_no_secret_of_itself(service: FakeService, either: Either) -> None:
    seller = await signed_in(service, either)
    assert repr(seller) == f"{type(seller).__name__}(session token good until 2019-09-30T12:10:00+00:00)"
    assert str(seller) == repr(seller)
