"""The service's settings: read from flags (which win) and the environment, all checked before anything starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import DirectoryPath, Field, FilePath, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

import linkedaccounts

ENV_PREFIX = "LINKED_ACCOUNTS_"


def default_rules() -> Path:
    """The rule files that come with the package: packed into a wheel, or in the repository beside the source."""
    package = Path(linkedaccounts.__file__).parent
    packed = package / "rules"
    return packed if packed.is_dir() else package.parents[1] / "rules"


def default_data_dir() -> Path:
    """The folder of this user for data that outlives a restart."""
    return platformdirs.user_data_path("linked-accounts")


class Settings(BaseSettings):
    """One field a setting; its flag is the name with dashes, its variable the name in capitals after the prefix."""

    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, env_ignore_empty=True, extra="ignore", frozen=True)

    rules: DirectoryPath = Field(default_factory=default_rules, description="directory of the rule files")
    rules_poll_seconds: float = Field(
        1, ge=0, le=3600, description="seconds between looks whether the rule files changed; 0 is only at SIGHUP"
    )
    data_dir: Path = Field(default_factory=default_data_dir, description="directory of what outlives a restart")
    database: str = Field(
        "",
        description="URL of the database, `sqlite:///FILE` or `postgresql://…`; else a file in the data directory",
    )
    session_keys: Path | None = Field(
        None,
        description="JWK Set that sessions are signed with, followed when replaced; by default in the data directory",
    )
    session_minutes: float = Field(10, gt=0, le=24 * 60, description="minutes for which a session token is good")
    session_idle_hours: float = Field(12, gt=0, le=24 * 90, description="hours for which a refresh token is good")
    proof_minutes: float = Field(5, gt=0, le=60, description="minutes in which an added account may be picked")
    registration_days: float = Field(30, gt=0, le=366, description="days after which a registration left open expires")
    sign_in_free_failures: int = Field(3, ge=1, le=100, description="failed sign-ins after which one has to wait")
    sign_in_lock_failures: int = Field(10, ge=1, le=1000, description="failed sign-ins that lock an e-mail out")
    sign_in_lock_minutes: float = Field(15, gt=0, le=24 * 60, description="minutes for which it is locked out")
    host: str = Field("127.0.0.1", min_length=1, description="address to listen on")
    port: int = Field(50051, ge=0, le=65535, description="port to listen on; 0 takes a free one and logs it")
    workers: int = Field(1, ge=1, le=256, description="processes that answer on the port")
    max_message_bytes: int = Field(4 * 1024 * 1024, ge=1024, le=2**30, description="largest request taken, in bytes")
    max_batch_size: int = Field(1000, ge=1, le=100_000, description="most quotes in one batch")
    max_concurrent_calls: int = Field(1000, ge=1, description="most calls at work at once in one process")
    shed_after_ms: float = Field(
        50,
        ge=0,
        le=10_000,
        description="milliseconds that calls may wait in the long run, else some are shed; 0 is off",
    )
    quotes_remembered: int = Field(
        2048, ge=0, le=1_000_000, description="answers to quotes that each process keeps for who asks again; 0 is none"
    )
    decisions_remembered: int = Field(
        4096, ge=0, le=1_000_000, description="answers of each of the rules' decisions that a process keeps; 0 is none"
    )
    drain_notice_seconds: float = Field(
        2,
        ge=0,
        le=300,
        description="seconds from SIGTERM, with health already NOT_SERVING, until new calls are refused",
    )
    drain_seconds: float = Field(30, ge=0, le=3600, description="seconds that calls at work get to finish at a stop")
    max_connection_age_seconds: int = Field(
        0, ge=0, description="seconds after which a connection is asked to reconnect, to spread load; 0 is never"
    )
    tls_certificate: FilePath | None = Field(
        None, description="PEM file of the server's certificate chain; turns on TLS"
    )
    tls_key: FilePath | None = Field(
        None, validate_default=True, description="PEM file of the certificate's private key"
    )
    tls_client_ca: FilePath | None = Field(
        None, description="PEM file of the authorities that callers' certificates must come from; turns on mutual TLS"
    )
    transport: Literal["grpc", "native"] = Field(
        "grpc",
        validate_default=True,
        description="what carries the calls: `grpc`, or `native`, faster, in plain text, for callers you trust",
    )
    callers: FilePath | None = Field(
        None, description="TOML file of who may call, read again on SIGHUP; without it anyone may, on loopback only"
    )
    plaintext_callers: bool = Field(
        False, description="take tokens from other machines without TLS, because something beside the service does it"
    )
    max_subscribers: int = Field(100, ge=1, le=10_000, description="most streams of events at once in one process")
    events_to: str = Field(
        "", description="URL of a NATS server with JetStream that is told what happens, `nats://HOST:4222` or `tls://…`"
    )
    events_credentials: FilePath | None = Field(
        None, description="file with `USER:PASSWORD` or a token for that server, read at each connection"
    )
    rates_refresh_hours: float = Field(
        0, ge=0, le=24 * 7, description="hours between refreshes of the exchange rates; 0 is never"
    )
    rates_source: str = Field(
        "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip",
        min_length=1,
        description="path or URL of the ECB's file of daily reference rates",
    )
    billing_every_minutes: float = Field(
        0, ge=0, le=24 * 60, description="minutes between runs of billing, each in a process of its own; 0 is never"
    )
    shadow: DirectoryPath | None = Field(
        None, description="directory of rules that decide beside the live ones; only where they differ is recorded"
    )
    shadow_share: float = Field(1, ge=0, le=1, description="share of the calls that the shadow decides too")
    record_share: float = Field(
        1, ge=0, le=1, description="share of the calls whose decisions are recorded, by their request ids; 0 is none"
    )
    record_dir: Path | None = Field(
        None, description="directory of the recorded decisions; by default `decisions` in the data directory"
    )
    record_file_megabytes: int = Field(64, ge=1, le=1024, description="megabytes after which a new file is begun")
    record_total_megabytes: int = Field(
        2048, ge=2, le=1024 * 1024, description="megabytes of all these files together; the oldest are deleted first"
    )
    metrics_port: int = Field(0, ge=0, le=65535, description="port of the Prometheus metrics; 0 is off")
    otlp_endpoint: str = Field(
        "",
        description="URL of a collector of traces and metrics that speaks OTLP over HTTP, `http://localhost:4318`",
    )
    trace_share: float = Field(
        0.01, ge=0, le=1, description="share of the calls that are traced, of those whose caller does not decide that"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="least severity of log lines; calls are logged as info"
    )

    @field_validator("otlp_endpoint")
    @classmethod
    def _endpoint_is_a_url(cls, endpoint: str) -> str:
        if endpoint and not endpoint.startswith(("http://", "https://")):
            raise ValueError("it is a URL like `http://localhost:4318`")
        return endpoint

    @field_validator("events_to")
    @classmethod
    def _broker_is_a_url(cls, url: str) -> str:
        if url and (not url.startswith(("nats://", "tls://")) or "@" in url):
            flag = flag_of("events_credentials")
            raise ValueError(f"it is a URL like `nats://HOST:4222`; who you are there stands in the file of {flag}")
        return url

    @field_validator("tls_key")
    @classmethod
    def _key_and_certificate(cls, key: Path | None, info: ValidationInfo) -> Path | None:
        if "tls_certificate" in info.data and (key is None) != (info.data["tls_certificate"] is None):
            raise ValueError("the certificate and its key go together: give both or neither")
        return key

    @field_validator("tls_client_ca")
    @classmethod
    def _authorities_need_a_certificate(cls, authorities: Path | None, info: ValidationInfo) -> Path | None:
        if authorities is not None and "tls_certificate" in info.data and info.data["tls_certificate"] is None:
            raise ValueError("mutual TLS needs the server's own certificate and key")
        return authorities

    @field_validator("transport")
    @classmethod
    def _native_has_less(cls, transport: str, info: ValidationInfo) -> str:
        if transport == "native" and info.data.get("tls_certificate"):
            raise ValueError(f"`native` speaks plain text: leave out {flag_of('tls_certificate')}, a mesh does TLS")
        if transport == "native" and info.data.get("max_connection_age_seconds"):
            age = flag_of("max_connection_age_seconds")
            raise ValueError(f"`native` never asks a connection to reconnect: leave out {age}")
        return transport

    @property
    def database_url(self) -> str:
        """The database, stated or not."""
        return self.database or f"sqlite:///{self.data_dir / 'linked-accounts.db'}"

    @property
    def policies_dir(self) -> Path:
        """The archive of every policy that served."""
        return self.data_dir / "policies"

    @property
    def decisions_dir(self) -> Path:
        """The directory of the recorded decisions, stated or not."""
        return self.record_dir or self.data_dir / "decisions"

    @property
    def session_keys_file(self) -> Path:
        """The file of keys, stated or not."""
        return self.session_keys or self.data_dir / "session-keys.json"


class SettingsRejected(Exception):
    """Settings that cannot serve; the text lists every one of them, a line each."""

    def __init__(self, cause: ValidationError) -> None:
        lines = [_line(str(error["loc"][0]), error["msg"], error["input"]) for error in cause.errors()]
        super().__init__("\n".join(lines))


def flag_of(name: str) -> str:
    """The flag of a setting: `--max-batch-size`."""
    return "--" + name.replace("_", "-")


def variable_of(name: str) -> str:
    """The environment variable of a setting: `LINKED_ACCOUNTS_MAX_BATCH_SIZE`."""
    return ENV_PREFIX + name.upper()


def read_settings(flags: dict[str, Any]) -> Settings:
    """The settings of ``flags`` (None is not given), of the environment, and the defaults; SettingsRejected."""
    try:
        return Settings(**{name: value for name, value in flags.items() if value is not None})
    except ValidationError as error:
        raise SettingsRejected(error) from None


def _line(name: str, message: str, given: object) -> str:
    plain = message.removeprefix("Value error, ")
    value = "" if given is None else f" (it is `{given}`)"
    return f"{flag_of(name)} / {variable_of(name)}: {plain[0].lower()}{plain[1:]}{value}"
