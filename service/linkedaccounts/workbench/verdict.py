"""What became of an invariant."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from linkedaccounts.policy.invariants import Invariant


class Proof(Enum):
    """How sure it is; the value is the word for it in reports."""

    PROVED = "proved"
    """For all facts that can occur."""

    TESTED = "tested"
    """Not proved, and held by everything that was tried."""

    REFUTED = "refuted"
    """There is a counterexample."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """An invariant, whether it holds, how that is known, and what breaks it: a ready case, or commands for a quote."""

    invariant: Invariant
    proof: Proof
    how: str
    counterexample: str = ""
