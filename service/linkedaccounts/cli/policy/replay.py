"""`linked-accounts policy replay`: proves that recorded decisions can be made again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click
import orjson
from click.exceptions import Exit

from linkedaccounts.cli.options import settings_from
from linkedaccounts.cli.policy.recordings import (
    decisions_argument,
    not_replayed,
    processes_option,
    ranges_meant,
    watched,
)
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import PolicyRejected
from linkedaccounts.storage.policy_archive import NotInArchive, PolicyArchive
from linkedaccounts.workbench.records.reading import CannotReplay
from linkedaccounts.workbench.replay import Mismatch, Replayed
from linkedaccounts.workbench.replay import replay as replayed

ARCHIVE = click.Path(exists=True, file_okay=False, path_type=Path)


EXIT_CODES = """\b
Exit codes:
  0  every decision that could be replayed is the same
  1  one is not, or none could be replayed
  2  wrong arguments"""


@click.command(epilog=EXIT_CODES)
@decisions_argument
@click.option("--archive", type=ARCHIVE, help="directory of the policies  [default: the one in the data directory]")
@processes_option
def replay(decisions: tuple[Path, ...], archive: Path | None, processes: int) -> None:
    """Make recorded decisions again, each by the version of the policy that made it, and compare.

    DECISIONS are files that a service recorded, or directories of them. The same rules must decide, and every amount
    must be the same, bit for bit.
    """
    ranges = ranges_meant(decisions)
    load = _Archived(archive or settings_from({}).policies_dir)
    found = watched(replayed(ranges, load, processes), ranges, Replayed())
    _say(found)
    if found.mismatched or not found.reading.replayed:
        raise Exit(1)


@dataclass(frozen=True, slots=True)
class _Archived:
    """Loads policies from an archive, in whichever process."""

    directory: Path

    def __call__(self, version: str) -> Policy:
        try:
            return PolicyArchive(self.directory).load(version)
        except NotInArchive as missing:
            raise CannotReplay(str(missing)) from None
        except PolicyRejected as rejected:
            first = rejected.problems[0]
            problem = f"{first.place}: {first.message}"
            raise CannotReplay(f"the policy {version} no longer passes the checks ({problem})") from None


def _say(found: Replayed) -> None:
    count = found.reading.replayed.total()
    policies = "1 policy" if len(found.versions) == 1 else f"{len(found.versions)} policies"
    same = "all the same, bit for bit" if count and not found.mismatched else f"{count - found.mismatched:,} the same"
    click.echo(f"{count:,} decisions replayed by {policies}: {same}")
    for decision, of_it in sorted(found.reading.replayed.items()):
        click.echo(f"  {of_it:,} {decision}")
    if found.mismatched:
        click.echo(f"{found.mismatched:,} came out otherwise; the first:")
    for mismatch in found.mismatches:
        _show(mismatch)
    for line in not_replayed(found.reading):
        click.echo(line)


def _show(mismatch: Mismatch) -> None:
    recorded = mismatch.recorded
    click.echo(f"  {mismatch.place}: {recorded.decision} of call {recorded.request_id}")
    click.echo(f"    policy:   {recorded.policy_version}")
    click.echo(f"    recorded: {orjson.dumps(recorded.outcome).decode()}")
    click.echo(f"    replayed: {orjson.dumps(mismatch.replayed).decode()}")
