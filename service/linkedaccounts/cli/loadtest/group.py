"""The group of all `loadtest` commands."""

from __future__ import annotations

import click

from linkedaccounts.cli.lazy_group import Lazy, LazyGroup

MISSING = "load tests need two more packages: pip install 'linked-accounts[loadtest]'"
COMMANDS = {
    "run": Lazy("linkedaccounts.cli.loadtest.run", "run", "Put a load on a running service, and measure."),
    "find-limit": Lazy("linkedaccounts.cli.loadtest.find_limit", "find_limit", "Search for the highest rate."),
    "requests": Lazy("linkedaccounts.cli.loadtest.requests", "requests", "Draw requests, for other tools to send."),
    "report": Lazy("linkedaccounts.cli.loadtest.report", "report", "Make a page of a result, to show to others."),
    "compare": Lazy("linkedaccounts.cli.loadtest.compare", "compare", "Say what got better or worse between results."),
    "profile": Lazy("linkedaccounts.cli.loadtest.profile", "profile", "Print the profile to begin one's own with."),
}


class LoadTests(LazyGroup):
    """The group; its commands need packages that the service does without."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command; ClickException says what to install."""
        try:
            return super().get_command(ctx, cmd_name)
        except ModuleNotFoundError as error:
            raise click.ClickException(f"{MISSING} ({error})") from None


@click.group(cls=LoadTests, lazy=COMMANDS)
def loadtest() -> None:
    """Find out how fast a service answers, and how much it takes."""
