"""Tables of cases: facts, and the rules that are expected to apply."""

from __future__ import annotations

from linkedaccounts.policy.decisions import DecisionForm
from linkedaccounts.workbench.schema.shapes import WORD, Schema, listing, mapping, ref, said


def cases_file(form: DecisionForm) -> Schema:
    """A table of cases of the decision."""
    facts = ref(f"facts-of-{form.name}")
    expect: Schema = {"anyOf": [WORD, listing(WORD, 0)]}
    case = mapping(
        {
            "name": said("A sentence that no other case has: who does what, and what comes of it.", WORD),
            "expect": said("The id of the rule that must apply, or a list of ids.", expect),
        },
        {"facts": said("Facts of this case, beside those of `given` and in place of them.", facts)},
    )
    return mapping(
        {
            "cases_of": said("The decision that the cases are about.", {"const": form.name}),
            "cases": said("The cases.", listing(case, 0)),
        },
        {"given": said("Facts common to all cases.", facts)},
    )
