"""Why each store of a quote pays what it pays, as numbered sentences."""

from __future__ import annotations

from rich.text import Text

from linkedaccounts.v1.fee_quote_service_pb2 import Adjustment, FeeQuote


class Reasons:
    """The sentences of a quote's adjustments, each once, in the order of the lines; a line refers to their numbers."""

    def __init__(self, quote: FeeQuote) -> None:
        self.texts: list[Text] = []
        self._numbers: dict[tuple[str, str], int] = {}
        self._of_line = [list(map(self._number, line.adjustments)) for line in quote.lines]

    def of_line(self, index: int) -> str:
        """The numbers of a line's sentences."""
        return ", ".join(map(str, self._of_line[index]))

    def _number(self, adjustment: Adjustment) -> int:
        rule = adjustment.rule
        key = (adjustment.message, rule.id)
        if key not in self._numbers:
            place = f" {adjustment.reason} {rule.file}:{rule.line}"
            self.texts.append(Text.assemble(adjustment.message, (place, "dim")))
            self._numbers[key] = len(self.texts)
        return self._numbers[key]
