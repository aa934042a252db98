"""Makes a plan of what the options of a load test say."""

from __future__ import annotations

import math
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import click

from linkedaccounts.cli.loadtest.values import Read
from linkedaccounts.client.token import check_token
from linkedaccounts.loadtest.plan import Plan
from linkedaccounts.loadtest.profile import BadProfile, Calls, Profile, default_profile, read_profile
from linkedaccounts.loadtest.stages import BadStages, Stage, parse_duration, parse_stages
from linkedaccounts.loadtest.thresholds import errors_threshold

Command = TypeVar("Command", bound=Callable[..., Any])
DURATION = Read("duration", parse_duration)
SHARE = Read("share", lambda text: errors_threshold(text).limit)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

_OPTIONS = (
    click.option("--rate", metavar="STAGES", help="Open model: calls a second, `500` or `10s:0-500,30s:500`."),
    click.option("--callers", metavar="STAGES", help="Closed model: callers, each with one call at a time."),
    click.option("--duration", type=DURATION, default="30s", show_default=True, help="Of a single rate or number."),
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
    click.option("--profile", "profile_file", type=_FILE, help="TOML file of what is asked for; see `profile`."),
    click.option("--shape", type=click.Choice(["unary", "batch", "stream"]), help="Ask in this shape alone."),
    click.option("--check", "checked", type=SHARE, default="5%", show_default=True, help="Answers to look at."),
    click.option("--seed", type=int, default=1, show_default=True, help="The same draws the same calls."),
    click.option("--token-file", type=_FILE, help="File with the token that says who calls."),
    click.option("--plaintext-token", is_flag=True, help="Send it without TLS even to another machine."),
    click.option("--pid", "pids", type=int, multiple=True, help="Process of the service whose CPU and memory to note."),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options say of the load; ``plan`` puts it on a service."""

    given: dict[str, Any]

    def plan(self, target: str, pid: int | None, tls: ssl.SSLContext | None) -> Plan:
        """The plan; a usage error for options that do not go together."""
        given = self.given
        arrivals, text = self._load()
        host, port = _address(target)
        return Plan(
            host=host,
            port=port,
            profile=self._profile(),
            profile_name=str(given["profile_file"] or "default"),
            arrivals=arrivals,
            stages=_stages(text),
            stages_text=text,
            warm_up=math.ceil(given["warm_up"]),
            connections=given["connections"],
            timeout=given["timeout"],
            checked_share=given["checked"],
            seed=given["seed"],
            token=self._token(target, encrypted=tls is not None),
            tls=tls,
            pids=(*given["pids"], *([pid] if pid else [])),
        )

    def _load(self) -> tuple[Literal["constant", "poisson", "closed"], str]:
        rate, callers = self.given["rate"], self.given["callers"]
        if (rate is None) == (callers is None):
            raise click.UsageError("say either --rate, for calls that come by themselves, or --callers, who wait")
        level = callers if rate is None else rate
        text = level if ":" in level else f"{self.given['duration']:g}s:{level}"
        return ("closed" if rate is None else self.given["arrivals"]), text

    def _profile(self) -> Profile:
        file, shape = self.given["profile_file"], self.given["shape"]
        try:
            profile = read_profile(file.read_text("utf-8") if file else default_profile())
        except (BadProfile, OSError, UnicodeDecodeError) as error:
            raise click.UsageError(str(error)) from None
        if not shape:
            return profile
        calls = profile.calls.model_dump() | {"unary": 0, "batch": 0, "stream": 0, shape: 1}
        return profile.model_copy(update={"calls": Calls(**calls)})

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
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def asked_of(given: dict[str, Any]) -> Asked:
    """What the options of ``plans_a_load`` say; they are no longer in ``given`` afterwards."""
    names = ("rate", "callers", "duration", "arrivals", "warm_up", "connections", "timeout", "profile_file", "shape")
    more = ("checked", "seed", "token_file", "plaintext_token", "pids")
    return Asked({name: given.pop(name) for name in (*names, *more)})


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
