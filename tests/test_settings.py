from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from linkedaccounts.cli.options import settings_from, settings_options
from linkedaccounts.settings import Settings, SettingsRejected, default_rules, flag_of, read_settings, variable_of

REPOSITORY = Path(__file__).parents[1]
FILES = ("callers", "events_credentials")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(variable_of(name), raising=False)


def test_nothing_needs_to_be_set() -> None:
    settings = read_settings({})

    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 50051, 1)
    assert settings.max_batch_size == 1000
    assert settings.rules == default_rules()


def test_every_setting_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "file.pem"
    file.touch()
    others: dict[str, Any] = {
        "rules": tmp_path,
        "data_dir": tmp_path,
        "host": "::1",
        "rates_source": "x.zip",
        "log_level": "error",
        "plaintext_callers": True,
        "transport": "grpc",
        "database": "sqlite:///x.db",
        "session_keys": tmp_path / "keys.json",
    }
    others |= {"max_message_bytes": 2048, "record_dir": tmp_path / "decisions", "record_share": 0.5}
    others |= {"shadow": tmp_path, "shadow_share": 0.5}
    others |= {"otlp_endpoint": "https://collector", "trace_share": 0.5}
    others |= {"events_to": "nats://broker:4222"}
    for name, field in Settings.model_fields.items():
        value = others.get(name, file if name in FILES or name.startswith("tls_") else 7)
        assert field.description
        monkeypatch.setenv(variable_of(name), str(value))

    settings = read_settings({})

    assert {name: value for name, value in settings if value not in (7, file)} == others


def test_a_flag_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINKED_ACCOUNTS_PORT", "1111")

    assert read_settings({"port": "2222", "host": None}).port == 2222


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINKED_ACCOUNTS_PORT", "")

    assert read_settings({}).port == 50051


def problems(**flags: Any) -> list[str]:
    with pytest.raises(SettingsRejected) as caught:
        read_settings(flags)
    return str(caught.value).splitlines()


def test_all_problems_are_listed_at_once_each_with_flag_variable_and_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINKED_ACCOUNTS_WORKERS", "many")

    listed = problems(port="65536", rules="/no/such/place", log_level="loud", tls_key=str(Path(__file__)))

    assert [line.split(":")[0] for line in listed] == [
        "--rules / LINKED_ACCOUNTS_RULES",
        "--port / LINKED_ACCOUNTS_PORT",
        "--workers / LINKED_ACCOUNTS_WORKERS",
        "--tls-key / LINKED_ACCOUNTS_TLS_KEY",
        "--log-level / LINKED_ACCOUNTS_LOG_LEVEL",
    ]
    assert listed[2].endswith("(it is `many`)")


def test_a_certificate_goes_with_its_key() -> None:
    together = "the certificate and its key go together: give both or neither"

    assert problems(tls_certificate=__file__) == [f"--tls-key / LINKED_ACCOUNTS_TLS_KEY: {together}"]
    assert together in problems(tls_key=__file__)[0]


def test_mutual_tls_needs_a_certificate_of_the_server() -> None:
    assert "mutual TLS needs the server's own certificate" in problems(tls_client_ca=__file__)[0]


def test_the_native_transport_goes_with_nothing_that_it_lacks() -> None:
    (tls,) = problems(transport="native", tls_certificate=__file__, tls_key=__file__)
    (age,) = problems(transport="native", max_connection_age_seconds="60")

    assert tls.startswith("--transport / LINKED_ACCOUNTS_TRANSPORT: `native` speaks plain text: leave out --tls-cert")
    assert "leave out --max-connection-age-seconds" in age


def test_settings_survive_their_way_to_a_worker(tmp_path: Path) -> None:
    settings = read_settings({"rules": str(tmp_path), "port": "7", "tls_certificate": __file__, "tls_key": __file__})

    assert Settings.model_validate_json(settings.model_dump_json()) == settings


@click.command()
@settings_options()
def show(**flags: Any) -> None:
    """Shows the settings."""
    click.echo(settings_from(flags).model_dump_json())


def test_every_setting_is_a_flag_whose_help_names_its_variable() -> None:
    help_text = " ".join(CliRunner().invoke(show, ["--help"], terminal_width=1000).output.split())

    for name, field in Settings.model_fields.items():
        assert flag_of(name) in help_text
        assert f"env: {variable_of(name)}]" in help_text
        assert str(field.description) in help_text


def test_flags_become_settings() -> None:
    shown = CliRunner().invoke(show, ["--port", "7", "--drain-seconds", "1.5"])

    settings = Settings.model_validate_json(shown.output)
    assert (settings.port, settings.drain_seconds) == (7, 1.5)


def test_a_command_with_bad_settings_ends_with_exit_code_2_and_all_problems() -> None:
    shown = CliRunner().invoke(show, ["--port", "x", "--workers", "0"])

    assert shown.exit_code == 2
    assert "--port / LINKED_ACCOUNTS_PORT" in shown.output
    assert "--workers / LINKED_ACCOUNTS_WORKERS" in shown.output
