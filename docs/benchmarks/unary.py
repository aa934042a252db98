"""Single quotes through the whole service, against the bare echo: `python docs/benchmarks/bench.py --only unary`."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from load import Loaded, answers, closed, open_at, warm
from rounds import alternating, ratio, spread_of
from section import Aim, Effort, Section, table
from sellers import DISTINCT, FEW, PROFILE, at_random, in_turn, prepared

from linkedaccounts.loadtest.calls import Prepared
from service import Running, echoed, served

H2LOAD = ("h2load", "-t", "1", "-c", "8", "-m", "8", "-H", "content-type: application/grpc", "-H", "te: trailers")
ECHO, REPEATED, DRAWN, ALL_DISTINCT, FORGETFUL = (
    "the bare echo",
    f"{FEW:,} sellers in turn: all remembered",
    f"{PROFILE:,} sellers at random: two in five remembered",
    "distinct sellers: none remembered",
    "distinct sellers, `--quotes-remembered 0`",
)
WARM_UP_SECONDS = 0.3
QUEUE = "half of the echo's calls a second is about all that the service can answer, so calls queue"
TEXT = """`QuoteFees`, one quote a call, with everything on: decisions recorded, a log line a call, metrics. The echo
(`docs/benchmarks/echo.py`) has the same grpcio, event loop and channel options, takes the same requests (of
{request:.0f} bytes, as the default profile of `loadtest` draws them) and answers as many bytes ({reply}), and does
nothing else. {rounds} rounds of {seconds:g} s.

As fast as 64 callers on 8 connections go who each wait for their answer:

{throughput}

Calls that come by themselves (Poisson), in ms from when a call should have gone out:

{latencies}

{cross_check}"""


@dataclass(frozen=True, slots=True)
class Thing:
    """A server, and what it is asked."""

    server: Running
    calls: Callable[[], Iterator[Prepared]]

    def closed(self, seconds: float) -> Loaded:
        """As fast as it goes, once it is warm."""
        closed(self.server, self.calls(), WARM_UP_SECONDS)
        return closed(self.server, self.calls(), seconds)

    def open_at(self, seconds: float, rate: float) -> Loaded:
        """At a rate, once it is warm."""
        open_at(self.server, self.calls(), WARM_UP_SECONDS, rate)
        return open_at(self.server, self.calls(), seconds, rate)


def measure(effort: Effort) -> Section:
    """Calls per second and CPU time against the echo's, and latencies at half of the load."""
    with ExitStack() as running:
        service = running.enter_context(served())
        forgetful = running.enter_context(served("--quotes-remembered", "0"))
        warm(service)
        warm(forgetful)
        asked = list(prepared(FEW))
        reply = round(sum(len(body) - 5 for body in answers(service, asked)) / len(asked))
        echo = running.enter_context(echoed(reply))
        things = {
            ECHO: Thing(echo, lambda: in_turn(FEW)),
            REPEATED: Thing(service, lambda: in_turn(FEW)),
            DRAWN: Thing(service, lambda: at_random(PROFILE)),
            ALL_DISTINCT: Thing(service, lambda: in_turn(DISTINCT)),
            FORGETFUL: Thing(forgetful, lambda: in_turn(DISTINCT)),
        }
        fast = alternating(_each(things, lambda thing: thing.closed(effort.seconds)), effort.rounds)
        rates = _rates(fast)
        slow = {rate: _at(things, names, rate, effort) for rate, names in rates.items()}
        text = TEXT.format(
            request=sum(len(call.body) - 5 for call in asked) / len(asked),
            reply=reply,
            rounds=effort.rounds,
            seconds=effort.seconds,
            throughput=_throughput(fast),
            latencies=_latencies(slow),
            cross_check=_cross_check(things, effort),
        )
    missing = [] if shutil.which("h2load") else ["`h2load`, to cross-check the load source with, is not installed"]
    return Section("Single quotes", text, _aims(fast, slow), missing)


def _each(things: Mapping[str, Thing], measured: Callable[[Thing], Loaded]) -> dict[str, Callable[[], Loaded]]:
    return {name: lambda thing=thing: measured(thing) for name, thing in things.items()}  # type: ignore[misc]


def _rates(fast: Mapping[str, list[Loaded]]) -> dict[float, list[str]]:
    """Half of what the echo does, and half of what the service does when it remembers nothing: who is asked at each."""
    per_second = {name: spread_of([each.calls_per_second for each in loads]).middle for name, loads in fast.items()}
    high, low = round(per_second[ECHO] / 2), round(min(per_second.values()) / 2)
    return {high: [ECHO, REPEATED], low: [ECHO, ALL_DISTINCT, FORGETFUL]}


def _at(things: Mapping[str, Thing], names: list[str], rate: float, effort: Effort) -> dict[str, list[Loaded]]:
    chosen = {name: things[name] for name in names}
    return alternating(_each(chosen, lambda thing: thing.open_at(effort.seconds, rate)), effort.rounds)


def _throughput(fast: Mapping[str, list[Loaded]]) -> str:
    echo = _per_second(fast[ECHO])
    rows = [
        (
            name,
            spread_of(_per_second(loads)),
            ratio(_per_second(loads), echo),
            spread_of([each.cpu_us_per_call for each in loads]),
            spread_of([each.p99_ms for each in loads]),
        )
        for name, loads in fast.items()
    ]
    return table(("", "calls a second", "of the echo's", "CPU µs a call", "p99 ms"), rows)


def _latencies(slow: Mapping[float, Mapping[str, list[Loaded]]]) -> str:
    rows = [
        (
            name,
            f"{rate:,.0f}",
            spread_of([each.p50_ms for each in loads]),
            spread_of([each.p99_ms for each in loads]),
            ratio(_p99(loads), _p99(by_name[ECHO])),
            sum(bool(each.invalid) for each in loads),
        )
        for rate, by_name in slow.items()
        for name, loads in by_name.items()
    ]
    head = ("", "calls a second", "p50 ms", "p99 ms", "p99 of the echo's", "rounds in which the client was late")
    return table(head, rows)


def _aims(fast: Mapping[str, list[Loaded]], slow: Mapping[float, Mapping[str, list[Loaded]]]) -> list[Aim]:
    echo, at_half = _per_second(fast[ECHO]), next(iter(slow.values()))
    speeds = [
        Aim(
            f"unary `QuoteFees` against the echo, calls a second: {name}",
            "at least",
            0.85,
            ratio(_per_second(fast[name]), echo).middle,
            _why(fast, name),
        )
        for name in (REPEATED, ALL_DISTINCT)
    ]
    p99 = ratio(_p99(at_half[REPEATED]), _p99(at_half[ECHO])).middle
    what = f"p99 at half of the echo's calls a second, against the echo's: {REPEATED}"
    return [*speeds, Aim(what, "at most", 1.3, p99, QUEUE)]


def _why(fast: Mapping[str, list[Loaded]], name: str) -> str:
    service, echo = (spread_of([each.cpu_us_per_call for each in fast[which]]).middle for which in (name, ECHO))
    return f"a call takes {service:.0f} µs of CPU, the echo's {echo:.0f} µs; what they go to stands below, by layer"


def _cross_check(things: Mapping[str, Thing], effort: Effort) -> str:
    if not shutil.which("h2load"):
        return ""
    body = effort.scratch / "one-request"
    body.write_bytes(prepared(FEW)[0].body)
    checked = {name: lambda name=name: _h2load(things[name].server, body, effort.seconds) for name in (ECHO, REPEATED)}
    measured = alternating(checked, effort.rounds)
    echo, service = measured[ECHO], measured[REPEATED]
    return (
        "Cross-check: `h2load` with as many callers, who all ask for one seller, and whose statuses it does not read: "
        f"the echo {spread_of(echo)} calls a second, the service {spread_of(service)}, which is "
        f"{ratio(service, echo)} of the echo's."
    )


def _h2load(server: Running, body: Path, seconds: float) -> float:
    url = f"http://{server.target}/linkedaccounts.v1.FeeQuoteService/QuoteFees"
    command = [*H2LOAD, "-d", str(body), "--warm-up-time", "1", "-D", str(max(1, round(seconds))), url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603  # h2load, on this machine
    found = re.search(r"finished in [^,]+, ([\d.]+) req/s", said)
    if found is None:
        raise RuntimeError(said)
    return float(found[1])


def _per_second(loads: list[Loaded]) -> list[float]:
    return [each.calls_per_second for each in loads]


def _p99(loads: list[Loaded]) -> list[float]:
    return [each.p99_ms for each in loads]
