from __future__ import annotations

import json

import jsonschema_rs
import pytest
from google.protobuf.descriptor import EnumDescriptor

from linkedaccounts.policy.check_conditions import operators
from linkedaccounts.policy.comments import comment_of_field, comment_of_value
from linkedaccounts.policy.decisions import DECISIONS, DecisionForm
from linkedaccounts.policy.source import SourceFile
from linkedaccounts.policy.vocabulary import facts_of_message, field_of
from linkedaccounts.v1 import facts_pb2
from linkedaccounts.workbench.schema.documents import schema_of, schemas
from linkedaccounts.workbench.schema.shapes import Schema
from tests.workbench.schema.as_an_editor import marked, plain, rule_files, schemas_of_rules

FORMS = pytest.mark.parametrize("form", DECISIONS.values(), ids=DECISIONS)


def definition(form: DecisionForm, name: str) -> Schema:
    found: Schema = schemas_of_rules()[f"{form.name}.json"]["definitions"][name]
    return found


@pytest.mark.parametrize("name", schemas_of_rules())
def test_each_is_a_schema_of_draft_7(name: str) -> None:
    schema = schemas_of_rules()[name]

    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    jsonschema_rs.meta.validate(dict(schema))


@pytest.mark.parametrize("file", rule_files(), ids=lambda file: file.path)
def test_every_rule_file_is_of_a_kind_and_keeps_to_its_schema(file: SourceFile) -> None:
    name = schema_of(file.path, file.root)

    assert name
    assert marked(name, plain(file.root)) == []


@FORMS
def test_a_condition_offers_every_fact_of_its_decision_with_the_comment_of_the_contract(form: DecisionForm) -> None:
    offered = definition(form, f"condition-of-{form.name}")["properties"]

    assert offered.keys() - {"all", "any", "not"} == facts_of_message(form.facts, {}).keys()
    for path in facts_of_message(form.facts, {}):
        comment = comment_of_field(field_of(form.facts, path))
        assert comment
        assert offered[path]["description"].startswith(f"{comment}\n")


@FORMS
def test_a_fact_takes_the_operators_of_its_type_each_of_them_explained(form: DecisionForm) -> None:
    offered = definition(form, f"condition-of-{form.name}")["properties"]
    for path, fact in facts_of_message(form.facts, {}).items():
        (tests,) = definition(form, offered[path]["$ref"].rpartition("/")[2])["allOf"]
        assert tuple(tests["properties"]) == operators(fact.type)
        assert all(operand["description"] for operand in tests["properties"].values())


def test_the_values_of_an_enum_are_explained_by_the_contract() -> None:
    role = schemas_of_rules()["link.json"]["definitions"]["Role"]

    assert role["enum"] == ["administrator", "member"]
    assert role["enumDescriptions"] == ["Administers the account.", "Works with the account."]


@pytest.mark.parametrize("enum", facts_pb2.DESCRIPTOR.enum_types_by_name.values(), ids=lambda enum: enum.name)
def test_every_value_of_an_enum_has_its_comment(enum: EnumDescriptor) -> None:
    assert all(comment_of_value(enum, value.name) for value in enum.values)


def test_codes_are_those_of_the_catalogue_with_their_names() -> None:
    store = schemas_of_rules()["charging.json"]["definitions"]["store"]

    assert dict(zip(store["enum"], store["enumDescriptions"], strict=True))["JP"] == "Japan · 日本"
    assert set(schemas_of_rules()["details.json"]["definitions"]["detail"]["enum"]) >= {"legal_name", "vat_number"}


def test_a_directory_without_a_catalogue_has_schemas_that_take_any_code() -> None:
    bare = schemas([])

    for schema in bare.values():
        jsonschema_rs.meta.validate(dict(schema))
    assert bare["link.json"]["definitions"]["store"] == {"type": "string", "minLength": 1}


def test_the_order_of_the_files_changes_nothing() -> None:
    backwards = schemas(rule_files()[::-1])

    assert json.dumps(backwards) == json.dumps(schemas_of_rules())
