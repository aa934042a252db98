"""What a process takes, and how long: its memory, its start, a reload, the image.

`python docs/benchmarks/bench.py --only footprint`
"""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import Distribution, distribution
from os import kill
from pathlib import Path
from threading import Timer

from load import closed, open_at, warm
from packaging.requirements import Requirement
from rounds import Spread, spread_of
from section import Aim, Effort, Section, table
from sellers import DISTINCT, FEW, in_turn

import linkedaccounts
from linkedaccounts.loadtest.calls import Shape
from linkedaccounts.settings import default_rules
from service import Running, served

MOST_ROUNDS = 5
QUOTES, QUICK_QUOTES = 10_000_000, 200_000
DISTINCT_SECONDS, LONGEST_SECONDS = 30.0, 150.0
CHUNK_SECONDS = 2.0
REST_SECONDS = 1.0
NOISE = 1.05
RELOAD_RATE, RELOAD_SECONDS, RELOAD_AT, RELOADS = 300.0, 5.0, 2.5, 3
MEGABYTE = 1e6
SERVICE = "linked-accounts"
TEXT = """**Start.** From nothing to the first answer: {start} s. Its parts, in processes of their
own, and all of it {rounds} times:

{phases}

The imports by package, by their own time, once:

{imported}

**Memory.** A worker that has just started: {fresh:.0f} MB. In batches of 1,000, without a pause, first distinct sellers
({distinct:,}), of whom each takes the place of one that was remembered, then sellers who ask again; with decisions
recorded. While it works, decisions wait to be written, at most 20,000 of them; at rest is when they are, and the same
ten batches have been answered again:

{memory}

**Reload.** {rate:g} calls a second (Poisson), and after {at:g} s a changed rule with `SIGHUP`, {reloads} times: read,
checked, proved and tested beside the calls, then switched. The slowest call of that second and the one after took
{pause} ms, of the seconds before {calm} ms. A reload takes {cpu} s of CPU.

**Image.** {image}"""

PHASES = """
import json, tempfile, time
moments = [time.perf_counter()]
from linkedaccounts.bootstrap.service import compose
from linkedaccounts.endpoints.serving import serve_alone
moments.append(time.perf_counter())
from linkedaccounts.settings import Settings, default_rules
from linkedaccounts.storage.packaged_rate_book import packaged_rate_book
from linkedaccounts.workbench.gate import admitted
book = packaged_rate_book()
moments.append(time.perf_counter())
admitted(default_rules(), book)
moments.append(time.perf_counter())
with tempfile.TemporaryDirectory() as folder:
    compose(Settings(data_dir=folder, callers=None))
moments.append(time.perf_counter())
names = ("imports", "exchange rates read", "rules read, checked, proved and tested", "all composed, rules again")
print(json.dumps(dict(zip(names, (after - before for before, after in zip(moments, moments[1:]))))))
"""


def measure(effort: Effort) -> Section:
    """Start-up, memory, reload and size."""
    effort = replace(effort, rounds=min(effort.rounds, MOST_ROUNDS))
    starts, imports, phases = _starts(effort), _imports(), _phases(effort)
    grown = _memory(effort)
    reloads = [_reload(effort.scratch / f"rules-{number}") for number in range(min(effort.rounds, RELOADS))]
    text = TEXT.format(
        start=spread_of(starts),
        rounds=effort.rounds,
        phases=table(("", "s"), phases.items()),
        imported=table(("", "ms"), [(name, f"{took / 1000:.0f}") for name, took in imports.most_common(10)]),
        fresh=grown.fresh / MEGABYTE,
        distinct=grown.distinct,
        memory=_sizes(grown.sizes),
        reloads=len(reloads),
        rate=RELOAD_RATE,
        at=RELOAD_AT,
        pause=spread_of([each.pause_ms for each in reloads]),
        calm=spread_of([each.calm_ms for each in reloads]),
        cpu=spread_of([each.cpu_seconds for each in reloads]),
        image=_image(),
    )
    first, last = grown.sizes[0], grown.sizes[-1]
    what = f"memory of a worker after {last.quotes:,} quotes against after {first.quotes:,} (5 % is noise)"
    return Section("What a process takes", text, [Aim(what, "at most", NOISE, last.at_rest / first.at_rest)])


def _starts(effort: Effort) -> list[float]:
    """Seconds from nothing to the first answer."""
    took = []
    for _ in range(effort.rounds):
        began = time.perf_counter()
        with served() as server:
            closed(server, in_turn(FEW), 0.001, 1)
            took.append(time.perf_counter() - began)
    return took


def _imports() -> Counter[str]:
    """Microseconds that imports of each package took by themselves."""
    with served(environment={"PYTHONPROFILEIMPORTTIME": "1"}) as server:
        printed = (server.scratch / "log").read_text("utf-8")
    imports: Counter[str] = Counter()
    for own, name in re.findall(r"^import time: +(\d+) \| +\d+ \| +(\S+)$", printed, re.MULTILINE):
        imports[name.partition(".")[0]] += int(own)
    return imports


def _phases(effort: Effort) -> dict[str, Spread]:
    """Seconds of each part of a start."""
    rounds: list[dict[str, float]] = [json.loads(_said(sys.executable, "-c", PHASES)) for _ in range(effort.rounds)]
    return {name: spread_of([each[name] for each in rounds]) for name in rounds[0]}


@dataclass(frozen=True, slots=True)
class Size:
    """Bytes of a worker after so many quotes: while it works, and at rest."""

    quotes: int
    at_work: int
    at_rest: int


@dataclass(frozen=True, slots=True)
class Growth:
    """Bytes of a fresh worker, its sizes later, and how many of the quotes were for distinct sellers."""

    fresh: int
    sizes: Sequence[Size]
    distinct: int


def _memory(effort: Effort) -> Growth:
    """At ten thousand quotes, at each ten times as many, and at the end."""
    wanted, shorter = (QUICK_QUOTES, 0.1) if effort.quick else (QUOTES, 1)
    until = time.perf_counter() + LONGEST_SECONDS
    with served("--record-total-megabytes", "256") as server:
        fresh, quotes = server.memory_bytes(), warm(server).quotes
        sizes, distinct = [Size(quotes, server.memory_bytes(), _at_rest(server))], quotes
        for count in _sellers(DISTINCT_SECONDS * shorter):
            more = closed(server, in_turn(count, Shape.BATCH, 1000), CHUNK_SECONDS, 4).quotes
            quotes += more
            distinct += more if count == DISTINCT else 0
            ended = quotes >= wanted or time.perf_counter() > until
            if ended or quotes >= 10 * sizes[-1].quotes:
                sizes.append(Size(quotes, server.memory_bytes(), _at_rest(server)))
            if ended:
                break
    return Growth(fresh, sizes, distinct)


def _sellers(distinct_seconds: float) -> Iterator[int]:
    """How many sellers each load is for."""
    until = time.perf_counter() + distinct_seconds
    while time.perf_counter() < until:
        yield DISTINCT
    while True:
        yield FEW


def _at_rest(server: Running) -> int:
    time.sleep(REST_SECONDS)
    warm(server)
    time.sleep(REST_SECONDS)
    return server.memory_bytes()


def _sizes(sizes: Sequence[Size]) -> str:
    rows = [
        (f"{size.quotes:,}", *(f"{each / MEGABYTE:.0f}" for each in (size.at_work, size.at_rest))) for size in sizes
    ]
    return table(("quotes so far", "MB at work", "MB at rest"), rows)


@dataclass(frozen=True, slots=True)
class Reload:
    """The slowest calls around it and before it, and its CPU time."""

    pause_ms: float
    calm_ms: float
    cpu_seconds: float


def _reload(rules: Path) -> Reload:
    shutil.copytree(default_rules(), rules)
    with served("--rules", str(rules), "--rules-poll-seconds", "0") as server:
        closed(server, in_turn(FEW), 1)
        reload = Timer(RELOAD_AT, _change, (server, rules))
        reload.start()
        loaded = open_at(server, in_turn(FEW), RELOAD_SECONDS, RELOAD_RATE)
        around = [slowest for second, slowest in loaded.slowest_ms.items() if int(RELOAD_AT) <= second <= RELOAD_AT + 1]
        before = [slowest for second, slowest in loaded.slowest_ms.items() if 0 < second < int(RELOAD_AT)]
        used = server.cpu_seconds()
        _change(server, rules)
        return Reload(max(around), max(before), server.cpu_seconds() - used)


def _change(server: Running, rules: Path) -> None:
    """Changes a rule file, though not what it says, and waits until the service has taken it."""
    log, file = server.scratch / "log", rules / "fees" / "notes.yaml"
    taken = log.read_text("utf-8").count("policy_reloaded")
    file.write_text(file.read_text("utf-8") + "# changed\n", "utf-8")
    kill(server.pid, signal.SIGHUP)
    while log.read_text("utf-8").count("policy_reloaded") == taken:
        time.sleep(0.05)


def _image() -> str:
    """Its size, if it can be built here; else the size of what it adds to its base."""
    for engine in ("docker", "podman"):
        if shutil.which(engine) and (size := _built(engine)):
            return f"As `{engine} build` makes it: {size / MEGABYTE:.0f} MB."
    sizes = _installed()
    largest = ", ".join(f"{name} {size / MEGABYTE:.1f}" for name, size in sizes.most_common(8))
    return (
        "No engine to build it with is running here, so this is what the `Dockerfile` adds to its base, "
        f"`python:3.12-slim-bookworm`: {sizes.total() / MEGABYTE:.0f} MB for the service and what it needs. "
        f"The largest: {largest} MB."
    )


def _built(engine: str) -> int:
    """Bytes of the image; 0 if the engine cannot build it."""
    build = _said(engine, "build", "--quiet", str(Path(__file__).parents[2]))
    return int(_said(engine, "image", "inspect", "--format", "{{.Size}}", build) or 0) if build else 0


def _said(*command: str) -> str:
    """What a command printed; empty if it failed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # the engine that was found
    return "" if done.returncode else done.stdout.strip()


def _installed() -> Counter[str]:
    """Bytes of the service, compiled, and of all that it needs, by distribution."""
    sizes = Counter({SERVICE: _size(default_rules()) + _size(Path(linkedaccounts.__file__).parent)})
    wanted = _needed(distribution(SERVICE), ())
    while wanted:
        requirement = wanted.pop()
        found = distribution(requirement.name)
        if found.name not in sizes or requirement.extras:
            sizes[found.name] = sum(file.stat().st_size for file in _files(found))
            wanted += _needed(found, requirement.extras)
    return sizes


def _needed(found: Distribution, extras: Iterable[str]) -> list[Requirement]:
    """What a distribution needs on this Python, by itself and with its extras."""
    requirements = [Requirement(text) for text in found.requires or ()]
    wanted = [{"extra": extra} for extra in ("", *extras)]
    return [each for each in requirements if each.marker is None or any(map(each.marker.evaluate, wanted))]


def _files(found: Distribution) -> Iterator[Path]:
    paths = (Path(str(file.locate())) for file in found.files or ())
    return (path for path in paths if path.is_file())


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
