"""Asking a use case for the seller of the call that is being answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import unquote

from linkedaccounts.application.asker import Asker
from linkedaccounts.domain.catalogue import Store
from linkedaccounts.endpoints.call_context import current_call
from linkedaccounts.endpoints.names import Names
from linkedaccounts.endpoints.threads import Threads
from linkedaccounts.endpoints.tracing import step

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SellerCalls:
    """What servicers about sellers stand on: threads for their use cases, and the stores of the catalogue in use."""

    threads: Threads
    stores: Callable[[], Mapping[str, Store]]

    async def ask(
        self, context: Any, use_case: Callable[Concatenate[Asker, P], T], *given: P.args, **options: P.kwargs
    ) -> T:
        """What the use case answers to whoever makes the call."""
        return await self.threads.run(partial(_as_a_step, use_case, asker_of(context), *given, **options))

    async def work(self, use_case: Callable[P, T], *given: P.args, **options: P.kwargs) -> T:
        """What a use case answers that is about any seller, whoever asks."""
        return await self.threads.run(partial(_as_a_step, use_case, *given, **options))

    def names(self) -> Names:
        """In the language of the call."""
        return Names(current_call().language, self.stores())


def _as_a_step(use_case: Callable[P, T], *given: P.args, **options: P.kwargs) -> T:
    """In a trace it begins when there is a thread for it: what is before is the wait."""
    with step(getattr(use_case, "__qualname__", type(use_case).__name__)):
        return use_case(*given, **options)


def asker_of(context: Any) -> Asker:
    """Who makes the current call."""
    call = current_call()
    return Asker(call.caller, call.session_token, host_of(context.peer()))


def host_of(peer: str) -> str:
    """The address in what gRPC calls a peer (`ipv4:192.0.2.1:50051`, `ipv6:%5B::1%5D:50051`), without its port."""
    kind, _, place = unquote(peer).partition(":")
    if kind not in {"ipv4", "ipv6"}:
        return place
    return place.rpartition(":")[0].strip("[]")
