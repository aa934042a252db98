"""Single quotes over `--transport native` against gRPC's own server.

`python docs/benchmarks/bench.py --only native`
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from importlib.util import find_spec

from load import Loaded, closed, warm
from rounds import alternating, ratio, spread_of
from section import CannotBeHad, Effort, Section, table
from sellers import DISTINCT, FEW, in_turn

from service import served

GRPC, NATIVE = "grpc", "native"
WARM_UP_SECONDS = 0.5
ASKED = {
    f"{FEW:,} sellers in turn: all remembered": ((), FEW),
    "distinct sellers, `--quotes-remembered 0`": (("--quotes-remembered", "0"), DISTINCT),
}
TEXT = """The same service (decisions recorded, a log line a call, metrics) over both transports, asked for one quote a
call in plain text by 64 callers on 8 connections who each wait for their answer. {rounds} rounds of {seconds:g} s, in
alternating order:

{figures}

What the native transport lacks, and why it is not the default, stands in [native.md](native.md)."""


def measure(effort: Effort) -> Section:
    """Calls per second and per CPU second over both transports, answers remembered and not."""
    if find_spec("pygrpc_native") is None:
        raise CannotBeHad("`pygrpc-native` is not installed")
    rows = [row for what, (flags, count) in ASKED.items() for row in _rows(what, _loads(flags, count, effort))]
    head = (
        "",
        "transport",
        "calls a second",
        "of grpc's",
        "CPU µs a call",
        "calls per CPU second, of grpc's",
        "p99 ms",
    )
    text = TEXT.format(rounds=effort.rounds, seconds=effort.seconds, figures=table(head, rows))
    return Section("The native transport", text)


def _loads(flags: tuple[str, ...], count: int, effort: Effort) -> dict[str, list[Loaded]]:
    with ExitStack() as running:
        servers = {name: running.enter_context(served("--transport", name, *flags)) for name in (GRPC, NATIVE)}
        for server in servers.values():
            warm(server)

        def load(name: str) -> Loaded:
            closed(servers[name], in_turn(count), WARM_UP_SECONDS)
            return closed(servers[name], in_turn(count), effort.seconds)

        return alternating({name: lambda name=name: load(name) for name in servers}, effort.rounds)  # type: ignore[misc]


def _rows(what: str, loads: Mapping[str, list[Loaded]]) -> list[tuple[object, ...]]:
    fast = {name: [each.calls_per_second for each in some] for name, some in loads.items()}
    cheap = {name: [each.calls / each.cpu_seconds for each in some] for name, some in loads.items()}
    return [
        (
            what,
            name,
            spread_of(fast[name]),
            ratio(fast[name], fast[GRPC]),
            spread_of([each.cpu_us_per_call for each in some]),
            ratio(cheap[name], cheap[GRPC]),
            spread_of([each.p99_ms for each in some]),
        )
        for name, some in loads.items()
    ]
