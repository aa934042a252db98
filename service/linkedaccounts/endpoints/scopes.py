"""Which scope each method of the contract needs, as the contract itself states it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor

from linkedaccounts.application.callers import Scope
from linkedaccounts.v1 import options_pb2

_SCOPES: Mapping[int, Scope] = MappingProxyType(
    {number: Scope[name.removeprefix("SCOPE_")] for name, number in options_pb2.Scope.items() if number}
)


def scopes_of(services: Iterable[ServiceDescriptor]) -> Mapping[str, Scope]:
    """The scope of each method by its path, `/package.Service/Method`; TypeError if a method states none."""
    return {
        f"/{service.full_name}/{method.name}": _scope_of(method) for service in services for method in service.methods
    }


def _scope_of(method: MethodDescriptor) -> Scope:
    number = method.GetOptions().Extensions[options_pb2.scope]
    if number not in _SCOPES:
        raise TypeError(f"{method.full_name} does not state its scope")
    return _SCOPES[number]
