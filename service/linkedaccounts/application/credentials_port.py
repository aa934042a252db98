"""What use cases need of cryptography: passwords that are kept as hashes, and signed tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeAlias

Claims: TypeAlias = Mapping[str, str | int]
"""What a token says."""


class Passwords(Protocol):
    """Hashes passwords, slowly on purpose."""

    def hash(self, password: str) -> str:
        """A hash to keep, different each time."""

    def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether the password is the one of the hash; None is never, and takes as long as a wrong password."""


class Tokens(Protocol):
    """Signs tokens, and reads those that it signed."""

    def sign(self, claims: Claims) -> str:
        """The token that says ``claims``: always the same for the same claims and key."""

    def read(self, token: str) -> Claims | None:
        """What a token says; None if it was not signed here. Whether it is still good is for the claims to say."""
