"""Measures all parts of the benchmarks, and writes the page: `make bench`, which takes about half an hour.

`make bench ARGS=--quick` is for a look, in eight minutes; `--only unary shapes` measures those parts alone.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from machine import machine
from section import CannotBeHad, Effort, Measure, Section
from writing import page

PARTS = (
    "unary",
    "cerbos",
    "native",
    "shapes",
    "decisions",
    "policy_sizes",
    "workers",
    "footprint",
    "overload",
    "telemetry",
    "profiles",
)
"""The modules that measure, in the order of the page; each offers `measure`."""
PAGE = Path(__file__).parents[1] / "benchmarks.md"
WHOLE, QUICK = (9, 0.8), (2, 0.4)
"""Rounds, and seconds for each thing in a round."""


@dataclass(frozen=True, slots=True)
class Part:
    """What came of a part: its section, or in its place why there is none."""

    section: Section
    measured: bool

    @property
    def whole(self) -> bool:
        """Whether nothing is missing."""
        return self.measured and not self.section.missing


def main() -> None:
    """Reads the arguments and measures; exit status 1 if something could not be measured."""
    given = _arguments().parse_args()
    measures = {name: _measure_of(name) for name in given.only or PARTS}
    rounds, seconds = QUICK if given.quick else WHOLE
    with TemporaryDirectory(prefix="linked-accounts-bench-") as scratch:
        parts = run(measures, Effort(rounds, seconds, Path(scratch), given.quick))
    text = page([part.section for part in parts], machine(), given.date, _said(given))
    if out := given.out or (None if given.only else PAGE):
        out.write_text(text, "utf-8")
        _tell(f"written: {out}")
    else:
        print(text)
    sys.exit(0 if all(part.whole for part in parts) else 1)


def run(measures: Mapping[str, Measure], effort: Effort) -> list[Part]:
    """What comes of each part; one that fails does not keep the others from being measured."""
    parts = []
    for name, measure in measures.items():
        began = time.perf_counter()
        _tell(f"{name} …")
        parts.append(_measured(name, measure, effort))
        _tell(f"{name}: {time.perf_counter() - began:.0f} s" + ("" if parts[-1].whole else ", not all of it"))
    return parts


def _measured(name: str, measure: Measure, effort: Effort) -> Part:
    try:
        return Part(measure(effort), measured=True)
    except CannotBeHad as why:
        _tell(str(why))
        return Part(Section(name, f"Not measured: {why}"), measured=False)
    except Exception:  # noqa: BLE001 - whatever it is, what else was measured is kept
        traceback.print_exc()
        return Part(Section(name, "Not measured: it failed, and said why where it ran."), measured=False)


def _measure_of(name: str) -> Measure:
    measure: Measure = importlib.import_module(name).measure
    return measure


def _arguments() -> argparse.ArgumentParser:
    arguments = argparse.ArgumentParser(description="Measures the service, beside what it is compared with.")
    arguments.add_argument(
        "--only", nargs="+", choices=PARTS, metavar="PART", help="measure these parts, and print them"
    )
    arguments.add_argument("--quick", action="store_true", help="fewer rounds and shorter ones")
    arguments.add_argument("--out", type=Path, help=f"the page to write; by default docs/{PAGE.name}")
    today = datetime.now(UTC).date().isoformat()
    arguments.add_argument("--date", default=today, help="the day that the page states; by default today")
    return arguments


def _said(given: argparse.Namespace) -> Sequence[str]:
    """The arguments that changed what was measured, as one would give them again."""
    return [*(["--quick"] if given.quick else []), *(["--only", *given.only] if given.only else [])]


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
