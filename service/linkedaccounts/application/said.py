"""What a rule says to a caller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from linkedaccounts.policy.model import Rule


@dataclass(frozen=True, slots=True)
class Said:
    """A rule's reason with the values that its sentence names."""

    rule: Rule
    values: Mapping[str, object]

    def message(self, language: str) -> str:
        """The rule's sentence in ``language``."""
        return self.rule.message.render(language, self.values)
