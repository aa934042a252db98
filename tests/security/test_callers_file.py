"""The callers' file: what a sound one means, and every problem of a broken one."""

from __future__ import annotations

import tomllib
from hashlib import sha256
from pathlib import Path

import pytest

from linkedaccounts.application.callers import Caller, CallersKeeper, CallersRejected, Scope
from linkedaccounts.security.callers_file import read_callers
from linkedaccounts.security.callers_tokens import fresh_token

BROKEN = Path(__file__).parent / "broken"
PROBLEMS = tomllib.loads((BROKEN / "problems.toml").read_text("utf-8"))
OLD, NEW = sha256(b"old").digest(), sha256(b"new").digest()
SOUND = f"""
[callers.checkout]
token_sha256 = ["{OLD.hex()}", "{NEW.hex().upper()}"]
scopes = ["quotes"]

[callers.seller-portal]
certificate = ["spiffe://example/seller-portal", "seller-portal.internal"]
scopes = ["quotes", "accounts"]
"""
CHECKOUT = Caller("checkout", frozenset({Scope.QUOTES}))
PORTAL = Caller("seller-portal", frozenset({Scope.QUOTES, Scope.ACCOUNTS}))


def written(folder: Path, text: str) -> Path:
    path = folder / "callers.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_caller_is_known_by_each_of_its_tokens_and_names(tmp_path: Path) -> None:
    callers = read_callers(written(tmp_path, SOUND))

    assert callers.by_token == {OLD: CHECKOUT, NEW: CHECKOUT}
    assert callers.by_certificate == {"spiffe://example/seller-portal": PORTAL, "seller-portal.internal": PORTAL}
    assert callers.anyone is None


def test_every_broken_file_has_its_problems_written_down() -> None:
    assert {path.stem for path in BROKEN.iterdir()} - {"problems"} == set(PROBLEMS)


@pytest.mark.parametrize("name", sorted(PROBLEMS))
def test_of_a_broken_file_every_problem_is_listed(name: str) -> None:
    with pytest.raises(CallersRejected) as rejected:
        read_callers(BROKEN / f"{name}.toml")

    assert list(rejected.value.problems) == [f"{name}.toml: {problem}" for problem in PROBLEMS[name]["problems"]]


def test_what_stands_in_the_place_of_a_hash_is_not_shown_as_it_may_be_the_token() -> None:
    with pytest.raises(CallersRejected) as rejected:
        read_callers(BROKEN / "token-in-the-place-of-its-hash.toml")

    assert "c2VjcmV0" not in str(rejected.value)


def test_a_file_that_is_gone_is_a_problem_too(tmp_path: Path) -> None:
    with pytest.raises(CallersRejected, match=r"callers\.toml: cannot be read: No such file"):
        read_callers(tmp_path / "callers.toml")


def test_a_fresh_token_is_known_by_the_entry_made_with_it(tmp_path: Path) -> None:
    fresh = fresh_token("checkout", [Scope.QUOTES])

    callers = read_callers(written(tmp_path, fresh.entry))

    assert callers.by_token == {sha256(fresh.token.encode()).digest(): CHECKOUT}
    assert fresh.token not in fresh.entry


def test_no_token_is_made_twice() -> None:
    assert len({fresh_token("checkout", [Scope.QUOTES]).token for _ in range(100)}) == 100


def test_a_reload_takes_all_of_a_sound_file_and_nothing_of_a_broken_one(tmp_path: Path) -> None:
    path = written(tmp_path, SOUND)
    keeper = CallersKeeper(lambda: read_callers(path))
    written(tmp_path, SOUND.replace("checkout", "till").replace("scopes", "scope"))
    with pytest.raises(CallersRejected):
        keeper.reload()
    kept = keeper.current
    written(tmp_path, SOUND.replace("checkout", "till"))
    keeper.reload()

    assert kept.by_token[OLD] == CHECKOUT
    assert keeper.current.by_token[OLD].name == "till"
