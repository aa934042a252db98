"""A worker process of `linked-accounts serve --workers N`; started by its supervisor, never by hand."""

from __future__ import annotations

import sys

import click

from linkedaccounts.cli.start import composed, stops_with_a_sentence
from linkedaccounts.settings import Settings


@click.command()
def work() -> None:
    """Serve with the settings in the first line of the input, until it ends."""
    settings = Settings.model_validate_json(sys.stdin.readline())
    service = composed(settings, worker=True)
    from linkedaccounts.endpoints.serving import serve_as_worker
    from linkedaccounts.endpoints.supervisor_pipes import SupervisorPipes

    with stops_with_a_sentence():
        serve_as_worker(service, settings, SupervisorPipes(sys.stdin, sys.stdout.fileno()))


if __name__ == "__main__":
    work()
