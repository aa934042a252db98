"""A directory as it was in a revision of the git repository that it is in."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

import click


def put_revision(revision: str, directory: Path, place: Path) -> None:
    """Writes the files that a directory had in a revision into another directory; UsageError if git has no such."""
    commit = _git(directory, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        raise click.UsageError(f"`{directory}` is in no git repository that has a revision `{revision}`")
    archive = _git(directory, "archive", "--format=tar", commit.decode().strip())
    if archive is None:
        raise click.UsageError(f"git has no `{directory}` in revision `{revision}`")
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(place, filter="data")


def _git(directory: Path, *arguments: str) -> bytes | None:
    """What git answers in a directory; None if it fails."""
    try:
        done = subprocess.run(["git", "-C", str(directory), *arguments], capture_output=True, check=False)  # noqa: S603, S607  # the git that the editor uses
    except FileNotFoundError:
        raise click.UsageError("`--against` needs git, and there is none") from None
    return done.stdout if done.returncode == 0 else None
