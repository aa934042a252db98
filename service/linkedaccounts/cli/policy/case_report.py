"""What `policy test` found, for a person: the cases that fail and why, and what no case shows of the rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from rich.console import Console
from rich.table import Table
from rich.text import Text

from linkedaccounts.cli.tables import plain_table
from linkedaccounts.policy.cases import CaseResult
from linkedaccounts.policy.load import Tested
from linkedaccounts.workbench.coverage import Coverage
from linkedaccounts.workbench.coverage_items import Kind
from linkedaccounts.workbench.failing_case import failure_lines
from linkedaccounts.workbench.percent import percent
from linkedaccounts.workbench.proposed_cases import PROPOSED


def print_results(out: Console, tested: Tested, results: Sequence[CaseResult]) -> None:
    """The cases that fail, those that could not be run, and how many passed, were chosen and are there."""
    for result in results:
        if not result.passed:
            out.print(*_failure(result, tested), sep="\n", soft_wrap=True)
    for problem in tested.unsound:
        out.print(Text(f"{problem}\n"), soft_wrap=True)
    failed = sum(not result.passed for result in results)
    counts = [f"{len(results) - failed} passed", f"{failed} failed"]
    counts += [f"{len(tested.unsound)} not sound"] if tested.unsound else []
    counts += [f"{rest} left out"] if (rest := len(tested.results) - len(results)) else []
    files = sorted({result.case.place.file for result in tested.results})
    waiting = [file for file in files if PurePosixPath(file).name.startswith(PROPOSED)]
    if waiting:
        out.print(Text(f"proposed, and waiting for you to read them: {', '.join(waiting)}", style="yellow"))
    bad = failed or tested.unsound
    out.print(Text(f"{len(results)} cases: {', '.join(counts)}", style="bold red" if bad else "bold green"))


def _failure(result: CaseResult, tested: Tested) -> Iterator[Text]:
    yield Text.assemble(("fails: ", "bold red"), (result.case.name, "bold"), (f"  {result.case.place}", "dim"))
    for line in failure_lines(result, tested.policy.decisions[result.case.decision]):
        yield Text(f"  {line}")
    yield Text()


def print_coverage(out: Console, coverage: Coverage) -> None:
    """How much of the rules the cases show, and everything that none does, by place."""
    out.print()
    out.print(_tallies(coverage))
    if coverage.missing:
        out.print(Text("\nshown by no case:", style="bold"))
    for item in coverage.missing:
        out.print(Text.assemble(f"  {item.place}  ", (item.rule.id, "bold"), f"  {item.gap}"), soft_wrap=True)
    for rule in coverage.uncounted:
        out.print(Text(f"not counted: {rule.id} ({rule.place}) has too many combinations"), soft_wrap=True)


def _tallies(coverage: Coverage) -> Table:
    table = plain_table()
    for heading in ("coverage", "shown", "of", ""):
        table.add_column(heading, justify="left" if heading == "coverage" else "right")
    for kind in (*Kind, None):
        shown, count = coverage.tally(kind)
        table.add_row(kind.value if kind else "all", str(shown), str(count), percent(shown, count))
    return table
