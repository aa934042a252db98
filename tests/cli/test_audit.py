"""`linked-accounts audit` says whether the chain is whole, and shows who did what."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from linkedaccounts.cli.audit import audit
from linkedaccounts.storage.opening import open_storage
from tests.storage.databases import fresh_sqlite
from tests.storage.sample import appending, audited, entry

Run = Callable[..., Result]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database with three entries in its audit."""
    path = tmp_path / "accounts.db"
    storage = open_storage(f"sqlite:///{path}")
    audited(storage, 2)
    storage.write(appending(replace(entry("q\x1b[2J", action="register", outcome="refused"), actor=None)))
    storage.close()
    return path


@pytest.fixture
def run(file: Path) -> Run:
    return lambda *arguments: CliRunner().invoke(audit, [*arguments, "--database", f"sqlite:///{file}"])


def test_a_whole_chain_is_said_to_be_so_with_its_end(run: Run) -> None:
    done = run("verify")

    first, end = done.stdout.splitlines()
    assert (done.exit_code, first) == (0, "whole: 3 entries, and the chain ends at")
    assert run("verify", "--expect", end).exit_code == 0


def test_an_altered_entry_is_named(run: Run, file: Path) -> None:
    with fresh_sqlite(file).unguarded() as connection:
        connection.exec_driver_sql("UPDATE audit SET actor = 'bob' WHERE position = 2")

    done = run("verify")

    assert done.exit_code == 1
    assert done.stderr == "Error: the audit is not whole: entry 2 was altered: its hash is not that of what it says\n"


def test_an_end_noted_down_that_is_missing_is_named(run: Run) -> None:
    done = run("verify", "--expect", f"7:{'0' * 64}")

    assert (done.exit_code, "entry 4 is missing" in done.stderr) == (1, True)


def test_what_is_no_end_is_a_wrong_argument(run: Run) -> None:
    done = run("verify", "--expect", "7")

    assert (done.exit_code, "`7` is not an end of a chain" in done.stderr) == (2, True)


def test_without_a_database_there_is_nothing_to_verify(tmp_path: Path) -> None:
    done = CliRunner().invoke(audit, ["verify", "--data-dir", str(tmp_path)])

    assert (done.exit_code, "there is no such file" in done.stderr) == (3, True)


def test_what_is_no_database_is_a_wrong_setting() -> None:
    done = CliRunner().invoke(audit, ["show", "--database", "mysql://somewhere"])

    assert (done.exit_code, "neither `sqlite:///FILE`" in done.stderr) == (2, True)


def test_entries_are_shown_with_their_decisions(run: Run) -> None:
    lines = run("show").stdout.splitlines()

    assert lines[:3] == [
        "1  2019-09-30 08:30:15+00:00  link a, b: done (user ann, session s1, by way of shop, request q1)",
        "    a: allowed by administrators-may-link (ALLOWED)",
        "    b: refused by no rule",
    ]
    assert len(lines) == 9


def test_what_callers_sent_cannot_command_the_terminal(run: Run) -> None:
    shown = run("show", "--action", "register").stdout

    assert "user unknown" in shown
    assert "\x1b" not in shown
    assert "q\\u001b[2J" in shown


def test_entries_are_shown_as_json_for_programs(run: Run) -> None:
    lines = run("show", "--json", "--subject", "b", "--since", "2019-09-30").stdout.splitlines()

    assert [json.loads(line)["position"] for line in lines] == [1, 2, 3]
    assert run("show", "--since", "2019-10-01").stdout == ""
    assert run("show", "--subject", "c").stdout == ""
