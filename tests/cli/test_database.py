"""`linked-accounts database` makes the tables and says whether they are the right ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from linkedaccounts.cli.database import database
from tests.storage.databases import fresh_sqlite

Run = Callable[..., Result]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "accounts.db"


@pytest.fixture
def run(file: Path) -> Run:
    return lambda *arguments: CliRunner().invoke(database, [*arguments, "--database", f"sqlite:///{file}"])


def test_the_tables_are_made_once(run: Run) -> None:
    assert run("status").exit_code == 3
    assert run("migrate").exit_code == 0
    assert run("migrate").stdout == run("status").stdout
    assert "which is what this release needs" in run("status").stdout


def test_tables_of_a_later_release_are_told(run: Run, file: Path) -> None:
    run("migrate")
    with fresh_sqlite(file).owning() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    for name in ("status", "migrate"):
        done = run(name)
        assert (done.exit_code, "start the release that made it" in done.stderr) == (1, True)


def test_sqlite_has_no_role_to_give_rights_to(run: Run) -> None:
    assert run("migrate", "--grant-to", "service").exit_code == 2


def test_a_server_that_is_not_there_is_told_without_its_password() -> None:
    done = CliRunner().invoke(database, ["status", "--database", "postgresql://u:secret@127.0.0.1:1/d"])

    assert done.exit_code == 3
    assert "secret" not in done.stderr
