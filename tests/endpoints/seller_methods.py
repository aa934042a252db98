"""Every method about sellers, called by its place in the contract."""

from __future__ import annotations

import re
from typing import Any

from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message_factory import GetMessageClass

from linkedaccounts.application.callers import Scope
from linkedaccounts.endpoints.scopes import scopes_of
from linkedaccounts.endpoints.server import CONTRACT
from tests.endpoints.running import Running


def path_of(method: MethodDescriptor) -> str:
    return f"/{method.containing_service.full_name}/{method.name}"


METHODS = [
    method
    for service in CONTRACT
    for method in service.methods
    if scopes_of(CONTRACT)[path_of(method)] is Scope.ACCOUNTS
]
BY_NAME = {method.name: method for method in METHODS}


def use_case_of(method: MethodDescriptor) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", method.name).lower()


def called(server: Running, method: MethodDescriptor, request: Any = None, **options: Any) -> Any:
    kind = GetMessageClass(method.input_type)
    answer = GetMessageClass(method.output_type)
    call: Any = server.channel.unary_unary(path_of(method), kind.SerializeToString, answer.FromString)
    return call(kind() if request is None else request, **options)
