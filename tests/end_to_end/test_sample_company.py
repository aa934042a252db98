"""What `make run` shows of linking: one success, and one refusal for each reason of the rules."""

from __future__ import annotations

import subprocess
from pathlib import Path

from linkedaccounts.domain.effects import Refused
from linkedaccounts.policy.load import load_policy
from tests.end_to_end.running import COMMAND, ROOT, environment


def test_a_newcomer_sees_a_link_and_a_refusal_for_each_reason(tmp_path: Path) -> None:
    arguments = [*COMMAND, "serve", "--welcome", "--port", "0", "--data-dir", str(tmp_path)]
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    ) as process:
        assert process.stdout is not None
        shown = ""
        for line in process.stdout:
            shown += line
            if "It stops with Ctrl-C" in line:
                break
        process.terminate()
        assert process.wait(timeout=30) == 0

    policy = load_policy(ROOT / "rules")
    decisions = [policy.decisions[name] for name in ("link", "unlink")]
    rules = [rule for decision in decisions for rule in (*decision.rules, decision.otherwise) if rule]
    reasons = {rule.reason for rule in rules if isinstance(rule.effect, Refused)}
    assert {reason for reason in reasons if reason not in shown} == set()
    assert "LINKED: " not in shown
    assert "administrator: LINKED" in shown
    assert "39.9693" in shown
    assert "Linking is permanent" in shown
