"""`linked-accounts callers`, and how commands say who asks."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from linkedaccounts.application.callers import Scope
from linkedaccounts.cli.main import main
from linkedaccounts.security.callers_file import read_callers
from tests.cli.conftest import Run
from tests.client.fake_service import FakeService

QUOTE = ("quote", "US", "--on", "2019-09-30")


def ran(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["callers", *map(str, arguments)])


def test_a_new_caller_is_a_token_shown_once_and_an_entry_that_knows_it(tmp_path: Path) -> None:
    said = ran("new", "checkout", "--scope", "quotes", "--scope", "policy", "--scope", "quotes").output
    path = tmp_path / "callers.toml"
    path.write_text(said[said.index("[callers.") :], "utf-8")
    (token,) = re.findall(r"^    (\S+)$", said, re.MULTILINE)

    ((known, caller),) = read_callers(path).by_token.items()

    assert known == sha256(token.encode()).digest()
    assert (caller.name, caller.scopes) == ("checkout", frozenset({Scope.QUOTES, Scope.POLICY}))


@pytest.mark.parametrize("name", ["Check Out", "-x", "development", "a" * 64])
def test_a_name_that_is_none_is_said_so(name: str) -> None:
    result = ran("new", "--scope", "quotes", "--", name)

    assert result.exit_code == 2
    assert f"`{name}` is" in result.output


def test_a_scope_that_there_is_not_is_said_so() -> None:
    result = ran("new", "checkout", "--scope", "payments")

    assert result.exit_code == 2
    assert "'quotes', 'accounts', 'policy'" in result.output


def test_a_sound_file_is_shown_as_who_may_do_what(tmp_path: Path) -> None:
    path = tmp_path / "callers.toml"
    path.write_text('[callers.portal]\ncertificate = ["a", "b"]\nscopes = ["quotes", "accounts"]\n', "utf-8")

    result = ran("check", path)

    assert (result.exit_code, result.output) == (0, "portal: accounts, quotes\n")


def test_a_broken_file_is_shown_with_every_problem(tmp_path: Path) -> None:
    path = tmp_path / "callers.toml"
    path.write_text("[callers.portal]\n", "utf-8")

    result = ran("check", path)

    assert result.exit_code == 1
    assert result.output.startswith("2 problems with who may call\n  callers.toml: callers.portal: ")


def test_a_command_sends_the_token_that_it_is_given(run: Run, service: FakeService) -> None:
    assert run(*QUOTE, "--token", "abc").exit_code == 0
    assert service.seen[0].metadata["authorization"] == "Bearer abc"


def test_a_command_finds_the_token_in_the_environment(
    run: Run, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINKED_ACCOUNTS_TOKEN", "abc")

    assert run(*QUOTE).exit_code == 0
    assert service.seen[0].metadata["authorization"] == "Bearer abc"


def test_a_command_without_a_token_sends_none(run: Run, service: FakeService) -> None:
    run(*QUOTE)

    assert "authorization" not in service.seen[0].metadata


def test_a_command_does_not_send_its_token_to_another_machine_in_the_clear(run: Run) -> None:
    result = run(*QUOTE, "--token", "abc", "--target", "192.0.2.1:50051")

    assert result.exit_code == 2
    assert "the token would travel to `192.0.2.1:50051` in the clear" in " ".join(result.output.split())
