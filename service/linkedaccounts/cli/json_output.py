"""Answers for programs."""

from __future__ import annotations

import json
from typing import Any

import click
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message


def print_json(answer: Message) -> None:
    """Prints the answer as the contract's JSON, every field there whether it has a value or not."""
    _print(_plain(answer))


def print_json_line(answer: Message) -> None:
    """Prints the answer likewise, on one line, and at once."""
    click.echo(json.dumps(_plain(answer), ensure_ascii=False))


def print_json_of(**answers: Message) -> None:
    """Prints several answers likewise, as one object that names them."""
    _print({name: _plain(answer) for name, answer in answers.items()})


def _plain(answer: Message) -> Any:
    return MessageToDict(answer, always_print_fields_with_no_presence=True)


def _print(content: Any) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, indent=2))
