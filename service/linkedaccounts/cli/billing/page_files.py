"""What the commands that make pages have in common: language, files, and what is said if they cannot be made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from linkedaccounts.application.refusals import Refusal
from linkedaccounts.domain.text import DEFAULT_LANGUAGE, LANGUAGES

MISSING = "pages and PDFs need more packages: pip install 'linked-accounts[reports]'"

FILE = click.Path(dir_okay=False, path_type=Path)
language_option = click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default=DEFAULT_LANGUAGE,
    show_default=True,
    envvar="LINKED_ACCOUNTS_LANGUAGE",
    show_envvar=True,
    help="Language of everything shown.",
)


@contextmanager
def refusals_in(language: str) -> Iterator[None]:
    """What a use case refuses ends the command with 2 and its sentence."""
    try:
        yield
    except Refusal as refusal:
        raise click.UsageError(refusal.message(language)) from None


@contextmanager
def drawing() -> Iterator[None]:
    """Packages that are missing, and files that cannot be written, end the command with 1 and a remedy."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise click.ClickException(f"{MISSING} ({error})") from None
    except OSError as error:
        raise click.ClickException(f"cannot write {error.filename}: {error.strerror}") from None
