"""What a backtest found, for a terminal and for programs."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from linkedaccounts.cli.policy.recordings import not_replayed
from linkedaccounts.cli.tables import plain_table
from linkedaccounts.workbench.backtest.report import Group, Report, Worst

WIDTH = 110


def as_text(report: Report) -> str:
    """For a person."""
    changed = sum(report.changed.values())
    lines = [
        f"{report.replayed:,} decisions replayed with policy {report.candidate}",
        f"{changed:,} change ({report.share_changed}%){_kinds(report)}",
    ]
    if report.quotes_dearer or report.quotes_cheaper:
        lines += [
            f"sellers pay more in {report.quotes_dearer:,} quotes: {_signed(report.dearer)} {report.reporting}",
            f"sellers pay less in {report.quotes_cheaper:,} quotes: {_signed(report.cheaper)} {report.reporting}",
        ]
    lines += [_drawn(table) for table in _tables(report)]
    lines += not_replayed(report.reading)
    lines += [f"above the budget: {sentence}" for sentence in report.exceeded]
    return "\n".join(lines)


def _kinds(report: Report) -> str:
    reworded = sum(report.reworded.values())
    return f"; {reworded:,} more by other rules, with the same answer" if reworded else ""


def _tables(report: Report) -> Iterator[Table]:
    if report.by_month:
        for groups, heading in (
            (report.by_month, "month"),
            (report.by_store, "store"),
            (report.by_rule, "rule"),
            (report.by_currency, "currency"),
        ):
            yield _groups(groups, heading, report.reporting)
    for quotes, heading in ((report.rises, "rise the most"), (report.falls, "fall the most")):
        if quotes:
            yield _worst(quotes, heading, report.reporting)
    if report.flips:
        yield _flips(report)


def _groups(groups: Iterable[Group], heading: str, reporting: str) -> Table:
    table = plain_table()
    table.add_column(heading)
    table.add_column("difference", justify="right")
    table.add_column(f"in {reporting}", justify="right")
    for group in groups:
        amounts = "  ".join(f"{_signed(amount)} {code}" for code, amount in group.by_currency.items())
        table.add_row(group.name, amounts, _signed(group.together))
    return table


def _worst(quotes: Sequence[Worst], heading: str, reporting: str) -> Table:
    table = plain_table()
    for name in (heading, "store", "before", "after", "rules", f"in {reporting}"):
        table.add_column(name, justify="right" if name.startswith("in ") else "left")
    for one in quotes:
        for number, line in enumerate(one.quote.lines):
            where = "" if number else f"{one.quote.day}  {one.quote.place}"
            rules = " → ".join(dict.fromkeys((_ids(line.rules_before), _ids(line.rules_after))))
            difference = "" if number else _signed(one.difference)
            table.add_row(where, line.store, line.before, line.after, rules, difference)
    return table


def _flips(report: Report) -> Table:
    table = plain_table()
    for name in ("decision", "before", "after", "times"):
        table.add_column(name, justify="right" if name == "times" else "left")
    for flip, count in report.flips:
        before = f"{flip.before}\n  {_ids(flip.rules_before)}"
        table.add_row(flip.decision, before, f"{flip.after}\n  {_ids(flip.rules_after)}", f"{count:,}")
    return table


def _ids(rules: Sequence[str]) -> str:
    return ", ".join(rules) or "no rule"


def _signed(amount: Decimal) -> str:
    return f"{amount:+,f}" if amount else "0"


def _drawn(table: Table) -> str:
    out = io.StringIO()
    Console(file=out, width=WIDTH, highlight=False, markup=False, emoji=False).print(table)
    return "\n".join(["", *(line.rstrip() for line in out.getvalue().splitlines())]).rstrip() + "\n"


def as_json(report: Report) -> str:
    """For a program: amounts are texts, so that they stay exact."""
    content: dict[str, Any] = {
        "candidate": report.candidate,
        "lines": report.reading.lines,
        "replayed": dict(sorted(report.reading.replayed.items())),
        "changed": report.changed,
        "share_changed": str(report.share_changed),
        "reworded": report.reworded,
        **_money_fields(report),
        "flips": [{**flip._asdict(), "count": count} for flip, count in report.flips],
        "not_replayed": [
            {"reason": reason, "count": noted.count, "first": str(noted.first)}
            for reason, noted in sorted(report.reading.unplayed.items())
        ],
        "never_recorded": report.reading.lost,
        "exceeded": list(report.exceeded),
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2).decode()


def _money_fields(report: Report) -> dict[str, Any]:
    return {
        "currency": report.reporting,
        "more": {"quotes": report.quotes_dearer, "amount": str(report.dearer)},
        "less": {"quotes": report.quotes_cheaper, "amount": str(report.cheaper)},
        "net": str(report.net),
        "by_month": [_group_fields(group) for group in report.by_month],
        "by_store": [_group_fields(group) for group in report.by_store],
        "by_rule": [_group_fields(group) for group in report.by_rule],
        "by_currency": [_group_fields(group) for group in report.by_currency],
        "rises": [_worst_fields(one) for one in report.rises],
        "falls": [_worst_fields(one) for one in report.falls],
    }


def _group_fields(group: Group) -> dict[str, Any]:
    amounts = {code: str(amount) for code, amount in group.by_currency.items()}
    return {"name": group.name, "difference": amounts, "together": str(group.together)}


def _worst_fields(one: Worst) -> dict[str, Any]:
    quote = one.quote
    return {
        "place": str(quote.place),
        "request_id": quote.request_id,
        "day": quote.day,
        "difference": str(one.difference),
        "lines": list(quote.lines),
    }
