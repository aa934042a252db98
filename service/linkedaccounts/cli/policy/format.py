"""`linked-accounts policy format`: rule files in canonical form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import unified_diff
from pathlib import Path

import click
from click.exceptions import Exit

from linkedaccounts.cli.options import settings_from
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.problems import PolicyRejected, Problem
from linkedaccounts.policy.read import rule_files
from linkedaccounts.workbench.format import canonical
from linkedaccounts.workbench.rewrite import rewrite


@click.command(name="format")
@click.argument("paths", metavar="[DIR|FILE]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--check", is_flag=True, help="write nothing; name the files that are not in canonical form")
@click.option("--diff", is_flag=True, help="write nothing; show what would change")
def format_command(paths: tuple[Path, ...], check: bool, diff: bool) -> None:
    """Put rule files in canonical form: the order of keys, indentation, quotes and empty lines.

    Comments are kept, and so is what the files say: the policy's version stays the same. Without DIR or FILE it is
    the directory that LINKED_ACCOUNTS_RULES names, or else the rules that came with the service. A file that cannot
    be read is named, and left alone; the others are done.

    Exit codes: 0 all files are in canonical form, now or already; 1 a file could not be read or written, or, with
    --check or --diff, is not in canonical form; 2 wrong arguments.
    """
    done = failed = 0
    files = list(_files(paths or (settings_from({}).rules,)))
    for path in files:
        try:
            before, after = _read(path)
            if after != before:
                done += 1
                _say_or_write(path, before, after, check, diff)
        except PolicyRejected as rejected:
            failed += 1
            click.echo("\n".join(str(problem) for problem in rejected.problems), err=True)
    _sum_up(len(files), done, failed, "not in canonical form" if check or diff else "formatted")
    if failed or (done and (check or diff)):
        raise Exit(1)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    """The rule files that are meant, each once, as they were named."""
    listed = (file for path in paths for file in (sorted(rule_files(path)) if path.is_dir() else [path]))
    yield from {file.resolve(): file for file in listed}.values()


def _read(path: Path) -> tuple[bytes, bytes]:
    """What stands in a file, and what should."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _unusable(path, "read", error) from None
    return content, canonical(str(path), content)


def _say_or_write(path: Path, before: bytes, after: bytes, check: bool, diff: bool) -> None:
    if diff:
        old, new = (content.decode().splitlines(keepends=True) for content in (before, after))
        for line in unified_diff(old, new, str(path), str(path)):
            click.echo(line, nl=not line.endswith("\n"))
    elif check:
        click.echo(f"not in canonical form: {path}")
    else:
        try:
            rewrite(path, after)
        except OSError as error:
            raise _unusable(path, "written", error) from None
        click.echo(f"formatted: {path}")


def _unusable(path: Path, done: str, error: OSError) -> PolicyRejected:
    message = f"the file cannot be {done}: {error.strerror}"
    return PolicyRejected([Problem(Place(str(path)), "unreadable-file", message)])


def _sum_up(count: int, done: int, failed: int, said: str) -> None:
    parts = [f"{done} {said}", f"{count - done - failed} in canonical form already"]
    if failed:
        parts.append(f"{failed} left alone")
    click.echo(", ".join(parts), err=True)
