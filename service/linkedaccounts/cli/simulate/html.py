"""The page of a simulation, if what draws it is installed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from linkedaccounts.cli.simulate.ended import Ended

MISSING = "a page needs two more packages: pip install 'linked-accounts[reports]'"


def page_maker() -> Callable[[Ended], str]:
    """What makes pages; ClickException says what to install for it."""
    try:
        from linkedaccounts.cli.simulate.page.page import page
    except ModuleNotFoundError as error:
        raise click.ClickException(f"{MISSING} ({error})") from None
    return page


def write_page(ended: Ended, out: Path) -> None:
    """Writes the page; a usage error if the file cannot be written."""
    try:
        out.write_text(page_maker()(ended), "utf-8")
    except OSError as error:
        raise click.UsageError(f"the page cannot be written to {out}: {error.strerror}") from None
