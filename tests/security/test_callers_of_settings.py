"""Which callers may be served on which address."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from linkedaccounts.application.callers import DEVELOPMENT, CallersRejected
from linkedaccounts.security.callers_of_settings import callers_of
from linkedaccounts.settings import Settings, read_settings

TOKEN = f'[callers.checkout]\ntoken_sha256 = ["{"5e" * 32}"]\nscopes = ["quotes"]\n'
CERTIFICATE = '[callers.portal]\ncertificate = ["portal.internal"]\nscopes = ["accounts"]\n'
FURTHER = ["0.0.0.0", "::", "192.0.2.1", "no-such-host.invalid", ""]
HERE = ["127.0.0.1", "127.1.2.3", "::1", "localhost"]


def settings(folder: Path, text: str = "", **others: Any) -> Settings:
    """Settings whose TLS files are there; what is in them does not matter here."""
    path = folder / "callers.toml"
    path.write_text(text, "utf-8")
    return read_settings({}).model_copy(update={"callers": path if text else None, **others})


def problems(given: Settings) -> tuple[str, ...]:
    with pytest.raises(CallersRejected) as rejected:
        callers_of(given)
    return rejected.value.problems


@pytest.mark.parametrize("host", HERE)
def test_without_callers_anyone_on_this_machine_may_do_everything(tmp_path: Path, host: str) -> None:
    assert callers_of(settings(tmp_path, host=host)) is DEVELOPMENT


@pytest.mark.parametrize("host", FURTHER)
def test_without_callers_no_other_machine_is_served(tmp_path: Path, host: str) -> None:
    (problem,) = problems(settings(tmp_path, host=host))

    assert f"`{host}` is further than that; name who may call with --callers FILE" in problem


@pytest.mark.parametrize("host", HERE)
def test_on_this_machine_tokens_need_no_tls(tmp_path: Path, host: str) -> None:
    assert callers_of(settings(tmp_path, TOKEN, host=host)).by_token


@pytest.mark.parametrize("host", FURTHER)
def test_from_other_machines_tokens_do_not_come_in_the_clear(tmp_path: Path, host: str) -> None:
    (problem,) = problems(settings(tmp_path, TOKEN, host=host))

    assert problem.startswith(f"tokens would travel to `{host}` in the clear; turn on TLS with --tls-certificate")


@pytest.mark.parametrize("safe", [{"tls_certificate": Path("a.pem")}, {"plaintext_callers": True}])
def test_from_other_machines_tokens_come_by_tls_or_where_a_mesh_does_it(tmp_path: Path, safe: dict[str, Any]) -> None:
    assert callers_of(settings(tmp_path, TOKEN, host="0.0.0.0", **safe)).by_token


def test_callers_with_certificates_need_mutual_tls(tmp_path: Path) -> None:
    assert "turn on mutual TLS with --tls-client-ca" in problems(settings(tmp_path, CERTIFICATE))[0]
    assert callers_of(settings(tmp_path, CERTIFICATE, tls_client_ca=Path("ca.pem"))).by_certificate


def test_all_that_is_wrong_is_listed(tmp_path: Path) -> None:
    assert len(problems(settings(tmp_path, TOKEN + CERTIFICATE, host="0.0.0.0"))) == 2
