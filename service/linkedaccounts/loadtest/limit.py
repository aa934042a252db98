"""What a search for the highest rate found, as a JSON file that can be read again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import TypeAdapter

from linkedaccounts.loadtest.latencies import decoded, quantile_ms
from linkedaccounts.loadtest.result import Result, Verdict
from linkedaccounts.loadtest.searching import Answer
from linkedaccounts.loadtest.thresholds import Threshold, error_share, judged


@dataclass(frozen=True, slots=True)
class Step:
    """One try: at which rate, in calls a second, what was measured (milliseconds, a share), and whether it held.

    ``invalid`` says why the figures say nothing of the service; it is empty if they do.
    """

    rate: float
    calls: int
    p50: float
    p99: float
    errors: float
    held: bool
    verdicts: tuple[Verdict, ...]
    invalid: str

    @property
    def answer(self) -> Answer:
        """What the step says of its rate."""
        if self.invalid:
            return Answer.INVALID
        return Answer.HELD if self.held else Answer.FAILED


@dataclass(frozen=True, slots=True)
class FoundLimit:
    """The search: ``held`` is the highest rate that held, ``failed`` the lowest that did not; None where there is none.

    ``ended_by`` says why the search ended before it was as precise as it was asked to be; else it is empty.
    """

    target: str
    profile: str
    arrivals: Literal["constant", "poisson"]
    step_seconds: float
    warm_up_seconds: float
    started_at: str
    version: str
    precision: float
    held: float | None
    failed: float | None
    ended_by: str
    steps: tuple[Step, ...]
    format: Literal[1] = 1


_ADAPTER = TypeAdapter(FoundLimit)


def step_of(rate: float, result: Result, thresholds: Sequence[Threshold]) -> Step:
    """The step that a result was measured in."""
    latency, verdicts = decoded(result.latency), judged(result, thresholds)
    return Step(
        rate=rate,
        calls=result.totals.calls,
        p50=quantile_ms(latency, 50),
        p99=quantile_ms(latency, 99),
        errors=error_share(result),
        held=all(verdict.holds for verdict in verdicts) and not result.invalid,
        verdicts=verdicts,
        invalid=result.invalid,
    )


def limit_as_json(found: FoundLimit) -> str:
    """The search as JSON."""
    return _ADAPTER.dump_json(found, indent=1).decode() + "\n"
