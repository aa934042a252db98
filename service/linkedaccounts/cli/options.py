"""The settings as options of a command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click
from pydantic.fields import FieldInfo

from linkedaccounts.settings import Settings, SettingsRejected, flag_of, read_settings, variable_of

Command = TypeVar("Command", bound=Callable[..., Any])


class BadSettings(click.ClickException):
    """Settings that cannot serve: every problem is shown, and the command ends with exit code 2."""

    exit_code = 2


def settings_options(*names: str) -> Callable[[Command], Command]:
    """Gives a command an option for each named setting, or for all; the values go to ``settings_from``."""

    def decorate(command: Command) -> Command:
        for name in reversed(names or tuple(Settings.model_fields)):
            command = _option(name, Settings.model_fields[name])(command)
        return command

    return decorate


def settings_from(flags: dict[str, Any]) -> Settings:
    """The checked settings; BadSettings lists all that is wrong with them."""
    try:
        return read_settings(flags)
    except SettingsRejected as error:
        raise BadSettings(f"these settings do not work:\n{error}") from None


def _option(name: str, field: FieldInfo) -> Callable[[Command], Command]:
    if field.annotation is bool:
        return click.option(flag_of(name), name, is_flag=True, default=None, help=_help(name, field))
    return click.option(flag_of(name), name, default=None, metavar=_metavar(name), help=_help(name, field))


def _help(name: str, field: FieldInfo) -> str:
    default = field.get_default(call_default_factory=True, validated_data={})
    shown = "" if default is None or default is False else f"default: {default}; "
    return f"{field.description}  [{shown}env: {variable_of(name)}]"


def _metavar(name: str) -> str:
    kind = Settings.model_fields[name].annotation
    numbers = {int: "NUMBER", float: "SECONDS" if name.endswith("seconds") else "NUMBER", str: "TEXT"}
    if kind in numbers:
        return numbers[kind]
    return {"log_level": "LEVEL", "transport": "NAME"}.get(name, "PATH")
