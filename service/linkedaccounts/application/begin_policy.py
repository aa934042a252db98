"""Which policy a service begins with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from linkedaccounts.application.keep_policy import PolicyKeeper, Standing
from linkedaccounts.application.policies_port import Policies, VersionNotKept
from linkedaccounts.application.watch_rules import WHOLE, problems_of
from linkedaccounts.policy.problems import PolicyRejected, Problem


def begin_policy(policies: Policies, now: Callable[[], datetime], *, worker: bool) -> PolicyKeeper:
    """A keeper with what a rollback wants, for a restart must not undo it, or else with the rules directory.

    A ``worker`` has its supervisor see to rollbacks. PolicyRejected says what cannot serve.
    """
    pin = None if worker else policies.pin()
    if pin is None:
        return PolicyKeeper(policies.load_rules(), now)
    try:
        return PolicyKeeper(policies.load_version(pin.version), now, Standing(pin=pin))
    except (PolicyRejected, VersionNotKept) as error:
        message = f"`policy rollback` pinned version {pin.version}, which cannot serve"
        hint = "delete `policies/pinned.json` in the data directory to follow the rules directory again"
        raise PolicyRejected([*problems_of(error), Problem(WHOLE, "pinned-version", message, hint)]) from None
