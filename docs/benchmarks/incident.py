"""A load test with three things planted in it, to see that the report shows them for what they are.

Starts the service with two workers and one slow rule, puts a load on it, changes a rule file in the middle, and later
kills a worker. The slow rule is planted in the workers that this program starts, and nowhere else: what it decides
takes longer. `python docs/benchmarks/incident.py --out incident.json --report incident.html`
"""

from __future__ import annotations

import argparse
import gc
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop

from linkedaccounts.application.decision_record import QuoteMade
from linkedaccounts.application.fee_quote import QuoteRequest
from linkedaccounts.application.quote_fees import Grounds, QuoteFees
from linkedaccounts.cli import serve, worker
from linkedaccounts.cli.loadtest.own_service import OwnService, own_service
from linkedaccounts.cli.loadtest.report import write_report
from linkedaccounts.cli.main import main as command
from linkedaccounts.loadtest.plan import Plan
from linkedaccounts.loadtest.processes import usage_of
from linkedaccounts.loadtest.profile import default_profile, read_profile
from linkedaccounts.loadtest.result import Result, as_json
from linkedaccounts.loadtest.run import Progress, run_plan
from linkedaccounts.loadtest.stages import parse_stages
from linkedaccounts.settings import default_rules

SLOW_RULE = "first-month-in-full"
SLOWER_BY = "INCIDENT_SLOWER_BY"
"""The variable that tells the workers by how many milliseconds."""
CONNECTIONS = 16
"""So many that no worker is without one."""
SENTENCE = ("is charged in full, here", "is charged in full, and here")
"""What the change of the rules changes in `fees/charging.yaml`."""
SERVE, WORK = "serve", "work"
FLAGS = ("--workers=2", "--quotes-remembered=0", "--rules-poll-seconds=0.25")


def plant() -> None:
    """Makes quotes slow that the rule decides, in this process."""
    quoted, seconds = QuoteFees.on, float(os.environ[SLOWER_BY]) / 1000

    def slowed(self: QuoteFees, grounds: Grounds, request: QuoteRequest) -> QuoteMade:
        made = quoted(self, grounds, request)
        if any(step.said.rule.id == SLOW_RULE for line in made.quote.lines for step in line.adjustments):
            time.sleep(seconds)
        return made

    QuoteFees.on = slowed  # type: ignore[method-assign]


@dataclass(slots=True)
class Incidents:
    """Does what is planned, when its second of the measured time has come."""

    rules: Path
    pid: int
    warm_up: int
    planned: dict[int, Callable[[Incidents], object]]

    def __call__(self, progress: Progress) -> None:
        """A second has passed."""
        second = progress.elapsed - self.warm_up
        print(f"{second:>3} s  p99 {progress.last.latencies.quantile_ms(0.99):.1f} ms", flush=True)
        if incident := self.planned.pop(second, None):
            incident(self)

    def change_a_rule(self) -> None:
        """Another sentence in a rule file, which the service takes up by itself."""
        file = self.rules / "fees" / "charging.yaml"
        file.write_text(file.read_text("utf-8").replace(*SENTENCE), "utf-8")
        print("       a rule file was changed")

    def kill_a_worker(self) -> None:
        """The end of one worker, without notice."""
        pid = max(usage.pid for usage in usage_of([self.pid], 0) if usage.pid != self.pid)
        os.kill(pid, signal.SIGKILL)
        print(f"       worker {pid} was killed")


def measured(seconds: int, rate: int) -> Result:
    """The result of a load on a service to which it all happens: a third and two thirds on the way."""
    with TemporaryDirectory(prefix="linked-accounts-incident-") as scratch:
        rules = Path(shutil.copytree(default_rules(), Path(scratch) / "rules"))
        with own_service([*FLAGS, f"--rules={rules}"], (sys.executable, __file__, SERVE)) as service:
            plan = _plan(service, f"{seconds}s:{rate}")
            planned: dict[int, Callable[[Incidents], object]] = {
                seconds // 3: Incidents.change_a_rule,
                2 * seconds // 3: Incidents.kill_a_worker,
            }
            gc.freeze()  # as `loadtest run` does
            return uvloop.run(run_plan(plan, Incidents(rules, service.pid, plan.warm_up, planned)))


def _plan(service: OwnService, stages: str) -> Plan:
    host, _, port = service.target.rpartition(":")
    profile = read_profile(default_profile())
    return Plan(
        host=host,
        port=int(port),
        profile=profile,
        profile_name="default",
        arrivals="poisson",
        stages=parse_stages(stages),
        stages_text=stages,
        warm_up=1,
        connections=CONNECTIONS,
        checked_share=1.0,
        pids=(service.pid,),
    )


def main() -> None:
    """Reads the arguments, runs, and writes what came of it."""
    if sys.argv[1:2] == [SERVE]:
        serve.WORKER = (sys.executable, __file__, WORK)
        command()
    elif sys.argv[1:2] == [WORK]:
        plant()
        worker.work([])
    arguments = argparse.ArgumentParser(description="A load test with a slow rule, a reload and a killed worker.")
    arguments.add_argument("--seconds", type=int, default=30, help="how long to measure")
    arguments.add_argument("--rate", type=int, default=60, help="calls a second")
    arguments.add_argument("--slower-by", type=int, default=20, help="milliseconds that the slow rule takes longer")
    arguments.add_argument("--out", type=Path, default=Path("incident.json"), help="where to write the result")
    arguments.add_argument("--report", type=Path, default=Path("incident.html"), help="where to write the report")
    given = arguments.parse_args()
    os.environ[SLOWER_BY] = str(given.slower_by)
    result = measured(given.seconds, given.rate)
    given.out.write_text(as_json(result), "utf-8")
    write_report([result], given.report)
    print(f"the result is in {given.out}, the report in {given.report}")


if __name__ == "__main__":
    main()
