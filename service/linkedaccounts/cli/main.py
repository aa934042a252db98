"""The command `linked-accounts`: all of its sub-commands."""

from __future__ import annotations

import click

from linkedaccounts.cli.lazy_group import Lazy, LazyGroup

COMMANDS = {
    "serve": Lazy("linkedaccounts.cli.serve", "serve", "Run the service."),
    "quote": Lazy("linkedaccounts.cli.quote", "quote", "Ask a running service what a seller pays, store by store."),
    "schedule": Lazy("linkedaccounts.cli.schedule", "schedule", "Ask a running service for stores, fees and plans."),
    "policy": Lazy(
        "linkedaccounts.cli.policy.group", "policy", "Write, check, prove, test, explain and compare rule files."
    ),
    "loadtest": Lazy("linkedaccounts.cli.loadtest.group", "loadtest", "Find out how fast a service answers."),
    "rates": Lazy("linkedaccounts.cli.rates", "rates", "Show exchange rates, or bring them up to date."),
    "callers": Lazy("linkedaccounts.cli.callers", "callers", "Look after the services that may call."),
    "accounts": Lazy(
        "linkedaccounts.cli.accounts", "accounts", "Take over accounts, and say whether they may be used."
    ),
    "billing": Lazy("linkedaccounts.cli.billing.group", "billing", "Charge who is due, and look at what was charged."),
    "simulate": Lazy(
        "linkedaccounts.cli.simulate.command", "simulate", "Live through months of a market, and check every charge."
    ),
    "events": Lazy("linkedaccounts.cli.events.group", "events", "Be told what happens to sellers."),
    "session-keys": Lazy(
        "linkedaccounts.cli.session_keys", "session_keys", "Look after the keys that sellers' sessions are signed with."
    ),
    "database": Lazy(
        "linkedaccounts.cli.database", "database", "Create the accounts' tables, or bring them up to date."
    ),
    "audit": Lazy("linkedaccounts.cli.audit", "audit", "Show who did what, and verify that nothing was altered."),
    "healthcheck": Lazy("linkedaccounts.cli.healthcheck", "healthcheck", "Say whether a service is healthy."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="linked-accounts", message="%(package)s %(version)s")
def main() -> None:
    """Link seller accounts and quote their fees: run the service, ask it, look after its rules, rates and accounts."""
