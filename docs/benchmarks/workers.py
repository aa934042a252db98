"""A call of two workers against one of one: `python docs/benchmarks/bench.py --only workers`."""

from __future__ import annotations

from collections.abc import Mapping

from load import Loaded, closed, warm
from rounds import alternating, ratio, spread_of
from section import Aim, Effort, Section, table
from sellers import DISTINCT, FEW, in_turn

from service import Running, served

WARM_UP_SECONDS = 0.5
CALLERS, CONNECTIONS = 64, 32
TEXT = """Single quotes, as fast as {callers} callers on {connections} connections go; the kernel spreads connections
over workers. The CPU time of two workers is that of the process above them, too. {rounds} rounds of {seconds:g} s.

{table}"""
WHY = "three busy processes, as the client is one too, on the cores that there are"


def measure(effort: Effort) -> Section:
    """CPU time per call with 1 worker and with 2."""
    with served() as one, served(workers=2) as two:
        warm(one)
        warm(two)
        loads = {
            "remembered": _loads({"1 worker": one, "2 workers": two}, FEW, effort),
            "distinct": _loads({"1 worker": one, "2 workers": two}, DISTINCT, effort),
        }
    rows = [
        (
            f"{name}, {which} sellers",
            spread_of([each.calls_per_second for each in measured]),
            spread_of(_cpu(measured)),
            ratio(_cpu(measured), _cpu(by_name["1 worker"])),
        )
        for which, by_name in loads.items()
        for name, measured in by_name.items()
    ]
    head = ("", "calls a second", "CPU µs a call", "of 1 worker's")
    text = TEXT.format(
        callers=CALLERS,
        connections=CONNECTIONS,
        rounds=effort.rounds,
        seconds=effort.seconds,
        table=table(head, rows),
    )
    aims = [
        Aim(
            f"CPU time a call with 2 workers against 1: {which} sellers",
            "at most",
            1.15,
            ratio(_cpu(by_name["2 workers"]), _cpu(by_name["1 worker"])).middle,
            WHY,
        )
        for which, by_name in loads.items()
    ]
    return Section("One worker and two", text, aims)


def _loads(servers: Mapping[str, Running], count: int, effort: Effort) -> dict[str, list[Loaded]]:
    def load(server: Running) -> Loaded:
        closed(server, in_turn(count), WARM_UP_SECONDS, CALLERS, CONNECTIONS)
        return closed(server, in_turn(count), effort.seconds, CALLERS, CONNECTIONS)

    return alternating({name: lambda server=server: load(server) for name, server in servers.items()}, effort.rounds)  # type: ignore[misc]


def _cpu(loads: list[Loaded]) -> list[float]:
    return [each.cpu_us_per_call for each in loads]
