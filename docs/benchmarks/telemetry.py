"""What telling about a call costs: its line, metrics, traces: `python docs/benchmarks/bench.py --only telemetry`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from load import Loaded, closed, warm
from rounds import alternating, ratio, spread_of
from section import CannotBeHad, Effort, Section, table
from sellers import FEW, in_turn

from service import SERVE, Running, free_port, running, served, takes_connections

PLAIN = "as by default: a line and a record a call, metrics counted"
READ = "metrics read each second"
TRACED = {
    0.0: "a collector is told metrics, no call is traced",
    0.01: "1 % of the calls traced",
    1.0: "all calls traced",
}
QUIET = "no line a call (`--log-level warning`)"
READ_EVERY_SECONDS, READINGS = 1.0, 20
TEXT = """Single quotes of {few} sellers, all remembered, as fast as 64 callers go; CPU is the server's. The collector
is a thread that takes all and answers 200. {rounds} rounds of {seconds:g} s.

{table}

Counting is in all rows: a duration, a status and the rules of each call. One reading of the metrics takes
{reading:.1f} ms of the server's CPU; Prometheus usually reads every 15 seconds."""


def measure(effort: Effort) -> Section:
    """CPU time per quote with each way of telling, on a server of its own each."""
    if find_spec("opentelemetry") is None:
        raise CannotBeHad("the extra `telemetry` is not installed")
    with ExitStack() as stack:
        url = stack.enter_context(_collector())
        flags = {name: ("--otlp-endpoint", url, "--trace-share", str(share)) for share, name in TRACED.items()}
        servers = {name: stack.enter_context(served(*flags.get(name, ()))) for name in (PLAIN, READ, *flags)}
        servers[QUIET] = stack.enter_context(_quiet())
        for server in servers.values():
            warm(server)
        measured = alternating(_loads(servers, effort.seconds), effort.rounds)
        reading = _cpu_of_a_reading(servers[READ])
    return Section("What telling costs", _text(measured, reading, effort))


def _loads(servers: Mapping[str, Running], seconds: float) -> dict[str, Callable[[], Loaded]]:
    def load(server: Running, read: bool) -> Loaded:
        with _reading(server) if read else ExitStack():
            return closed(server, in_turn(FEW), seconds)

    return {name: lambda name=name: load(servers[name], name == READ) for name in servers}  # type: ignore[misc]


def _text(measured: Mapping[str, list[Loaded]], reading: float, effort: Effort) -> str:
    cpu = {name: [each.cpu_us_per_call for each in loads] for name, loads in measured.items()}
    rows = [
        (name, spread_of([each.calls_per_second for each in loads]), spread_of(cpu[name]), ratio(cpu[name], cpu[PLAIN]))
        for name, loads in measured.items()
    ]
    head = ("", "calls a second", "CPU µs a call", "of the default's")
    return TEXT.format(
        few=FEW, rounds=effort.rounds, seconds=effort.seconds, table=table(head, rows), reading=reading * 1000
    )


@contextmanager
def _quiet() -> Iterator[Running]:
    """A service that does not log calls, nor that it serves."""
    port = free_port()
    with TemporaryDirectory(prefix="linked-accounts-bench-") as folder:
        command = (*SERVE, "--port", str(port), "--data-dir", folder, "--log-level", "warning")
        with running(command, port, Path(folder), lambda _log: takes_connections(port)) as server:
            yield server


@contextmanager
def _reading(server: Running) -> Iterator[None]:
    """Meanwhile somebody reads the metrics, as Prometheus does."""
    done = threading.Event()

    def read() -> None:
        while not done.wait(READ_EVERY_SECONDS):
            server.metrics()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield
    finally:
        done.set()
        reader.join()


def _cpu_of_a_reading(server: Running) -> float:
    """Seconds of the server's CPU; what it does by itself meanwhile is taken off."""
    before, began = server.cpu_seconds(), time.perf_counter()
    for _ in range(READINGS):
        server.metrics()
    between, took = server.cpu_seconds(), time.perf_counter() - began
    time.sleep(took)
    return max(0.0, 2 * between - before - server.cpu_seconds()) / READINGS


@contextmanager
def _collector() -> Iterator[str]:
    """The URL of a collector that takes everything."""

    class Taking(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
