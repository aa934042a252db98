"""Taking over accounts from a file, all of it or nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from linkedaccounts.cli.main import main
from linkedaccounts.domain.accounts import Account
from linkedaccounts.storage.opening import open_storage

SOUND: dict[str, Any] = {
    "accounts": [
        {"id": "a-us", "store": "US", "registered_on": "2018-01-15", "status": "active"},
        {"id": "a-eu", "store": "EU", "registered_on": "2018-03-31"},
    ],
    "users": [
        {
            "email": "Ann@Example.com",
            "password": "not for the log",
            "accounts": [{"account": "a-us", "role": "administrator", "organisation": "owner"}, {"account": "a-eu"}],
        }
    ],
}


def run(tmp_path: Path, *arguments: str) -> Result:
    database = ("--database", f"sqlite:///{tmp_path / 'accounts.db'}")
    return CliRunner().invoke(main, ["accounts", *arguments, *database])


def imported(tmp_path: Path, content: object) -> Result:
    file = tmp_path / "accounts.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return run(tmp_path, "import", str(file))


def kept(tmp_path: Path) -> list[Account]:
    storage = open_storage(f"sqlite:///{tmp_path / 'accounts.db'}")
    try:
        return storage.read(lambda reading: reading.accounts(["a-us", "a-eu"]))
    finally:
        storage.close()


def test_accounts_and_users_are_added(tmp_path: Path) -> None:
    result = imported(tmp_path, SOUND)

    assert (result.exit_code, result.output) == (0, "added 2 accounts and 1 users\n")
    assert [(account.id, account.status) for account in kept(tmp_path)] == [("a-eu", None), ("a-us", "active")]


def test_what_is_there_already_is_refused_and_named(tmp_path: Path) -> None:
    imported(tmp_path, SOUND)
    result = imported(tmp_path, SOUND)

    assert result.exit_code == 1
    assert "accounts[0].id: there is an account `a-us` already" in result.output
    assert "users[0].email: there is a user with this e-mail already" in result.output


def changed(**changes: object) -> dict[str, Any]:
    """The sound file with one value changed, by its path in dashes: `users-0-email`."""
    content: dict[str, Any] = json.loads(json.dumps(SOUND))
    for path, value in changes.items():
        *steps, last = (int(step) if step.isdigit() else step for step in path.split("__"))
        place: Any = content
        for step in steps:
            place = place[step]
        place[last] = value
    return content


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "the file: Invalid JSON"),
        ("[]", "the file: "),
        (changed(accounts__0__store="XX"), "accounts[0].store: there is no store `XX`; there are AE, "),
        (changed(accounts__1__id="a-us"), "accounts[1].id: `a-us` stands twice in the file"),
        (changed(accounts__0__registered_on="soon"), "accounts[0].registered_on: "),
        (changed(accounts__0__status="asleep"), "accounts[0].status: there is no `asleep`"),
        (changed(accounts__0__colour="red"), "accounts[0].colour: "),
        (changed(users__0__email="nobody"), "users[0].email: "),
        (changed(users__0__password_hash="$argon2id$x"), "users[0]: Value error, give a `password`"),
        (changed(users__0__accounts__0__account="a-jp"), "users[0].accounts[0].account: there is no account `a-jp`"),
        (changed(users__0__accounts__0__role="king"), "users[0].accounts[0].role: there is no `king`"),
        (changed(users__0__accounts__0__organisation="mob"), "users[0].accounts[0].organisation: there is no `mob`"),
    ],
)
def test_what_is_wrong_is_named_by_its_path_and_nothing_is_added(tmp_path: Path, content: object, problem: str) -> None:
    result = imported(tmp_path, content)

    assert result.exit_code == 1
    assert f"\n  {problem}" in result.output
    assert "not for the log" not in result.output
    assert "ann@example.com" not in result.output.lower()
    assert kept(tmp_path) == []


def test_a_status_is_changed(tmp_path: Path) -> None:
    imported(tmp_path, SOUND)
    result = run(tmp_path, "set-status", "a-us", "suspended")

    assert (result.exit_code, result.output) == (0, "a-us is suspended\n")
    assert [account.status for account in kept(tmp_path)] == [None, "suspended"]
    assert run(tmp_path, "set-status", "a-jp", "active").exit_code == 1
