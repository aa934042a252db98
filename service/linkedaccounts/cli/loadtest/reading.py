"""Reads results from files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from linkedaccounts.loadtest.result import BadResult, Result, read_result

RESULT = click.Path(exists=True, dir_okay=False, path_type=Path)


def results_of(files: Iterable[Path]) -> list[Result]:
    """The results in files; a usage error names the one that holds none."""
    found = []
    for file in files:
        try:
            found.append(read_result(file.read_bytes()))
        except BadResult as error:
            raise click.UsageError(f"{file}: {error}; `loadtest run --out {file.name}` writes one") from None
        except OSError as error:
            raise click.UsageError(f"{file} cannot be read: {error.strerror}") from None
    return found
