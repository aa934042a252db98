"""`linked-accounts policy compare`: what a change of the rules does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from click.exceptions import Exit

from linkedaccounts.cli.options import settings_from
from linkedaccounts.cli.policy.compare_report import REPORTS
from linkedaccounts.cli.policy.git_revision import put_revision
from linkedaccounts.cli.policy.rules_argument import DIRECTORY
from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import PolicyRejected
from linkedaccounts.workbench.compare import Comparison
from linkedaccounts.workbench.compare import compare as compared

EXIT_CODES = """\b
Exit codes:
  0  compared; with --exit-code: equal, though perhaps said in other words
  1  with --exit-code: something is decided or charged differently
  2  wrong arguments, or a directory with problems, all of which are listed
"""


@click.command(epilog=EXIT_CODES)
@click.argument("directories", metavar="[OLD] NEW", nargs=-1, type=DIRECTORY)
@click.option("--against", metavar="REV", help="Take OLD from this git revision of NEW, such as `main` or `HEAD~1`.")
@click.option("--format", "form", type=click.Choice(list(REPORTS)), default="text", show_default=True)
@click.option("--exit-code", is_flag=True, help="End with 1 if anything is decided or charged differently.")
def compare(directories: tuple[Path, ...], against: str | None, form: str, exit_code: bool) -> None:
    """Say exactly what the rules in NEW do that those in OLD do not, without any log.

    Over all facts that can occur: where the answers differ, as regions of facts, which rules decide there before and
    after, which way it goes, and an example of each, ready to be kept as a case in `tests`. What sellers pay is quoted
    with the exchange rates that come with the service; examples lie near the last of their days.

    With --against, NEW is what LINKED_ACCOUNTS_RULES names if left out, or else the rules that came with the service.
    """
    if against is not None:
        comparison = _against(against, _the_one(directories))
    elif len(directories) == 2:
        comparison = _compared(*directories)
    else:
        raise click.UsageError("name two directories, OLD and NEW, or one and `--against REV`")
    click.echo(REPORTS[form](comparison))
    if exit_code and not comparison.equal:
        raise Exit(1)


def _the_one(directories: Sequence[Path]) -> Path:
    if len(directories) > 1:
        raise click.UsageError("with `--against REV` name one directory at most, NEW")
    return directories[0] if directories else settings_from({}).rules


def _against(revision: str, directory: Path) -> Comparison:
    with TemporaryDirectory() as place:
        put_revision(revision, directory, Path(place))
        return _compared(Path(place), directory, f"{directory} of {revision}")


def _compared(old: Path, new: Path, old_name: str = "") -> Comparison:
    from linkedaccounts.storage.packaged_rate_book import packaged_rate_book

    before, after = _loaded(old, old_name or str(old)), _loaded(new, str(new))
    book = packaged_rate_book()
    return compared(before, after, book.last_day, book)


def _loaded(directory: Path, name: str) -> Policy:
    try:
        return load_policy(directory)
    except PolicyRejected as rejected:
        click.echo(f"{name} cannot be compared: {rejected}", err=True)
        raise Exit(2) from rejected
