"""Shows what a run would charge, and why that differs from what the same stores were charged before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from linkedaccounts.application.billing.rehearse_billing import Difference, Rehearsed
from linkedaccounts.cli.billing.summary import Summary

SHOWN = 20


def show_rehearsal(steps: Iterable[Rehearsed], summary: Summary, console: Console) -> None:
    """Adds all to the summary, and shows the causes of differences with the first few of them."""
    causes: Counter[str] = Counter()
    shown: list[Difference] = []
    for step in steps:
        summary.add(step.charged)
        causes.update(each.cause.value for each in step.differences)
        shown += step.differences[: SHOWN - len(shown)]
    if causes:
        console.print(_table(shown, causes.total()))
        for cause, count in causes.most_common():
            console.print(f"{count:,} differ: {cause}")


def _table(shown: list[Difference], total: int) -> Table:
    first = f", the first {len(shown)}" if total > len(shown) else ""
    table = Table(title=f"{total:,} differ from the month before{first}", title_justify="left")
    for name in ("account", "store", "before", "now", "why"):
        table.add_column(name, justify="right" if name in {"before", "now"} else "left")
    for each in shown:
        amounts = ("" if one is None else str(one.amount) for one in (each.before, each.now))
        table.add_row(each.account, each.store, *amounts, each.cause.value)
    return table
