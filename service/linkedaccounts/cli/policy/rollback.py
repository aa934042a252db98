"""`linked-accounts policy rollback` and `policy resume`: which policy a running service answers with."""

from __future__ import annotations

import click

from linkedaccounts.cli.asking import EXIT_CODES, Service, asks_a_service
from linkedaccounts.cli.json_output import print_json
from linkedaccounts.cli.policy.status import short

PATIENCE_SECONDS = 60.0
"""How long every process of a service gets to follow, unless the caller gives it longer."""


@click.command(epilog=EXIT_CODES)
@click.argument("version", required=False)
@asks_a_service
def rollback(service: Service, as_json: bool, version: str | None) -> None:
    """Have a policy that served serve again: VERSION, or a beginning of it, or else the one before the one in use.

    It serves in every process when the command ends, and across restarts, whatever the rule files say, until
    `policy resume`. The caller's scope is `policy-admin`; to find the one before also `policy`. Nothing is rolled back
    that does not pass all checks, or that any process refuses.
    """
    with service.client() as client:
        chosen = version or client.list_policy_versions().previous_version
        if not chosen:
            raise click.UsageError(service.say("policy_no_previous"))
        answer = client.roll_back_policy(chosen, timeout=max(service.timeout, PATIENCE_SECONDS))
    if as_json:
        print_json(answer)
    else:
        click.echo(service.say("policy_rolled_back", version=short(answer.version)))


@click.command(epilog=EXIT_CODES)
@asks_a_service
def resume(service: Service, as_json: bool) -> None:
    """End a rollback: the rule files serve again, if they are sound.

    The caller's scopes are `policy-admin` and `policy`.
    """
    with service.client() as client:
        answer = client.resume_policy(timeout=max(service.timeout, PATIENCE_SECONDS))
        refused = client.get_policy().HasField("last_rejected")
    if as_json:
        print_json(answer)
    else:
        said = "policy_resumed_not" if refused else "policy_resumed"
        click.echo(service.say(said, version=short(answer.version)))
