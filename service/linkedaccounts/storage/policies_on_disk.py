"""The rules directory, and in the data directory all that is kept of policies: archive, history, and what is pinned."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from linkedaccounts.application.policies_port import Cause, Pin, Served, VersionNotKept
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.problems import PolicyRejected, Problem
from linkedaccounts.storage.durable_file import replace_file
from linkedaccounts.storage.policy_archive import NotInArchive, PolicyArchive
from linkedaccounts.storage.rules_directory import state_of

MOST_REMEMBERED = 1000
"""So many policies that began to serve the history holds."""


class PoliciesOnDisk:
    """``application.policies_port.Policies`` of a rules directory and a directory to keep things in.

    The archive's folders stand in the latter, beside `history.jsonl`, a line for each version that began to serve, and
    `pinned.json`, there while an operator holds a version. Both are replaced whole.
    """

    def __init__(self, rules: Path, kept: Path, load: Callable[[Path], Policy]) -> None:
        """``load`` checks, compiles and tests the rules of a directory; nothing is made or read before it is needed."""
        self._rules = rules
        self._load = load
        self._archive = PolicyArchive(kept)
        self._history = kept / "history.jsonl"
        self._pinned = kept / "pinned.json"
        self.loaded: Hashable = None

    def state(self) -> Hashable:
        """See the port, as for all of these."""
        return state_of(self._rules)

    def load_rules(self) -> Policy:
        """The policy that stands in the rules directory."""
        before = state_of(self._rules)
        policy = self._load(self._rules)
        self.loaded = before
        self._archive.keep(policy)
        return policy

    def load_version(self, version: str) -> Policy:
        """A policy out of the archive."""
        try:
            return self._archive.load(version)
        except NotInArchive as error:
            raise VersionNotKept(str(error)) from None

    def stage(self, policy: Policy) -> Path:
        """The archive's folder, or where that has other comments, layout or tests, one beside it."""
        return self._archive.stage(policy)

    def versions(self) -> tuple[str, ...]:
        """All in the archive."""
        return self._archive.versions()

    def pin(self) -> Pin | None:
        """PolicyRejected if the file says nothing sound: going on without it could bring back what was rolled back."""
        try:
            return Pin(**_moment(json.loads(self._pinned.read_bytes())))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError) as error:
            what = f"this file, which says what a rollback wants to serve, cannot be read: {error}"
            hint = "delete it to follow the rules directory again"
            raise PolicyRejected([Problem(Place(str(self._pinned)), "bad-pin", what, hint)]) from None

    def put_pin(self, pin: Pin | None) -> None:
        """It survives a loss of power."""
        if pin is None:
            self._pinned.unlink(missing_ok=True)
        else:
            replace_file(self._pinned, _content([pin]))

    def history(self) -> tuple[Served, ...]:
        """Every line of the file."""
        try:
            lines = self._history.read_bytes().splitlines()
        except FileNotFoundError:
            return ()
        entries = (_moment(json.loads(line)) for line in lines)
        return tuple(Served(**{**entry, "cause": Cause(entry["cause"])}) for entry in entries)

    def note(self, served: Served) -> None:
        """Adds a line; of too many the oldest go."""
        replace_file(self._history, _content([*self.history()[1 - MOST_REMEMBERED :], served]))


def _content(lines: Iterable[Pin | Served]) -> bytes:
    return b"".join(json.dumps(asdict(line), default=datetime.isoformat).encode() + b"\n" for line in lines)


def _moment(content: dict[str, Any]) -> dict[str, Any]:
    return {**content, "at": datetime.fromisoformat(content["at"])}
