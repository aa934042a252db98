"""Who asks: the calling service, and the seller whom it acts for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asker:
    """``service`` is the caller's name, ``session_token`` what it says of the seller (empty if nothing).

    ``address`` is where the call comes from; it is kept only as a digest, to slow down who tries many passwords.
    """

    service: str
    session_token: str = ""
    address: str = ""
