"""The rules that did not apply to a quote, and what each wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from linkedaccounts.cli.texts import Speaker
from linkedaccounts.v1.fee_quote_service_pb2 import FeeQuote
from linkedaccounts.v1.rules_pb2 import RuleNotApplied


def rules_not_applied(quote: FeeQuote, say: Speaker) -> Iterator[Text]:
    """A heading, and for each store and the notes the rules with the conditions that failed."""
    yield Text(f"\n{say('not_applied')}", style="bold")
    for line in quote.lines:
        yield from _of(line.store, line.not_applied, say)
    yield from _of(say("notes"), quote.notes_not_applied, say)


def _of(subject: str, rules: Sequence[RuleNotApplied], say: Speaker) -> Iterator[Text]:
    if rules:
        yield Text(subject)
    for rule in rules:
        yield Text.assemble(f"  {rule.rule.id}", (f"  {rule.rule.file}:{rule.rule.line}", "dim"))
        yield from (Text(f"    {why}") for why in _why(rule, say))


def _why(rule: RuleNotApplied, say: Speaker) -> Iterator[str]:
    for failed in rule.failed:
        yield say("wanted", fact=failed.fact, wanted=failed.wanted, actual=failed.actual)
    if rule.overridden_by:
        yield say("overridden", rule=rule.overridden_by)
