"""How a load test is going: a table that changes on a terminal, a line now and then elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.live import Live
from rich.table import Table

from linkedaccounts.loadtest.run import Progress, Watch

LINES_IN_ALL = 60


@contextmanager
def watching(console: Console) -> Iterator[Watch]:
    """What to tell of every second, on ``console``."""
    if not console.is_terminal:
        yield _line
        return
    with Live(console=console, transient=True, auto_refresh=False) as live:
        yield lambda progress: live.update(_table(progress), refresh=True)


def _line(progress: Progress) -> None:
    """One line: for every second of a short run, and about sixty in a long one."""
    if progress.elapsed % max(1, int(progress.seconds / LINES_IN_ALL)) == 0:
        click.echo(f"{progress.elapsed:>5} s  {'  '.join(_figures(progress))}", err=True)


def _figures(progress: Progress) -> Iterator[str]:
    if progress.warming_up:
        yield "warming up"
        return
    last = progress.last
    yield f"{last.due:,} due, {last.ended:,} ended"
    yield f"p50 {last.latencies.quantile_ms(0.5):.2f} ms, p99 {last.latencies.quantile_ms(0.99):.2f} ms"
    yield ", ".join(f"{status} {count:,}" for status, count in sorted(last.statuses.items())) or "no answer yet"


def _table(progress: Progress) -> Table:
    last, so_far = progress.last, progress.so_far
    statuses: Counter[str] = Counter()
    for second in so_far.seconds.values():
        statuses.update(second.statuses)
    table = Table.grid(padding=(0, 2, 0, 0))
    stage = "  warming up" if progress.warming_up else ""
    table.add_row("time", f"{progress.elapsed} of {progress.seconds:.0f} s{stage}")
    table.add_row(
        "rate", f"{last.due:,} calls due in this second, {last.ended:,} ended, {progress.on_their_way:,} on their way"
    )
    quantiles = (f"{name} {last.latencies.quantile_ms(share):.2f} ms" for name, share in (("p50", 0.5), ("p99", 0.99)))
    table.add_row("latency", ", ".join(quantiles))
    for status, count in statuses.most_common():
        table.add_row(status, f"{count:,}")
    table.add_row("unexpected", f"{so_far.unexpected:,}")
    return table
