"""Tokens as JSON Web Tokens (RFC 7519), signed with Ed25519 (RFC 8037): the same claims and key give the same token."""

from __future__ import annotations

from functools import lru_cache

from joserfc import jwt
from joserfc.errors import JoseError

from linkedaccounts.application.credentials_port import Claims
from linkedaccounts.security.session_keys import CURVE, Keys, SessionKeys

ISSUER = "linked-accounts"
REMEMBERED = 4096
"""How many tokens are remembered as well signed: a session's token comes with each of its calls."""


class JoseTokens:
    """Signs with the first of the keys, and reads what any of them signed."""

    def __init__(self, keys: SessionKeys) -> None:
        self._keys = keys
        self._remembered = lru_cache(maxsize=REMEMBERED)(_read)

    def sign(self, claims: Claims) -> str:
        """The token."""
        key = self._keys.current().signing
        header = {"alg": CURVE, "kid": key.kid}
        return jwt.encode(header, {**claims, "iss": ISSUER}, key, algorithms=[CURVE])

    def read(self, token: str) -> Claims | None:
        """What the token says; None if no key of now signed it."""
        try:
            return self._remembered(token, self._keys.current())
        except (JoseError, ValueError):
            return None


def _read(token: str, keys: Keys) -> Claims:
    claims: Claims = jwt.decode(token, keys.key_set, algorithms=[CURVE]).claims
    if claims.get("iss") != ISSUER:
        raise ValueError("the token is of another issuer")
    return claims
