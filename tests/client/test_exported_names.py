"""What ``linkedaccounts.client`` gives to the world."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys

import pytest

from linkedaccounts import client
from linkedaccounts.client import errors


def test_all_is_sorted_and_complete() -> None:
    public = {name for name, value in vars(client).items() if not name.startswith("_") and not inspect.ismodule(value)}
    assert set(client.__all__) == public
    assert client.__all__ == sorted(client.__all__)


@pytest.mark.parametrize("name", client.__all__)
def test_a_public_name_is_documented_and_at_home_here(name: str) -> None:
    value = getattr(client, name)
    assert inspect.getdoc(value)
    assert value.__module__ == "linkedaccounts.client"


@pytest.mark.parametrize(
    "kind,other", [(client.Client, client.AsyncClient), (client.SellerSession, client.AsyncSellerSession)]
)
def test_both_kinds_have_the_same_methods_with_the_same_arguments(kind: type, other: type) -> None:
    def methods(of: type) -> dict[str, list[str]]:
        return {
            name: list(inspect.signature(value).parameters)
            for name, value in inspect.getmembers(of, inspect.isfunction)
            if not name.startswith("_")
        }

    assert methods(kind) == methods(other)
    assert all(inspect.getdoc(getattr(kind, name)) for name in methods(kind))


def test_every_error_descends_from_one() -> None:
    errors = [value for value in map(vars(client).get, client.__all__) if inspect.isclass(value)]
    raised = [value for value in errors if issubclass(value, BaseException)]
    assert raised
    assert all(issubclass(value, client.LinkedAccountsError) for value in raised)


def test_the_drawn_hierarchy_is_the_real_one() -> None:
    drawn = re.findall(r"^([ │]*)[├└]── (\w+)", inspect.getdoc(errors) or "", re.MULTILINE)
    parents = [client.LinkedAccountsError]
    for indent, name in drawn:
        kind = getattr(client, name)
        depth = len(indent) // 4
        del parents[depth + 1 :]
        assert kind.__base__ is parents[depth]
        parents.append(kind)
    raised = {name for name, value in vars(errors).items() if inspect.isclass(value) and issubclass(value, Exception)}
    assert {name for _, name in drawn} == raised - {"LinkedAccountsError"}


def test_importing_the_client_imports_nothing_of_the_service() -> None:
    program = "import sys, linkedaccounts.client; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    heavy = {"durable_rules_engine", "ruamel", "pydantic", "click", "rich", "uvloop", "structlog"}
    own = {name.split(".")[1] for name in modules if name.startswith("linkedaccounts.")}
    assert own == {"client", "v1"}
    assert heavy.isdisjoint(modules)
