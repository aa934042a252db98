"""Makes a plan of what the options of a load test say."""

from __future__ import annotations

import math
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import click

from linkedaccounts.cli.loadtest.own_service import OwnService
from linkedaccounts.cli.loadtest.recorded_quotes import recorded_quotes
from linkedaccounts.cli.loadtest.values import Read
from linkedaccounts.client.token import check_token
from linkedaccounts.loadtest.plan import Plan
from linkedaccounts.loadtest.profile import BadProfile, Calls, Profile, default_profile, read_profile
from linkedaccounts.loadtest.stages import BadStages, Stage, parse_duration, parse_stages
from linkedaccounts.loadtest.thresholds import errors_threshold
from linkedaccounts.v1.fee_quote_service_pb2 import QuoteFeesRequest

Command = TypeVar("Command", bound=Callable[..., Any])
DURATION = Read("duration", parse_duration)
SHARE = Read("share", lambda text: errors_threshold(text).limit)
DEFAULT_RATE = "200"
"""Calls a second: few enough for any machine, and enough for a p99 after a few seconds."""
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

_LEVELS = (
    click.option("--rate", metavar="STAGES", help="Open model: calls a second, as `500` or `10s:0-500,30s:500`."),
    click.option("--callers", metavar="STAGES", help="Closed model: callers, each with one call at a time."),
    click.option("--duration", type=DURATION, default="30s", show_default=True, help="Of a single rate or number."),
)
_REQUESTS = (
    click.option("--profile", "profile_file", type=_FILE, help="TOML file of what is asked for; see `profile`."),
    click.option(
        "--replay",
        type=click.Path(exists=True, path_type=Path),
        multiple=True,
        metavar="DECISIONS",
        help="Ask for recorded quotes again: a file, or a directory of them.",
    ),
    click.option("--seed", type=int, default=1, show_default=True, help="The same draws the same calls."),
)
_CALLS = (
    click.option(
        "--arrivals",
        type=click.Choice(["poisson", "constant"]),
        default="poisson",
        show_default=True,
        help="How calls come at a rate: as from many callers, or evenly.",
    ),
    click.option("--warm-up", type=DURATION, default="2s", show_default=True, help="Not measured; in whole seconds."),
    click.option("--connections", type=click.IntRange(1, 1000), default=8, show_default=True, help="Kept open."),
    click.option("--timeout", type=DURATION, default="5s", show_default=True, help="Of a call."),
    click.option("--shape", type=click.Choice(["unary", "batch", "stream"]), help="Ask in this shape alone."),
    click.option("--check", "checked", type=SHARE, default="5%", show_default=True, help="Answers to look at."),
    click.option("--token-file", type=_FILE, help="File with the token that says who calls."),
    click.option("--plaintext-token", is_flag=True, help="Send it without TLS even to another machine."),
    click.option("--pid", "pids", type=int, multiple=True, help="Process of the service whose CPU and memory to note."),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options say of the load; ``plan`` puts it on a service."""

    given: dict[str, Any]
    profile: Profile
    profile_name: str
    recorded: Sequence[QuoteFeesRequest]

    def plan(self, service: OwnService, tls: ssl.SSLContext | None) -> Plan:
        """The plan; a usage error for options that do not go together."""
        given = self.given
        arrivals, text = self._load()
        host, port = _address(service.target)
        return Plan(
            host=host,
            port=port,
            profile=self.profile,
            profile_name=self.profile_name,
            arrivals=arrivals,
            stages=_stages(text),
            stages_text=text,
            warm_up=math.ceil(given["warm_up"]),
            connections=given["connections"],
            timeout=given["timeout"],
            checked_share=given["checked"],
            seed=given["seed"],
            token=self._token(service.target, encrypted=tls is not None),
            tls=tls,
            pids=(*given["pids"], *([service.pid] if service.pid else [])),
            recorded=self.recorded,
        )

    def _load(self) -> tuple[Literal["constant", "poisson", "closed"], str]:
        rate, callers = self.given["rate"], self.given["callers"]
        if rate and callers:
            raise click.UsageError("say either --rate, for calls that come by themselves, or --callers, who wait")
        level = callers or rate or DEFAULT_RATE
        text = level if ":" in level else f"{self.given['duration']:g}s:{level}"
        return ("closed" if callers else self.given["arrivals"]), text

    def _token(self, target: str, *, encrypted: bool) -> str:
        file = self.given["token_file"]
        if file is None:
            return ""
        token: str = file.read_text("utf-8").strip()
        try:
            check_token(token, target, encrypted=encrypted or self.given["plaintext_token"])
        except ValueError as error:
            raise click.UsageError(str(error)) from None
        return token


def plans_a_load(command: Command) -> Command:
    """Gives a command the options that say which load; ``asked_of`` takes them out of what it is given."""
    return _with(_LEVELS, plans_calls(command))


def plans_calls(command: Command) -> Command:
    """Likewise those that say which calls, but not how many of them."""
    return draws_requests(_with(_CALLS, command))


def draws_requests(command: Command) -> Command:
    """Likewise those that say what is asked for: `profile_file`, `replay` and `seed`."""
    return _with(_REQUESTS, command)


def asked_of(given: dict[str, Any]) -> Asked:
    """What the options of ``plans_a_load`` say; they are no longer in ``given`` afterwards."""
    names = ("rate", "callers", "duration", "arrivals", "warm_up", "connections", "timeout", "profile_file", "shape")
    more = ("replay", "checked", "seed", "token_file", "plaintext_token", "pids")
    said = {name: given.pop(name) for name in (*names, *more)}
    profile, name = profile_meant(said["profile_file"], said["shape"]), str(said["profile_file"] or "default")
    if not said["replay"]:
        return Asked(said, profile, name, ())
    recorded = requests_to_replay(said["replay"])
    return Asked(said, profile, f"{name}, {profile.replay.share:.0%} of {len(recorded):,} recorded quotes", recorded)


def profile_meant(file: Path | None, shape: str | None) -> Profile:
    """The profile of a file, or the default one, in one shape alone if that is stated; a usage error if it is bad."""
    try:
        profile = read_profile(file.read_text("utf-8") if file else default_profile())
    except (BadProfile, OSError, UnicodeDecodeError) as error:
        raise click.UsageError(str(error)) from None
    if not shape:
        return profile
    calls = profile.calls.model_dump() | {"unary": 0, "batch": 0, "stream": 0, shape: 1}
    return profile.model_copy(update={"calls": Calls(**calls)})


def requests_to_replay(places: Sequence[Path]) -> Sequence[QuoteFeesRequest]:
    """The requests of recorded quotes; says what could not be used and why. A usage error if there are none."""
    found = recorded_quotes(places)
    for line in found.said():
        click.echo(line, err=True)
    if not found.requests:
        raise click.UsageError(f"there is no recorded quote in {', '.join(map(str, places))}")
    return found.requests


def _with(options: Sequence[Callable[[Command], Command]], command: Command) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


def _stages(text: str) -> tuple[Stage, ...]:
    try:
        return parse_stages(text)
    except BadStages as error:
        raise click.UsageError(str(error)) from None


def _address(target: str) -> tuple[str, int]:
    host, colon, port = target.rpartition(":")
    if not (colon and host and port.isdigit() and int(port) < 65536):
        raise click.UsageError(f"`{target}` is no HOST:PORT")
    return host.strip("[]"), int(port)
