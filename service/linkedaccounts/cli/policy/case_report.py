"""What `policy test` found, for a person: the cases that fail and why, and what no case shows of the rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from rich.console import Console
from rich.table import Table
from rich.text import Text

from linkedaccounts.cli.policy.ran import Ran
from linkedaccounts.cli.tables import plain_table
from linkedaccounts.policy.cases import CaseResult
from linkedaccounts.policy.load import Tested
from linkedaccounts.workbench.coverage import Coverage
from linkedaccounts.workbench.coverage_items import Kind
from linkedaccounts.workbench.failing_case import failure_lines
from linkedaccounts.workbench.percent import percent
from linkedaccounts.workbench.proposed_cases import PROPOSED


def print_results(out: Console, ran: Ran, left_out: int) -> None:
    """The cases and quotes that fail, those that could not be run, and how many passed and were left out."""
    for result in ran.tested.results:
        if not result.passed:
            out.print(*_failure(result, ran.tested), sep="\n", soft_wrap=True)
    for problem in (*(quote.failure for quote in ran.quotes if quote.failure), *ran.tested.unsound):
        out.print(Text(f"{problem}\n"), soft_wrap=True)
    files = {file.path for file in ran.tested.files if PurePosixPath(file.path).name.startswith(PROPOSED)}
    if files:
        waiting = ", ".join(sorted(files))
        out.print(Text(f"proposed, and waiting for you to read them: {waiting}", style="yellow"))
    out.print(Text(_tally(ran, left_out), style="bold red" if ran.bad else "bold green"))


def _tally(ran: Ran, left_out: int) -> str:
    counts = [f"{ran.count - ran.failed} passed", f"{ran.failed} failed"]
    counts += [f"{len(ran.tested.unsound)} not sound"] if ran.tested.unsound else []
    counts += [f"{left_out} left out"] if left_out else []
    kinds = f"{counted(len(ran.tested.results), 'case')} and {counted(len(ran.quotes), 'quote')}"
    return f"{kinds}: {', '.join(counts)}"


def counted(number: int, what: str) -> str:
    """`1 case`, `2 cases`."""
    return f"{number} {what}{'s' if number != 1 else ''}"


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
