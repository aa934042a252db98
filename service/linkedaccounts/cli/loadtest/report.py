"""`linked-accounts loadtest report`: a result as a page that a person can show to others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from linkedaccounts.cli.loadtest.reading import RESULT, results_of
from linkedaccounts.loadtest.merging import NotAlike
from linkedaccounts.loadtest.result import Result

MISSING = "reports need two more packages: pip install 'linked-accounts[loadtest,reports]'"


@click.command()
@click.argument("files", nargs=-1, required=True, type=RESULT)
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default="report.html",
    show_default=True,
    help="Write the page there.",
)
def report(files: tuple[Path, ...], out: Path) -> None:
    """Make one HTML page of the result in a file: it needs no network, and can be sent to anyone.

    Several FILES are runs of the same load, one after the other: their histograms are added, and each run's own figures
    stand beside each other. `loadtest compare` says whether two sets of runs differ.
    """
    write_report(results_of(files), out)
    click.echo(f"the report is in {out}")


def page_maker() -> Callable[[Sequence[Result]], str]:
    """What makes pages; ClickException says what to install for it."""
    try:
        from linkedaccounts.cli.loadtest.page.page import page
    except ModuleNotFoundError as error:
        raise click.ClickException(f"{MISSING} ({error})") from None
    return page


def write_report(results: Sequence[Result], out: Path) -> None:
    """Writes the page of runs of one load; a usage error if they are not, or if the file cannot be written."""
    page = page_maker()
    try:
        out.write_text(page(results), "utf-8")
    except NotAlike as error:
        raise click.UsageError(f"{error}; `loadtest compare` is for what differs") from None
    except OSError as error:
        raise click.UsageError(f"the report cannot be written to {out}: {error.strerror}") from None
