"""`linked-accounts serve` as the operating system sees it: real processes, signals, ports and exit codes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest

from linkedaccounts.application.callers import Scope
from linkedaccounts.endpoints.health_question import health
from linkedaccounts.security.callers_tokens import fresh_token
from linkedaccounts.v1 import fee_quote_service_pb2 as contract
from linkedaccounts.v1.fee_quote_service_pb2_grpc import FeeQuoteServiceStub

RULES = Path(__file__).parents[2] / "rules"
COMMAND = (sys.executable, "-c", "from linkedaccounts.cli.main import main; main()", "serve")
SECONDS = 30
REQUEST = contract.QuoteFeesRequest(
    day="2019-09-30", stores=[contract.StoreAccount(store="US", registered_on="2018-01-15")]
)


@dataclass
class Serving:
    """A service that runs in a process of its own, and what it logs."""

    process: subprocess.Popen[str]
    target: str = ""

    def logged(self, event: str) -> dict[str, Any]:
        """The next line of this kind; lines before it are passed over."""
        assert self.process.stderr
        for text in self.process.stderr:
            line: dict[str, Any] = json.loads(text)
            if line["event"] == event:
                return line
        pytest.fail(f"the process ended before it logged {event}")

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(SECONDS)

    def quote(self, token: str = "") -> Any:
        """A quote over a connection of its own."""
        options = [("grpc.use_local_subchannel_pool", 1)]
        metadata = [("authorization", f"Bearer {token}")] if token else None
        with grpc.insecure_channel(self.target, options=options) as channel:
            stub: Any = FeeQuoteServiceStub(channel)
            return stub.QuoteFees(REQUEST, timeout=SECONDS, wait_for_ready=True, metadata=metadata)


def started(tmp_path: Path, *flags: str) -> subprocess.Popen[str]:
    common = ("--port", "0", "--data-dir", str(tmp_path / "data"), "--drain-notice-seconds", "0")
    return subprocess.Popen([*COMMAND, *common, *flags], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@contextmanager
def serving(tmp_path: Path, *flags: str, event: str = "serving") -> Iterator[Serving]:
    with started(tmp_path, *flags) as process:
        service = Serving(process)
        try:
            service.target = service.logged(event)["address"]
            yield service
        finally:
            process.kill()


def failed(tmp_path: Path, *flags: str) -> tuple[int, str]:
    """The exit code of a service that cannot start, and what it says."""
    with started(tmp_path, *flags) as process:
        _, said = process.communicate(timeout=SECONDS)
    return process.returncode, said


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RULES, tmp_path / "rules"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_a_signal_and_ends_well(tmp_path: Path, number: int) -> None:
    with serving(tmp_path) as service:
        assert service.quote().quote.lines[0].store == "US"
        assert service.logged("call")["status"] == "OK"
        assert health(service.target, "", SECONDS) == "SERVING"
        assert service.end(number) == 0


def test_sighup_takes_new_rules_over_and_refuses_bad_ones(tmp_path: Path, rules: Path) -> None:
    notes = rules / "fees" / "notes.yaml"
    with serving(tmp_path, "--rules", str(rules)) as service:
        notes.write_text(
            notes.read_text("utf-8").replace("promotions may not be", "promotions may not be fully"), "utf-8"
        )
        service.process.send_signal(signal.SIGHUP)
        taken = service.logged("policy_reloaded")["policy_version"]
        assert service.quote().quote.policy_version == taken
        notes.write_text("no: [rule", "utf-8")
        service.process.send_signal(signal.SIGHUP)
        refused = service.logged("policy_rejected")
        assert service.quote().quote.policy_version == taken == refused["policy_version"]
        assert any(problem.startswith("fees/notes.yaml:") for problem in refused["problems"])
        assert service.end() == 0


def test_bad_rules_stop_the_start_with_every_problem_and_exit_code_2(tmp_path: Path, rules: Path) -> None:
    (rules / "fees" / "notes.yaml").write_text("no: [rule", "utf-8")
    (rules / "fees" / "plans.yaml").write_text("nothing: 1", "utf-8")

    code, said = failed(tmp_path, "--rules", str(rules))

    assert code == 2
    assert "fees/notes.yaml:" in said
    assert "fees/plans.yaml:" in said
    assert "Traceback" not in said


def test_bad_settings_stop_the_start_with_every_problem_and_exit_code_2(tmp_path: Path) -> None:
    code, said = failed(tmp_path, "--workers", "none", "--max-batch-size", "0")

    assert code == 2
    assert "--workers" in said
    assert "--max-batch-size" in said


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_port_that_is_taken_stops_the_start_with_one_line_and_exit_code_1(tmp_path: Path, workers: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = failed(tmp_path, "--port", str(port), "--workers", workers)

    assert (code, said) == (1, f"Error: cannot listen on 127.0.0.1:{port}: Address already in use\n")


def test_a_port_for_metrics_that_is_taken_stops_the_start(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = failed(tmp_path, "--metrics-port", str(port))

    assert (code, said) == (1, f"Error: cannot serve metrics on 127.0.0.1:{port}: Address already in use\n")


def test_workers_share_a_port_and_one_that_is_killed_is_replaced(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2", event="supervising") as service:
        first, second = worker_ids(service.process.pid)
        os.kill(first, signal.SIGKILL)
        assert service.quote().quote.lines[0].store == "US"
        assert service.logged("worker_ended")["exit_code"] == -signal.SIGKILL
        service.logged("serving")
        assert second in worker_ids(service.process.pid)
        assert service.quote().quote.lines[0].store == "US"
        assert service.end() == 0
        assert [pid for pid in (first, second) if alive(pid)] == []


def test_workers_drain_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    with serving(tmp_path, "--workers", "2", event="supervising") as service:
        workers = worker_ids(service.process.pid)
        service.process.kill()
        assert service.process.stderr
        rest = service.process.stderr.read()

    assert rest.count('"event":"stopped"') == len(workers)


def test_workers_that_cannot_serve_end_the_supervisor_with_their_exit_code(tmp_path: Path, rules: Path) -> None:
    text = tmp_path / "text.pem"
    text.write_text("not a certificate", "utf-8")

    code, said = failed(tmp_path, "--workers", "2", "--tls-certificate", str(text), "--tls-key", str(text))

    assert code == 1
    assert f"Error: cannot use the certificate {text}" in said
    assert "Error: no worker can serve; one ended with exit code 1" in said
    assert "Traceback" not in said


def test_without_callers_it_says_that_it_is_in_development_mode(tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        line = service.logged("development_mode")
        assert (line["level"], line["address"]) == ("warning", service.target)
        service.quote()
        assert service.logged("call")["caller"] == "development"


@pytest.mark.parametrize("workers", ["1", "2"])
def test_development_mode_does_not_listen_for_other_machines(tmp_path: Path, workers: str) -> None:
    code, said = failed(tmp_path, "--host", "0.0.0.0", "--workers", workers)

    assert code == 2
    assert "(development mode)" in said
    assert "`0.0.0.0` is further than that; name who may call with --callers FILE" in said
    assert "Traceback" not in said


def test_callers_with_problems_stop_the_start_with_every_problem_and_exit_code_2(tmp_path: Path) -> None:
    path = tmp_path / "callers.toml"
    path.write_text("[callers.checkout]\nscope = 1\n", "utf-8")

    code, said = failed(tmp_path, "--callers", str(path))

    assert code == 2
    assert "callers.toml: callers.checkout: there is no key `scope`; did you mean `scopes`?" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("workers", [1, 2])
def test_sighup_takes_new_callers_over_and_refuses_bad_ones(tmp_path: Path, workers: int) -> None:
    path = tmp_path / "callers.toml"
    old, new = (fresh_token("checkout", [Scope.QUOTES]) for _ in range(2))
    path.write_text(old.entry, "utf-8")
    with serving(tmp_path, "--callers", str(path), "--workers", str(workers)) as service:
        for _ in range(workers - 1):
            service.logged("serving")
        assert service.quote(old.token).quote.lines[0].store == "US"
        reload_all(service, path, "no: [toml", "callers_rejected")
        assert service.quote(old.token).quote.lines[0].store == "US"
        reload_all(service, path, new.entry, "callers_reloaded")
        assert service.quote(new.token).quote.lines[0].store == "US"
        with pytest.raises(grpc.RpcError, match="does not know who calls"):
            service.quote(old.token)
        assert service.end() == 0


def reload_all(service: Serving, path: Path, content: str, event: str) -> None:
    """Has every process that answers read the callers again, and waits for each to say what became of them."""
    path.write_text(content, "utf-8")
    for process_id in worker_ids(service.process.pid) or [service.process.pid]:
        os.kill(process_id, signal.SIGHUP)
        service.logged(event)


def worker_ids(supervisor: int) -> list[int]:
    """The processes that the supervisor started."""
    children = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text("ascii")
    return [int(pid) for pid in children.split()]


def alive(process_id: int) -> bool:
    return Path(f"/proc/{process_id}").exists()
