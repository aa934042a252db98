"""`linked-accounts policy status`: which policy a running service answers with, and why not with the newest rules."""

from __future__ import annotations

from datetime import UTC

import click
from google.protobuf.timestamp_pb2 import Timestamp
from rich.table import Table
from rich.text import Text

from linkedaccounts.cli.asking import EXIT_CODES, Service, asks_a_service
from linkedaccounts.cli.json_output import print_json_of
from linkedaccounts.cli.tables import console, plain_table
from linkedaccounts.cli.texts import Speaker
from linkedaccounts.endpoints.enum_names import enum_names
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.problems import Problem, Severity
from linkedaccounts.v1.policy_service_pb2 import (
    GetPolicyResponse,
    ListPolicyVersionsResponse,
    PolicyCause,
    PolicyProblem,
    ProblemSeverity,
    ServedPolicy,
)

SHORT = 12
"""So many characters of a version tell it from all others, for a person; `policy rollback` takes them too."""
SHOWN = 10
"""So many policies that served are shown; --json has all."""

_SEVERITIES = enum_names(ProblemSeverity.DESCRIPTOR)


@click.command(epilog=EXIT_CODES)
@asks_a_service
def status(service: Service, as_json: bool) -> None:
    """Show which policy a running service answers with, why the rule files do not serve if so, and what served.

    The caller's scope is `policy`. Moments are in UTC. With --json one object: `policy`, the answer of GetPolicy, and
    `versions`, that of ListPolicyVersions.
    """
    with service.client() as client:
        policy, versions = client.get_policy(), client.list_policy_versions()
    if as_json:
        print_json_of(policy=policy, versions=versions)
        return
    out, say = console(), service.say
    for paragraph in _paragraphs(policy, say):
        out.print(Text(paragraph), soft_wrap=True)
    out.print()
    out.print(_table(versions, say))


def short(version: str) -> str:
    """A version as people read it."""
    return version[:SHORT]


def problem_of(stated: PolicyProblem) -> Problem:
    """A problem as the rule files' own checks state it."""
    place = Place(stated.file, stated.line, stated.column)
    known = _SEVERITIES.get(stated.severity)  # none of an older service, and of a newer one perhaps another
    severity = Severity(known) if known else Severity.ERROR
    return Problem(
        place, stated.code, stated.message, stated.hint, severity=severity, counterexample=stated.counterexample
    )


def _paragraphs(policy: GetPolicyResponse, say: Speaker) -> list[str]:
    rules = sum(file.rule_count for file in policy.files)
    version, since = short(policy.version), _moment(policy.loaded_at)
    lines = [say("policy_in_use", version=version, at=since, files=len(policy.files), rules=rules)]
    if policy.HasField("pinned"):
        lines.append(say("policy_pinned", caller=policy.pinned.caller, at=_moment(policy.pinned.pinned_at)))
    if policy.waiting_version:
        lines.append(say("policy_waiting", version=short(policy.waiting_version)))
    if policy.shadow_version:
        lines.append(say("policy_shadow", version=short(policy.shadow_version)))
    if policy.HasField("last_rejected"):
        rejected = policy.last_rejected
        lines.append(say("policy_rejected", at=_moment(rejected.rejected_at), count=len(rejected.problems)))
        lines.extend(f"\n{problem_of(problem)}" for problem in rejected.problems)
    return lines


def _table(versions: ListPolicyVersionsResponse, say: Speaker) -> Table:
    table = plain_table()
    for name in ("policy_version", "policy_began", "policy_ended", "policy_cause"):
        table.add_column(say(name))
    for one in versions.served[:SHOWN]:
        ended = _moment(one.ended_at) if one.HasField("ended_at") else ""
        table.add_row(short(one.version), _moment(one.began_at), ended, _cause(one, say))
    return table


def _cause(one: ServedPolicy, say: Speaker) -> str:
    cause = say(PolicyCause.Name(one.cause), caller=one.caller)
    return cause if one.kept else say("policy_not_kept", cause=cause)


def _moment(stamp: Timestamp) -> str:
    return stamp.ToDatetime(UTC).strftime("%Y-%m-%d %H:%M:%S")
