"""The engines that are compared, each told the same rules, once: facts go in as a dict, the id of a rule comes out.

Each is used in the way in which it was found to be fastest: what can be parsed or compiled beforehand is. Import this
once `peers.py` has fetched what it imports.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import cedarpy
import cel
import regopy
import rule_engine
import zen
from rule_family import OTHERWISE, FamilyRule, conditions

Decide: TypeAlias = Callable[[dict[str, Any]], str]
"""From plain facts to the id of the rule that matches, or of what holds otherwise."""


def of_cel(rules: Sequence[FamilyRule]) -> Decide:
    """CEL: one expression, compiled."""
    program = cel.compile(_chain(rules, "&&"))
    return program.execute  # type: ignore[no-any-return]


def of_zen_expression(rules: Sequence[FamilyRule]) -> Decide:
    """Zen's expression language: one expression, compiled; its rules engine is not part of that."""
    expression = zen.compile_expression(_chain(rules, "and"))
    return expression.evaluate  # type: ignore[no-any-return]


def of_zen_table(rules: Sequence[FamilyRule]) -> Decide:
    """Zen's rules engine: a decision table of which the first row that matches decides."""
    decision = zen.ZenEngine().create_decision(json.dumps(_zen_model(rules)))
    return lambda facts: decision.evaluate(facts)["result"]["rule"]


def of_cedar(rules: Sequence[FamilyRule]) -> Decide:
    """Cedar: a policy for each rule, parsed; facts are the context, and the reason says which policy permits."""
    policies = cedarpy.PolicySet.from_str("\n".join(map(_cedar_policy, rules)))
    entities = cedarpy.Entities.from_json_str("[]")
    ids = {f"policy{number}": rule.id for number, rule in enumerate(rules)}
    who = {"principal": 'User::"seller"', "action": 'Action::"charge"', "resource": 'Store::"store"'}

    def decide(facts: dict[str, Any]) -> str:
        reasons = cedarpy.is_authorized({**who, "context": facts}, policies, entities).diagnostics.reasons
        return ids[reasons[0]] if reasons else OTHERWISE

    return decide


def of_rule_engine(rules: Sequence[FamilyRule]) -> Decide:
    """rule-engine: one expression, parsed."""
    return rule_engine.Rule(_chain(rules, "and")).evaluate  # type: ignore[no-any-return]


def of_rego(rules: Sequence[FamilyRule]) -> Decide:
    """Rego: a module, built into a bundle with one entry point."""
    building = regopy.Interpreter()
    building.add_module("family", f'package family\ndefault rule := "{OTHERWISE}"\n' + "".join(map(_rego_rule, rules)))
    bundle = building.build(None, ["family/rule"])
    interpreter = regopy.Interpreter()

    def decide(facts: dict[str, Any]) -> str:
        interpreter.set_input(facts)
        answer = str(interpreter.query_bundle_entrypoint(bundle, "family/rule"))
        return json.loads(answer)["expressions"][0]  # type: ignore[no-any-return]

    return decide


DECIDERS: Mapping[tuple[str, str], Callable[[Sequence[FamilyRule]], Decide]] = {
    ("zen-engine", "one compiled expression"): of_zen_expression,
    ("zen-engine", "a decision table"): of_zen_table,
    ("common-expression-language", "one compiled expression"): of_cel,
    ("rule-engine", "one parsed expression"): of_rule_engine,
    ("cedarpy", "a parsed set of policies"): of_cedar,
    ("regopy", "a built bundle"): of_rego,
}
"""By package, and the way in which it is used."""


def _condition(rule: FamilyRule, joined: str, before: str = "") -> str:
    """All that must hold; values look the same in every language, as they do in JSON."""
    return joined.join(f"{before}{name} {sign} {json.dumps(value)}" for name, sign, value in conditions(rule))


def _chain(rules: Sequence[FamilyRule], joined: str) -> str:
    """One conditional expression through all rules."""
    opened = "".join(f'({_condition(rule, f" {joined} ")}) ? "{rule.id}" : (' for rule in rules)
    return f'{opened}"{OTHERWISE}"{")" * len(rules)}'


def _cedar_policy(rule: FamilyRule) -> str:
    return f"permit(principal, action, resource) when {{ {_condition(rule, ' && ', 'context.')} }};"


def _rego_rule(rule: FamilyRule) -> str:
    return f'rule := "{rule.id}" if {{ {_condition(rule, "; ", "input.")} }}\n'


def _zen_model(rules: Sequence[FamilyRule]) -> dict[str, Any]:
    names = list(dict.fromkeys(name for name, _, _ in conditions(rules[0])))
    rows = [_zen_row(number, rule) for number, rule in enumerate(rules)]
    rows.append({"_id": OTHERWISE, **dict.fromkeys(names, ""), "rule": json.dumps(OTHERWISE)})
    table = {
        "hitPolicy": "first",
        "inputs": [{"id": name, "name": name, "field": name} for name in names],
        "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
        "rules": rows,
    }
    kinds = {"begin": "inputNode", "table": "decisionTableNode", "end": "outputNode"}
    at = {"position": {"x": 0, "y": 0}}
    nodes: list[dict[str, Any]] = [{"id": name, "name": name, "type": kind, **at} for name, kind in kinds.items()]
    nodes[1]["content"] = table
    steps = (("begin", "table"), ("table", "end"))
    edges = [{"id": source, "sourceId": source, "targetId": target, "type": "edge"} for source, target in steps]
    return {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}


def _zen_row(number: int, rule: FamilyRule) -> dict[str, str]:
    cells: dict[str, list[str]] = {}
    for name, sign, value in conditions(rule):
        cells.setdefault(name, []).append(json.dumps(value) if sign == "==" else f"{sign} {json.dumps(value)}")
    return {"_id": str(number), **{name: " and ".join(each) for name, each in cells.items()}, "rule": f'"{rule.id}"'}
