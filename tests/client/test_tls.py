"""Transport security, with certificates made for the occasion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
import trustme

from linkedaccounts.client import Account, Tls, Unavailable
from tests.client.conftest import Either
from tests.client.fake_service import FakeService, running

US = Account("US", registered_on="2018-01-15")


class Authority:
    """A certificate authority, and its certificates as files."""

    def __init__(self, folder: Path) -> None:
        self._authority = trustme.CA()
        self._folder = folder
        self.pem = self._authority.cert_pem.bytes()
        self.ca = self._write("ca.pem", self.pem)

    def issue(self, identity: str) -> tuple[Path, Path]:
        issued = self._authority.issue_cert(identity)
        certificate = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
        key = issued.private_key_pem.bytes()
        return self._write(f"{identity}.pem", certificate), self._write(f"{identity}.key", key)

    def _write(self, name: str, content: bytes) -> Path:
        path = self._folder / name
        path.write_bytes(content)
        return path


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def server_pair(authority: Authority) -> tuple[bytes, bytes]:
    certificate, key = authority.issue("127.0.0.1")
    return key.read_bytes(), certificate.read_bytes()


@pytest.fixture
def tls_service(server_pair: tuple[bytes, bytes]) -> Iterator[FakeService]:
    with running(grpc.ssl_server_credentials([server_pair])) as service:
        yield service


@pytest.fixture
def mutual_service(authority: Authority, server_pair: tuple[bytes, bytes]) -> Iterator[FakeService]:
    with running(grpc.ssl_server_credentials([server_pair], authority.pem, require_client_auth=True)) as service:
        yield service


async def test_a_service_with_a_certificate_of_a_trusted_authority_is_asked(
    tls_service: FakeService, either: Either, authority: Authority
) -> None:
    client = either.client(tls_service, tls=Tls(ca=authority.ca))
    assert (await either.ask(client.quote_fees, [US])).lines[0].store == "US"


async def test_a_service_that_nobody_trusted_vouches_for_is_not_asked(tls_service: FakeService, either: Either) -> None:
    with pytest.raises(Unavailable):
        await either.ask(either.client(tls_service, tls=Tls()).quote_fees, [US])
    assert not tls_service.seen


async def test_a_caller_shows_its_own_certificate_where_the_service_asks_for_it(
    mutual_service: FakeService, either: Either, authority: Authority
) -> None:
    certificate, key = authority.issue("caller.example")
    client = either.client(mutual_service, tls=Tls(ca=authority.ca, certificate=certificate, key=str(key)))
    assert (await either.ask(client.quote_fees, [US])).lines[0].store == "US"


async def test_a_caller_without_a_certificate_is_not_let_in(
    mutual_service: FakeService, either: Either, authority: Authority
) -> None:
    with pytest.raises(Unavailable):
        await either.ask(either.client(mutual_service, tls=Tls(ca=authority.ca)).quote_fees, [US])
    assert not mutual_service.seen


@pytest.mark.parametrize("half", [{"certificate": "a.pem"}, {"key": "a.key"}])
def test_a_certificate_goes_with_its_key(either: Either, half: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="together"):
        either.client(FakeService(target="127.0.0.1:1"), tls=Tls(**half))


def test_a_file_that_cannot_be_read_is_said_when_the_client_is_made(either: Either, tmp_path: Path) -> None:
    make: Callable[..., Any] = either.client
    with pytest.raises(FileNotFoundError):
        make(FakeService(target="127.0.0.1:1"), tls=Tls(ca=tmp_path / "missing.pem"))
