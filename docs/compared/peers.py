"""What a hurried editor's mistakes come to in Cedar, Zen and Rego: each line of the output backs a row of the table.

Run by `docs/compared/run`, which installs the three under a temporary folder.
"""

from __future__ import annotations

import json
from typing import Any

import cedarpy
import regopy
import zen

CEDAR_SCHEMA = """
entity User { role: String };
entity Account { status: String, count: Long };
action link appliesTo { principal: User, resource: Account };
"""
CEDAR_ENTITIES = [
    {"uid": {"type": "User", "id": "ann"}, "attrs": {"role": "member"}, "parents": []},
    {"uid": {"type": "Account", "id": "us"}, "attrs": {"status": "active", "count": 200}, "parents": []},
]
CEDAR_REQUEST = {"principal": 'User::"ann"', "action": 'Action::"link"', "resource": 'Account::"us"', "context": {}}


def say(tool: str, mistake: str, outcome: object) -> None:
    """One line of the output."""
    print(f"{tool:6} | {mistake:34} | {outcome}")


def cedar_validates(condition: str) -> str:
    """What Cedar's validator, with a schema, says of a permit with this condition."""
    policy = f'permit(principal, action == Action::"link", resource) when {{ {condition} }};'
    result = cedarpy.validate_policies(policy, CEDAR_SCHEMA)
    return "valid" if result.validation_passed else f"refused: {result.errors[0].error}"


def zen_answers(field: str, conditions: list[str], facts: dict[str, Any]) -> dict[str, Any]:
    """What a decision table over one input answers, with its trace; row n charges `charge-n`."""
    rows = [{"_id": str(n), "in": condition, "out": f"'charge-{n}'"} for n, condition in enumerate(conditions)]
    columns = {
        "inputs": [{"id": "in", "name": "in", "field": field}],
        "outputs": [{"id": "out", "name": "out", "field": "charge"}],
    }
    at = {"position": {"x": 0, "y": 0}}
    nodes = [
        {"id": "begin", "type": "inputNode", "name": "begin", **at},
        {
            "id": "table",
            "type": "decisionTableNode",
            "name": "table",
            "content": {"hitPolicy": "first", "rules": rows, **columns},
            **at,
        },
        {"id": "end", "type": "outputNode", "name": "end", **at},
    ]
    edges = [
        {"id": "1", "sourceId": "begin", "targetId": "table", "type": "edge"},
        {"id": "2", "sourceId": "table", "targetId": "end", "type": "edge"},
    ]
    model = json.dumps({"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges})
    answer: dict[str, Any] = zen.ZenEngine().create_decision(model).evaluate(facts, {"trace": True})
    return answer


def rego_answers(condition: str) -> object:
    """What a default-deny Rego rule with this condition answers for an administrator of 200 accounts."""
    interpreter = regopy.Interpreter()
    interpreter.add_module("link", f"package link\ndefault allow := false\nallow if {{ {condition} }}\n")
    interpreter.set_input({"actor": {"role": "administrator"}, "count": 200})
    return json.loads(str(interpreter.query("x = data.link.allow")))["bindings"]["x"]


def main() -> None:
    """Every mistake in every tool."""
    say("cedar", "a misspelt field", cedar_validates('resource.statuss == "active"'))
    say("cedar", "over 100 and under 50", cedar_validates("resource.count > 100 && resource.count < 50"))
    admins = '@id("administrators")\npermit(principal, action, resource) when { principal.role == "administrator" };'
    denied = cedarpy.is_authorized(CEDAR_REQUEST, admins, CEDAR_ENTITIES)
    say("cedar", "why not, for a member", f"{denied.decision}, reasons {denied.diagnostics.reasons}")
    facts = {"seller": {"count": 200}}
    say("zen", "a misspelt field", f"answers {zen_answers('seller.cuont', ['> 100'], facts)['result']}")
    say("zen", "over 100 and under 50", f"answers {zen_answers('seller.count', ['> 100 and < 50'], facts)['result']}")
    overlap = zen_answers("seller.count", ["> 100", "> 50"], facts)
    say("zen", "two rows that match and disagree", f"answers {overlap['result']}, the first")
    say("zen", "why not the other row", f"the trace names row {overlap['trace']['table']['traceData']['index']} only")
    misspelt = rego_answers('input.actor.rolle == "administrator"')
    say("rego", "a misspelt field", f"answers {misspelt}")
    say("rego", "over 100 and under 50", f"answers {rego_answers('input.count > 100; input.count < 50')}")


if __name__ == "__main__":
    main()
