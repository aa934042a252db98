"""How a search for the highest rate goes, and what it found, for who sits before a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from linkedaccounts.cli.loadtest.summary import shown
from linkedaccounts.loadtest.limit import FoundLimit, Step
from linkedaccounts.loadtest.plan import Plan
from linkedaccounts.loadtest.searching import Range
from linkedaccounts.loadtest.thresholds import Threshold


def beginning(plan: Plan, thresholds: Sequence[Threshold], within: Range) -> str:
    """What is searched for."""
    limits = ", ".join(f"{each.name} <= {shown(each.name, each.limit)}" for each in thresholds)
    return f"the highest rate at {plan.target} with {limits}, from {within.lowest:,g} calls a second on:"


def step_line(step: Step) -> str:
    """How one rate went; of what failed, which thresholds."""
    broken = ", ".join(verdict.name for verdict in step.verdicts if not verdict.holds)
    word = "invalid" if step.invalid else "holds" if step.held else "fails"
    line = f"{step.rate:>10,.1f}/s  {word:<7}  p50 {step.p50:,.2f} ms, p99 {step.p99:,.2f} ms, errors {step.errors:.3%}"
    return f"{line}  ({step.invalid or broken})" if step.invalid or broken else line


def ending(found: FoundLimit) -> str:
    """What was found."""
    held = "no rate" if found.held is None else f"{found.held:,g} calls a second"
    if found.ended_by:
        return f"ENDED EARLY at {found.steps[-1].rate:,g} calls a second: {found.ended_by}\nup to there: {held} held"
    if found.held is None:
        return f"not even {found.steps[0].rate:,g} calls a second hold; begin lower with --from, or allow more"
    if found.failed is None:
        return f"{held} hold, and no higher rate was to be tried"
    return f"{held} hold, {found.failed:,g} do not"
