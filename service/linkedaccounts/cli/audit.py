"""`linked-accounts audit`: who did what or was refused, and whether anybody altered it since."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from linkedaccounts.application.audit import AuditEntry
from linkedaccounts.cli.keeping import database_of
from linkedaccounts.cli.options import settings_options
from linkedaccounts.storage.audit_chain import Head, head_of
from linkedaccounts.storage.audit_trail import ChainBroken, Sought, entries
from linkedaccounts.storage.audit_trail import verify as verify_chain
from linkedaccounts.storage.opening import viewing


@click.group()
def audit() -> None:
    """Show who did what or was refused, and verify that nobody altered it since."""


class _End(click.ParamType[Head]):
    name = "POSITION:HASH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Head:
        try:
            return head_of(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@audit.command()
@settings_options("database", "data_dir")
@click.option("--expect", type=_End(), help="An end of the chain that was noted down elsewhere.")
def verify(expect: Head | None, **flags: Any) -> None:
    """Verify every entry of the audit, and print where its chain ends, as POSITION:HASH.

    Note the end down where nobody who can write the database can write too, and give it to --expect later: whoever owns
    the tables could write the whole chain anew, and only then is that found out.

    Exit codes: 0 every entry is as it was written, and none is missing; 1 one is not, and the first such is named;
    2 wrong arguments or settings; 3 the database cannot be reached.
    """
    with database_of(flags) as url, viewing(url) as connection:
        try:
            head = verify_chain(connection, expect)
        except ChainBroken as broken:
            raise click.ClickException(f"the audit is not whole: {broken}") from None
    click.echo(f"whole: {head.position} entries, and the chain ends at\n{head}")


@audit.command()
@settings_options("database", "data_dir")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only from this day on (UTC).")
@click.option("--action", help="Only this action, such as `link`.")
@click.option("--subject", metavar="ID", help="Only what was about this account, session or registration.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
def show(since: datetime | None, action: str | None, subject: str | None, as_json: bool, **flags: Any) -> None:
    """Show the entries of the audit, oldest first.

    Exit codes: 0 shown; 2 wrong arguments or settings; 3 the database cannot be reached.
    """
    sought = Sought(since.date() if since else None, action, subject)
    with database_of(flags) as url, viewing(url) as connection:
        for position, entry in entries(connection, sought):
            click.echo(_as_json(position, entry) if as_json else _printable(_described(position, entry)))


def _as_json(position: int, entry: AuditEntry) -> str:
    return json.dumps({"position": position, **asdict(entry)}, ensure_ascii=False, default=datetime.isoformat)


def _described(position: int, entry: AuditEntry) -> str:
    when = entry.at.isoformat(sep=" ", timespec="seconds")
    who = f"user {entry.actor or 'unknown'}, session {entry.session or 'none'}, by way of {entry.caller}"
    about = f"{entry.action} {', '.join(entry.subjects)}".rstrip()
    lines = [f"{position}  {when}  {about}: {entry.outcome} ({who}, request {entry.request_id})"]
    for decision in entry.decisions:
        rules = ", ".join(f"{rule.id} ({rule.reason})" for rule in decision.rules) or "no rule"
        lines.append(f"    {decision.subject}: {'allowed' if decision.allowed else 'refused'} by {rules}")
    return "\n".join(lines)


def _printable(text: str) -> str:
    """What came from callers cannot command the terminal."""
    return "".join(char if char.isprintable() or char == "\n" else f"\\u{ord(char):04x}" for char in text)
