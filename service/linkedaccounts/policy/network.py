"""The durable-rules engine behind one small class.

Uses the C module directly: ``durable.engine.Host`` costs several times as much per fact and starts timer threads. Facts
are asserted and retracted, not posted as events, because an event is consumed by the first rule that matches it.
"""

from __future__ import annotations

import json
import weakref
from collections.abc import Collection, Iterable, Sequence
from threading import Lock

import orjson

try:
    import durable_rules_engine as engine
except ImportError as error:
    raise ImportError(
        f"durable-rules cannot be loaded ({error}); on Python 3.13 install it from source with "
        "CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject set, as `make` does"
    ) from error

from linkedaccounts.policy.compile import ALWAYS, Ruleset
from linkedaccounts.policy.routing import Routes
from linkedaccounts.policy.values import Encoded

NOTHING_MATCHED = 1
"""The engine's result code for a fact that no rule matches."""


class Network:
    """Rulesets in the engine, for any number of threads: one at a time has its facts asserted.

    What matches is walked in several calls, and what another thread asserts in between would match too; so a lock goes
    around them. A call by itself holds the GIL.
    """

    def __init__(self, name: str, rulesets: Sequence[Ruleset]) -> None:
        """``rulesets`` as ``compile.rulesets`` makes them."""
        self._handles = [engine.create_ruleset(name, json.dumps(ruleset.definition)) for ruleset in rulesets]
        self._routes = Routes([ruleset.within for ruleset in rulesets])
        self._lock = Lock()
        self._walked: set[int] = set()
        weakref.finalize(self, _delete, tuple(self._handles), self._walked)

    def matching(self, facts: Iterable[tuple[str, Encoded]]) -> set[int]:
        """The numbers of all rules that match some encoded facts; what is left out is unknown."""
        known = dict(facts)
        message = orjson.dumps({ALWAYS: 1, **known}).decode()
        matched: set[int] = set()
        with self._lock:
            for number in self._routes.of(known):
                self._match(self._handles[number], message, matched)
        return matched

    def _match(self, handle: int, message: str, matched: set[int]) -> None:
        """Notes the rules of one ruleset that match a message of facts."""
        code, state = engine.assert_fact(handle, message)
        try:
            if code != NOTHING_MATCHED:
                self._walk(handle, state, matched)
        finally:
            engine.retract_fact(handle, message)

    def _walk(self, handle: int, state: int, matched: set[int]) -> None:
        """Notes the rule of each pending action; an action is JSON that begins ``{"7.2":``."""
        action = engine.start_action_for_state(handle, state)[1]
        while action:
            matched.add(int(action[2 : action.index(".", 2)]))
            action = engine.complete_and_start_action(handle, state)
        self._walked.add(handle)


def _delete(handles: Sequence[int], walked: Collection[int]) -> None:
    """Gives back what the rulesets occupy.

    With a ruleset the engine forgets what its facts were kept in, some 150 KB, and does not give it back; so that goes
    first. But it reads there what it wrote only when a rule matched for the first time: without that, rather lose it.
    """
    for handle in handles:
        if handle in walked:
            engine.delete_state(handle, None)
        engine.delete_ruleset(handle)
