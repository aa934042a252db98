"""Tokens of calling services: 256 random bits each, kept only by their SHA-256.

A password needs a slow hash because it can be guessed; so many random bits cannot, however fast the hash is.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from linkedaccounts.application.callers import Scope

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class FreshToken:
    """A token, to be shown once, and the entry of the callers' file that knows it."""

    token: str
    entry: str


def fresh_token(name: str, scopes: Iterable[Scope]) -> FreshToken:
    """A token for the caller ``name``, with a table of TOML that gives it ``scopes``."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    digest = sha256(token.encode()).hexdigest()
    listed = ", ".join(f'"{scope}"' for scope in scopes)
    return FreshToken(token, f'[callers.{name}]\ntoken_sha256 = ["{digest}"]\nscopes = [{listed}]')
