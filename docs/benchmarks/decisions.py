"""One decision of a policy, beside that of other engines: `python docs/benchmarks/bench.py --only decisions`."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any, TypeAlias

from peers import import_python_peers, version_of
from rounds import Spread, alternating, ratio, spread_of
from rule_family import DECISION, draw, family, plain, policy_of
from section import Aim, Effort, Section, table

from linkedaccounts.policy.load import load_policy
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.remembered import Memory
from linkedaccounts.settings import default_rules

SIZES = (3, 10, 30)
MOST_ROUNDS = 5
CHECKED, A_ROUND, FEW = 500, 4_000, 50
"""How many facts are answered alike by all, drawn anew for each thing in each round, and asked again and again."""
AT_ONCE = 50
REMEMBERED, ASKED = "this service", "this service, durable-rules asked each time"
TEXT = """`Policy.choose` on rules that were loaded as the service loads them, and the same rules in five other
engines, all in one process, each in its fastest way: what can be compiled beforehand is. A rule has seven comparisons
(a store, a band of listings, a plan, a linked seller, a number of stores, a day). At most one matches, and no fact is
unknown: the others do not know unknown facts. Facts go in as a dict of Python, and the id of the rule comes out.
Before the clock runs, all agree on {checked} drawn facts for each number of rules. µs of CPU time a decision; {rounds}
rounds of up to {seconds:g} s.

Facts that are drawn anew for everyone in every round ({drawn:,} of them, hardly any twice):

{distinct}

{few} facts, asked again and again:

{repeated}

durable-rules decides, and this service remembers what it said for all facts that no rule tells apart
(`policy/remembered.py`): of {decisions:,} distinct facts, it was asked about {asked}. The fastest peer is Zen's
expression language by itself: against it, durable-rules asked each time is {anew} times as fast. Zen's rules engine is
the decision table; against that it is {tables} times as fast."""

EXPRESSION, TABLE = "one compiled expression", "a decision table"
"""Zen's two ways, as `deciders.py` names them."""

Run: TypeAlias = Callable[[], float]
"""One round of one thing: µs a decision."""


def measure(effort: Effort) -> Section:
    """µs a decision of each engine, by the number of rules."""
    effort = replace(effort, rounds=min(effort.rounds, MOST_ROUNDS), seconds=effort.seconds / 2)
    import_python_peers(effort.scratch)
    stores = sorted(load_policy(default_rules()).catalogue.stores)
    distinct, repeated, asked = {}, {}, []
    for size in SIZES:
        rules = family(stores, size)
        policy = policy_of(rules, effort.scratch / f"family-{size}")
        policy.remember(memory := Memory())
        deciders = _deciders(rules, policy)
        _same_answers(deciders, policy, stores)
        distinct[size] = alternating(_runs(deciders, stores, effort, A_ROUND), effort.rounds)
        asked.append(memory.misses)
        repeated[size] = alternating(_runs(deciders, stores, effort, FEW), effort.rounds)
    text = TEXT.format(
        checked=CHECKED,
        rounds=effort.rounds,
        seconds=effort.seconds,
        drawn=A_ROUND,
        distinct=_table(distinct),
        few=FEW,
        repeated=_table(repeated),
        asked=", ".join(map(str, asked)),
        anew=", ".join(f"{_against(EXPRESSION, ASKED, distinct[size]).middle:.2g}" for size in SIZES),
        tables=", ".join(f"{_against(TABLE, ASKED, distinct[size]).middle:.2g}" for size in SIZES),
        decisions=A_ROUND * effort.rounds + CHECKED,
    )
    return Section("A decision of the policy", text, _aims(distinct))


def _deciders(rules: Sequence[Any], policy: Policy) -> Mapping[str, Callable[[Any], str]]:
    peers = importlib.import_module("deciders").DECIDERS
    decision = policy.decisions[DECISION]
    return {
        REMEMBERED: lambda facts: policy.choose(DECISION, facts).id,
        ASKED: lambda facts: decision.ask(facts)[0].id,
        **{f"{package} {version_of(package)}, {way}": made(rules) for (package, way), made in peers.items()},
    }


def _same_answers(deciders: Mapping[str, Callable[[Any], str]], policy: Policy, stores: Sequence[str]) -> None:
    """Stops with what two engines disagree on, if they do; or if the facts are such that nothing is shown."""
    matched = 0
    for facts in draw(stores, CHECKED, seed=0):
        wanted = policy.decisions[DECISION].evaluate(facts)[0]
        matched += wanted != policy.decisions[DECISION].otherwise
        for name, decide in deciders.items():
            if (said := decide(_given(name, facts))) != wanted.id:
                raise RuntimeError(f"{name} says {said} where {wanted.id} matches: {facts}")
    if not CHECKED // 100 <= matched <= CHECKED * 3 // 4:
        raise RuntimeError(f"{matched} of {CHECKED} facts match a rule")


def _given(name: str, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return facts if name in {REMEMBERED, ASKED} else plain(facts)


def _runs(
    deciders: Mapping[str, Callable[[Any], str]], stores: Sequence[str], effort: Effort, different: int
) -> Mapping[str, Run]:
    seeds = count(1)

    def run(name: str, decide: Callable[[Any], str]) -> float:
        facts = [_given(name, each) for each in draw(stores, different, next(seeds) if different > FEW else 0)]
        return _timed(decide, facts if different > FEW else facts * (A_ROUND // FEW), effort.seconds)

    return {name: partial(run, name, decide) for name, decide in deciders.items()}


def _timed(decide: Callable[[Any], str], facts: Sequence[Any], seconds: float) -> float:
    """µs of CPU time a decision, on as many of the facts as there is time for."""
    begun, decided = time.process_time(), 0
    while decided < len(facts) and time.process_time() - begun < seconds:
        for each in facts[decided : decided + AT_ONCE]:
            decide(each)
        decided += AT_ONCE
    return (time.process_time() - begun) / decided * 1e6


def _table(figures: Mapping[int, Mapping[str, list[float]]]) -> str:
    names = list(figures[SIZES[0]])
    rows = [(name, *(spread_of(figures[size][name]) for size in SIZES)) for name in names]
    return table(("", *(f"{size} rules" for size in SIZES)), rows)


def _aims(figures: Mapping[int, Mapping[str, list[float]]]) -> list[Aim]:
    return [_aim(size, figures[size]) for size in SIZES]


def _aim(size: int, figures: Mapping[str, list[float]]) -> Aim:
    peers = {name: spread_of(own).middle for name, own in figures.items() if name not in {REMEMBERED, ASKED}}
    fastest = min(peers, key=lambda name: peers[name])
    what = f"one decision of {size} rules on distinct facts, against the fastest peer ({fastest})"
    return Aim(what, "at least", 1.5, _against(fastest, REMEMBERED, figures).middle)


def _against(peer: str, own: str, figures: Mapping[str, list[float]]) -> Spread:
    """How many times as fast as a peer we are; a peer is named by how its name begins or ends."""
    name = next(name for name in figures if name == peer or (name.startswith("zen") and name.endswith(peer)))
    return ratio(figures[name], figures[own])
