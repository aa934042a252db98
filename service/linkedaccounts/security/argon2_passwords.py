"""Passwords as argon2id hashes (RFC 9106)."""

from __future__ import annotations

from secrets import token_urlsafe

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Argon2Passwords:
    """Hashes and verifies passwords, with the library's parameters for interactive use unless others are given."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        # What a password is held against where there is no user: made like every other, of a password nobody knows.
        self._nobodys = self._hasher.hash(token_urlsafe())

    def hash(self, password: str) -> str:
        """The encoded hash, with a salt of its own."""
        return self._hasher.hash(password)

    def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether it is the password of the hash; of None never, after the same work."""
        try:
            self._hasher.verify(password_hash or self._nobodys, password)
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None
