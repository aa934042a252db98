"""What is recorded of the decisions that callers are told, so that they can be made again later."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

from linkedaccounts.application.eligibility import AccountDecision
from linkedaccounts.application.fee_quote import FeeQuote, QuoteRequest
from linkedaccounts.domain.rates import RateBook
from linkedaccounts.policy.decide import FactValues
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.policy import Policy

RuleTimes: TypeAlias = tuple[tuple[tuple[str, str], int], ...]
"""Rules by decision and id, each with how many lines it decided."""


@dataclass(slots=True, eq=False)
class QuoteMade:
    """A quote with all that it was made of: ``home`` is the home store of the seller, stated or not.

    ``written`` is its facts and its outcome as a record states them, in JSON, once it was written; ``rules`` those that
    decided it, once they were counted.
    """

    policy: Policy
    book: RateBook
    request: QuoteRequest
    home: str
    quote: FeeQuote
    written: tuple[bytes, bytes] | None = None
    rules: RuleTimes | None = None


class QuoteRepeated(NamedTuple):
    """A quote that was made before, of the same policy and book: its facts and its outcome as they were written."""

    policy: Policy
    book: RateBook
    facts: bytes
    outcome: bytes
    rules: RuleTimes = ()


class DecisionMade(NamedTuple):
    """A decision about an account or a registration: what the policy was asked, and the rules that decided.

    Facts hold nothing that says who somebody is: no e-mail, no id, no token.
    """

    decision: str
    facts: FactValues
    rules: tuple[Rule, ...]
    policy_version: str


Made: TypeAlias = QuoteMade | QuoteRepeated | DecisionMade

Recorder: TypeAlias = Callable[[Made], object]
"""Takes what was decided; returns at once and never fails, whatever becomes of the record."""

CurrentCall: TypeAlias = Callable[[], tuple[str, str]]
"""Tells the id and the method of the call that is being answered; both are empty outside of one."""


class Recording(Protocol):
    """A record that is being written in the background, as the service sees it."""

    @property
    def recorded(self) -> int:
        """How many decisions were written, since the start."""

    @property
    def waiting(self) -> int:
        """How many are yet to be written."""

    @property
    def lost(self) -> int:
        """How many could not be."""

    def start(self) -> None:
        """Begins to write."""

    def stop(self) -> None:
        """Writes what waits, and ends."""


class Shadow(Protocol):
    """A candidate that decides beside the live policy, as the service sees it."""

    @property
    def version(self) -> str:
        """That of the candidate."""

    @property
    def counts(self) -> Mapping[str, int]:
        """How many decisions came out how: `same`, `other_rules`, `different`, `dropped`, `failed`."""

    def start(self) -> None:
        """Begins to compare."""

    def stop(self) -> None:
        """Ends."""


def not_recorded(made: Made) -> None:
    """The recorder that keeps nothing."""


def all_of(recorders: Sequence[Recorder]) -> Recorder:
    """Has each of them take what was decided."""
    if len(recorders) == 1:
        return recorders[0]

    def each(made: Made) -> None:
        for recorder in recorders:
            recorder(made)

    return each


def made_on(account: AccountDecision, decision: str, policy_version: str) -> DecisionMade:
    """What is recorded of the decision on one account."""
    return DecisionMade(decision, account.facts, tuple(said.rule for said in account.said), policy_version)
