"""The group of all `policy` commands."""

from __future__ import annotations

import click

from linkedaccounts.cli.lazy_group import Lazy, LazyGroup

COMMANDS = {
    "new": Lazy("linkedaccounts.cli.policy.new", "new", "Start a rule, a dated value or a case."),
    "format": Lazy("linkedaccounts.cli.policy.format", "format_command", "Put rule files in canonical form."),
    "schema": Lazy("linkedaccounts.cli.policy.schema", "schema", "Write what rule files may say, for editors."),
    "check": Lazy("linkedaccounts.cli.policy.check", "check", "List every problem of the rule files."),
    "verify": Lazy(
        "linkedaccounts.cli.policy.verify", "verify_command", "Prove what must hold for every possible fact."
    ),
    "test": Lazy("linkedaccounts.cli.policy.test", "test", "Run the rules' cases, and say what they show."),
    "explain": Lazy("linkedaccounts.cli.policy.explain", "explain", "Say why the rules decide as they do."),
    "compare": Lazy("linkedaccounts.cli.policy.compare", "compare", "Say exactly what a change of the rules does."),
    "backtest": Lazy("linkedaccounts.cli.policy.backtest", "backtest", "Show what rules change of recorded decisions."),
    "replay": Lazy("linkedaccounts.cli.policy.replay", "replay", "Prove that recorded decisions can be made again."),
    "status": Lazy("linkedaccounts.cli.policy.status", "status", "Show which policy a running service answers with."),
    "rollback": Lazy("linkedaccounts.cli.policy.rollback", "rollback", "Have a policy that served serve again."),
    "resume": Lazy("linkedaccounts.cli.policy.rollback", "resume", "End a rollback: follow the rule files again."),
    "docs": Lazy("linkedaccounts.cli.policy.docs", "docs", "Make a site of the rules, for people who read no YAML."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def policy() -> None:
    """Write, check, prove, test, explain and compare rule files, and look after those that serve."""
