"""Doing something again whenever the rule files of a directory change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from linkedaccounts.application.settling import Settling
from linkedaccounts.policy.read import rule_files

SECONDS_BETWEEN_LOOKS = 0.3

Fingerprint: TypeAlias = Mapping[str, tuple[int, int]]
"""Of each rule file, by its path in the directory, when it was written and how long it is."""


def fingerprint(directory: Path) -> Fingerprint:
    """What tells whether the rule files below a directory have changed, as far as they can be looked at."""
    found: dict[str, tuple[int, int]] = {}
    with suppress(OSError):  # gone since the listing, or not to be read; what is done again says so
        for path in rule_files(directory):
            status = path.stat()
            found[path.relative_to(directory).as_posix()] = (status.st_mtime_ns, status.st_size)
    return found


def whenever_changed(
    look: Callable[[], Fingerprint], act: Callable[[list[str]], None], sleep: Callable[[float], None]
) -> None:
    """Acts at once, told of no file, and again after each change, told of the files, once two looks see the same.

    Goes on for ever: ``sleep`` or ``act`` ends it by an exception.
    """
    settling, acted_on = Settling(), look()
    settling.took(acted_on)
    act([])
    while True:
        sleep(SECONDS_BETWEEN_LOOKS)
        now = look()
        if settling.look(now):
            changed = dict(acted_on.items() ^ now.items())
            settling.took(acted_on := now)
            act(sorted(changed))
