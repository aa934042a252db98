"""`linked-accounts loadtest requests`: draws requests for other tools to send."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import click
from google.protobuf.json_format import MessageToDict

from linkedaccounts.cli.loadtest.planning import draws_requests, profile_meant, requests_to_replay
from linkedaccounts.loadtest.drawing import draw_questions


@click.command()
@click.option("--count", type=click.IntRange(1, 100_000), default=100, show_default=True, help="How many.")
@draws_requests
def requests(count: int, profile_file: Path | None, replay: tuple[Path, ...], seed: int) -> None:
    """Draw requests as `run` asks for them, and print them as a list in JSON: messages of `QuoteFees`.

    Tools of other makers send them; see docs/loadtest.md. There is no bad one among them: those tools cannot be told
    that a refusal is what is meant.
    """
    profile = profile_meant(profile_file, None)
    profile = profile.model_copy(
        update={
            "calls": profile.calls.model_copy(update={"bad": 0}),
            "sellers": profile.sellers.model_copy(update={"count": count}),
        }
    )
    recorded = requests_to_replay(replay)[:count] if replay else ()
    questions = draw_questions(profile, Random(seed), recorded)[:count]  # noqa: S311  # draws what to try
    lines = (json.dumps(MessageToDict(each.request, preserving_proto_field_name=True)) for each in questions)
    click.echo("[\n" + ",\n".join(lines) + "\n]")
