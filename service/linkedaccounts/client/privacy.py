"""Passwords and session tokens are not sent in the clear to another machine."""

from __future__ import annotations

from dataclasses import dataclass

from linkedaccounts.client.token import on_this_machine


@dataclass(frozen=True, slots=True)
class Way:
    """The way to the service: its target, and whether what travels there is encrypted, as far as the caller knows."""

    target: str
    encrypted: bool

    def check_private(self) -> None:
        """ValueError if others could read what is sent."""
        if not self.encrypted and not on_this_machine(self.target):
            raise ValueError(
                f"passwords and session tokens would travel to `{self.target}` in the clear; connect with TLS, "
                "or say that something beside the client does TLS for them (`plaintext_token`)"
            )
