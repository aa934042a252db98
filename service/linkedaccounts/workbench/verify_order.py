"""Whether the order of files, of rules in them and of entries in tables changes anything: by shuffling them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from linkedaccounts.policy.check import drafted
from linkedaccounts.policy.findings import Findings
from linkedaccounts.policy.invariants import AlwaysHolds
from linkedaccounts.policy.source import Listing, Node, SourceFile, Table
from linkedaccounts.policy.version import policy_version
from linkedaccounts.workbench.verdict import Proof, Verdict

SHUFFLES = 10
"""How many orders are tried; each is compared whole, so for all facts."""


def order_changes_nothing(invariant: AlwaysHolds, files: Sequence[SourceFile], seed: int) -> Verdict:
    """Compares what the files say in several orders: version, catalogue, every decision, rule by rule."""
    chance = random.Random(seed)  # noqa: S311  # draws what to try, guards nothing
    said = _content(files)
    for number in range(1, SHUFFLES + 1):
        if _content(_shuffled(files, chance)) != said:
            how = f"shuffle {number} of seed {seed} of the files and their rules says something else"
            return Verdict(invariant, Proof.REFUTED, how)
    how = f"in {SHUFFLES} orders of files, rules and entries, each compared whole; the version is of sorted statements"
    return Verdict(invariant, Proof.TESTED, how)


def _content(files: Sequence[SourceFile]) -> tuple[str, Mapping[str, Any]]:
    catalogue, drafts = drafted(files, Findings(files))
    decisions = {
        name: (sorted(draft.rules, key=lambda rule: (rule.order, rule.id)), draft.otherwise)
        for name, draft in drafts.items()
    }
    return policy_version(files), {**decisions, "catalogue": catalogue}


def _shuffled(files: Sequence[SourceFile], chance: random.Random) -> list[SourceFile]:
    shuffled = [replace(file, root=_table(file.root, chance)) for file in files]
    chance.shuffle(shuffled)
    return shuffled


def _table(root: Table, chance: random.Random) -> Table:
    """The root of a file, with its keys and what stands under each of them in another order."""
    entries = [(key, _entries(value, chance)) for key, value in root]
    chance.shuffle(entries)
    return replace(root, entries=tuple(entries))


def _entries(node: Node, chance: random.Random) -> Node:
    match node:
        case Listing(items):
            return replace(node, items=tuple(chance.sample(items, len(items))))
        case Table(entries):
            return replace(node, entries=tuple(chance.sample(entries, len(entries))))
    return node
