"""`linked-accounts policy docs`: a site that shows what the rules say."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from linkedaccounts.cli.asking import Service, knows_a_service
from linkedaccounts.cli.policy.rules_argument import rules_argument
from linkedaccounts.cli.store_values import Day
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.problems import PolicyRejected
from linkedaccounts.policy.read import read

EXIT_CODES = """\b
Exit codes:
  0  written; or served, until Ctrl-C
  1  the rules have problems, all of which are listed
  2  wrong arguments, or the site cannot be written there"""


@click.command(epilog=EXIT_CODES)
@rules_argument
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Directory to write the site to.")
@click.option("--on", type=Day(), metavar="DAY", help="The day whose values are shown.  [default: today, UTC]")
@click.option("--source", default="", metavar="URL", help="Where rule files are read, with {file} and {line} in it.")
@click.option("--serve", "port", type=click.IntRange(0, 65535), help="Show it on this port of this machine.")
@knows_a_service
def docs(service: Service, directory: Path, out: Path | None, on: date | None, source: str, port: int | None) -> None:
    """Make a static site of the rules in DIR, in every language: tables, charts, a map, the files, a form to ask with.

    The form "What if …?" works where `--serve` shows the site: it asks the service that --target names.
    """
    if out is None and port is None:
        raise click.UsageError("say where to with --out DIRECTORY, or show it with --serve PORT")
    with TemporaryDirectory() as scratch:
        target = out or Path(scratch)
        count = _write(directory, target, on or datetime.now(UTC).date(), source)
        if out:
            click.echo(f"{count} files in {out}; begin with {out / 'index.html'}")
        if port is not None:
            _serve(target, port, service)


def _write(directory: Path, target: Path, day: date, source: str) -> int:
    try:
        from linkedaccounts.workbench.site.pages import Subject
        from linkedaccounts.workbench.site.write import write_site
    except ImportError as error:
        raise click.ClickException(f"install `linked-accounts[reports]`, which draws the pages ({error})") from None
    try:
        policy = load_policy(directory)
        files, _ = read(directory)
        return write_site(Subject(policy, tuple(files), day, source), target)
    except PolicyRejected as rejected:
        raise click.ClickException(str(rejected)) from None
    except (KeyError, IndexError, ValueError) as error:
        raise click.UsageError(f"--source takes {{file}} and {{line}} only: {error}") from None
    except OSError as error:
        raise click.UsageError(f"the site cannot be written to {target}: {error.strerror}") from None


def _serve(directory: Path, port: int, service: Service) -> None:
    from linkedaccounts.cli.policy.docs_server import docs_server

    try:
        server = docs_server(directory, port, service)
    except OSError as error:
        raise click.UsageError(f"cannot listen on port {port}: {error.strerror}") from None
    click.echo(f"shown on http://127.0.0.1:{server.server_port}/ until Ctrl-C; the form asks {service.target}")
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo()
