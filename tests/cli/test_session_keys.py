"""`linked-accounts session-keys rotate` changes the key that signs, and signs nobody out."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from linkedaccounts.cli.session_keys import session_keys
from linkedaccounts.security.jose_tokens import JoseTokens
from linkedaccounts.security.session_keys import KEPT, SessionKeys


def rotate(data_dir: Path) -> Result:
    return CliRunner().invoke(session_keys, ["rotate", "--data-dir", str(data_dir)])


def test_a_running_service_signs_with_the_new_key_and_reads_what_the_old_one_signed(tmp_path: Path) -> None:
    running = SessionKeys(tmp_path / "session-keys.json", pytest.fail)
    tokens = JoseTokens(running)
    before, token = running.current().signing.kid, tokens.sign({"sid": "1"})
    done = rotate(tmp_path)

    assert done.exit_code == 0, done.stderr
    now = running.current().signing.kid
    assert now != before
    assert done.stdout == f"{now} signs from now on; 1 kept of those before it\n"
    assert (tokens.read(token) or {})["sid"] == "1"


def test_keys_that_are_old_enough_are_dropped(tmp_path: Path) -> None:
    for _ in range(KEPT + 2):
        done = rotate(tmp_path)
    assert f"{KEPT - 1} kept" in done.stdout


def test_a_file_that_holds_no_keys_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "session-keys.json"
    file.write_text("{}")
    done = rotate(tmp_path)

    assert done.exit_code == 1
    assert str(file) in done.stderr
    assert file.read_text() == "{}"
