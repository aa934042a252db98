"""`linked-accounts billing statement`: a month of a seller, as a table, a page or a PDF."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from linkedaccounts.application.billing.get_statement import GetStatement
from linkedaccounts.application.billing.sellers_report import accounts_of
from linkedaccounts.bootstrap.billing import compose_tell_why, policies_of
from linkedaccounts.cli.billing.opened import SETTINGS, Opened, opened
from linkedaccounts.cli.billing.page_files import FILE, drawing, language_option, refusals_in
from linkedaccounts.cli.options import settings_options
from linkedaccounts.cli.tables import console, plain_table
from linkedaccounts.domain.billing_cycle import months_after
from linkedaccounts.statements.view import SUMS, StatementView, Subject, view

EXIT_CODES = """\b
Exit codes:
  0  shown or written
  1  the database does not fit, packages are missing, or a file cannot be written
  2  wrong arguments, settings or rules; no such account
  3  the database cannot be reached"""


@click.command(epilog=EXIT_CODES)
@click.argument("account")
@click.argument("month")
@settings_options(*SETTINGS)
@click.option("--html", type=FILE, help="Write it as a page, in one file.")
@click.option("--pdf", type=FILE, help="Write it as a PDF.")
@language_option
@click.option("--json", "as_json", is_flag=True, help="As a JSON object, for programs.")
def statement(
    account: str, month: str, html: Path | None, pdf: Path | None, language: str, as_json: bool, **flags: Any
) -> None:
    """Show what the seller that has ACCOUNT was charged and given back in MONTH (as in 2019-09), and why.

    Without --html, --pdf and --json it is a table. The same month makes the same files, byte for byte.
    """
    with opened(flags) as found, refusals_in(language):
        shown = _view(found, account, month, language)
    if html or pdf:
        _write(shown, html, pdf)
    if as_json:
        click.echo(json.dumps(_plain(shown), ensure_ascii=False, indent=2))
    elif not (html or pdf):
        _print(shown, console())


def _view(found: Opened, account: str, month: str, language: str) -> StatementView:
    made = GetStatement(found.storage)(account, month)
    accounts = found.storage.read(lambda reading: accounts_of(reading, account))
    policies = policies_of(found.storage)
    following = months_after(made.transactions[-1].day, 1) if made.transactions else accounts[0].registered_on
    stores = {code: store.name for code, store in policies.on(following).catalogue.stores.items()}
    return view(Subject(made, accounts, stores, compose_tell_why(found.storage)), language)


def _write(shown: StatementView, html: Path | None, pdf: Path | None) -> None:
    with drawing():
        if html:
            from linkedaccounts.statements.html_page import statement_page

            html.write_text(statement_page(shown), "utf-8")
            click.echo(f"the page is in {html}", err=True)
        if pdf:
            from linkedaccounts.statements.pdf_page import statement_pdf

            pdf.write_bytes(statement_pdf(shown))
            click.echo(f"the PDF is in {pdf}", err=True)


def _plain(shown: StatementView) -> dict[str, Any]:
    sums = [{"currency": row.currency, **dict(zip(SUMS, row.amounts, strict=True))} for row in shown.sums]
    transactions = []
    for one in shown.transactions:
        content = asdict(one)
        content["facts"] = {fact.name: fact.value for fact in one.facts}
        transactions.append(content)
    accounts = [asdict(row) for row in shown.accounts]
    return {"seller": shown.seller, "accounts": accounts, "sums": sums, "transactions": transactions}


def _print(shown: StatementView, out: Console) -> None:
    say = shown.say
    out.print(f"{shown.title} · {shown.seller}", style="bold")
    sums = plain_table()
    sums.add_column(say("currency"))
    for name in SUMS:
        sums.add_column(say(name), justify="right")
    for row in shown.sums:
        sums.add_row(row.currency, *row.amounts)
    out.print(sums if shown.sums else say("no_sums"))
    lines = plain_table()
    for name in ("day", "store", "kind"):
        lines.add_column(say(name))
    lines.add_column(say("amount"), justify="right", no_wrap=True)
    lines.add_column(say("why"))
    for one in shown.transactions:
        why = "\n".join(entry.sentence for entry in one.entries)
        lines.add_row(one.day, one.store, one.label, one.amount, why)
    out.print(lines if shown.transactions else say("no_transactions"))
