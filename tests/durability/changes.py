"""Changes of a rules directory, as editors and deployments make them: good ones and bad ones, each in several ways."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from linkedaccounts.policy.load import load_policy
from tests.policy.rule_files import RULES, put, replace

PLANS, NOTES = "fees/plans.yaml", "fees/notes.yaml"

BAD: Mapping[str, Callable[[Path], None]] = MappingProxyType(
    {
        "bad-yaml": lambda rules: put(rules, NOTES, "no: [rule"),
        "unknown-field": lambda rules: replace(rules, "fees/charging.yaml", "seller.store_count", "seller.store_cuont"),
        "failed-case": lambda rules: replace(
            rules, "tests/unlink.yaml", "true}\n    expect: linking", "true}\n    expect: no"
        ),
        "invariant": lambda rules: replace(rules, "eligibility/unlink.yaml", "refuse_as_not_permitted", "allow"),
        "missing": lambda rules: (rules / PLANS).unlink(),
    }
)
"""What a hurried editor may do to a directory of rules."""


class RulesUnderChange:
    """A rules directory behind a link; ``versions`` is the cap, in cents, of each sound policy that it held."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._number = 0
        self.path = place / "rules"
        self.versions: dict[str, int] = {}
        self.path.symlink_to(self._copy(4000))

    def change(self, cap: int, *, swap: bool) -> str:
        """Makes the cap another, in a whole new directory or by saving files one after the other; the version."""
        new = self._copy(cap)
        if swap:
            self._swap(new)
        else:
            self._save(new)
        return self._version_of(cap)

    def spoil(self, how: str, *, swap: bool) -> None:
        """Puts a bad change in place, likewise."""
        new = self._copy(max(self.versions.values()))
        BAD[how](new)
        if swap:
            self._swap(new)
        else:
            self._save(new)

    def _copy(self, cap: int) -> Path:
        self._number += 1
        new = Path(shutil.copytree(RULES, self._place / f"rules-{self._number}"))
        replace(new, PLANS, "39.99 USD", f"{cap // 100}.{cap % 100:02} USD")
        (new / "tests" / "quotes.yaml").unlink()  # these hold the cap that changes here
        self.versions.setdefault(load_policy(new).version, cap)
        return new

    def _version_of(self, cap: int) -> str:
        return next(version for version, its in self.versions.items() if its == cap)

    def _swap(self, new: Path) -> None:
        link = self._place / "link"
        link.symlink_to(new)
        link.replace(self.path)

    def _save(self, new: Path) -> None:
        """Each file in its place, and what is no longer there goes, as an editor or a checkout does it."""
        for old in sorted(self.path.resolve().rglob("*.yaml")):
            content = new / old.relative_to(self.path.resolve())
            if not content.exists():
                old.unlink()
        for file in sorted(new.rglob("*.yaml")):
            place = self.path / file.relative_to(new)
            if not place.exists() or place.read_bytes() != file.read_bytes():
                place.write_bytes(file.read_bytes())
