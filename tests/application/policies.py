"""Policies in memory: a rules directory that a test changes at will, and what an operator wants."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from linkedaccounts.application.policies_port import Pin, Served, VersionNotKept
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.problems import PolicyRejected, Problem

PROBLEM = Problem(Place("fees/charging.yaml", 7, 3), "unknown-field", "there is no field `firstmonth`", "a hint", "  x")


def policy(version: str, comments: str = "") -> Any:
    return SimpleNamespace(version=version, files=(comments,))


@dataclass
class PoliciesInMemory:
    """``content`` stands in the rules directory: a policy, or what loading it raises. A test sets what it likes."""

    content: Any
    saves: int = 0
    kept: dict[str, Any] = field(default_factory=dict)
    pinned: Pin | None = None
    served: list[Served] = field(default_factory=list)
    on_load: Any = lambda: None
    loaded: Hashable = None

    def save(self, content: Any) -> None:
        self.content, self.saves = content, self.saves + 1

    def state(self) -> Hashable:
        return self.saves

    def load_rules(self) -> Any:
        content = self.content
        self.on_load()
        if isinstance(content, Exception):
            raise content
        self.kept[content.version] = content
        return content

    def load_version(self, version: str) -> Any:
        if version not in self.kept:
            raise VersionNotKept(f"no policy of version {version} is kept")
        if isinstance(self.kept[version], Exception):
            raise self.kept[version]
        return self.kept[version]

    def stage(self, policy: Any) -> Path:
        return Path(policy.version)

    def versions(self) -> tuple[str, ...]:
        return tuple(self.kept)

    def pin(self) -> Pin | None:
        return self.pinned

    def put_pin(self, pin: Pin | None) -> None:
        self.pinned = pin

    def history(self) -> tuple[Served, ...]:
        return tuple(self.served)

    def note(self, served: Served) -> None:
        self.served.append(served)


def rejected(*problems: Problem) -> PolicyRejected:
    return PolicyRejected(problems or (PROBLEM,))
