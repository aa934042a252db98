"""`linked-accounts loadtest compare`: what got better or worse between results."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click
from click.exceptions import Exit

from linkedaccounts.cli.loadtest.planning import SHARE
from linkedaccounts.cli.loadtest.reading import RESULT, results_of
from linkedaccounts.loadtest.comparing import Compared, Comparison
from linkedaccounts.loadtest.comparing import compare as compared
from linkedaccounts.loadtest.latencies import readable
from linkedaccounts.loadtest.merging import NotAlike

EXIT_CODES = """\b
Exit codes:
  0  the same, or better
  1  something is worse, by more than the noise
  2  wrong arguments, or results of different loads
  3  these results cannot tell: a client was the limit, or the runs were too short"""


@click.command(epilog=EXIT_CODES)
@click.argument("base", type=RESULT)
@click.argument("new", type=RESULT)
@click.option("--base", "more_base", multiple=True, type=RESULT, metavar="FILE", help="Another run of the base.")
@click.option("--new", "more_new", multiple=True, type=RESULT, metavar="FILE", help="Another run of what is new.")
@click.option("--ignore", type=SHARE, default="3%", show_default=True, help="What differs by less does not matter.")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def compare(
    base: Path, new: Path, more_base: tuple[Path, ...], more_new: tuple[Path, ...], ignore: float, as_json: bool
) -> None:
    """Say what got better or worse from the result BASE to NEW, and whether it is more than the noise.

    Both are of the same load. They are cut into blocks of seconds, block is compared with block, and a sign-flip
    permutation test says how likely such differences are by chance. A difference counts if that is at most 0.5 %, if it
    matters (--ignore), and if all runs of one side are on the same side of all of the other's: with several runs of
    each (--base, --new) what a machine does differently from run to run is not taken for a difference.
    """
    try:
        found = compared(results_of((base, *more_base)), results_of((new, *more_new)), ignore)
    except NotAlike as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        click.echo(json.dumps(asdict(found), indent=1))
    else:
        for line in _lines(found, runs=2 + len(more_base) + len(more_new)):
            click.echo(line)
    verdicts = {each.verdict for each in found.measures}
    if found.invalid or verdicts <= {"too short"}:
        raise Exit(3)
    if "worse" in verdicts:
        raise Exit(1)


def _lines(found: Comparison, runs: int) -> Iterator[str]:
    yield f"{'':<14}{'base':>12}{'new':>12}{'change':>10}   {'chance':<9}"
    for each in found.measures:
        change = f"{100 * each.change:+.2f} pp" if each.name == "errors" else f"{each.change:+.1%}"
        figures = f"{_shown(each, each.base):>12}{_shown(each, each.new):>12}{change:>10}"
        yield f"{each.name:<14}{figures}   {each.chance:<9.2%}{each.verdict}"
    yield f"means of {found.blocks} blocks of {found.block_seconds} s"
    if runs == 2:
        yield "one run of each: what differs from run to run counts too; --base and --new take more runs"
    for reason in found.invalid:
        yield f"INVALID: {reason}"
    for verdict in ("worse", "better", "too short"):
        if names := [each.name for each in found.measures if each.verdict == verdict]:
            yield f"{verdict}: {', '.join(names)}"


def _shown(compared: Compared, value: float) -> str:
    if compared.name == "errors":
        return f"{value:.2%}"
    return f"{value:,.1f}/s" if compared.name == "throughput" else readable(value)
