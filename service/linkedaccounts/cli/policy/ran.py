"""What a run of `policy test` gave: of the tables of cases, of whole quotes, and what could not be run."""

from __future__ import annotations

from dataclasses import dataclass, replace

from linkedaccounts.policy.load import Tested
from linkedaccounts.policy.place import Place
from linkedaccounts.workbench.quote_cases import QuoteResult


@dataclass(frozen=True, slots=True)
class Ran:
    """Sound rules with their cases' results and what could not be run, and their quotes' results."""

    tested: Tested
    quotes: tuple[QuoteResult, ...]

    @property
    def count(self) -> int:
        """How many cases and quotes were run."""
        return len(self.tested.results) + len(self.quotes)

    @property
    def failed(self) -> int:
        """How many of them do not give what they expect."""
        passed = [*(case.passed for case in self.tested.results), *(quote.passed for quote in self.quotes)]
        return passed.count(False)

    @property
    def bad(self) -> bool:
        """Whether anything fails, or could not be run."""
        return bool(self.failed or self.tested.unsound)

    def named(self, text: str) -> Ran:
        """Those with a text in their name or file, in letters of either case; what could not be run stays."""

        def chosen(name: str, place: Place) -> bool:
            return any(text.lower() in said.lower() for said in (name, place.file))

        results = tuple(one for one in self.tested.results if chosen(one.case.name, one.case.place))
        quotes = tuple(one for one in self.quotes if chosen(one.case.name, one.case.place))
        return Ran(replace(self.tested, results=results), quotes)
