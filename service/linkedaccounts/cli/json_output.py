"""Answers for programs."""

from __future__ import annotations

import click
from google.protobuf.json_format import MessageToJson
from google.protobuf.message import Message


def print_json(answer: Message) -> None:
    """Prints the answer as the contract's JSON, every field there whether it has a value or not."""
    click.echo(MessageToJson(answer, ensure_ascii=False, always_print_fields_with_no_presence=True))
