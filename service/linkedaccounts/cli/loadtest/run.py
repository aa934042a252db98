"""`linked-accounts loadtest run`: puts a load on a service, and measures."""

from __future__ import annotations

import gc
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from click.exceptions import Exit
from rich.console import Console

from linkedaccounts.cli.loadtest.live import watching
from linkedaccounts.cli.loadtest.own_service import OwnService, own_service
from linkedaccounts.cli.loadtest.planning import asked_of, plans_a_load
from linkedaccounts.cli.loadtest.summary import summary
from linkedaccounts.cli.loadtest.values import Read
from linkedaccounts.cli.reaching import reaches_a_service, tls_of
from linkedaccounts.client import Tls
from linkedaccounts.loadtest.frames import BadFrame
from linkedaccounts.loadtest.plan import Plan
from linkedaccounts.loadtest.result import Result, as_json
from linkedaccounts.loadtest.run import run_plan
from linkedaccounts.loadtest.thresholds import Threshold, errors_threshold, judged, latency_threshold

EXIT_CODES = """\b
Exit codes:
  0  measured, and every threshold holds
  1  a threshold does not hold, or an answer is wrong
  2  wrong arguments
  3  the figures say nothing of the service: this client was the limit
  4  the service cannot be reached"""

NOT_REACHED = 4
LATENCIES = ("p50", "p90", "p99", "p999", "max")


class NotReached(click.ClickException):
    """There is no such service, or it does not speak HTTP/2."""

    exit_code = NOT_REACHED


@click.command(epilog=EXIT_CODES)
@reaches_a_service
@click.option("--self", "serves", is_flag=True, help="Start a service of its own, with no data, and test that one.")
@click.option("--serve-flag", "flags", multiple=True, metavar="FLAG", help="Flag of that service, as `--workers=2`.")
@plans_a_load
@click.option("--p50", type=Read("duration", lambda text: latency_threshold("p50", text)), help="Threshold: at most.")
@click.option("--p90", type=Read("duration", lambda text: latency_threshold("p90", text)), help="Likewise.")
@click.option("--p99", type=Read("duration", lambda text: latency_threshold("p99", text)), help="Likewise, as 25ms.")
@click.option("--p999", type=Read("duration", lambda text: latency_threshold("p999", text)), help="Likewise.")
@click.option("--max", type=Read("duration", lambda text: latency_threshold("max", text)), help="Likewise.")
@click.option("--errors", type=Read("share", errors_threshold), help="Threshold: calls that may end badly, as 0.1%.")
@click.option("--min-rate", type=float, help="Threshold: calls that must end in a second.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the result there, as JSON.")
def run(serves: bool, flags: tuple[str, ...], out: Path | None, **given: Any) -> None:
    """Put a load on a running service, or with --self on one of its own, and measure how it answers.

    STAGES are DURATION:LEVEL or DURATION:FROM-TO, by commas. A ramp is `10s:0-500`, a step `10s:100,10s:200`, a spike
    `30s:100,5s:1000,30s:100`, a soak `2h:300`; a number alone lasts for --duration.

    With --rate a latency is counted from when the call should have gone out, so a service that stalls is charged for
    every call that had to wait. Latencies are of calls that ended as they were meant to.
    """
    asked, thresholds, tls = asked_of(given), _thresholds(given), _tls(given)
    if flags and not serves:
        raise click.UsageError("--serve-flag is for the service that --self starts")
    with _service(serves, flags, given["target"]) as service:
        plan = asked.plan(service.target, service.pid if serves else None, tls)
        result = _measured(plan)
    result = replace(result, verdicts=judged(result, thresholds))
    if out:
        _write(out, result)
    for line in summary(result):
        click.echo(line)
    if result.invalid:
        raise Exit(3)
    if not all(verdict.holds for verdict in result.verdicts):
        raise Exit(1)


@contextmanager
def _service(serves: bool, flags: Sequence[str], target: str) -> Iterator[OwnService]:
    if serves:
        with own_service(flags) as own:
            yield own
    else:
        yield OwnService(target, 0)


def _thresholds(given: dict[str, Any]) -> list[Threshold]:
    stated = [given.pop(name) for name in (*LATENCIES, "errors")]
    rate = given.pop("min_rate")
    return [each for each in stated if each] + ([Threshold("rate", rate)] if rate is not None else [])


def _measured(plan: Plan) -> Result:
    import uvloop

    gc.freeze()  # what is loaded by now stays: no collection looks at it while the clock runs
    try:
        with watching(Console(stderr=True)) as watch:
            return uvloop.run(run_plan(plan, watch))
    except (OSError, BadFrame) as error:
        raise NotReached(f"`{plan.target}` cannot be reached: {error}") from None
    except KeyboardInterrupt:
        raise click.Abort from None


def _tls(given: dict[str, Any]) -> ssl.SSLContext | None:
    tls: Tls | None = tls_of(given.pop("wants_tls"), **{name: given.pop(name) for name in ("ca", "certificate", "key")})
    if tls is None:
        return None
    try:
        context = ssl.create_default_context(cafile=tls.ca)
        if tls.certificate:
            context.load_cert_chain(tls.certificate, tls.key)
    except OSError as error:
        raise click.UsageError(f"a file of TLS cannot be used: {error}") from None
    context.set_alpn_protocols(["h2"])
    return context


def _write(out: Path, result: Result) -> None:
    try:
        out.write_text(as_json(result), "utf-8")
    except OSError as error:
        raise click.UsageError(f"the result cannot be written to {out}: {error.strerror}") from None
