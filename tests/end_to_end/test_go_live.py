"""How a change of the rules goes live in a service that runs, and how it is taken back."""

from __future__ import annotations

import json
import math
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from linkedaccounts.application.callers import Scope
from linkedaccounts.client import Account, Client, NotPermitted, to_decimal
from linkedaccounts.security.callers_tokens import fresh_token
from tests.durability.changes import RulesUnderChange
from tests.end_to_end.answering import Answering, answering, children, until_all_serve
from tests.end_to_end.running import command, serving

SELLER = [Account(store, "2018-01-15") for store in ("US", "EU", "JP")]
OPERATOR, LOOKER = (
    fresh_token(name, scopes)
    for name, scopes in (
        ("ops", [Scope.QUOTES, Scope.POLICY, Scope.POLICY_ADMIN]),
        ("dashboard", [Scope.POLICY]),
    )
)


@pytest.fixture
def rules(tmp_path: Path) -> RulesUnderChange:
    return RulesUnderChange(tmp_path)


def charges(workers: Answering) -> set[int]:
    """What each worker says that the seller pays, in whole dollars, rounded up: the cap."""
    quotes = [client.quote_fees(SELLER, day="2019-09-30") for client in workers.clients]
    return {math.ceil(to_decimal(quote.total.charge)) for quote in quotes}


def test_a_change_is_served_by_all_workers_or_by_none_and_all_say_why_not(
    rules: RulesUnderChange, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    flags = ("--rules", str(rules.path), "--workers", "2", "--rules-poll-seconds", "0.05")
    with serving(tmp_path / "data", *flags, log=log) as target:
        supervisor, *before = until_all_serve(log, str(rules.path), 2)
        with answering(target) as workers:
            saved = rules.change(4500, swap=False)
            workers.until(lambda policy: policy.version == saved)
            assert charges(workers) == {45}
            rules.spoil("unknown-field", swap=True)
            workers.until(lambda policy: policy.HasField("last_rejected"))
            problems = {problem.message for policy in workers.policies() for problem in policy.last_rejected.problems}
            assert (workers.version, charges(workers)) == (saved, {45})
            assert any("seller.store_cuont" in problem for problem in problems)
        for pid in before:  # in the middle of the switch, or before it, or after
            swapped = rules.change(4600 if pid == before[0] else 4700, swap=True)
            os.kill(pid, signal.SIGKILL)
        until_all_serve(log, str(rules.path), 4)
        with answering(target) as workers:
            workers.until(lambda policy: policy.version == swapped)
            assert charges(workers) == {47}
        assert not set(before) & set(children(supervisor))


def test_an_operator_goes_back_and_a_restart_does_not_bring_the_bad_rules_in(
    rules: RulesUnderChange, tmp_path: Path
) -> None:
    callers = tmp_path / "callers.toml"
    callers.write_text(f"{OPERATOR.entry}\n{LOOKER.entry}\n", "utf-8")
    flags = ("--rules", str(rules.path), "--callers", str(callers), "--rules-poll-seconds", "0.05")
    (first,) = rules.versions
    with (
        serving(tmp_path / "data", *flags, log=tmp_path / "log") as target,
        answering(target, OPERATOR.token) as workers,
    ):
        second = rules.change(4500, swap=True)
        workers.until(lambda policy: policy.version == second)
        with Client(target, token=LOOKER.token) as looker:
            assert looker.list_policy_versions().previous_version == first
            with pytest.raises(NotPermitted, match="policy-admin"):
                looker.roll_back_policy(first)
        assert f"Policy {first[:12]} serves in every process" in operate("rollback", target)
        assert (workers.version, charges(workers)) == (first, {40})
    with (
        serving(tmp_path / "data", *flags, log=tmp_path / "log") as target,
        answering(target, OPERATOR.token) as workers,
    ):
        assert workers.version == first
        workers.until(lambda policy: policy.waiting_version == second)
        assert "ROLLED BACK by ops" in operate("status", target)
        third = rules.change(4600, swap=False)
        workers.until(lambda policy: policy.waiting_version == third)
        assert charges(workers) == {40}
        assert f"The rule files serve again: policy {third[:12]}" in operate("resume", target)
        assert (workers.version, charges(workers)) == (third, {46})
        assert [one.cause for one in workers.clients[0].list_policy_versions().served] == [2, 3, 2, 1]
        operate("rollback", target, second[:12])
        assert json.loads(operate("status", target, "--json"))["policy"]["version"] == second


def operate(name: str, target: str, *arguments: str) -> str:
    done = command("policy", name, "--target", target, "--token", OPERATOR.token, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_shadow_answers_nobody_and_what_it_would_have_said_is_on_record(
    rules: RulesUnderChange, tmp_path: Path
) -> None:
    live, data = rules.path.resolve(), tmp_path / "data"
    rules.change(4500, swap=True)
    flags = ("--rules", str(live), "--shadow", str(rules.path))
    with serving(data, *flags, log=tmp_path / "log") as target, Client(target) as client:
        quote = client.quote_fees(SELLER, day="2019-09-30")
        assert 39 < to_decimal(quote.total.charge) <= 40
        assert client.get_policy().shadow_version in rules.versions
        while not (lines := shadow_lines(data)):
            time.sleep(0.02)
    assert lines[0]["policy_version"] == quote.policy_version
    assert rules.versions[lines[0]["shadow"]["policy_version"]] == 4500


def shadow_lines(data: Path) -> list[Any]:
    texts = [path.read_text("utf-8") for path in (data / "shadow").glob("*")]
    return [json.loads(line) for text in texts for line in text.splitlines()]
