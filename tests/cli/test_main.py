from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import click
import pytest
from click.testing import CliRunner

from linkedaccounts.cli.main import COMMANDS, main


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_listed_in_the_help_exists(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.name == name


def test_the_help_lists_every_command_with_its_summary() -> None:
    output = CliRunner().invoke(main, ["--help"]).output
    for name, lazy in COMMANDS.items():
        assert f"  {name} " in output
        assert lazy.summary in output


def test_the_help_imports_no_command() -> None:
    program = "import sys\nfrom linkedaccounts.cli.main import main\nmain(['--help'], standalone_mode=False)\n"
    shown = subprocess.run(
        [sys.executable, "-c", program + "print('imported', *sys.modules)"], check=True, capture_output=True, text=True
    )
    modules = shown.stdout.rpartition("imported ")[2].split()
    assert {"grpc", "rich", "ruamel", "pydantic"}.isdisjoint(modules)


def test_a_command_that_does_not_exist_is_a_wrong_usage() -> None:
    result = CliRunner().invoke(main, ["quoet"])
    assert result.exit_code == 2
    assert "quoet" in result.stderr


def test_the_version_is_the_distributions() -> None:
    assert CliRunner().invoke(main, ["--version"]).output == f"linked-accounts {version('linked-accounts')}\n"
