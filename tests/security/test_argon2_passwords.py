from __future__ import annotations

from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from linkedaccounts.security.argon2_passwords import Argon2Passwords

CHEAP = Argon2Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def test_a_password_is_known_by_its_hash() -> None:
    kept = CHEAP.hash("right")

    assert CHEAP.verify("right", kept)
    assert not CHEAP.verify("wrong", kept)
    assert "right" not in kept


def test_two_hashes_of_one_password_differ() -> None:
    assert CHEAP.hash("same") != CHEAP.hash("same")


def test_nobody_has_a_password_and_what_is_no_hash_is_nobodys() -> None:
    assert not CHEAP.verify("anything", None)
    assert not CHEAP.verify("anything", "no hash")


def test_hashes_are_argon2id_as_strong_as_the_library_advises() -> None:
    parameters = extract_parameters(Argon2Passwords().hash("x"))

    assert parameters.type is Type.ID
    assert parameters.memory_cost >= 19 * 1024  # in KiB: the least that OWASP's cheat sheet on password storage takes


def test_looking_for_nobody_costs_what_a_wrong_password_costs() -> None:
    class Counting(PasswordHasher):
        verified = 0

        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]  # noqa: A002
            Counting.verified += 1
            return super().verify(hash, password)

    passwords = Argon2Passwords(Counting(time_cost=1, memory_cost=8, parallelism=1))
    kept = passwords.hash("right")
    for password_hash in (None, kept):
        Counting.verified = 0
        passwords.verify("wrong", password_hash)
        assert Counting.verified == 1
