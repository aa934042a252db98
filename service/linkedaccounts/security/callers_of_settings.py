"""Who may call a service that is set up so, as far as its callers' credentials are safe on the way there."""

from __future__ import annotations

import ipaddress
import socket

from linkedaccounts.application.callers import DEVELOPMENT, Callers, CallersRejected
from linkedaccounts.security.callers_file import read_callers
from linkedaccounts.settings import Settings, flag_of

DEVELOPMENT_ELSEWHERE = (
    "without {callers} anyone may do everything (development mode), so it listens on this machine only, "
    "and `{host}` is further than that; name who may call with {callers} FILE "
    "(`linked-accounts callers new` begins one), or listen on 127.0.0.1"
)
CERTIFICATES_UNASKED = (
    "callers are named by `certificate`, which nobody is asked for; turn on mutual TLS with {client_ca}"
)
TOKENS_IN_THE_CLEAR = (
    "tokens would travel to `{host}` in the clear; turn on TLS with {certificate} and {key}, "
    "or say with {plaintext} that something beside the service does TLS for it"
)


def callers_of(settings: Settings) -> Callers:
    """The callers that ``settings`` name; CallersRejected if they cannot be served on that address."""
    if settings.callers is None:
        callers, problems = DEVELOPMENT, _of_development(settings)
    else:
        callers = read_callers(settings.callers)
        problems = _of_credentials(settings, callers)
    if problems:
        raise CallersRejected([problem.format(host=settings.host, **_FLAGS) for problem in problems])
    return callers


_FLAGS = {
    "callers": flag_of("callers"),
    "client_ca": flag_of("tls_client_ca"),
    "certificate": flag_of("tls_certificate"),
    "key": flag_of("tls_key"),
    "plaintext": flag_of("plaintext_callers"),
}


def _of_development(settings: Settings) -> list[str]:
    return [] if is_this_machine(settings.host) else [DEVELOPMENT_ELSEWHERE]


def _of_credentials(settings: Settings, callers: Callers) -> list[str]:
    problems = []
    if callers.by_certificate and settings.tls_client_ca is None:
        problems.append(CERTIFICATES_UNASKED)
    encrypted = settings.tls_certificate is not None or settings.plaintext_callers
    if callers.by_token and not encrypted and not is_this_machine(settings.host):
        problems.append(TOKENS_IN_THE_CLEAR)
    return problems


def is_this_machine(host: str) -> bool:
    """Whether all addresses of a host are loopback; not if it has none."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return all(ipaddress.ip_address(str(address[0]).partition("%")[0]).is_loopback for *_, address in found)
