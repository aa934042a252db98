"""One service that may call, as its entry in the callers' file says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from linkedaccounts.application.callers import DEVELOPMENT, Caller, Scope
from linkedaccounts.policy.problems import did_you_mean

KEYS = ("token_sha256", "certificate", "scopes")
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_DIGEST = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class CallerEntry:
    """A caller with the SHA-256 of each of its tokens, and the names in its certificates."""

    caller: Caller
    tokens: tuple[bytes, ...]
    certificates: tuple[str, ...]


def name_problem(name: str) -> str:
    """What is wrong with a caller's name; empty if nothing is."""
    if DEVELOPMENT.anyone and name == DEVELOPMENT.anyone.name:
        return f"`{name}` is what development mode calls everyone; choose another name"
    if not NAME.fullmatch(name):
        return f"`{name}` is no name of a caller; write up to 63 of a-z, 0-9 and `-`, not `-` first"
    return ""


class EntryReader:
    """Reads entries; ``problems`` gathers what is wrong with any of them."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def read(self, name: str, entry: Any) -> CallerEntry:
        """The entry, as far as it is sound."""
        path = f"callers.{name}"
        if problem := name_problem(name):
            self._problem(path, problem)
        if isinstance(entry, Mapping):
            return self._entry(name, path, entry)
        self._problem(path, "this is no table; write `[callers.NAME]`, and its keys below")
        return CallerEntry(Caller(name, frozenset()), (), ())

    def _entry(self, name: str, path: str, entry: Mapping[str, Any]) -> CallerEntry:
        for key in sorted(entry.keys() - set(KEYS)):
            self._problem(path, f"there is no key `{key}`; {did_you_mean(key, KEYS)}")
        if not entry.keys() & {"token_sha256", "certificate"}:
            self._problem(path, "nothing says how it proves who it is; give `token_sha256` or `certificate`")
        digests = (self._digest(path, text) for text in self._texts(path, entry, "token_sha256"))
        tokens = tuple(digest for digest in digests if digest)
        return CallerEntry(Caller(name, self._scopes(path, entry)), tokens, self._texts(path, entry, "certificate"))

    def _scopes(self, path: str, entry: Mapping[str, Any]) -> frozenset[Scope]:
        if "scopes" not in entry:
            self._problem(path, f"`scopes` is missing; {did_you_mean('', Scope)}")
        names = self._texts(path, entry, "scopes")
        for name in names:
            if name not in set(Scope):
                self._problem(f"{path}.scopes", f"there is no scope `{name}`; {did_you_mean(name, Scope)}")
        return frozenset(Scope(name) for name in names if name in set(Scope))

    def _digest(self, path: str, text: str) -> bytes:
        if _DIGEST.fullmatch(text):
            return bytes.fromhex(text)
        # What stands there may be the token itself, so it is not shown.
        self._problem(f"{path}.token_sha256", "this is no SHA-256 in 64 hexadecimal digits; `callers new` makes one")
        return b""

    def _texts(self, path: str, entry: Mapping[str, Any], key: str) -> tuple[str, ...]:
        if key not in entry:
            return ()
        texts = entry[key]
        if not isinstance(texts, list) or not texts or not all(isinstance(text, str) and text for text in texts):
            self._problem(f"{path}.{key}", 'this is no list of texts; write it as in ["one", "two"], with at least one')
            return ()
        return tuple(texts)

    def _problem(self, path: str, what: str) -> None:
        self.problems.append(f"{path}: {what}")
