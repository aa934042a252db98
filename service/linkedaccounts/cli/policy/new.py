"""`linked-accounts policy new`: a rule, a dated value or a case to begin with, from a question or two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import click
from click.exceptions import Exit

from linkedaccounts.cli.policy.rules_argument import rules_argument
from linkedaccounts.domain.calendar_day import parse_day
from linkedaccounts.policy.check_effects import EFFECT_EXAMPLES
from linkedaccounts.policy.decisions import DECISIONS
from linkedaccounts.policy.problems import PolicyRejected
from linkedaccounts.policy.read import read
from linkedaccounts.policy.source import SourceFile
from linkedaccounts.workbench.candidate import refuse_if_wrong
from linkedaccounts.workbench.insertion import Change
from linkedaccounts.workbench.new_case import with_case
from linkedaccounts.workbench.new_rule import RuleDraft, example_condition, fact_names, with_rule
from linkedaccounts.workbench.new_value import VALUES, Terms, dated_names
from linkedaccounts.workbench.rewrite import rewrite

decision_option = click.option("--decision", type=click.Choice(list(DECISIONS)), prompt="Which decision?")


@click.group()
def new() -> None:
    """Start a rule, a dated value or a case from a question or two.

    Every answer is an option too. What is written is in canonical form, in its place; everything else in the file
    stays as it is. Then the rules are checked, and what is still wrong is said.

    Exit codes: 0 written, and the rules are sound; 1 not written, and why, or written, and what is left to do; 2 wrong
    arguments.
    """


@new.command()
@rules_argument
@decision_option
@click.option("--id", "rule_id", prompt="What is the rule called? (small letters, digits, dashes)", metavar="ID")
@click.option("--then", help="the effect, with its value if it takes one, as in `{reduce_by_percentage: 50}`")
@click.option("--when", help="the condition, as in `store.code: BR, seller.linked: true`; empty for always")
@click.option("--overrides", multiple=True, metavar="ID", help="a rule that this one beats; may be given several times")
@click.option("--en", default="", help="the message in English; left out, it stays to be filled in")
@click.option("--zh-cn", default="", help="the message in Chinese; likewise")
def rule(
    directory: Path,
    decision: str,
    rule_id: str,
    then: str | None,
    when: str | None,
    overrides: tuple[str, ...],
    en: str,
    zh_cn: str,
) -> None:
    """Start a rule of DIR: its condition, effect and reason; its messages stay to be filled in."""
    effect = then if then is not None else _ask_effect(decision)
    condition = when if when is not None else _ask_condition(decision)
    draft = RuleDraft(decision, rule_id, effect, condition.strip(), overrides, {"en": en, "zh-CN": zh_cn})
    _write(directory, lambda files: with_rule(directory, files, draft))


@new.command()
@rules_argument
@click.option("--of", "name", help="the code of a store, or the id of a plan")
@click.option("--from", "day", metavar="DAY", callback=lambda _context, _option, day: _day(day) if day else None)
@click.option("--fee", help="of a store, as in `25 BRL`")
@click.option("--cap", help="of a plan, as in `45.00 USD`")
@click.option("--split", help="of a plan: by_standard_fee, equally, or `{on_one_store: [home, highest_fee]}`")
def value(directory: Path, name: str | None, day: date | None, **given: str | None) -> None:
    """Change the fee of a store, or the cap or the split of a plan, of DIR from a day on."""
    answers = {key: answer for key, answer in given.items() if answer is not None}
    _write(directory, lambda files: _with_value(directory, files, name, day, answers), strictly=True)


@new.command()
@rules_argument
@decision_option
@click.option("--name", prompt="What does the case show, in a sentence?")
@click.option("--facts", prompt="Its facts? (as in `seller.linked: true`)", help="as in `seller.linked: true`")
def case(directory: Path, decision: str, name: str, facts: str) -> None:
    """Write a case of DIR that expects what the rules say today: read it, and keep it if it is right."""
    _write(directory, lambda files: with_case(directory, files, decision, name, facts.strip()), strictly=True)


def _ask_effect(decision: str) -> str:
    effect: str = click.prompt("What does it do?", type=click.Choice(sorted(DECISIONS[decision].effects)))
    if effect not in EFFECT_EXAMPLES:
        return effect
    value = click.prompt(f"With which value? ({EFFECT_EXAMPLES[effect]})")
    return f"{{{effect}: {value}}}"


def _ask_condition(decision: str) -> str:
    click.echo(f"Facts of this decision: {', '.join(fact_names(decision))}")
    condition: str = click.prompt("When does it hold?", default=example_condition(decision))
    return condition


def _day(text: str) -> date:
    day = parse_day(text)
    if day is None:
        raise click.BadParameter(f"`{text}` is no calendar day, as in 2019-09-30")
    return day


def _with_value(
    directory: Path, files: Sequence[SourceFile], name: str | None, day: date | None, answers: dict[str, str]
) -> Change:
    of = name or click.prompt("Of which store or plan?", type=click.Choice(dated_names(files)))
    since = day or click.prompt("From which day on? (as in 2019-09-30)", value_proc=_day)
    terms = Terms(files, of)
    allowed = VALUES[terms.section]
    for key in answers:
        if key not in allowed:
            raise click.UsageError(f"`{of}` has no `{key}`; it has {' and '.join(f'`{one}`' for one in allowed)}")
    held = terms.on(since)
    values = answers or {key: click.prompt(f"Which {key}?", default=held.get(key)) for key in allowed}
    return terms.since(directory, since, values)


def _write(directory: Path, change_of: Callable[[Sequence[SourceFile]], Change], strictly: bool = False) -> None:
    """Makes a change, and checks the rules; ``strictly``: not if what it adds would be wrong."""
    from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
    from linkedaccounts.workbench.gate import admitted

    files, unread = read(directory)
    try:
        change = change_of(files)
        if strictly:
            refuse_if_wrong(files, unread, change)
        rewrite(directory / change.path, change.content)
    except PolicyRejected as rejected:
        click.echo("\n\n".join(["nothing is written:", *map(str, rejected.problems)]), err=True)
        raise Exit(1) from None
    except OSError as error:
        click.echo(f"nothing is written: {error.filename}: {error.strerror}", err=True)
        raise Exit(1) from None
    click.echo(f"{directory / change.path}:{change.first_line}\n\n{change.new_text}\n")
    try:
        policy = admitted(directory, packaged_rate_book())
    except PolicyRejected as rejected:
        click.echo(f"this is left to do: {rejected}")
        raise Exit(1) from None
    click.echo(f"sound: policy {policy.version}")
