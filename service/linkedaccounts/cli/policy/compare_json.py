"""What `policy compare` found, for programs: all of it, amounts as exact decimals and fractions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from linkedaccounts.application.fee_quote import FeeQuote
from linkedaccounts.cli.policy.compare_words import key_words
from linkedaccounts.domain.money import Money
from linkedaccounts.policy.model import Rule
from linkedaccounts.policy.values import Encoded
from linkedaccounts.policy.vocabulary import decode
from linkedaccounts.policy.wording import Facts, values_words
from linkedaccounts.workbench.compare import Comparison, QuotedValue
from linkedaccounts.workbench.compare_decision import DecisionComparison, Difference, Side
from linkedaccounts.workbench.compare_quote import Quoted
from linkedaccounts.workbench.compare_said import Saying


def as_json(comparison: Comparison) -> str:
    """The comparison; a total in the reporting currency is a fraction, as in ``399693/10000``."""
    content = {
        "equal": comparison.equal,
        "identical": comparison.identical,
        "old_version": comparison.old_version,
        "new_version": comparison.new_version,
        "catalogue": [_value(value) for value in comparison.values],
        "decisions": [_decision(decision) for decision in comparison.decisions if not decision.equal],
        "said": [_saying(saying) for saying in comparison.all_said],
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2).decode()


def _value(value: QuotedValue) -> dict[str, Any]:
    change = value.change
    return {
        "subject": change.subject,
        "field": change.field,
        "before": change.before,
        "after": change.after,
        "from": change.since,
        "through": change.through,
        "by": change.by and _money(change.by),
        "direction": change.direction.name.lower(),
        "quoted": _quoted(value.quoted),
    }


def _decision(decision: DecisionComparison) -> dict[str, Any]:
    differences = [_difference(one, decision.facts) for one in decision.differences]
    return {"decision": decision.name, "untold": decision.untold, "differences": differences}


def _difference(difference: Difference, facts: Facts) -> dict[str, Any]:
    return {
        "direction": difference.direction.name.lower(),
        "where": [{path: values_words(facts[path], box[path]) for path in sorted(box)} for box in difference.boxes],
        "before": _side(difference.before),
        "after": _side(difference.after),
        "example": {
            "facts": _stated(difference.example.facts, facts),
            "before": _ids(difference.example.before),
            "after": _ids(difference.example.after),
        },
        "quoted": _quoted(difference.quoted),
    }


def _side(side: Side) -> dict[str, Any]:
    return {"decides": [key_words(key) for key in side.keys], "rules": list(side.rules)}


def _stated(values: Mapping[str, Encoded | None], facts: Facts) -> dict[str, str]:
    return {path: decode(value, facts[path].type) for path, value in sorted(values.items())}


def _ids(rules: Sequence[Rule]) -> list[str]:
    return [rule.id for rule in rules]


def _quoted(quoted: Quoted | None) -> dict[str, Any] | None:
    if quoted is None:
        return None
    lines = zip(quoted.before.lines, quoted.after.lines, strict=True)
    return {
        "request": quoted.request,
        "estimate": quoted.after.estimate,
        "lines": [
            {"store": one.store, "before": _money(one.charge), "after": _money(other.charge)} for one, other in lines
        ],
        "total": {"before": _total(quoted.before), "after": _total(quoted.after)},
    }


def _total(quote: FeeQuote) -> dict[str, str]:
    return {"amount": str(quote.total.charge), "currency": quote.total.currency.code}


def _money(money: Money) -> dict[str, str]:
    return {"amount": str(money.amount), "currency": money.currency.code}


def _saying(saying: Saying) -> dict[str, str | None]:
    return {"subject": saying.subject, "what": saying.what, "before": saying.before, "after": saying.after}
