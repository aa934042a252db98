"""What an editor of rules reads beside a word is said of every word, and is what docs/rules.md says."""

from __future__ import annotations

import re

from linkedaccounts.domain.details import DetailKind
from linkedaccounts.domain.preference import PREFERENCES
from linkedaccounts.policy.decisions import DECISIONS
from linkedaccounts.workbench.schema.shapes import Schema
from tests.policy.rule_files import RULES
from tests.workbench.schema.as_an_editor import schemas_of_rules

EFFECTS = re.compile(r"^\|[^|]*\| `\{?(?P<name>[a-z_]+)[^|]*` \| (?P<does>[^|]+) \|$", re.MULTILINE)


def words(schema: Schema) -> dict[str, str]:
    return dict(zip(schema["enum"], schema["enumDescriptions"], strict=True))


def test_an_effect_does_what_the_page_for_editors_says() -> None:
    page = (RULES.parent / "docs" / "rules.md").read_text("utf-8")
    documented = {row["name"]: row["does"] for row in EFFECTS.finditer(page)}
    for name, form in DECISIONS.items():
        rule = schemas_of_rules()[f"{name}.json"]["properties"]["rules"]["items"]["properties"]
        kinds = rule["then"].get("anyOf", [rule["then"]])
        said = {word: text for kind in kinds if "enum" in kind for word, text in words(kind).items()}
        said |= {
            word: value["description"].partition(", as in `then:")[0]
            for kind in kinds
            for word, value in kind.get("properties", {}).items()
        }
        assert said == {effect: documented[effect] for effect in form.effects}


def test_every_preference_and_every_type_of_a_detail_is_explained() -> None:
    preference = words(schemas_of_rules()["grouping.json"]["definitions"]["preference"])
    details = schemas_of_rules()["catalogue.json"]["properties"]["details"]["additionalProperties"]
    types = words(details["properties"]["type"])

    assert tuple(preference)[: len(PREFERENCES)] == tuple(PREFERENCES)
    assert all(preference.values())
    assert types.keys() == {kind.value for kind in DetailKind}
    assert all(types.values())
