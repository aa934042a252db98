"""Tokens of sessions, the keys that sign them, and how these are rotated without losing a session."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey

from linkedaccounts.security.jose_tokens import JoseTokens
from linkedaccounts.security.session_keys import KEPT, SessionKeys, SessionKeysRejected, make_keys

CLAIMS: dict[str, str | int] = {"sid": "s1", "gen": 1, "exp": 1}


class Running:
    """A process that signs with the keys of a file, and what it warned of."""

    def __init__(self, path: Path) -> None:
        self.warned: list[str] = []
        self.tokens = JoseTokens(SessionKeys(path, self.warned.append))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new folder" / "session-keys.json"


def test_what_was_signed_is_read(path: Path) -> None:
    tokens = Running(path).tokens

    claims = tokens.read(tokens.sign(CLAIMS))
    assert claims is not None
    assert {name: claims[name] for name in CLAIMS} == CLAIMS


def test_the_same_claims_give_the_same_token(path: Path) -> None:
    assert Running(path).tokens.sign(CLAIMS) == Running(path).tokens.sign(CLAIMS)


def test_a_token_that_was_changed_or_made_elsewhere_is_not_read(path: Path, tmp_path: Path) -> None:
    tokens, others = Running(path).tokens, Running(tmp_path / "other.json").tokens
    token = tokens.sign(CLAIMS)
    head, body, signature = token.split(".")
    cut, swapped = token[:-4], f"{head}.{others.sign({**CLAIMS, 'sid': 's2'}).split('.')[1]}.{signature}"

    for no_token in ("", "x", "..", cut, swapped, f"{head}.{body}.", others.sign(CLAIMS), "a" * 10_000, "é.é.é"):
        assert tokens.read(no_token) is None


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_that_chooses_its_own_algorithm_is_not_read(path: Path, algorithm: str) -> None:
    tokens = Running(path).tokens
    known = json.loads(path.read_text())["keys"][0]
    header = {"alg": algorithm, "kid": known["kid"]}
    claims = {**CLAIMS, "iss": "linked-accounts"}
    with warnings.catch_warnings(action="ignore"):  # the library, too, thinks little of `none`
        forged = jwt.encode(header, claims, OctKey.import_key(known["x"]), algorithms=[algorithm])

    assert tokens.read(forged) is None


def test_nobody_but_the_owner_may_read_the_keys(path: Path) -> None:
    Running(path)

    assert path.stat().st_mode & 0o077 == 0


def test_keys_are_rotated_while_the_service_runs_and_sessions_go_on(path: Path) -> None:
    running = Running(path)
    before = running.tokens.sign(CLAIMS)
    make_keys(path)
    after = running.tokens.sign(CLAIMS)

    assert before != after
    assert running.tokens.read(before) == running.tokens.read(after) != None  # noqa: E711  # that both are read is meant
    assert Running(path).tokens.read(before)


def test_a_key_that_was_dropped_signs_nothing_that_is_read(path: Path) -> None:
    running = Running(path)
    before = running.tokens.sign(CLAIMS)
    for _ in range(KEPT):
        make_keys(path)

    assert running.tokens.read(before) is None


def key_set(*keys: Any) -> str:
    return json.dumps(KeySet(list(keys)).as_dict(private=True))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "are no JWK Set"),
        ("{}", "are no JWK Set"),
        ('{"keys": [{"kty": "OKP"}]}', "are no JWK Set"),
        ('{"keys": []}', "are no JWK Set"),
        (key_set(ECKey.generate_key("P-256", {"kid": "a"})), "is a private Ed25519 key with a `kid`"),
        (key_set(OKPKey.generate_key("X25519", {"kid": "a"})), "is a private Ed25519 key with a `kid`"),
    ],
)
def test_keys_that_are_no_good_stop_a_start_and_leave_a_running_service_as_it_is(
    path: Path, content: str, problem: str
) -> None:
    running = Running(path)
    before = running.tokens.sign(CLAIMS)
    path.write_text(content)

    assert running.tokens.sign(CLAIMS) == before
    assert [problem in warning for warning in running.warned] == [True]
    with pytest.raises(SessionKeysRejected, match=problem):
        Running(path)
