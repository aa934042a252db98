"""The callers' file: TOML, one table ``[callers.NAME]`` for each service that may call, read and checked whole."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from linkedaccounts.application.callers import Callers, CallersRejected
from linkedaccounts.policy.problems import did_you_mean
from linkedaccounts.security.callers_entry import CallerEntry, EntryReader

Shown = TypeVar("Shown")


def read_callers(path: Path) -> Callers:
    """The callers of a file; CallersRejected lists all that is wrong with it."""
    content = _content(path)
    entries, problems = _entries(content)
    tokens = [(token, entry) for entry in entries for token in entry.tokens]
    certificates = [(name, entry) for entry in entries for name in entry.certificates]
    problems += _shown_twice("token_sha256", tokens)
    problems += _shown_twice("certificate", certificates)
    if problems:
        raise CallersRejected([f"{path.name}: {problem}" for problem in problems])
    return Callers(_by_what_is_shown(tokens), _by_what_is_shown(certificates))


def _content(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise CallersRejected([f"{path.name}: cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise CallersRejected([f"{path.name}: is not text in UTF-8"]) from None
    except tomllib.TOMLDecodeError as error:
        text = str(error)
        raise CallersRejected([f"{path.name}: is not TOML: {text[0].lower()}{text[1:]}"]) from None


def _entries(content: Mapping[str, Any]) -> tuple[list[CallerEntry], list[str]]:
    """Every entry as far as it is sound, and what is wrong."""
    problems = [f"there is no key `{key}`; {did_you_mean(key, ['callers'])}" for key in content if key != "callers"]
    callers = content.get("callers", {})
    if not isinstance(callers, Mapping) or not callers:
        return [], [*problems, "nobody may call; `linked-accounts callers new NAME --scope quotes` makes an entry"]
    reader = EntryReader()
    entries = [reader.read(name, entry) for name, entry in callers.items()]
    return entries, problems + reader.problems


def _shown_twice(key: str, shown: Iterable[tuple[Shown, CallerEntry]]) -> Iterator[str]:
    """What does not say who calls, because two callers, or one twice, would show it."""
    first: dict[Shown, str] = {}
    for what, entry in shown:
        if what in first:
            path = f"callers.{entry.caller.name}.{key}"
            yield f"{path}: stands already in callers.{first[what]}; each may stand only once"
        first.setdefault(what, entry.caller.name)


def _by_what_is_shown(shown: Iterable[tuple[Shown, CallerEntry]]) -> dict[Shown, Any]:
    return {what: entry.caller for what, entry in shown}
