"""Where the CPU time of a call goes, by thread and by layer: `python docs/benchmarks/bench.py --only profiles`.

`python docs/benchmarks/profiles.py DIRECTORY` profiles the service of another checkout, whose contract is generated.

Threads' times are the kernel's. What the main thread does is sampled by py-spy (of PyPI), which looks from outside; its
shares are of the time that was measured without it.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from load import Loaded, closed, warm
from section import CannotBeHad, Effort, Section, table
from sellers import DISTINCT, FEW, in_turn

from service import Running, served

PY_SPY = "py-spy==0.4.3"
RATE = 200
WARM_UP_SECONDS = 1.0
SECONDS_OF_EFFORT = 8
Times: TypeAlias = "dict[int, tuple[str, int]]"
GRPC = "gRPC and the event loop, in C"
LAYERS = (
    ("endpoints/message_codec.py", "the request: read from gRPC, and parsed"),
    ("endpoints/call_log.py", "the log's line, handed over"),
    ("storage/", "the record of the decision, handed over"),
    ("application/decision_line.py", "the record of the decision, written"),
    ("endpoints/quote_answers.py", "answers: remembered, or written as messages"),
    ("endpoints/quote_response.py", "answers: remembered, or written as messages"),
    ("endpoints/quote_request.py", "answers: remembered, or written as messages"),
    ("endpoints/", "interceptor, context, limits, servicer"),
    ("policy/", "rules: facts, engine, outcomes"),
    ("application/", "use cases: request checked, charges put together"),
    ("domain/", "pricing: exact arithmetic"),
)
"""Files of the service, by what they do; the first that the place has in its name counts."""
ELSEWHERE = "everything else"
THREADS = {
    "MainThread": "the event loop, and all Python of a call",
    "_poll_wrapper": "gRPC's poller, which wakes the event loop",
    "event_engine": "gRPC's event engine: sockets",
    "log": "the log's lines, written",
    "decisions": "the record, written",
}
"""Threads, by what their names have in them."""
TEXT = """Single quotes as fast as 64 callers go, microseconds of CPU a call; one column was measured after the other.
By thread, as the kernel counts:

{threads}

The event loop's thread by layer, in shares of samples ({samples} of each, by py-spy, {rate} a second); time in C counts
for the Python that called it:

{layers}

The functions of the service in which most of it is spent, themselves and what C they call:

{functions}"""


@dataclass(frozen=True, slots=True)
class Profile:
    """CPU microseconds a call by thread, and samples of the main thread by layer and by function."""

    threads: Counter[str]
    layers: Counter[str]
    functions: Counter[str]

    @property
    def main(self) -> float:
        """Microseconds a call of the event loop's thread."""
        return float(self.threads[THREADS["MainThread"]])


def measure(effort: Effort, environment: Mapping[str, str] | None = None) -> Section:
    """CPU time of a call by thread, layer and function; of sellers who are remembered and of others."""
    py_spy = _installed(effort.scratch / "py-spy")
    with served(environment=environment) as server:
        warm(server)
        profiles = {
            name: _profile(server, count, py_spy, effort)
            for name, count in (("remembered", FEW), ("distinct", DISTINCT))
        }
    functions = {name: _micros(profile, profile.functions) for name, profile in profiles.items()}
    text = TEXT.format(
        threads=_table({name: profile.threads for name, profile in profiles.items()}),
        samples=" and ".join(str(profile.layers.total()) for profile in profiles.values()),
        rate=RATE,
        layers=_table({name: _micros(profile, profile.layers) for name, profile in profiles.items()}),
        functions=_table(functions, most=12),
    )
    return Section("Where a call's time goes", text)


def _micros(profile: Profile, samples: Mapping[str, int]) -> Counter[str]:
    total = profile.layers.total()
    return Counter({name: round(count / total * profile.main) for name, count in samples.items()})


def _table(micros: Mapping[str, Counter[str]], most: int | None = None) -> str:
    together = sum(micros.values(), Counter[str]())
    rows = [(name, *(each[name] for each in micros.values())) for name, _ in together.most_common(most)]
    sums = [("all of these", *(each.total() for each in micros.values()))] if most is None else []
    return table(("", *(f"{which} sellers, µs" for which in micros)), [*rows, *sums])


def _profile(server: Running, count: int, py_spy: Path, effort: Effort) -> Profile:
    seconds = effort.seconds * SECONDS_OF_EFFORT
    closed(server, in_turn(count), WARM_UP_SECONDS)
    before = _times(server.pid)
    loaded = closed(server, in_turn(count), seconds)
    after = _times(server.pid)
    stacks, names = _sampled(server, count, py_spy, seconds)
    return Profile(_by_thread(before, after, names, loaded), *_by_place(stacks))


def _sampled(server: Running, count: int, py_spy: Path, seconds: float) -> tuple[Counter[str], dict[int, str]]:
    """Stacks of the main thread, with how often each was seen; and the names of all threads that were."""
    out = py_spy.with_name("stacks")
    options = (
        "--rate",
        str(RATE),
        "--duration",
        str(round(seconds)),
        "--format",
        "raw",
        "--threads",
        "--full-filenames",
    )
    command = (str(py_spy), "record", "--pid", str(server.pid), *options, "--output", str(out))
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as sampling:  # noqa: S603  # py-spy
        closed(server, in_turn(count), seconds + 1)
        said = sampling.communicate()[0]
    if sampling.returncode:
        raise CannotBeHad("py-spy may not look into other processes here") from RuntimeError(said)
    stacks, names = Counter[str](), {}
    for line in out.read_text("utf-8").splitlines():
        stack, _, samples = line.rpartition(" ")
        number, name = re.match(r"thread \((\d+)\): ([^;]*)", stack).groups()  # type: ignore[union-attr]
        names[int(number)] = name
        if name == "MainThread":
            stacks[stack] += int(samples)
    return stacks, names


def _by_thread(before: Times, after: Times, names: Mapping[int, str], loaded: Loaded) -> Counter[str]:
    micros: Counter[str] = Counter()
    for number, (comm, nanoseconds) in after.items():
        name = names.get(number, comm)
        what = next((what for part, what in THREADS.items() if part in name), ELSEWHERE)
        micros[what] += round((nanoseconds - before.get(number, ("", 0))[1]) / 1000 / loaded.calls)
    return micros


def _by_place(stacks: Mapping[str, int]) -> tuple[Counter[str], Counter[str]]:
    layers: Counter[str] = Counter()
    functions: Counter[str] = Counter()
    for stack, samples in stacks.items():
        frames = re.findall(r"([^;]+?) \(([^;()]+):\d+\)", stack)
        own = [(name, _within(path)) for name, path in frames]
        inner = next(((name, path) for name, path in reversed(own) if path), ("", ""))
        in_call = inner[1] and not inner[1].startswith(("cli/", "endpoints/serving.py"))
        layers[_layer(inner[1]) if in_call else GRPC] += samples
        if in_call:
            functions[f"`{inner[0].replace('.<locals>', '')}` in `{inner[1]}`"] += samples
    return layers, functions


def _within(path: str) -> str:
    """The part of a path that is below the service's package; empty if it is not of the service."""
    _, found, rest = path.rpartition("/linkedaccounts/")
    return rest if found else ""


def _layer(path: str) -> str:
    return next((layer for part, layer in LAYERS if path.startswith(part)), ELSEWHERE)


def _times(pid: int) -> Times:
    """The name of each thread, as the kernel knows it, and its CPU time in nanoseconds."""
    times = {}
    for folder in Path(f"/proc/{pid}/task").iterdir():
        name, scheduled = (folder / "comm").read_text("utf-8").strip(), (folder / "schedstat").read_text("utf-8")
        times[int(folder.name)] = (name, int(scheduled.split()[0]))
    return times


def _installed(folder: Path) -> Path:
    """py-spy, installed there."""
    command = (
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--target",
        str(folder),
    )
    if subprocess.run((*command, PY_SPY), check=False).returncode:  # noqa: S603  # pip
        raise CannotBeHad(f"`{PY_SPY}` could not be installed with pip")
    return folder / "bin" / "py-spy"


def main() -> None:
    """Profiles the service of a checkout, and prints the section."""
    arguments = argparse.ArgumentParser(description="Where the CPU time of a call goes.")
    arguments.add_argument("checkout", type=Path, help="a checkout of this project")
    given = arguments.parse_args()
    with TemporaryDirectory() as scratch:
        found = measure(Effort(1, 1.0, Path(scratch)), {"PYTHONPATH": str(given.checkout.resolve() / "service")})
    print(found.text)


if __name__ == "__main__":
    main()
