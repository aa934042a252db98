"""Has hatchling generate the contract's code before it builds, and pack the rule files with the package."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).parent))

from generate import SERVICE, generate


class ContractBuildHook(BuildHookInterface[Any]):
    """Generates the contract's code whenever a wheel or an editable install is made."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Generates into the source tree and packs the result, which git ignores; a wheel gets rules/ besides."""
        generate(SERVICE)
        build_data["artifacts"].append("service/linkedaccounts/v1/*")
        if version != "editable":  # an editable install reads rules/ in place: a copy of it would grow old
            build_data["force_include"]["rules"] = "linkedaccounts/rules"
