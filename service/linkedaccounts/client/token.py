"""A calling service's token on its way: sent with every call, and not in the clear to another machine."""

from __future__ import annotations

import ipaddress
import re

_SOUND = re.compile(r"[A-Za-z0-9._~+/-]+=*")
_SCHEME = re.compile(r"(unix|unix-abstract|dns|ipv4|ipv6):(?://[^/]*/)?(.*)", re.DOTALL)
_LOCAL_SCHEMES = ("unix", "unix-abstract")


def check_token(token: str, target: str, *, encrypted: bool) -> None:
    """ValueError, without the token in it, if it is none (RFC 6750) or would go to another machine in the clear."""
    if not _SOUND.fullmatch(token):
        raise ValueError("the token holds characters that no token has; look for a line break or a space in it")
    if not encrypted and not on_this_machine(target):
        raise ValueError(
            f"the token would travel to `{target}` in the clear; connect with TLS, "
            "or say that something beside the client does TLS for it (`plaintext_token`)"
        )


def on_this_machine(target: str) -> bool:
    """Whether all addresses in a gRPC target are loopback or a Unix socket; names other than `localhost` are not."""
    scheme, rest = match.groups() if (match := _SCHEME.fullmatch(target)) else ("", target)
    return scheme in _LOCAL_SCHEMES or all(map(_is_loopback, rest.split(",")))


def _is_loopback(address: str) -> bool:
    host = address.partition("]")[0].removeprefix("[") if address.startswith("[") else address.partition(":")[0]
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
