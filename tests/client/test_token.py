"""Who calls: the token that goes with every call, and where it does not go."""

from __future__ import annotations

import pytest

from linkedaccounts.client import Account, Tls, quote_request
from linkedaccounts.client.call import CallDefaults
from linkedaccounts.client.token import on_this_machine
from tests.client.conftest import Either
from tests.client.fake_service import FakeService

US = Account("US", registered_on="2018-01-15")
ELSEWHERE = FakeService(target="service.internal:50051")


async def test_the_token_goes_with_every_kind_of_call(service: FakeService, either: Either) -> None:
    client = either.client(service, token="abc")
    request = quote_request([US], day="2019-09-30")
    await either.ask(client.quote_fees, [US])
    await either.ask(client.batch_quote_fees, [request])
    await either.ask(client.stream_quote_fees, [request])
    await either.ask(client.get_policy)

    assert [seen.metadata["authorization"] for seen in service.seen] == ["Bearer abc"] * 4


async def test_without_a_token_there_is_no_header(service: FakeService, either: Either) -> None:
    await either.ask(either.client(service).get_policy)

    assert "authorization" not in service.seen[0].metadata


def test_a_token_is_not_sent_to_another_machine_in_the_clear(either: Either) -> None:
    with pytest.raises(ValueError, match=r"`service\.internal:50051` in the clear"):
        either.client(ELSEWHERE, token="abc")


async def test_it_is_sent_there_with_tls_or_where_a_mesh_does_tls(either: Either) -> None:
    either.client(ELSEWHERE, token="abc", tls=Tls())
    either.client(ELSEWHERE, token="abc", plaintext_token=True)


@pytest.mark.parametrize("token", ["secret\n", "two secrets", "secret;", "=secret", "sécret"])
def test_what_can_be_no_token_is_said_so_without_showing_it(either: Either, token: str) -> None:
    with pytest.raises(ValueError, match="look for a line break") as refused:
        either.client(ELSEWHERE, token=token, tls=Tls())

    assert token.strip() not in str(refused.value)


@pytest.mark.parametrize(
    "target",
    [
        "localhost:50051",
        "127.0.0.1",
        "127.8.8.8:1",
        "[::1]:50051",
        "dns:localhost:1",
        "dns:///127.0.0.1:1",
        "dns://8.8.8.8/localhost:1",
        "ipv4:127.0.0.1:1,127.0.0.2:1",
        "ipv6:[::1]:1",
        "unix:/run/service",
        "unix:///run/service",
        "unix-abstract:service",
    ],
)
def test_this_machine_is_known_in_every_form_of_a_target(target: str) -> None:
    assert on_this_machine(target)


@pytest.mark.parametrize(
    "target",
    [
        "",
        "service:50051",
        "localhost.example.org:1",
        "10.0.0.1:1",
        "0.0.0.0:1",
        "[2001:db8::1]:1",
        "dns:///service:1",
        "dns://127.0.0.1/service:1",
        "ipv4:127.0.0.1:1,10.0.0.1:1",
        "xds:///localhost:1",
        "unix.example.org:1",
    ],
)
def test_whatever_else_is_another_machine(target: str) -> None:
    assert not on_this_machine(target)


def test_no_token_is_shown_with_a_call() -> None:
    defaults = CallDefaults("en", 5, "secret")

    assert "secret" not in repr(defaults)
    assert "secret" not in repr(defaults.call({}))
