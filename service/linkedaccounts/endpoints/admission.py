"""Which service makes a call, and whether it may: asked before the call takes a place at work.

Health is open, to whoever watches over the service. Reflection, and the answer that there is no such method, are for
any caller that is known. Every method of the contract needs its scope.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import TypeAlias

from linkedaccounts.application.callers import Caller, Callers, Scope
from linkedaccounts.application.refusals import CallerUnknown, ScopeMissing
from linkedaccounts.endpoints.answers import Context
from linkedaccounts.endpoints.call_context import CallContext

Admit: TypeAlias = Callable[[CallContext, Context], None]
"""Notes who makes the call; CallerUnknown, ScopeMissing."""

OPEN = "/grpc.health.v1."
FOR_ANY_CALLER = ("/grpc.reflection.",)
HEADERS_KEPT = 1024
_BEARER = "bearer "


class Admission:
    """Asks ``callers`` for those in use at each call, and ``scopes`` once for each method, by its path."""

    def __init__(self, callers: Callable[[], Callers], scopes: Mapping[str, Scope]) -> None:
        self._callers = callers
        self._scopes = scopes
        self._known = _Known(callers())

    def to(self, method: str) -> Admit:
        """What admits to a method; KeyError if no scope is stated for one that needs it."""
        if method.startswith(OPEN):
            return _anyone
        return self._with(None if method.startswith(FOR_ANY_CALLER) else self._scopes[method])

    def to_no_method(self) -> Admit:
        """What admits to the answer that there is no such method."""
        return self._with(None)

    def _with(self, scope: Scope | None) -> Admit:
        def admit(call: CallContext, context: Context) -> None:
            caller = self._caller(call, context)
            call.caller = caller.name
            if scope is not None and scope not in caller.scopes:
                raise ScopeMissing(caller, scope)

        return admit

    def _caller(self, call: CallContext, context: Context) -> Caller:
        """Whose token the call carries, whatever certificate is shown besides; without one, whose certificate it is."""
        callers = self._callers()
        if callers is not self._known.callers:
            self._known = _Known(callers)
        if callers.anyone is not None:
            return callers.anyone
        caller = self._known.by_header(call.authorization) if call.authorization else _by_certificate(callers, context)
        if caller is None:
            raise CallerUnknown
        return caller


class _Known:
    """Callers with the headers by which they were told before, so that a token is hashed once, not at each call."""

    def __init__(self, callers: Callers) -> None:
        self.callers = callers
        self.by_header = lru_cache(HEADERS_KEPT)(self._by_header)

    def _by_header(self, header: str) -> Caller | None:
        """Whose token a header of the scheme `Bearer` (RFC 6750) carries.

        Tables are safe here although they do not compare in constant time. The one of digests tells at most how far the
        SHA-256 of a guess agrees with one that is kept, which leads to no token. The one of headers compares texts only
        where their hashes, keyed at random in each process, agree in all of their bits.
        """
        if header[: len(_BEARER)].lower() != _BEARER:
            return None
        token = header[len(_BEARER) :].strip()
        return self.callers.by_token.get(sha256(token.encode(errors="replace")).digest())


def _anyone(_call: CallContext, _context: Context) -> None:
    """Health tells nothing that is anybody's."""


def _by_certificate(callers: Callers, context: Context) -> Caller | None:
    """Who has a certificate that gRPC has verified, by the first of its names that is known."""
    names = _names(context.auth_context()) if callers.by_certificate else ()
    return next((callers.by_certificate[name] for name in names if name in callers.by_certificate), None)


def _names(certificate: Mapping[str, Iterable[bytes]]) -> Iterator[str]:
    """The URIs and DNS names of a certificate; only where it has none its common name (RFC 6125, 6.4.4)."""
    names = [*certificate.get("peer_uri", ()), *certificate.get("peer_dns", ())]
    for name in names or certificate.get("x509_common_name", ()):
        yield name.decode(errors="replace")
