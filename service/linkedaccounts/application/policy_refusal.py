"""Why the policy refuses an action, in a form that can be kept and told again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from linkedaccounts.application.eligibility import AccountDecision
from linkedaccounts.application.refusals import Refusal
from linkedaccounts.application.said import Said
from linkedaccounts.domain.effects import Grounds, Refused
from linkedaccounts.domain.text import DEFAULT_LANGUAGE, LANGUAGES


@dataclass(frozen=True, slots=True)
class RefusedBy:
    """A rule that refuses: on which grounds, of which subject (an account's id or a store's code), and what it says.

    ``sentences`` are complete, by language.
    """

    subject: str
    rule: str
    reason: str
    grounds: Grounds
    sentences: dict[str, str]


@dataclass(frozen=True, slots=True)
class Refusals:
    """All rules that refuse an action, in the order of its subjects, and the version of the policy that they are of."""

    refused_by: tuple[RefusedBy, ...]
    policy_version: str


class RefusedByPolicy(Refusal):
    """The policy refuses the action: nothing was done."""

    def __init__(self, refusals: Refusals) -> None:
        self.refusals = refusals
        self.reasons = tuple(dict.fromkeys(one.reason for one in refusals.refused_by))
        values = {
            "reasons": ",".join(self.reasons),
            "policy_version": refusals.policy_version,
            "count": str(len(refusals.refused_by)),
        }
        super().__init__(self.reasons[0], values)

    @property
    def permitted(self) -> bool:
        """Whether the actor may in principle, and only how things stand is in the way."""
        return all(one.grounds is Grounds.NOT_POSSIBLE for one in self.refusals.refused_by)

    def message(self, language: str = DEFAULT_LANGUAGE) -> str:
        """What each rule says, each sentence once."""
        return " ".join(dict.fromkeys(one.sentences[language] for one in self.refusals.refused_by))


def refusals_of(decisions: Iterable[tuple[str, AccountDecision]], policy_version: str) -> Refusals:
    """The refusals among decisions, each with its subject."""
    found = (one for subject, decision in decisions for one in _refused_by(subject, decision.said))
    return Refusals(tuple(found), policy_version)


def _refused_by(subject: str, said: Iterable[Said]) -> Iterator[RefusedBy]:
    for one in said:
        if isinstance(one.rule.effect, Refused):
            sentences = {language: one.message(language) for language in LANGUAGES}
            yield RefusedBy(subject, one.rule.id, one.rule.reason, one.rule.effect.grounds, sentences)
