"""`linked-accounts serve`: runs the service."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import click

from linkedaccounts.cli.options import settings_from, settings_options
from linkedaccounts.cli.sample_company import with_sample_company
from linkedaccounts.cli.start import composed, stops_with_a_sentence
from linkedaccounts.settings import Settings, flag_of

WORKER = (sys.executable, "-m", "linkedaccounts.cli.worker")
WELCOME = "import sys; from linkedaccounts.cli.welcome import welcome; welcome(sys.argv[1])"

DEVELOPMENT_MODE = f"""DEVELOPMENT MODE: whoever reaches this service may do everything, so only this machine may.
Name who may call with {flag_of("callers")} FILE; `linked-accounts callers new` begins one."""

SIGNALS_AND_EXIT_CODES = """SIGTERM drains: health says NOT_SERVING first, then calls at work get to finish. Ctrl-C does
so without the notice. A second signal ends at once. SIGHUP reads the callers again, and the
rule files without waiting for the next look at them; bad ones change nothing.

Exit codes: 0 stopped by a signal; 1 cannot serve here (the port is taken, a TLS file cannot be used, the rules engine
does not load); 2 the settings, the callers or the rule files are wrong, and every problem is listed."""


@click.command(epilog=SIGNALS_AND_EXIT_CODES)
@settings_options()
@click.option("--welcome", "welcomes", is_flag=True, help="with a sample company; once serving, show around")
def serve(welcomes: bool, **flags: Any) -> None:
    """Run the service in the foreground until it is told to stop.

    The callers and the rule files are checked first: with any problem in them nothing is served. Without callers it is
    development mode: anyone may do everything, and it listens on this machine only.

    Rule files that change while it runs are taken whole, by all processes or by none, once they are at rest and pass
    all checks; `policy status` says why they are not, and `policy rollback` takes them back.
    """
    if welcomes and not flags["log_level"]:
        flags["log_level"] = "warning"  # a line for each call would stand in the way of what is shown
    settings = settings_from(flags)
    with stops_with_a_sentence():
        if not welcomes:
            _run(settings, _nothing)
            return
        with with_sample_company(_for_a_welcome(settings)) as sampled:
            _run(sampled, _welcome)


def _for_a_welcome(settings: Settings) -> Settings:
    """The settings, if a newcomer can be shown around with them."""
    if settings.callers or settings.database:
        both = f"{flag_of('callers')} or {flag_of('database')}"
        raise click.UsageError(f"--welcome brings a database of its own and tells no caller's token: leave out {both}")
    return settings


def _run(settings: Settings, on_serving: Any) -> None:
    service = composed(settings)
    _warn_of_development(settings)
    if settings.workers == 1:
        from linkedaccounts.endpoints.serving import serve_alone

        serve_alone(service, settings, on_serving)
    else:
        from linkedaccounts.endpoints.supervisor import supervise

        supervise(service, settings, WORKER, on_serving)


def _warn_of_development(settings: Settings) -> None:
    """For who sits before a terminal; whoever reads the log finds a line there."""
    if settings.callers is None and sys.stderr.isatty():
        click.secho(DEVELOPMENT_MODE, fg="yellow", bold=True, err=True)


async def _welcome(address: str, _signals: object) -> None:
    """In a process of its own, which asks through the network as any caller does."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", WELCOME, address)
    await process.wait()


async def _nothing(_address: str, _signals: object) -> None:
    """Serves without further ado."""
