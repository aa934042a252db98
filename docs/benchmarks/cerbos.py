"""The service beside a Cerbos server, under the same load: `python docs/benchmarks/bench.py --only cerbos`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from statistics import fmean

from cerbos_server import MOST_RESOURCES, Checks, Store, cerbos, checks_of
from cores import have_two_cores, on_core
from load import Loaded, answers, closed, warm
from peers import cerbos_binary, version_of
from rounds import alternating, ratio, spread_of
from section import Aim, Effort, Section, table
from sellers import DISTINCT, FEW, in_turn, prepared, sellers

from linkedaccounts.loadtest.answers import results_of
from linkedaccounts.loadtest.calls import Call, Prepared, Shape
from linkedaccounts.settings import Settings
from service import Running, served

CERBOS, AUDITED = "Cerbos", "Cerbos, audit on"
REPEATED, NEW, FORGETFUL = "remembered", "distinct sellers", "distinct sellers, `--quotes-remembered 0`"
NATIVE = "`--transport native`, "
SINGLE_CALLERS, BATCH_CALLERS, CONNECTIONS = 64, 16, 8
WARM_UP_SECONDS = 0.5
PLAN_SHARE = "plan-share"
TEXT = """Cerbos {version} (the binary of its npm package), asked by gRPC with `CheckResources`, and this service,
asked with `QuoteFees` and `BatchQuoteFees`, by the same load source. {cores} Every caller waits for its answer:
{single} callers for single calls, {batch} for batches of {size}, on {connections} connections. {rounds} rounds of
{seconds:g} s. A CPU second is one of all processes of the server.

Cerbos has the rules of `charging` as one policy (`docs/benchmarks/cerbos`): may this store share in the plan? A check
is one store, with no more attributes than the rules look at. Beforehand, both gave the same answers for {checked:,}
stores. A quote does more: it has {stores:.2f} stores on average, asks four decisions ({decisions:.1f} times in all, as
grouping, charging and reductions are asked of every store, and notes once), derives their facts from days, and prices
the answer in exact fractions with the day's exchange rates. As decisions of a quote count here only those that Cerbos
makes too, one for each store.

Cerbos has its telemetry off and writes no line for a call; with audit on, it writes accesses and decisions to a file.
This service always does: it records every decision, logs every call, and has its metrics on.

Single calls:

{unary}

Batches of {size}: of as many stores, and of as many quotes.

{batches}"""


@dataclass(frozen=True, slots=True)
class Thing:
    """A server, what it is asked, and how many decisions there are in each thing asked for."""

    server: Running
    calls: Callable[[], Iterator[Prepared]]
    callers: int
    decisions: float = 1.0

    def load(self, seconds: float) -> Loaded:
        """As fast as it goes, once it is warm; RuntimeError if a call ends badly."""
        with on_core(0):
            closed(self.server, self.calls(), WARM_UP_SECONDS, self.callers, CONNECTIONS)
            loaded = closed(self.server, self.calls(), seconds, self.callers, CONNECTIONS)
        if loaded.unexpected:
            raise RuntimeError(f"{loaded.unexpected} of {loaded.calls} calls failed")
        return loaded


def measure(effort: Effort) -> Section:
    """Calls and decisions per second and CPU second, of Cerbos and of this service."""
    binary = cerbos_binary(effort.scratch)
    with ExitStack() as running, on_core(-1):
        servers = {name: running.enter_context(cerbos(binary, audit=name is AUDITED)) for name in (CERBOS, AUDITED)}
        ours = {name: running.enter_context(served(*flags)) for name, flags in _flags().items()}
        for server in ours.values():
            warm(server)
        stores = _stores(ours[""])
        checks = checks_of(servers[CERBOS])
        _same_answers(servers[CERBOS], checks, stores)
        unary = _measured(_things(servers, ours, checks.calls(stores, 1), Shape.UNARY), effort)
        batches = _measured(_things(servers, ours, checks.calls(stores, MOST_RESOURCES), Shape.BATCH), effort)
    return Section("Beside Cerbos", _text(effort, len(stores), unary, batches), [*_aims(unary, batches)])


def _flags() -> dict[str, Sequence[str]]:
    """What our servers are started with, by what their names begin with."""
    flags: dict[str, Sequence[str]] = {"": (), FORGETFUL: ("--quotes-remembered", "0")}
    if "transport" in Settings.model_fields:
        flags |= {NATIVE: ("--transport", "native")}
    return flags


def _stores(server: Running) -> list[Store]:
    """All stores of some sellers, with what the service says of them."""
    found = []
    for call in prepared(FEW, Shape.BATCH, MOST_RESOURCES):
        asked = Call(call, 0.0, checked=True)
        asked.answer = answers(server, [call])
        for question, result in zip(call.questions, results_of(asked), strict=True):
            seller = question.request
            for line in result.quote.lines:
                share = line.adjustments[0].rule.id == PLAN_SHARE
                found.append(Store(seller.linked, len(seller.stores), line.first_month, share))
    return found


def _same_answers(server: Running, checks: Checks, stores: Sequence[Store]) -> None:
    """Stops where Cerbos says something else; or if there is nothing to be seen."""
    said = [
        allowed
        for call in checks.calls(stores, MOST_RESOURCES)
        for allowed in checks.allowed(answers(server, [call])[0])
    ]
    if said != [store.shares_plan for store in stores]:
        raise RuntimeError("Cerbos answers differently")
    if len(set(said)) < 2:
        raise RuntimeError("all answers are the same")


def _things(
    servers: Mapping[str, Running], ours: Mapping[str, Running], checks: Sequence[Prepared], shape: Shape
) -> dict[str, Thing]:
    size, callers = (1, SINGLE_CALLERS) if shape is Shape.UNARY else (MOST_RESOURCES, BATCH_CALLERS)

    def quotes(server: str, count: int) -> Thing:
        return Thing(ours[server], partial(in_turn, count, shape, size), callers, _mean_stores(count))

    things = {name: Thing(server, lambda: cycle(checks), callers) for name, server in servers.items()}
    things |= {REPEATED: quotes("", FEW), NEW: quotes("", DISTINCT), FORGETFUL: quotes(FORGETFUL, DISTINCT)}
    if NATIVE in ours:
        things |= {NATIVE + REPEATED: quotes(NATIVE, FEW), NATIVE + NEW: quotes(NATIVE, DISTINCT)}
    return things


def _mean_stores(count: int) -> float:
    return fmean(len(question.request.stores) for question in sellers(count))


@dataclass(frozen=True, slots=True)
class Measured:
    """All rounds of a thing; per CPU second of its server."""

    thing: Thing
    loads: list[Loaded]

    @property
    def calls(self) -> list[float]:
        """Calls per CPU second."""
        return [load.calls / load.cpu_seconds for load in self.loads]

    @property
    def decisions(self) -> list[float]:
        """Decisions per CPU second."""
        return [load.quotes_per_cpu_second * self.thing.decisions for load in self.loads]


def _measured(things: Mapping[str, Thing], effort: Effort) -> dict[str, Measured]:
    loads = alternating({name: partial(thing.load, effort.seconds) for name, thing in things.items()}, effort.rounds)
    return {name: Measured(thing, loads[name]) for name, thing in things.items()}


def _text(effort: Effort, checked: int, unary: Mapping[str, Measured], batches: Mapping[str, Measured]) -> str:
    stores = _mean_stores(DISTINCT)
    own = "Servers have one core (Cerbos with `GOMAXPROCS=1`), and the load source has the other."
    return TEXT.format(
        version=version_of("@cerbos/cerbos-linux-x64"),
        cores=own if have_two_cores() else "All share one core.",
        single=SINGLE_CALLERS,
        batch=BATCH_CALLERS,
        size=MOST_RESOURCES,
        connections=CONNECTIONS,
        rounds=effort.rounds,
        seconds=effort.seconds,
        checked=checked,
        stores=stores,
        decisions=3 * stores + 1,
        unary=_table(unary),
        batches=_table(batches),
    )


def _table(measured: Mapping[str, Measured]) -> str:
    first = measured[CERBOS]
    rows = [
        (
            name if name in {CERBOS, AUDITED} else f"quotes, {name}",
            spread_of([load.calls_per_second for load in each.loads]),
            spread_of(each.calls),
            ratio(each.calls, first.calls),
            spread_of(each.decisions),
            ratio(each.decisions, first.decisions),
            spread_of([load.p99_ms for load in each.loads]),
        )
        for name, each in measured.items()
    ]
    per = "a CPU second"
    return table(
        ("", "calls a second", f"calls {per}", "of Cerbos's", f"decisions {per}", "of Cerbos's", "p99 ms"), rows
    )


def _aims(unary: Mapping[str, Measured], batches: Mapping[str, Measured]) -> Iterator[Aim]:
    yield from _by_calls("unary `QuoteFees` against Cerbos's single check", 1.0, unary, (REPEATED, NEW))
    native = [name for name in unary if name.startswith(NATIVE)]
    yield from _by_calls("unary `QuoteFees` against Cerbos's single check", 2.0, unary, native)
    for name in (REPEATED, NEW):
        what = f"decisions per CPU second in batches of {MOST_RESOURCES}, against Cerbos's: {name}"
        yield Aim(what, "at least", 4.0, ratio(batches[name].decisions, batches[CERBOS].decisions).middle, IN_THE_WAY)


def _by_calls(what: str, wanted: float, unary: Mapping[str, Measured], names: Sequence[str]) -> Iterator[Aim]:
    for name in names:
        how = ratio(unary[name].calls, unary[CERBOS].calls).middle
        why = GRPC_IN_THE_WAY if name == REPEATED else IN_THE_WAY
        yield Aim(f"{what}, calls per CPU second: {name}", "at least", wanted, how, why)


IN_THE_WAY = "a distinct quote derives facts, prices and renders its lines, which a check does not"
GRPC_IN_THE_WAY = "what gRPC takes in Python without any work of ours, the bare echo's, is most of the call"
